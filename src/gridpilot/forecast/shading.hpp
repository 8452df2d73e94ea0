#pragma once

#include <array>
#include <cstddef>

#include "gridpilot/forecast/clear_sky.hpp"

namespace gridpilot::forecast {

/// How much of what a clear sky would give arrives when the sun stands in a part of it: learnt per 10° of azimuth and
/// 5° of elevation, so that what a tree hides in March is known in September. Each part follows a high quantile of the
/// ratios measured there: it asks what arrives when no cloud is in the way, a few outliers do not move it, and a
/// curtailed day only a little. 1 where nothing is known.
class ShadingMap {
 public:
  ShadingMap();
  /// `ratio` of measured to clear-sky energy.
  void learn(const SunPosition& sun, double ratio);
  /// Between the four nearest parts.
  [[nodiscard]] double at(const SunPosition& sun) const;

 private:
  static constexpr std::size_t azimuths = 36;
  static constexpr std::size_t elevations = 18;
  [[nodiscard]] const float& part(std::size_t azimuth, std::size_t elevation) const {
    return parts_[elevation * azimuths + azimuth % azimuths];
  }
  std::array<float, azimuths * elevations> parts_{};
};

}  // namespace gridpilot::forecast
