#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gridpilot/core/time.hpp"
#include "gridpilot/core/units.hpp"

namespace gridpilot {

/// Weather of one slot, observed or foreseen. Irradiances are means over the slot in W/m², absent where the source does
/// not give them; nothing is made up here.
struct WeatherSlot {
  Slot slot;
  std::optional<double> global_horizontal_w_per_m2;
  std::optional<double> direct_normal_w_per_m2;
  std::optional<double> diffuse_horizontal_w_per_m2;
  std::optional<Temperature> air;
  std::optional<double> cloud_cover_percent;
  std::optional<double> wind_m_per_s;  ///< at 10 m
  std::optional<double> snow_depth_m;
};

/// Irradiance in the plane of one array as the source works it out, W/m², mean over the slot.
struct TiltedIrradiance {
  double tilt_degrees = 0.0;     ///< 0 is flat, 90 upright
  double azimuth_degrees = 0.0;  ///< compass: 90 east, 180 south, 270 west
  std::vector<std::pair<Slot, double>> w_per_m2;
};

/// A weather document, slots in order of time, gaps possible.
struct WeatherForecast {
  std::string_view source;           ///< static text
  std::optional<Instant> issued_at;  ///< as the source says; absent where it does not say
  Instant fetched_at{};
  std::vector<WeatherSlot> slots;
  std::vector<TiltedIrradiance> planes;  ///< empty where none was asked for
};

/// Weather that was measured at one instant by a station.
struct WeatherObservation {
  std::string_view source;  ///< static text
  std::string station;
  Instant time{};
  std::optional<Temperature> air;
  std::optional<double> wind_m_per_s;
  std::optional<double> wind_from_degrees;
  std::optional<double> humidity_percent;
  std::optional<double> pressure_hpa;
  std::optional<double> precipitation_mm;
};

/// PV energy of a slot as another service foresees it; p10 and p90 are quantiles where it gives them.
struct PvForecastSlot {
  Slot slot;
  Energy expected;
  std::optional<Energy> p10;
  std::optional<Energy> p90;
};
struct PvForecast {
  std::string_view source;  ///< static text
  std::optional<Instant> issued_at;
  Instant fetched_at{};
  std::vector<PvForecastSlot> slots;
};

}  // namespace gridpilot
