#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/result.hpp"
#include "gridpilot/core/time.hpp"
#include "gridpilot/domain/prices.hpp"
#include "gridpilot/net/http_query.hpp"

/// The OData subset that PSE's API understands.
namespace gridpilot::sim::pse {

/// The fields of a price row in their order; the third is the price and is named by its report.
enum Field : std::size_t {
  dtime,
  period,
  price,
  dtime_utc,
  period_utc,
  business_date,
  publication_ts,
  publication_ts_utc,
  field_count
};
[[nodiscard]] std::string_view field_name(Field field, PriceSeries series);

struct Query {
  PriceSeries series = PriceSeries::sdac_15min;
  std::optional<std::chrono::year_month_day> from;  ///< business date, included
  std::optional<std::chrono::year_month_day> to;    ///< included
  std::array<bool, field_count> selected{true, true, true, true, true, true, true, true};
  bool descending = false;
  std::size_t first = 0;         ///< 0: the usual page
  std::optional<Instant> after;  ///< the quarter's end at which the page before ended
};

/// bad_input for an unknown parameter or field, or a condition that cannot be read.
[[nodiscard]] Result<Query> parse_query(PriceSeries series, std::span<const net::HttpParameter> parameters);

/// The token of `$after`, encoded for a link: base64 of a JSON array, as the original makes it.
[[nodiscard]] std::string after_token(const Query& query, Instant quarter_end);

/// The parameters without `$after`, encoded as in the original's nextLink.
[[nodiscard]] std::string encoded_without_after(std::span<const net::HttpParameter> parameters);

/// "2026-07-27 23:00:00" in UTC.
[[nodiscard]] std::string utc_text(Instant t);

}  // namespace gridpilot::sim::pse
