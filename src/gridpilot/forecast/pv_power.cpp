#include "gridpilot/forecast/pv_power.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "gridpilot/forecast/clear_sky.hpp"

namespace gridpilot::forecast {
namespace {

constexpr double degree = std::numbers::pi / 180.0;
constexpr double standard_irradiance = 1000.0;  // W/m², at which a module's peak power is stated
constexpr double extraterrestrial = 1361.0;     // W/m², mean over the year
constexpr double ground_reflectance = 0.2;
constexpr double lowest_sine = 0.05;          // of the sun's elevation: below 3° beam and horizontal part ways
constexpr double power_per_kelvin = -0.0037;  // of crystalline modules
constexpr double standard_cell_celsius = 25.0;
constexpr double faiman_u0 = 25.0;            // W/(m² K)
constexpr double faiman_u1 = 6.84;            // W s/(m³ K)
constexpr double calm_m_per_s = 1.0;          // assumed where wind is not told
constexpr double everything_but_heat = 0.92;  // wiring, soiling, mismatch, inverter
constexpr double covering_snow_m = 0.02;
constexpr double melting_celsius = 1.0;
constexpr double steep_degrees = 60.0;  // snow slides off
constexpr double through_snow = 0.05;

struct Sky {
  double global;
  double direct_normal;
  double diffuse;
};

/// Erbs, Klein and Duffie (1982): the diffuse share by the clearness of the sky.
double diffuse_share(double clearness) {
  const double k = std::clamp(clearness, 0.0, 1.0);
  if (k <= 0.22) return 1.0 - 0.09 * k;
  if (k <= 0.80) return 0.9511 - 0.1604 * k + 4.388 * k * k - 16.638 * k * k * k + 12.336 * k * k * k * k;
  return 0.165;
}

std::optional<Sky> sky_of(const WeatherSlot& weather, double sine) {
  const auto& direct = weather.direct_normal_w_per_m2;
  const auto& diffuse = weather.diffuse_horizontal_w_per_m2;
  const auto& global = weather.global_horizontal_w_per_m2;
  if (direct && diffuse)
    return Sky{.global = global.value_or(*diffuse + *direct * std::max(sine, 0.0)),
               .direct_normal = *direct,
               .diffuse = *diffuse};
  if (!global) return std::nullopt;
  const double share = sine > 0.0 ? diffuse_share(*global / (extraterrestrial * std::max(sine, lowest_sine))) : 1.0;
  const double spread = diffuse.value_or(*global * share);
  const double beam = std::max(*global - spread, 0.0) / std::max(sine, lowest_sine);
  return Sky{.global = *global, .direct_normal = beam, .diffuse = spread};
}

const double* given_for(const PvPlane& plane, Slot slot, std::span<const TiltedIrradiance> given) {
  for (const TiltedIrradiance& tilted : given) {
    if (std::abs(tilted.tilt_degrees - plane.tilt_degrees) > 0.5) continue;
    if (std::abs(std::remainder(tilted.azimuth_degrees - plane.azimuth_degrees, 360.0)) > 0.5) continue;
    const auto found =
        std::ranges::lower_bound(tilted.w_per_m2, slot, {}, [](const auto& entry) { return entry.first; });
    if (found != tilted.w_per_m2.end() && found->first == slot) return &found->second;
  }
  return nullptr;
}

double heat_factor(double irradiance, const WeatherSlot& weather) {
  // What modules lose to heat on an ordinary day, where the air's temperature is not told.
  if (!weather.air) return 0.95;
  const double wind = weather.wind_m_per_s.value_or(calm_m_per_s);
  const double cell = in_celsius(*weather.air) + irradiance / (faiman_u0 + faiman_u1 * wind);
  return std::max(1.0 + power_per_kelvin * (cell - standard_cell_celsius), 0.0);
}

bool is_under_snow(const PvPlane& plane, const WeatherSlot& weather) {
  return weather.snow_depth_m && *weather.snow_depth_m >= covering_snow_m && weather.air &&
         *weather.air < celsius(melting_celsius) && plane.tilt_degrees < steep_degrees;
}

}  // namespace

std::optional<double> plane_irradiance(const PvPlane& plane, const WeatherSlot& weather, double latitude_degrees,
                                       double longitude_degrees) {
  const SunPosition sun = sun_position(weather.slot.start() + slot_length / 2, latitude_degrees, longitude_degrees);
  const double elevation = sun.elevation_degrees * degree;
  const double sine = std::sin(elevation);
  const auto sky = sky_of(weather, sine);
  if (!sky) return std::nullopt;
  const double tilt = plane.tilt_degrees * degree;
  const double incidence =
      std::max(0.0, sine * std::cos(tilt) + std::cos(elevation) * std::sin(tilt) *
                                                std::cos((sun.azimuth_degrees - plane.azimuth_degrees) * degree));
  const double beam = sine > 0.0 ? sky->direct_normal * incidence : 0.0;
  const double anisotropy = std::clamp(sky->direct_normal / extraterrestrial, 0.0, 1.0);
  const double around_sun = sine > 0.0 ? anisotropy * incidence / std::max(sine, lowest_sine) : 0.0;
  const double from_sky = sky->diffuse * (around_sun + (1.0 - anisotropy) * (1.0 + std::cos(tilt)) / 2.0);
  const double from_ground = sky->global * ground_reflectance * (1.0 - std::cos(tilt)) / 2.0;
  return std::max(beam + from_sky + from_ground, 0.0);
}

std::optional<Energy> pv_energy(const Site& site, const WeatherSlot& weather, std::span<const TiltedIrradiance> given) {
  Power total;
  for (const PvPlane& plane : site.planes) {
    const double* const own = given_for(plane, weather.slot, given);
    const std::optional<double> irradiance =
        own != nullptr ? std::optional(*own)
                       : plane_irradiance(plane, weather, site.latitude_degrees, site.longitude_degrees);
    if (!irradiance) return std::nullopt;
    double share = everything_but_heat * *irradiance / standard_irradiance * heat_factor(*irradiance, weather);
    if (is_under_snow(plane, weather)) share *= through_snow;
    total += plane.peak * std::max(share, 0.0);
  }
  return std::min(total, site.inverter_rating) * Hours(slot_length);
}

}  // namespace gridpilot::forecast
