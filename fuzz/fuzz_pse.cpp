// Any text as a page of PSE's prices: it is refused, or its rows make whole days or are refused, by UTC and by local
// text, for days of all three lengths.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "gridpilot/codec/pse.hpp"

namespace {

using namespace gridpilot;

void demand(bool holds) {
  if (!holds) std::abort();
}

const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

void read_days(const codec::PriceDocument& page, PriceSeries series) {
  for (const std::string_view day : {"2026-09-07", "2026-03-29", "2025-10-26"}) {
    const codec::DayRequest request{
        .series = series, .day = parse_date(day).value(), .fetched_at = {}, .source = "fuzz"};
    const auto prices = codec::day_prices(page, request, warsaw());
    if (!prices) {
      demand(!prices.error().message.empty());
      continue;
    }
    const SlotRange slots = warsaw().slots_of(request.day);
    demand(std::cmp_equal(prices->size(), slots.size()));
    for (std::size_t n = 0; n < prices->size(); ++n) {
      demand((*prices)[n].slot == slots.first + static_cast<std::int64_t>(n));
      demand((*prices)[n].price.nanos_per_kwh() <= 100'000'000'000 &&
             (*prices)[n].price.nanos_per_kwh() >= -100'000'000'000);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const PriceSeries series : {PriceSeries::sdac_15min, PriceSeries::rce_15min}) {
    const auto page = codec::pse::parse_price_page(
        text, series == PriceSeries::rce_15min ? codec::pse::PriceReport::rce_pln : codec::pse::PriceReport::csdac_pln);
    if (page) {
      read_days(*page, series);
    } else {
      demand(!page.error().message.empty());
    }
  }
  return 0;
}
