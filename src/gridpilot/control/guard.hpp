#pragma once

#include <optional>
#include <string>

#include "gridpilot/domain/command.hpp"
#include "gridpilot/domain/reading.hpp"
#include "gridpilot/domain/site.hpp"

namespace gridpilot::control {

/// What the guard looks at. Borrowed for the call.
struct GuardInput {
  Instant now{};
  const Reading* reading = nullptr;  ///< the newest one; null where there never was one
  const Battery& battery;
  const Site& site;
  bool clock_is_trusted = true;   ///< the host's clock may be acted upon
  bool write_budget_left = true;  ///< the day's register writes are not spent
};

struct Guarded {
  Command command;
  std::optional<std::string> bound_by;  ///< the limit that changed the command, in the owner's words
};

/// A reading older than this is not acted upon.
inline constexpr Seconds oldest_reading{60};

/// The last word on every command. Missing or stale input is unsafe input: the inverter's own rule. Otherwise powers
/// are cut to what battery, BMS, connection and export limit allow; what is left of a forced action below one step is
/// not forced. The limit that binds is named.
[[nodiscard]] Guarded guard(const Command& wanted, const GuardInput& input);

}  // namespace gridpilot::control
