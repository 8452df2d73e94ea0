#include "gridpilot/os/clock.hpp"

namespace gridpilot::os {

Instant SystemClock::now() const {
  return std::chrono::floor<Seconds>(std::chrono::system_clock::now());
}

}  // namespace gridpilot::os
