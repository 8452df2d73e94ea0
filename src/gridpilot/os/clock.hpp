#pragma once

#include "gridpilot/core/time.hpp"

namespace gridpilot::os {

/// The time of day. Injected everywhere, so that the same program runs live, at 60× in the demo and at full speed.
/// Deadlines of sockets do not use it: they run on std::chrono::steady_clock.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
};

/// The machine's clock; the only place that asks for it.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
};

/// A clock that stands still until it is moved.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}
  [[nodiscard]] Instant now() const override { return now_; }
  /// Time does not run backwards here, except by set(): an earlier instant is ignored.
  void advance_to(Instant t) {
    if (t > now_) now_ = t;
  }
  void set(Instant t) { now_ = t; }

 private:
  Instant now_;
};

}  // namespace gridpilot::os
