#pragma once

#include <cstdint>

#include "gridpilot/core/time.hpp"
#include "gridpilot/core/units.hpp"

namespace gridpilot::plant {

/// Where the sun stands: a unit vector in the house's frame.
struct SunDirection {
  double east = 0.0;
  double north = 0.0;
  double up = 0.0;  ///< sine of the elevation, negative at night
};

/// Spencer (1971): declination and equation of time as Fourier series of the day of the year; within 0.3 degrees.
[[nodiscard]] SunDirection sun_direction(Instant t, double latitude_degrees, double longitude_degrees);

/// What reaches the ground at an instant, in W/m².
struct Sky {
  SunDirection sun;
  double beam_normal = 0.0;         ///< direct, on a plane facing the sun
  double diffuse_horizontal = 0.0;  ///< from the rest of the sky, on a flat plane
  double cloud_cover = 0.0;         ///< 0 clear … 1 overcast
  Temperature air;
};

/// The simulated weather of one place: a function of seed and instant, correlated over days, hours and minutes as
/// passing clouds are. It shares no model with gridpilot's own outlook, so that forecasts have something to miss.
class Weather {
 public:
  Weather(double latitude_degrees, double longitude_degrees, std::uint64_t seed);
  [[nodiscard]] Sky at(Instant t) const;
  [[nodiscard]] Temperature air_temperature(Instant t) const;

 private:
  [[nodiscard]] double cloud_cover(Instant t) const;

  double latitude_degrees_;
  double longitude_degrees_;
  std::uint64_t front_seed_;
  std::uint64_t cloud_seed_;
  std::uint64_t gap_seed_;
  std::uint64_t warmth_seed_;
};

}  // namespace gridpilot::plant
