#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gridpilot/core/result.hpp"
#include "gridpilot/net/http_query.hpp"
#include "gridpilot/ports/record.hpp"

/// The parameters of the documents, read strictly: an unknown name, a name twice, or a value that is not allowed is
/// bad_input with a sentence that names the parameter, what is allowed and what may have been meant.
namespace gridpilot::api {

struct Resolution {
  std::string_view name;  ///< "15min"; static text
  Seconds step;           ///< 20 s means the readings themselves; a day means local days
};
inline constexpr Seconds raw_step{20};
inline constexpr Seconds day_step{86400};

struct PricesQuery {
  ports::TimeRange range;
};

struct ReadingsQuery {
  ports::TimeRange range;
  Resolution resolution;
  std::size_t limit = 0;
};

struct DecisionsQuery {
  ports::TimeRange range;
  std::size_t limit = 0;
  std::optional<std::int64_t> before_id;
};

/// `day` is the default: from the present local midnight to the end of what can be known.
[[nodiscard]] Result<PricesQuery> parse_prices_query(const net::HttpQuery& query, ports::TimeRange day);
/// `now` ends the default range of two days.
[[nodiscard]] Result<ReadingsQuery> parse_readings_query(const net::HttpQuery& query, Instant now);
[[nodiscard]] Result<DecisionsQuery> parse_decisions_query(const net::HttpQuery& query);
/// For documents without parameters.
[[nodiscard]] Result<void> refuse_parameters(const net::HttpQuery& query);

}  // namespace gridpilot::api
