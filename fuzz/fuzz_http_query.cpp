// A request's target and headers, as far as this program reads them itself: the first line is the target, the others
// are header values. Whatever is accepted must be within what docs/api.md promises.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gridpilot/api/page.hpp"
#include "gridpilot/api/parameters.hpp"
#include "gridpilot/core/verify.hpp"
#include "gridpilot/net/http_query.hpp"

using namespace gridpilot;

namespace {

const Instant now = parse_rfc3339("2026-11-25T12:00:00Z").value();

bool printable(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return true;
}

void read_parameters(net::HttpTarget target) {
  net::HttpQuery query;
  query.path = std::move(target.path);
  query.parameters = std::move(target.parameters);
  GRIDPILOT_VERIFY(query.path.starts_with('/') && printable(query.path));
  GRIDPILOT_VERIFY(query.parameters.size() <= 64);
  for (const auto& p : query.parameters) GRIDPILOT_VERIFY(printable(p.name) && printable(p.value));
  if (const auto wanted = api::parse_readings_query(query, now))
    GRIDPILOT_VERIFY(wanted->range.from <= wanted->range.to && wanted->limit >= 1 && wanted->limit <= 5000 &&
                     wanted->resolution.step >= api::raw_step && wanted->resolution.step <= api::day_step);
  if (const auto wanted = api::parse_prices_query(query, {.from = now, .to = now + api::day_step}))
    GRIDPILOT_VERIFY(wanted->range.from <= wanted->range.to &&
                     wanted->range.to - wanted->range.from <= 8 * api::day_step);
  if (const auto wanted = api::parse_decisions_query(query))
    GRIDPILOT_VERIFY(wanted->limit >= 1 && wanted->limit <= 1000 && wanted->before_id.value_or(1) >= 1);
  if (const auto none = api::refuse_parameters(query)) GRIDPILOT_VERIFY(query.parameters.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view target = rest.substr(0, rest.find('\n'));
  if (auto parsed = net::parse_http_target(target)) read_parameters(std::move(*parsed));
  for (rest.remove_prefix(target.size()); !rest.empty();) {
    rest.remove_prefix(1);
    const std::string_view value = rest.substr(0, rest.find('\n'));
    static_cast<void>(net::accepts_gzip(value));
    static_cast<void>(api::names_tag(value, "\"0123456789abcdef\""));
    rest.remove_prefix(value.size());
  }
  return 0;
}
