#include "gridpilot/api/parameters.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "gridpilot/core/text.hpp"

namespace gridpilot::api {
namespace {

constexpr std::array<Resolution, 6> resolutions{{{"20s", raw_step},
                                                 {"1min", Seconds(60)},
                                                 {"5min", Seconds(300)},
                                                 {"15min", Seconds(900)},
                                                 {"1h", Seconds(3600)},
                                                 {"1d", day_step}}};
constexpr Resolution default_resolution = resolutions[2];
// A page is written on the loop: these bounds keep it near a millisecond.
constexpr std::size_t most_readings = 5000;
constexpr Seconds longest_prices{8 * 86'400};
constexpr std::size_t most_decisions = 1000;
constexpr std::size_t default_decisions = 100;
constexpr Seconds two_days{172'800};

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 60;
  return "'" + std::string(text.substr(0, longest)) + (text.size() > longest ? "…'" : "'");
}

std::string meant(std::string_view text, std::span<const std::string_view> candidates) {
  const std::string_view near = nearest(text, candidates);
  return near.empty() ? "" : "; did you mean " + quoted(near) + "?";
}

Result<void> only(const net::HttpQuery& query, std::initializer_list<std::string_view> allowed) {
  const std::span<const std::string_view> names(allowed.begin(), allowed.size());
  for (std::size_t i = 0; i < query.parameters.size(); ++i) {
    const std::string& name = query.parameters[i].name;
    if (std::ranges::find(names, name) == names.end()) {
      if (names.empty())
        return failure(ErrorCode::bad_input, "unknown parameter " + quoted(name) + ": this takes none");
      return failure(ErrorCode::bad_input,
                     "unknown parameter " + quoted(name) + "; allowed are " + joined(names) + meant(name, names));
    }
    for (std::size_t k = 0; k < i; ++k)
      if (query.parameters[k].name == name)
        return failure(ErrorCode::bad_input, "parameter " + quoted(name) + " is given twice");
  }
  return {};
}

Result<Instant> instant_of(const net::HttpQuery& query, std::string_view name, Instant otherwise) {
  const auto text = query.parameter(name);
  if (!text) return otherwise;
  std::string time(*text);
  // A bare "+02:00" arrives with a blank, because that is what '+' means in a query.
  if (time.size() > 6 && time[time.size() - 6] == ' ') time[time.size() - 6] = '+';
  if (const auto parsed = parse_rfc3339(time)) return *parsed;
  return failure(
      ErrorCode::bad_input,
      std::string(name) + ": " + quoted(*text) +
          " is no time; allowed is RFC 3339 with offset, like 2026-03-29T01:15:00Z or 2026-03-29T03:15+02:00");
}

Result<ports::TimeRange> range_of(const net::HttpQuery& query, ports::TimeRange otherwise) {
  auto to = instant_of(query, "to", otherwise.to);
  if (!to) return std::move(to).failed();
  auto from = instant_of(query, "from", *to - (otherwise.to - otherwise.from));
  if (!from) return std::move(from).failed();
  if (*from > *to && query.parameter("from") && query.parameter("to"))
    return failure(ErrorCode::bad_input, "from: " + to_rfc3339(*from) + " is later than to: " + to_rfc3339(*to));
  return ports::TimeRange{.from = *from, .to = std::max(*from, *to)};
}

Result<std::size_t> limit_of(const net::HttpQuery& query, std::size_t otherwise, std::size_t most) {
  const auto text = query.parameter("limit");
  if (!text) return otherwise;
  const auto number = parse_integer(*text);
  if (number && *number >= 1 && *number <= static_cast<long long>(most)) return static_cast<std::size_t>(*number);
  return failure(ErrorCode::bad_input,
                 "limit: " + quoted(*text) + " is not allowed; allowed is 1 to " + std::to_string(most));
}

Result<Resolution> resolution_of(const net::HttpQuery& query) {
  const auto text = query.parameter("resolution");
  if (!text) return default_resolution;
  const auto* const found = std::ranges::find(resolutions, *text, &Resolution::name);
  if (found != resolutions.end()) return *found;
  std::vector<std::string_view> names;
  names.reserve(std::size(resolutions));
  for (const Resolution& r : resolutions) names.push_back(r.name);
  return failure(ErrorCode::bad_input, "resolution: " + quoted(*text) + " is not allowed; allowed are " +
                                           joined(names) + meant(*text, names));
}

}  // namespace

Result<PricesQuery> parse_prices_query(const net::HttpQuery& query, ports::TimeRange day) {
  auto known = only(query, {"from", "to"});
  if (!known) return std::move(known).failed();
  auto range = range_of(query, day);
  if (!range) return std::move(range).failed();
  if (range->to - range->from > longest_prices)
    return failure(ErrorCode::bad_input,
                   "to: " + to_rfc3339(range->to) + " is more than 8 days after from; allowed are at most 8 days");
  return PricesQuery{.range = *range};
}

Result<ReadingsQuery> parse_readings_query(const net::HttpQuery& query, Instant now) {
  auto known = only(query, {"from", "to", "resolution", "limit"});
  if (!known) return std::move(known).failed();
  auto resolution = resolution_of(query);
  if (!resolution) return std::move(resolution).failed();
  // The range is half-open: one second more, so that the reading of this moment belongs to it.
  const Instant end = now + Seconds(1);
  auto range = range_of(query, {.from = end - two_days, .to = end});
  if (!range) return std::move(range).failed();
  auto limit = limit_of(query, most_readings, most_readings);
  if (!limit) return std::move(limit).failed();
  return ReadingsQuery{.range = *range, .resolution = *resolution, .limit = *limit};
}

Result<DecisionsQuery> parse_decisions_query(const net::HttpQuery& query) {
  auto known = only(query, {"from", "to", "limit", "cursor"});
  if (!known) return std::move(known).failed();
  // Year 9999 is the end of what RFC 3339 can say.
  auto range = range_of(query, {.from = Instant{}, .to = Instant(Seconds(253'402'300'799))});
  if (!range) return std::move(range).failed();
  auto limit = limit_of(query, default_decisions, most_decisions);
  if (!limit) return std::move(limit).failed();
  DecisionsQuery wanted{.range = *range, .limit = *limit, .before_id = std::nullopt};
  if (const auto cursor = query.parameter("cursor")) {
    const auto id = parse_integer(*cursor);
    if (!id || *id < 1)
      return failure(ErrorCode::bad_input, "cursor: " + quoted(*cursor) +
                                               " is not allowed; allowed is what the page before says as \"next\"");
    wanted.before_id = *id;
  }
  return wanted;
}

Result<void> refuse_parameters(const net::HttpQuery& query) {
  return only(query, {});
}

}  // namespace gridpilot::api
