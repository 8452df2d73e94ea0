#pragma once

#include <cstdlib>
#include <utility>

#include "gridpilot/codec/price_points.hpp"

namespace gridpilot::fuzz {

inline void demand(bool holds) {
  if (!holds) std::abort();
}

inline const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

/// A document makes whole days of believable prices or is refused with a sentence, for days of all three lengths.
inline void demand_whole_days(const codec::PriceDocument& document) {
  for (const std::string_view day : {"2026-09-07", "2026-03-29", "2025-10-26"}) {
    const codec::DayRequest request{
        .series = PriceSeries::sdac_15min, .day = parse_date(day).value(), .fetched_at = {}, .source = "fuzz"};
    const auto prices = codec::day_prices(document, request, warsaw());
    if (!prices) {
      demand(!prices.error().message.empty());
      continue;
    }
    const SlotRange slots = warsaw().slots_of(request.day);
    demand(std::cmp_equal(prices->size(), slots.size()));
    for (std::size_t n = 0; n < prices->size(); ++n) {
      demand((*prices)[n].slot == slots.first + static_cast<std::int64_t>(n));
      demand(codec::is_believable((*prices)[n].price));
    }
  }
}

/// The same for what a decoder made of any bytes.
inline void demand_whole_days_or_reason(const Result<codec::PriceDocument>& document) {
  if (document) {
    demand_whole_days(*document);
  } else {
    demand(!document.error().message.empty());
  }
}

}  // namespace gridpilot::fuzz
