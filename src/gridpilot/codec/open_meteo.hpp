#pragma once

#include <optional>
#include <string>

#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/weather.hpp"

namespace gridpilot::codec::open_meteo {

inline constexpr std::string_view source_name = "open-meteo";

/// The plane that global_tilted_irradiance was asked for: the document does not name it.
struct Plane {
  double tilt_degrees = 0.0;
  double azimuth_degrees = 180.0;  ///< compass
};

/// Open-Meteo's azimuth: 0 south, −90 east, 90 west, ±180 north; from the compass and back to [0, 360).
[[nodiscard]] double azimuth_from_compass(double degrees);
[[nodiscard]] double compass_from_azimuth(double degrees);

/// Reads a forecast (https://open-meteo.com/en/docs) with `minutely_15`, `hourly` or both; where both have a value the
/// finer one counts. Units are read from the document and converted (°C or °F, km/h, m/s, mp/h or kn, m or ft);
/// times are read with its utc_offset_seconds, or as unixtime. Into slots:
/// - radiation is the mean of the interval that ENDS at its label; an hour's mean holds for its four quarters;
/// - radiation `_instant`, temperature, cloud cover, wind and snow depth are values at the label; a slot has the mean
///   of the straight line between the labels around it. A radiation's mean is preferred to its `_instant`;
/// - a null is absent, and so is every slot that would rest on one.
/// Variables that are not named here are left alone.
/// malformed (with path) for anything else: lists of different lengths, unknown units, times that do not ascend or are
/// not on quarters of an hour, tilted irradiance where no plane was asked for, values that no weather has;
/// rejected where the document is the service's refusal.
[[nodiscard]] Result<WeatherForecast> decode(std::string text, Instant fetched_at, std::optional<Plane> plane);

}  // namespace gridpilot::codec::open_meteo
