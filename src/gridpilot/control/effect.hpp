#pragma once

#include "gridpilot/domain/command.hpp"
#include "gridpilot/domain/reading.hpp"

namespace gridpilot::control {

/// How long an inverter may take before its measured power must show the command.
inline constexpr Seconds settling_time{90};

/// What the measured power says of a command that was read back `age` ago: done, pending while it may still settle,
/// ignored thereafter. A battery that tapers near full, or is at the stop SoC, has done what it can.
/// A reading without battery power or state of charge says nothing: pending.
[[nodiscard]] Verdict judge_effect(const Command& command, const Reading& reading, Seconds age);

}  // namespace gridpilot::control
