#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gridpilot/codec/json_prices.hpp"
#include "gridpilot/codec/price_points.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/prices.hpp"

/// The kinds of price sources, as data: what each is called, what it needs, how a day is asked for and how its
/// documents are read. A further source is a decoder and an entry in the table of price_kinds.cpp.
namespace gridpilot::codec {

/// A source as the configuration names it.
struct PriceSourceSettings {
  std::string kind;   ///< the kind's name
  std::string name;   ///< in the price book, status, log and caches: lower-case letters, digits, '-' and '.'
  std::string zone;   ///< bidding zone; empty where the kind has none
  std::string token;  ///< secret: in no sentence and no log
  std::string url;    ///< empty: the kind's own
  std::vector<PriceSeries> series;  ///< what its prices are taken for
  std::string column;               ///< kind csv: the price column; empty where the file has one
  JsonPriceLayout layout;           ///< kind json
};

/// One day of one series of one source. Borrowed for the call.
struct PriceQuery {
  const PriceSourceSettings& settings;
  PriceSeries series = PriceSeries::sdac_15min;
  std::chrono::year_month_day day;  ///< local delivery day
  const TimeZone& zone;             ///< of that day

  [[nodiscard]] Instant start() const { return zone.start_of_day(day); }
  [[nodiscard]] Instant end() const;
};

/// How a document is asked for.
struct PriceQuestion {
  std::string url;
  std::string accept = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string post = {};  ///< by POST where not empty
};

enum class Need { no, optional, required };

struct PriceKind {
  std::string_view name;                ///< "entsoe"
  std::string_view about;               ///< one line for lists
  std::string_view url;                 ///< empty: the configuration must give one
  std::span<const PriceSeries> series;  ///< those it has; the first is taken where the configuration names none
  bool all_series = false;              ///< not the first but all are taken
  Need token = Need::no;
  /// A day of prices has some tens of kilobytes; tables of years are the owner's choice. More than this is stopped on
  /// the way in, so that a broken server costs the loop no time.
  std::size_t max_body_bytes = std::size_t{1} << 20U;
  bool takes_files = false;                      ///< its address may be one of a file: "file:///srv/prices.csv"
  std::span<const std::string_view> (*zones)();  ///< those it has, the default first; empty: none to choose
  PriceQuestion (*question)(const PriceQuery& query);
  /// Errors are the decoder's; none of them repeats the token.
  Result<PriceDocument> (*read)(std::string_view body, const PriceQuery& query);
};

/// An address with names in braces filled in: {date}, {next_date} (the local day and the one after it), {year},
/// {month}, {day}, {start}, {end} (the day's in UTC, RFC 3339), {start_unix}, {end_unix} (seconds), {zone}, {token}.
[[nodiscard]] std::string filled_address(std::string_view address, const PriceQuery& query);

[[nodiscard]] std::span<const PriceKind> price_kinds();
/// Null where there is none of that name.
[[nodiscard]] const PriceKind* price_kind_named(std::string_view name);

/// Fills in what the configuration left out: name, zone, address, series. bad_input, with what is allowed, where the
/// kind is not known, a zone, series or token does not fit it, or one that it needs is lacking. The sentence begins
/// with the key that is wrong ("zone: …").
[[nodiscard]] Result<PriceSourceSettings> completed(PriceSourceSettings settings);

}  // namespace gridpilot::codec
