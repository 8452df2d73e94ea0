#include "gridpilot/forecast/place_by_sun.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "gridpilot/forecast/clear_sky.hpp"

namespace gridpilot::forecast {
namespace {

constexpr double degree = std::numbers::pi / 180.0;
constexpr std::int64_t quarters = std::chrono::days(1) / slot_length;
// A quarter counts as day when its energy is above this share of the best quarter's, which stray values by night are
// not; modules wake up a little later and fall asleep a little earlier than the sun rises and sets.
constexpr double least_of_day = 0.02;
constexpr double asleep_hours = 0.8;
// Declination below which the length of the day tells nothing.
constexpr double least_declination_degrees = 6.0;
constexpr double usual_latitude_degrees = 45.0;
constexpr double most_latitude_degrees = 62.0;

/// At the pole the sun's elevation is its declination.
double declination_degrees(Instant t) {
  return sun_position(t, 90.0, 0.0).elevation_degrees;
}

double latitude_by_day_length(double hours, double declination) {
  if (std::abs(declination) < least_declination_degrees) return usual_latitude_degrees;
  const double latitude =
      std::atan(-std::cos(hours / 24.0 * std::numbers::pi) / std::tan(declination * degree)) / degree;
  return std::clamp(latitude, -most_latitude_degrees, most_latitude_degrees);
}

}  // namespace

std::optional<SunPlace> place_by_sun(std::span<const Observation> pv) {
  std::vector<double> energy(static_cast<std::size_t>(quarters));
  double east = 0.0;
  double north = 0.0;
  for (const Observation& known : pv) {
    const std::int64_t quarter = ((known.slot.index() % quarters) + quarters) % quarters;
    const double angle = (static_cast<double>(quarter) + 0.5) / static_cast<double>(quarters) * 2.0 * std::numbers::pi;
    east += known.value * std::sin(angle);
    north += known.value * std::cos(angle);
    energy[static_cast<std::size_t>(quarter)] += known.value;
  }
  const double most = std::ranges::max(energy);
  if (!(most > 0.0) || std::hypot(east, north) <= 0.0) return std::nullopt;
  const auto of_day = std::ranges::count_if(energy, [most](double value) { return value > least_of_day * most; });
  const double hours = static_cast<double>(of_day) * 24.0 / static_cast<double>(quarters) + asleep_hours;
  // The sun is in the south at 12:00 on the zero meridian, and four minutes later for each degree to the west.
  const double noon_degrees = std::atan2(east, north) / degree;
  const Instant middle = pv[pv.size() / 2].slot.start();
  return SunPlace{.latitude_degrees = latitude_by_day_length(hours, declination_degrees(middle)),
                  .longitude_degrees = std::remainder(180.0 - noon_degrees, 360.0)};
}

double share_by_night(std::span<const Observation> pv, const SunPlace& place) {
  double all = 0.0;
  double by_night = 0.0;
  for (const Observation& known : pv) {
    all += known.value;
    const SunPosition sun =
        sun_position(known.slot.start() + slot_length / 2, place.latitude_degrees, place.longitude_degrees);
    if (sun.elevation_degrees < 0.0) by_night += known.value;
  }
  return all > 0.0 ? by_night / all : 0.0;
}

}  // namespace gridpilot::forecast
