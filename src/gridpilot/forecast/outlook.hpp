#pragma once

#include <optional>
#include <span>

#include "gridpilot/domain/outlook.hpp"
#include "gridpilot/domain/site.hpp"
#include "gridpilot/forecast/recent_quarters.hpp"

namespace gridpilot::forecast {

/// What the outlook of load and PV rests on. Borrowed for the call.
struct OutlookBasis {
  const Site& site;
  const TimeZone& zone;
  const IsFreeDay& is_free_day;
  /// Measured slots in order of time. Slots that were measured for less than four fifths are left out.
  std::span<const SlotEnergy> history;
};

/// Expected load and PV for every slot of the range.
/// Load: recency-weighted mean of the same local quarter (and, half as much, its neighbours) over four weeks, the same
/// kind of day counting four times as much as the other; the standard shape where there is none.
/// PV: clear sky times the last week's ratio of measured to clear-sky energy around the same time of day.
[[nodiscard]] Outlook make_outlook(const OutlookBasis& basis, Instant now, SlotRange range);

}  // namespace gridpilot::forecast
