#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "gridpilot/net/async.hpp"
#include "gridpilot/os/clock.hpp"

namespace gridpilot::net {

/// Waiting for times of day. The daemon waits on the machine's clock; the demo and the tests on a simulated one, which
/// steps to the next awaited instant when everything that was due has been done. Deadlines of sockets never use it:
/// they run on std::chrono::steady_clock.
class Timeline {
 public:
  virtual ~Timeline() = default;
  [[nodiscard]] virtual const os::Clock& clock() const = 0;
  /// Completes when the clock has reached `t`, at once where it has. Cancelling ends it with operation_aborted.
  [[nodiscard]] virtual Awaitable<void> wait_until(Instant t) = 0;

  /// Counts one running task for as long as it lives. A task that calls wait_until holds one, and has one wait under
  /// way at a time. While it waits for anything else (a socket, a store) simulated time stands still, so a task that
  /// waits for events of a person or of another task gives its participant up meanwhile. Costs nothing in live time.
  class Participant {
   public:
    explicit Participant(Timeline& timeline) : leave_(timeline.enter()) {}
    Participant(Participant&& other) noexcept : leave_(std::exchange(other.leave_, nullptr)) {}
    Participant(const Participant&) = delete;
    Participant& operator=(const Participant&) = delete;
    Participant& operator=(Participant&&) = delete;
    ~Participant() {
      if (leave_) leave_();
    }

   private:
    std::function<void()> leave_;
  };

 protected:
  /// Counts a participant and returns how it leaves; empty where nobody counts.
  [[nodiscard]] virtual std::function<void()> enter() = 0;
};

/// Live time. Notices jumps of the machine's clock: it never sleeps longer than a minute in one go.
class LiveTimeline final : public Timeline {
 public:
  explicit LiveTimeline(const os::Clock& clock) : clock_(clock) {}
  [[nodiscard]] const os::Clock& clock() const override { return clock_; }
  /// At most a tenth of a second late.
  [[nodiscard]] Awaitable<void> wait_until(Instant t) override;

 protected:
  [[nodiscard]] std::function<void()> enter() override { return {}; }

 private:
  const os::Clock& clock_;
};

/// Simulated time. The clock steps when all participants wait, to the earliest awaited instant, and wakes in the order
/// of waiting everybody who waits for it: at `speed` simulated seconds per second of steady time, or at once where
/// speed is unlimited (after the handlers that are ready by then). Between steps now() stands at the last step, so
/// that everything done in one step sees one time.
/// At a finite speed steps keep to the pace from the last step on, without drift; a step that comes late is made up
/// for, but not more than a second of it: a loaded machine falls behind instead of racing afterwards.
/// May be destroyed before its participants: those then wait until they are cancelled.
class SimulatedTimeline final : public Timeline {
 public:
  SimulatedTimeline(asio::io_context& io, Instant start);
  ~SimulatedTimeline() override;
  SimulatedTimeline(const SimulatedTimeline&) = delete;
  SimulatedTimeline& operator=(const SimulatedTimeline&) = delete;

  [[nodiscard]] const os::Clock& clock() const override;
  /// Only a participant may wait.
  [[nodiscard]] Awaitable<void> wait_until(Instant t) override;

  static constexpr double unlimited = 0.0;
  /// Takes effect at once, also on the step that is being waited for.
  void set_speed(double simulated_seconds_per_second);
  [[nodiscard]] double speed() const;

 protected:
  [[nodiscard]] std::function<void()> enter() override;

 private:
  class State;
  std::shared_ptr<State> state_;  ///< shared with waiting coroutines, whose frames may be destroyed later
};

}  // namespace gridpilot::net
