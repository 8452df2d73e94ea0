#pragma once

#include <deque>
#include <optional>
#include <string>

#include "gridpilot/domain/battery_profile.hpp"
#include "gridpilot/domain/reading.hpp"

namespace gridpilot {

/// Holds each reading against independent measurements of the same flows: over one minute the house's load must be
/// what PV, grid and battery leave for it, to max(200 W, 8 % of the largest flow), which the inverter's own losses fit
/// into. A battery power that the battery cannot have, or a state of charge that there is not, is implausible at once
/// and does not enter the mean.
class PlausibilityCheck {
 public:
  static constexpr Seconds window{60};
  /// A mean needs so many readings; where they come less often, the last ones are taken.
  static constexpr std::size_t fewest_readings = 3;
  static constexpr Seconds longest_gap{15 * 60};
  static constexpr Power least_tolerance = watts(200);
  static constexpr double tolerated_share = 0.08;
  static constexpr Current spare_current = amperes(10);

  struct Outcome {
    Plausibility plausibility = Plausibility::unchecked;
    std::string why;  ///< a sentence for the owner where it is implausible
  };

  /// The next reading, in order of time; one that is not later than the one before begins anew. `profile` is null
  /// where none is known: the battery's power is not checked by it then.
  [[nodiscard]] Outcome judge(const Reading& reading, const BatteryProfile* profile);
  /// The next reading has nothing before it: another unit, or a jump of the clock.
  void forget() { samples_.clear(); }

 private:
  struct Sample {
    Instant time{};
    Power pv, load, grid, battery;
  };
  [[nodiscard]] Outcome compare() const;

  std::deque<Sample> samples_;  ///< oldest first
};

}  // namespace gridpilot
