#pragma once

#include <optional>
#include <span>

#include "gridpilot/forecast/backtest.hpp"

namespace gridpilot::forecast {

/// A place on earth; north and east positive.
struct SunPlace {
  double latitude_degrees = 0.0;
  double longitude_degrees = 0.0;
};

/// Where modules stand, by their own PV of some weeks: the middle of their energy in the day tells the longitude (to
/// the hour that planes to the east or west may shift it), the length of their days the latitude, within 20° and worse
/// in the tropics. Near an equinox, when days are as long everywhere, 45° north is taken. Absent where there is hardly
/// any PV.
[[nodiscard]] std::optional<SunPlace> place_by_sun(std::span<const Observation> pv);

/// The share of this PV that came while the sun was below the horizon of a place: next to none where the place is
/// right.
[[nodiscard]] double share_by_night(std::span<const Observation> pv, const SunPlace& place);

}  // namespace gridpilot::forecast
