#pragma once

#include <optional>

#include "gridpilot/domain/command.hpp"
#include "gridpilot/domain/reading.hpp"

namespace gridpilot::control {

/// How long an inverter may take before its measured power must show the command.
inline constexpr Seconds settling_time{90};

/// What was told, and what goes before it.
struct Told {
  const Command& command;
  Seconds age;                 ///< since it was last written
  std::optional<Action> left;  ///< the forced action that it ended; absent where there was none
  Soc reserve = percent(100);  ///< well above it a battery that rests beside an uncovered load has not followed
};

/// What the measured power says of a command that was read back: done, pending while it may still settle, ignored
/// thereafter. A battery that tapers near full, or is at the stop SoC, has done what it can. With a limit on what is
/// fed in the grid must keep it, with charging blocked the battery must not charge. Self-use after a forced action must
/// be followed again: the battery takes no more than the surplus, gives no more than the load lacks, and does give it.
/// A reading without battery power or state of charge says nothing of the battery, one without grid power nothing of
/// the limit: pending.
[[nodiscard]] Verdict judge_effect(const Told& told, const Reading& reading);

}  // namespace gridpilot::control
