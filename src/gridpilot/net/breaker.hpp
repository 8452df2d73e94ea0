#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "gridpilot/core/time.hpp"

namespace gridpilot::net {

struct BreakerPolicy {
  int failures_to_open = 5;  ///< in a row
  Seconds first_pause{60};   ///< how long it stays open the first time
  double factor = 2.0;       ///< longer each time that the trial fails
  Seconds longest_pause{1800};
};

/// A circuit breaker: after some failures in a row the other side is left alone for a while, then one question tries
/// it; its outcome closes the breaker or opens it for longer. Pure: neither waits nor asks for the time.
/// A clock that was set back never makes a pause longer than it would be from then on.
class Breaker {
 public:
  enum class State {
    closed,     ///< questions go through
    open,       ///< none does, until a time
    half_open,  ///< one question tries it; others are refused until its outcome is known
  };

  explicit Breaker(BreakerPolicy policy = {}) : policy_(policy) {}

  /// Asks for leave to put a question, whose outcome is then to be told by succeeded(), failed() or abandoned().
  /// Absent: the question may be put. Otherwise the time before which asking again is pointless: after `now`.
  [[nodiscard]] std::optional<Instant> refuse_until(Instant now);

  void succeeded();
  void failed(Instant now);
  /// The question was put and nothing was learnt from it: it was cancelled.
  void abandoned();

  /// As it is at that time: a pause that is over is half open.
  [[nodiscard]] State state(Instant now) const;
  [[nodiscard]] int failures() const { return failures_; }  ///< in a row

 private:
  void open(Instant now);

  BreakerPolicy policy_;
  int failures_ = 0;
  int pauses_ = 0;  ///< in a row, without a success between them
  std::optional<Instant> open_until_;
  Seconds pause_{0};
  bool trial_under_way_ = false;
};

/// "closed", "open", "half_open".
[[nodiscard]] std::string_view name_of(Breaker::State state) noexcept;

}  // namespace gridpilot::net
