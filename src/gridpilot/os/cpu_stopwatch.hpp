#pragma once

#include <chrono>

namespace gridpilot::os {

/// CPU time that the calling thread has used: how long a handler worked, whatever else the machine was doing.
[[nodiscard]] std::chrono::nanoseconds thread_cpu_time();

/// Measures a stretch of work by its thread's CPU time and by the clock on the wall; used on one thread.
class CpuStopwatch {
 public:
  CpuStopwatch() : cpu_(thread_cpu_time()), wall_(std::chrono::steady_clock::now()) {}
  [[nodiscard]] std::chrono::nanoseconds cpu() const { return thread_cpu_time() - cpu_; }
  [[nodiscard]] std::chrono::nanoseconds wall() const { return std::chrono::steady_clock::now() - wall_; }

 private:
  std::chrono::nanoseconds cpu_;
  std::chrono::steady_clock::time_point wall_;
};

}  // namespace gridpilot::os
