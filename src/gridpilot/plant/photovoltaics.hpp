#pragma once

#include <array>
#include <vector>

#include "gridpilot/core/units.hpp"
#include "gridpilot/domain/site.hpp"
#include "gridpilot/plant/weather.hpp"

namespace gridpilot::plant {

inline constexpr int tracker_count = 2;

/// What the modules could deliver, at their DC terminals, by the inverter's maximum-power tracker.
struct PvOutput {
  std::array<Power, tracker_count> trackers;
  std::array<Voltage, tracker_count> voltages;  ///< 0 in the dark
  [[nodiscard]] Power total() const { return trackers[0] + trackers[1]; }
};

/// The modules of a home. The first plane feeds the first tracker and all others the second; a single plane is wired as
/// two equal strings.
class Photovoltaics {
 public:
  explicit Photovoltaics(std::vector<PvPlane> planes) : planes_(std::move(planes)) {}
  [[nodiscard]] PvOutput at(const Sky& sky) const;

 private:
  std::vector<PvPlane> planes_;
};

}  // namespace gridpilot::plant
