// Any text as a page of each of PSE's reports: it is refused, or its rows make whole days or are refused, by UTC and by
// local text, for days of all three lengths. Hours of the signal may lack, but never lie.
#include <cstdint>
#include <string_view>

#include "gridpilot/codec/pse.hpp"
#include "whole_days.hpp"

namespace {

using namespace gridpilot;
using namespace gridpilot::fuzz;

void read_signals(std::string_view text) {
  const auto page = codec::pse::parse_signal_page(text);
  if (!page) return demand(!page.error().message.empty());
  for (const std::string_view day_text : {"2026-09-07", "2026-03-29", "2025-10-26"}) {
    const auto day = parse_date(day_text).value();
    const auto signals = codec::pse::day_signals(page->rows, day, Instant{}, "fuzz", warsaw());
    if (!signals) {
      demand(!signals.error().message.empty());
      continue;
    }
    const SlotRange slots = warsaw().slots_of(day);
    demand(!signals->empty());
    for (const GridSignal& signal : *signals)
      demand(slots.contains(signal.slot) && signal.level >= 0 && signal.level <= 3);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using codec::pse::PriceReport;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const PriceReport report : {PriceReport::csdac_pln, PriceReport::rce_pln, PriceReport::energy_prices})
    demand_whole_days_or_reason(codec::pse::parse_price_page(text, report));
  read_signals(text);
  const auto balancing = codec::pse::parse_balancing_page(text);
  demand(balancing || !balancing.error().message.empty());
  return 0;
}
