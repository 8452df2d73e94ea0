#pragma once

#include <chrono>

#include "gridpilot/os/clock.hpp"

namespace gridpilot::sim {

/// A clock that runs so many times faster than the machine's, from a given moment on. It runs on the steady clock: it
/// does not jump when somebody sets the machine's.
class ScaledClock final : public os::Clock {
 public:
  ScaledClock(Instant start, double speed) : start_(start), speed_(speed), began_(std::chrono::steady_clock::now()) {}

  [[nodiscard]] Instant now() const override {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began_;
    return start_ + std::chrono::floor<Seconds>(passed * speed_);
  }

 private:
  Instant start_;
  double speed_;
  std::chrono::steady_clock::time_point began_;
};

}  // namespace gridpilot::sim
