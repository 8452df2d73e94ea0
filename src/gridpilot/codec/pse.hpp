#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/prices.hpp"

/// Price documents of PSE's reports API (`csdac-pln`, `rce-pln`), both versions of their field names.
/// Source of the format: docs/prices.md. A wrong document becomes an error that names the row, never a wrong price.
namespace gridpilot::codec::pse {

/// A time as local text has it: "2025-10-26 02:15" or, in the second pass of the repeated autumn hour, "02a:15".
struct LocalLabel {
  std::chrono::local_seconds time;
  bool second_pass = false;
  [[nodiscard]] friend bool operator==(const LocalLabel&, const LocalLabel&) = default;
};

/// One row as read; at least one of `end` and `local_end` is there. Times are the END of the quarter.
struct PriceRow {
  NetPrice price;
  std::optional<Instant> end;           ///< dtime_utc
  std::optional<LocalLabel> local_end;  ///< dtime; udtczas in version 1
  std::optional<std::chrono::year_month_day> business_date;
  std::optional<Instant> published_at;                          ///< publication_ts_utc
  std::optional<std::chrono::local_seconds> published_locally;  ///< publication_ts; source_datetime in version 1
};

/// A page of a document; `next_link` is empty on the last one.
struct PricePage {
  std::vector<PriceRow> rows;
  std::string next_link;
};

/// Reads one page. Unknown fields are skipped. malformed, with path, line and column: not JSON, no "value", a row
/// without time or price, a price that is no number or beyond ±100 000 PLN/MWh, a time that is not on a whole quarter,
/// a period that does not end at its time.
[[nodiscard]] Result<PricePage> parse_price_page(std::string_view text, PriceSeries series);

/// What a whole day's prices are to be.
struct DayRequest {
  PriceSeries series = PriceSeries::sdac_15min;
  std::chrono::year_month_day day;
  Instant fetched_at{};
  std::string_view source;  ///< static text
};

/// The local day's quarters in order, all of them: 92, 96 or 100. Rows may come in any order. The UTC time of a row
/// decides; without one its local text, and in the repeated hour without "a" the order of the rows.
/// not_published where there is no row; malformed where a quarter is missing (named), stands twice with different
/// prices, belongs to another day, does not exist on this day, or where UTC and local time contradict each other.
[[nodiscard]] Result<std::vector<MarketPrice>> day_prices(std::span<const PriceRow> rows, const DayRequest& request,
                                                          const TimeZone& zone);

}  // namespace gridpilot::codec::pse
