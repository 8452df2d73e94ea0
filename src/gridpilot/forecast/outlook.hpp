#pragma once

#include <functional>
#include <optional>
#include <span>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/outlook.hpp"
#include "gridpilot/domain/prices.hpp"
#include "gridpilot/domain/site.hpp"

namespace gridpilot::forecast {

/// Tells days that people work from days they do not (Saturdays, Sundays, holidays): the two load and price shapes.
using IsFreeDay = std::function<bool(std::chrono::year_month_day)>;

/// What the outlook of load and PV rests on. Borrowed for the call.
struct OutlookBasis {
  const Site& site;
  const TimeZone& zone;
  const IsFreeDay& is_free_day;
  /// Measured slots in order of time; older than four weeks is not looked at. Slots that were measured for less than
  /// four fifths are left out.
  std::span<const SlotEnergy> history;
};

/// Expected load and PV for every slot of the range.
/// Load: weighted mean of the same local quarter (and its neighbours) on the last four weeks' days, the same kind of
/// day counting four times as much and each week back half as much; the standard shape where there is none. PV: clear
/// sky times the recent days' ratio of measured to clear-sky energy around the same time of day.
[[nodiscard]] Outlook make_outlook(const OutlookBasis& basis, Instant now, SlotRange range);

/// The expected market price of a slot that is not published: weighted mean of the same local quarter on the days of
/// the same kind in the four weeks before it (any kind where there is none of the same); absent where nothing is known.
[[nodiscard]] std::optional<NetPrice> foreseen_price(const PriceBook& book, PriceSeries series, const TimeZone& zone,
                                                     const IsFreeDay& is_free_day, Slot slot);

}  // namespace gridpilot::forecast
