#include "gridpilot/plant/weather.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "gridpilot/plant/noise.hpp"

namespace gridpilot::plant {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double degree = pi / 180.0;
constexpr double solar_constant = 1361.0;  // W/m²
constexpr double seconds_per_hour = 3600.0;
constexpr double seconds_per_day = 86400.0;

double seconds_of(Instant t) {
  return static_cast<double>(t.time_since_epoch().count());
}

/// Angle of the year, 0 on 1 January, 2π a year later.
double year_angle(Instant t) {
  const auto today = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{today};
  const auto first = std::chrono::sys_days{date.year() / std::chrono::January / 1};
  return 2.0 * pi * seconds_of(Instant(t - first)) / (365.2425 * seconds_per_day);
}

/// 1 in midsummer, -1 in midwinter, a month behind the sun as the air is.
double warmth_of_season(double year) {
  return -std::cos(year - 2.0 * pi * 20.0 / 365.0);
}

struct ClearSky {
  double beam_normal = 0.0;
  double diffuse_horizontal = 0.0;
};

/// The ESRA clear-sky model (Rigollier, Bauer, Wald: Solar Energy 68, 2000) with Kasten's (1996) Rayleigh thickness.
ClearSky clear_sky(double sine, double year, double turbidity) {
  if (sine <= 0.0) return {};
  const double elevation = std::asin(sine);
  const double elevation_degrees = elevation / degree;
  const double outside = solar_constant * (1.0 + 0.0334 * std::cos(year - 2.7206 * degree));
  // Kasten and Young (1989).
  const double mass = 1.0 / (sine + 0.50572 * std::pow(elevation_degrees + 6.07995, -1.6364));
  const double thickness = mass <= 20.0
                               ? 1.0 / (6.6296 + mass * (1.7513 + mass * (-0.1202 + mass * (0.0065 - mass * 0.00013))))
                               : 1.0 / (10.4 + 0.718 * mass);
  ClearSky sky;
  sky.beam_normal = outside * std::exp(-0.8662 * turbidity * mass * thickness);
  const double zenith = -1.5843e-2 + turbidity * (3.0543e-2 + turbidity * 3.797e-4);
  double a0 = 2.6463e-1 + turbidity * (-6.1581e-2 + turbidity * 3.1408e-3);
  if (a0 * zenith < 2e-3) a0 = 2e-3 / zenith;
  const double a1 = 2.0402 + turbidity * (1.8945e-2 - turbidity * 1.1161e-2);
  const double a2 = -1.3025 + turbidity * (3.9231e-2 + turbidity * 8.5079e-3);
  sky.diffuse_horizontal = outside * zenith * std::max(0.0, a0 + sine * (a1 + sine * a2));
  return sky;
}

}  // namespace

SunDirection sun_direction(Instant t, double latitude_degrees, double longitude_degrees) {
  const double year = year_angle(t);
  const double declination = 0.006918 - 0.399912 * std::cos(year) + 0.070257 * std::sin(year) -
                             0.006758 * std::cos(2 * year) + 0.000907 * std::sin(2 * year) -
                             0.002697 * std::cos(3 * year) + 0.00148 * std::sin(3 * year);
  const double equation_minutes = 229.18 * (0.000075 + 0.001868 * std::cos(year) - 0.032077 * std::sin(year) -
                                            0.014615 * std::cos(2 * year) - 0.040849 * std::sin(2 * year));
  const double utc_hours = std::fmod(seconds_of(t), seconds_per_day) / seconds_per_hour;
  const double solar_hours = utc_hours + longitude_degrees / 15.0 + equation_minutes / 60.0;
  const double hour_angle = (solar_hours - 12.0) * 15.0 * degree;
  const double latitude = latitude_degrees * degree;
  SunDirection sun;
  sun.east = -std::cos(declination) * std::sin(hour_angle);
  sun.north =
      std::sin(declination) * std::cos(latitude) - std::cos(declination) * std::sin(latitude) * std::cos(hour_angle);
  sun.up =
      std::sin(declination) * std::sin(latitude) + std::cos(declination) * std::cos(latitude) * std::cos(hour_angle);
  return sun;
}

Weather::Weather(double latitude_degrees, double longitude_degrees, std::uint64_t seed)
    : latitude_degrees_(latitude_degrees),
      longitude_degrees_(longitude_degrees),
      front_seed_(derived_seed(seed, 11)),
      cloud_seed_(derived_seed(seed, 12)),
      gap_seed_(derived_seed(seed, 13)),
      warmth_seed_(derived_seed(seed, 14)) {}

double Weather::cloud_cover(Instant t) const {
  const double hours = seconds_of(t) / seconds_per_hour;
  // Fronts take a day or two to pass, fields of cloud some hours; winters are greyer.
  const double wet = 0.55 * smooth_noise(front_seed_, hours / 38.0) + 0.3 * smooth_noise(cloud_seed_, hours / 7.0) +
                     0.15 * smooth_noise(derived_seed(cloud_seed_, 1), hours / 1.5) -
                     0.06 * warmth_of_season(year_angle(t));
  return 1.0 / (1.0 + std::exp(-14.0 * (wet - 0.5)));
}

Temperature Weather::air_temperature(Instant t) const {
  const double hours = seconds_of(t) / seconds_per_hour;
  const double solar_hour = std::fmod(hours + longitude_degrees_ / 15.0, 24.0);
  const double season = warmth_of_season(year_angle(t));
  const double spell = 10.0 * (smooth_noise(warmth_seed_, hours / 90.0) - 0.5);
  const double day = (4.0 + 1.5 * season) * (1.0 - 0.6 * cloud_cover(t)) * std::cos((solar_hour - 15.0) * pi / 12.0);
  return celsius(8.7 + 10.5 * season + spell + day);
}

Sky Weather::at(Instant t) const {
  Sky sky;
  sky.sun = sun_direction(t, latitude_degrees_, longitude_degrees_);
  sky.air = air_temperature(t);
  sky.cloud_cover = cloud_cover(t);
  if (sky.sun.up <= 0.0) return sky;
  const double year = year_angle(t);
  // Linke turbidity over central Europe: clear in winter, hazy in summer.
  const ClearSky clear = clear_sky(sky.sun.up, year, 3.0 + 0.7 * warmth_of_season(year));
  const double minutes = seconds_of(t) / 60.0;
  const double passing =
      0.7 * smooth_noise(gap_seed_, minutes / 6.0) + 0.3 * smooth_noise(derived_seed(gap_seed_, 1), minutes / 2.5);
  // The sun is free for the share of the time that the sky is; a cloud's edge takes a little while to pass. The noise
  // is bell-shaped, so it is spread to be even first.
  const double even = 1.0 / (1.0 + std::exp(-9.0 * (passing - 0.5)));
  const double free = std::clamp((even - sky.cloud_cover) / 0.2 + 0.5, 0.0, 1.0);
  sky.beam_normal = clear.beam_normal * free;
  const double clear_horizontal = clear.beam_normal * sky.sun.up + clear.diffuse_horizontal;
  const double thickness = 0.55 + 0.45 * smooth_noise(derived_seed(cloud_seed_, 2), minutes / 45.0);
  const double overcast = clear_horizontal * 0.42 * (1.15 - thickness);
  sky.diffuse_horizontal = clear.diffuse_horizontal * (1.0 - sky.cloud_cover) +
                           sky.cloud_cover * std::max(overcast, 0.4 * clear.diffuse_horizontal);
  return sky;
}

}  // namespace gridpilot::plant
