#include "gridpilot/os/cpu_stopwatch.hpp"

#include <ctime>

namespace gridpilot::os {

std::chrono::nanoseconds thread_cpu_time() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace gridpilot::os
