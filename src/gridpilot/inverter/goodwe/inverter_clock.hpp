#pragma once

#include <optional>

#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/inverter/goodwe/eco_window.hpp"

/// The inverter's own clock, by which its windows run. It shows local time, drifts by minutes a week, and knows of
/// summer time only what somebody sets.
namespace gridpilot::goodwe {

/// Further off than this it is set.
inline constexpr Seconds tolerated_clock_error{60};

/// The civil time in registers 45200..45202; nullopt for an impossible one.
[[nodiscard]] std::optional<CivilTime> clock_of(const Words& words);
[[nodiscard]] Words clock_words(const CivilTime& local);

/// How far the inverter's clock is ahead of the local time at `now` (negative: behind).
[[nodiscard]] Seconds clock_error(const CivilTime& shown, const TimeZone& zone, Instant now);

/// The moment as the inverter sees it, with what windows must keep clear of. `error` as told by clock_error.
[[nodiscard]] InverterTime inverter_time(const TimeZone& zone, Instant now, Seconds error);

}  // namespace gridpilot::goodwe
