#pragma once

#include <optional>

#include "gridpilot/domain/outlook.hpp"
#include "gridpilot/domain/reading.hpp"

namespace gridpilot {

/// Turns readings into the energy of each slot: between two readings that are at most `longest_gap` apart, powers are
/// taken to run straight from one to the other; longer gaps are not measured and lower the slot's coverage.
class SlotMeter {
 public:
  static constexpr Seconds longest_gap{60};

  /// Takes the next reading. Returns the slot that it completes, if it completes one that was measured at all.
  /// Incomplete and implausible readings (domain/reading.hpp) and such that are not later than the one before are gaps.
  [[nodiscard]] std::optional<SlotEnergy> add(const Reading& reading);

  /// The slot under way, as far as it was measured.
  [[nodiscard]] const SlotEnergy& current() const { return current_; }

  /// Forgets the reading before: nothing is measured between it and the next. For jumps of the clock.
  void interrupt() { before_.reset(); }

 private:
  struct Sample {
    Instant time{};
    Power load, pv, grid, battery;
  };
  void measure(const Sample& from, const Sample& to);

  std::optional<Sample> before_;
  SlotEnergy current_{};
};

}  // namespace gridpilot
