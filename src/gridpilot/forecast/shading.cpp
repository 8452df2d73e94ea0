#include "gridpilot/forecast/shading.hpp"

#include <algorithm>
#include <cmath>

namespace gridpilot::forecast {
namespace {

constexpr double part_azimuth_degrees = 10.0;
constexpr double part_elevation_degrees = 5.0;
// The quantile of the ratios that stands for a sky without clouds, and how far one value moves it.
constexpr double clear_quantile = 0.85;
constexpr double step = 0.02;
constexpr float least = 0.05F;
constexpr float most = 1.6F;

}  // namespace

ShadingMap::ShadingMap() {
  parts_.fill(1.0F);
}

void ShadingMap::learn(const SunPosition& sun, double ratio) {
  if (sun.elevation_degrees <= 0.0 || !std::isfinite(ratio)) return;
  const auto azimuth = static_cast<std::size_t>(sun.azimuth_degrees / part_azimuth_degrees) % azimuths;
  const auto elevation =
      std::min(static_cast<std::size_t>(sun.elevation_degrees / part_elevation_degrees), elevations - 1);
  float& here = parts_[elevation * azimuths + azimuth];
  const double moved = ratio > here ? clear_quantile : clear_quantile - 1.0;
  here = std::clamp(here + static_cast<float>(step * moved), least, most);
}

double ShadingMap::at(const SunPosition& sun) const {
  // Parts are known at their middles.
  const double across = sun.azimuth_degrees / part_azimuth_degrees - 0.5 + azimuths;
  const double up = std::clamp(sun.elevation_degrees / part_elevation_degrees - 0.5, 0.0, elevations - 1.0);
  const auto left = static_cast<std::size_t>(across);
  const auto low = static_cast<std::size_t>(up);
  const auto high = std::min(low + 1, elevations - 1);
  const double right_share = across - static_cast<double>(left);
  const double high_share = up - static_cast<double>(low);
  const auto row = [&](std::size_t elevation) {
    return (1.0 - right_share) * part(left, elevation) + right_share * part(left + 1, elevation);
  };
  return (1.0 - high_share) * row(low) + high_share * row(high);
}

}  // namespace gridpilot::forecast
