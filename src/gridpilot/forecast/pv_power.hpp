#pragma once

#include <optional>
#include <span>

#include "gridpilot/core/units.hpp"
#include "gridpilot/domain/site.hpp"
#include "gridpilot/domain/weather.hpp"

namespace gridpilot::forecast {

/// Irradiance on a plane from what a weather slot says of it, W/m²; absent where it says too little. Direct and diffuse
/// where both are given, else split from the global one (Erbs, Klein and Duffie 1982); sky by Hay and Davies (1980),
/// ground reflecting a fifth.
[[nodiscard]] std::optional<double> plane_irradiance(const PvPlane& plane, const WeatherSlot& weather,
                                                     double latitude_degrees, double longitude_degrees);

/// What all planes deliver in a slot under this weather, after inverter clipping; absent where the weather says too
/// little. An irradiance that the source has worked out for a plane itself goes before ours. Cell temperature by Faiman
/// (2008) where air temperature is known; modules under snow that lies and does not melt deliver next to nothing.
[[nodiscard]] std::optional<Energy> pv_energy(const Site& site, const WeatherSlot& weather,
                                              std::span<const TiltedIrradiance> given = {});

}  // namespace gridpilot::forecast
