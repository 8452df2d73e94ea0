#pragma once

#include <span>

#include "gridpilot/core/time.hpp"
#include "gridpilot/core/units.hpp"
#include "gridpilot/domain/site.hpp"

namespace gridpilot::forecast {

/// Where the sun stands. Elevation above the horizon; azimuth as a compass reads it (east 90, south 180).
struct SunPosition {
  double elevation_degrees = 0.0;
  double azimuth_degrees = 0.0;
};

/// Source: NOAA's solar position equations (low-precision form, Meeus ch. 25): within 0.1° for 1950–2050, which is far
/// finer than what clouds leave to know. Refraction is left out.
[[nodiscard]] SunPosition sun_position(Instant t, double latitude_degrees, double longitude_degrees);

/// What the modules would deliver under a cloudless sky in one instant, after inverter clipping. Haurwitz's clear-sky
/// irradiance, Erbs-like fixed diffuse share, isotropic sky on each plane, and a constant for heat, wiring and
/// inverter.
[[nodiscard]] Power clear_sky_power(const Site& site, Instant t);

/// The energy of one slot: the mean of five instants.
[[nodiscard]] Energy clear_sky_energy(const Site& site, Slot slot);

}  // namespace gridpilot::forecast
