// Any text as a price document of every kind: refused with a sentence, or whole days of believable prices or refused.
#include <cstdint>
#include <string_view>

#include "gridpilot/codec/entsoe.hpp"
#include "gridpilot/codec/json_prices.hpp"
#include "gridpilot/codec/price_documents.hpp"
#include "whole_days.hpp"

namespace {

using namespace gridpilot;
using namespace gridpilot::fuzz;

void read_as_described(std::string_view text) {
  using codec::JsonPriceLayout;
  using codec::TimeFormat;
  const JsonPriceLayout layouts[] = {
      {.rows = "/rows", .time = "/time", .price = "/price", .unit = {}},
      {.rows = "/rows", .time = "/0", .price = "/1", .unit = {}, .time_format = TimeFormat::unix_seconds},
      {.rows = "",
       .time = "",
       .price = "",
       .unit = {},
       .edge = codec::PeriodEdge::end,
       .length = std::chrono::minutes(60),
       .time_format = TimeFormat::local},
      {.rows = std::nullopt, .time = "/times", .price = "/a~1b", .unit = {}, .time_format = TimeFormat::unix_millis},
  };
  for (const JsonPriceLayout& layout : layouts) demand_whole_days_or_reason(codec::parse_json_prices(text, layout));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  demand_whole_days_or_reason(codec::entsoe::parse_prices(text));
  demand_whole_days_or_reason(codec::parse_energy_charts(text));
  demand_whole_days_or_reason(codec::parse_elering(text, "ee"));
  demand_whole_days_or_reason(codec::parse_pstryk(text));
  demand_whole_days_or_reason(codec::parse_ote(text));
  const SlotRange slots = warsaw().slots_of(parse_date("2025-10-26").value());
  demand_whole_days_or_reason(codec::parse_price_csv(text, "", slots, warsaw()));
  read_as_described(text);
  return 0;
}
