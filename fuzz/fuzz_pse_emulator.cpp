// Whatever is asked of the emulated market, it answers 200 or 400 with JSON, and a page holds no more than it may.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "gridpilot/core/json.hpp"
#include "gridpilot/core/verify.hpp"
#include "gridpilot/net/http_query.hpp"
#include "gridpilot/sim/pse_documents.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gridpilot;
  static const sim::PseDocuments documents(TimeZone::utc(), std::make_shared<sim::GeneratedPrices>(TimeZone::utc(), 1),
                                           1);
  // A few weeks after the first day there is, so that no query can ask for years of rows.
  static const Instant now = std::chrono::sys_days(sim::PseDocuments::first_day) + std::chrono::days(20);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto target = net::parse_http_target(text);
  if (!target) return 0;
  const sim::PseAnswer answer =
      documents.answer({.series = PriceSeries::rce_15min, .parameters = target->parameters}, now);
  GRIDPILOT_VERIFY(answer.status == 200 || answer.status == 400);
  GRIDPILOT_VERIFY(json::Document::parse(answer.body).has_value());
  return 0;
}
