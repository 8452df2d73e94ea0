#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "gridpilot/codec/price_points.hpp"
#include "gridpilot/core/result.hpp"

/// Prices in any JSON document, found as the configuration describes it.
namespace gridpilot::codec {

enum class TimeFormat {
  rfc3339,       ///< "2025-10-22T00:00:00+02:00"
  unix_seconds,  ///< 1761084000, as a number or a text
  unix_millis,
  local,  ///< "2025-10-22 00:00", of the home's zone; "02a:15" or the order of rows in the repeated hour
};
[[nodiscard]] std::string_view name_of(TimeFormat format) noexcept;
[[nodiscard]] std::optional<TimeFormat> time_format_named(std::string_view name) noexcept;

/// "EUR/MWh", "PLN/kWh", "EUR cent/kWh" (a hundredth of the currency).
struct PriceUnit {
  Currency currency = Currency::pln();
  int decimals = 6;  ///< which turn a number of this unit into nanos per kWh
  [[nodiscard]] friend bool operator==(const PriceUnit&, const PriceUnit&) = default;
};
[[nodiscard]] std::optional<PriceUnit> parse_price_unit(std::string_view text);
[[nodiscard]] std::string to_text(const PriceUnit& unit);

/// Where in a document prices stand. Pointers are JSON pointers (RFC 6901): "/data/pl".
struct JsonPriceLayout {
  /// The list of rows, or the object whose names are the times; absent where `time` and `price` point at two lists that
  /// are equally long.
  std::optional<std::string> rows;
  /// Of a row, or of the list. Not needed where names are the times.
  std::string time;
  /// Of a row, or of the list; empty: the row itself is the price.
  std::string price;
  PriceUnit unit;
  PeriodEdge edge = PeriodEdge::start;
  std::chrono::minutes length{0};  ///< 15, 30 or 60; 0: the least distance between two rows of the day
  TimeFormat time_format = TimeFormat::rfc3339;
  [[nodiscard]] friend bool operator==(const JsonPriceLayout&, const JsonPriceLayout&) = default;
};

/// Whether a text is a JSON pointer.
[[nodiscard]] bool is_json_pointer(std::string_view text);

/// A null price makes no point. malformed, naming the place in the document, where a pointer leads nowhere, a time is
/// not of its format, a price is no number (a decimal number as text is one), or the lists differ in length.
[[nodiscard]] Result<PriceDocument> parse_json_prices(std::string_view json, const JsonPriceLayout& layout);

}  // namespace gridpilot::codec
