#pragma once

#include <map>
#include <memory>

#include "gridpilot/net/async.hpp"
#include "gridpilot/os/clock.hpp"

namespace gridpilot::net {

/// Waiting for times of day. The daemon waits on the machine's clock; the demo and the tests on a simulated one, which
/// steps to the next awaited instant when everything that was due has been done.
class Timeline {
 public:
  virtual ~Timeline() = default;
  [[nodiscard]] virtual const os::Clock& clock() const = 0;
  /// Completes when the clock has reached `t`, at once where it has. Cancelling ends it with operation_aborted.
  [[nodiscard]] virtual Awaitable<void> wait_until(Instant t) = 0;
};

/// Live time. Notices jumps of the machine's clock: it never sleeps longer than a minute in one go.
class LiveTimeline final : public Timeline {
 public:
  explicit LiveTimeline(const os::Clock& clock) : clock_(clock) {}
  [[nodiscard]] const os::Clock& clock() const override { return clock_; }
  [[nodiscard]] Awaitable<void> wait_until(Instant t) override;

 private:
  const os::Clock& clock_;
};

/// Simulated time. Every task that calls wait_until must be entered (Participant) while it lives: the clock steps when
/// all participants wait, to the earliest awaited instant; at `speed` simulated seconds per second, or at once where
/// speed is unlimited.
class SimulatedTimeline final : public Timeline {
 public:
  SimulatedTimeline(asio::io_context& io, Instant start);

  [[nodiscard]] const os::Clock& clock() const override { return clock_; }
  [[nodiscard]] Awaitable<void> wait_until(Instant t) override;

  static constexpr double unlimited = 0.0;
  void set_speed(double simulated_seconds_per_second);

  /// Counts one running task for as long as it lives.
  class Participant {
   public:
    explicit Participant(SimulatedTimeline& timeline);
    ~Participant();
    Participant(const Participant&) = delete;
    Participant& operator=(const Participant&) = delete;

   private:
    SimulatedTimeline& timeline_;
  };

 private:
  struct Waiter;
  void step_when_idle();

  asio::io_context& io_;
  os::ManualClock clock_;
  std::multimap<Instant, std::shared_ptr<Waiter>> waiters_;
  double speed_ = unlimited;
  int running_ = 0;
};

}  // namespace gridpilot::net
