#include "gridpilot/os/clock_sync.hpp"

#include <sys/timex.h>

namespace gridpilot::os {

std::optional<ClockSync> clock_sync() {
  timex state{};
  const int code = adjtimex(&state);
  if (code < 0) return std::nullopt;
  ClockSync sync;
  sync.synchronised = code != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
  if (sync.synchronised) sync.largest_error = std::chrono::microseconds(state.maxerror);
  return sync;
}

}  // namespace gridpilot::os
