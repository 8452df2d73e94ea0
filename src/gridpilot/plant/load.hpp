#pragma once

#include <cstdint>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/units.hpp"

namespace gridpilot::plant {

/// The consumption of a household: standing load, fridge and freezer that cycle, people's activity over day, week and
/// season, and appliances that run now and then at their own power. A function of seed and instant.
class Household {
 public:
  /// `annual` is met to some percent over a year: what the appliances do not use is activity. There is no electric
  /// heating here.
  Household(TimeZone zone, Energy annual, std::uint64_t seed);
  [[nodiscard]] Power at(Instant t) const;

 private:
  [[nodiscard]] double appliances_w(const CivilTime& civil) const;

  TimeZone zone_;
  std::uint64_t seed_;
  double standing_w_;
  double cooling_scale_;
  double frequency_;
  double activity_w_;
};

}  // namespace gridpilot::plant
