#pragma once

#include <chrono>
#include <optional>

namespace gridpilot::os {

/// What the kernel knows of its clock.
struct ClockSync {
  bool synchronised = false;  ///< a time service keeps it right
  /// How far off it may be, by that service's own account; absent where it is not synchronised.
  std::optional<std::chrono::microseconds> largest_error;
};

/// Asks the kernel (adjtimex, which changes nothing here). Absent where it does not say, in some containers.
[[nodiscard]] std::optional<ClockSync> clock_sync();

}  // namespace gridpilot::os
