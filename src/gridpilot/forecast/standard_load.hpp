#pragma once

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/site.hpp"

namespace gridpilot::forecast {

/// Expected load of one slot for a household of which only the annual consumption is known: our own shape (night base,
/// morning rise, midday, evening peak; later mornings on free days; more in winter), whose year sums to 1.
[[nodiscard]] Energy standard_load(Energy annual_consumption, const TimeZone& zone, Slot slot);

}  // namespace gridpilot::forecast
