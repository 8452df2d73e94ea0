#include "gridpilot/forecast/clear_sky.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gridpilot::forecast {
namespace {

constexpr double degree = std::numbers::pi / 180.0;
constexpr double standard_irradiance = 1000.0;  // W/m², at which a module's peak power is stated
constexpr double ground_reflectance = 0.2;
// Share of a clear sky's irradiance that comes from the whole sky and not from the sun.
constexpr double diffuse_share = 0.14;
// Heat, wiring, soiling and conversion together; what PVWatts calls system losses.
constexpr double performance_ratio = 0.86;

/// Haurwitz (1945): global horizontal irradiance under a clear sky from the sun's elevation alone, W/m².
double clear_sky_irradiance(double elevation_degrees) {
  const double sine = std::sin(elevation_degrees * degree);
  return sine <= 0.0 ? 0.0 : 1098.0 * sine * std::exp(-0.057 / sine);
}

/// Irradiance on a tilted plane: beam by the angle of incidence, isotropic sky, reflection of the ground.
double plane_irradiance(const SunPosition& sun, const PvPlane& plane) {
  const double horizontal = clear_sky_irradiance(sun.elevation_degrees);
  if (horizontal <= 0.0) return 0.0;
  const double tilt = plane.tilt_degrees * degree;
  const double elevation = sun.elevation_degrees * degree;
  const double incidence =
      std::sin(elevation) * std::cos(tilt) +
      std::cos(elevation) * std::sin(tilt) * std::cos((sun.azimuth_degrees - plane.azimuth_degrees) * degree);
  const double beam_normal = horizontal * (1.0 - diffuse_share) / std::max(std::sin(elevation), 0.05);
  const double diffuse = horizontal * diffuse_share * (1.0 + std::cos(tilt)) / 2.0;
  const double reflected = horizontal * ground_reflectance * (1.0 - std::cos(tilt)) / 2.0;
  return beam_normal * std::max(incidence, 0.0) + diffuse + reflected;
}

double wrapped_degrees(double angle) {
  const double turn = std::fmod(angle, 360.0);
  return turn < 0.0 ? turn + 360.0 : turn;
}

}  // namespace

SunPosition sun_position(Instant t, double latitude_degrees, double longitude_degrees) {
  const double days = static_cast<double>(t.time_since_epoch().count()) / 86400.0 - 10957.5;  // since J2000.0
  const double mean_longitude = wrapped_degrees(280.460 + 0.9856474 * days);
  const double anomaly = wrapped_degrees(357.528 + 0.9856003 * days) * degree;
  const double ecliptic = (mean_longitude + 1.915 * std::sin(anomaly) + 0.020 * std::sin(2.0 * anomaly)) * degree;
  const double obliquity = (23.439 - 0.0000004 * days) * degree;
  const double right_ascension = std::atan2(std::cos(obliquity) * std::sin(ecliptic), std::cos(ecliptic)) / degree;
  const double declination = std::asin(std::sin(obliquity) * std::sin(ecliptic));
  const double sidereal = wrapped_degrees(280.46061837 + 360.98564736629 * days + longitude_degrees);
  const double hour_angle = (sidereal - right_ascension) * degree;
  const double latitude = latitude_degrees * degree;
  const double sine_elevation =
      std::sin(latitude) * std::sin(declination) + std::cos(latitude) * std::cos(declination) * std::cos(hour_angle);
  const double azimuth_from_south = std::atan2(
      std::sin(hour_angle), std::cos(hour_angle) * std::sin(latitude) - std::tan(declination) * std::cos(latitude));
  return {.elevation_degrees = std::asin(std::clamp(sine_elevation, -1.0, 1.0)) / degree,
          .azimuth_degrees = wrapped_degrees(azimuth_from_south / degree + 180.0)};
}

Power clear_sky_power(const Site& site, Instant t) {
  const SunPosition sun = sun_position(t, site.latitude_degrees, site.longitude_degrees);
  if (sun.elevation_degrees <= 0.0) return Power{};
  Power total;
  for (const PvPlane& plane : site.planes)
    total += plane.peak * (performance_ratio * plane_irradiance(sun, plane) / standard_irradiance);
  return std::min(total, site.inverter_rating);
}

Energy clear_sky_energy(const Site& site, Slot slot) {
  constexpr Seconds::rep samples = 5;
  Power sum;
  for (Seconds::rep i = 0; i < samples; ++i)
    sum += clear_sky_power(site, slot.start() + Seconds(slot_length.count() * (2 * i + 1) / (2 * samples)));
  return (sum / static_cast<double>(samples)) * Hours(slot_length);
}

}  // namespace gridpilot::forecast
