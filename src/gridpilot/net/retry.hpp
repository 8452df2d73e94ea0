#pragma once

#include <functional>
#include <optional>

#include "gridpilot/net/deadline.hpp"

namespace gridpilot::net {

/// A number in [0, 1): injected, so that a test knows what comes.
using RandomSource = std::function<double()>;

/// Exponential growth between attempts.
struct RetryPolicy {
  std::chrono::milliseconds first{1000};
  double factor = 2.0;
  std::chrono::milliseconds cap{60'000};
  double jitter = 0.2;                             ///< share of the delay that is drawn: 0.2 gives 80 % to 120 % of it
  std::optional<int> max_attempts = std::nullopt;  ///< in all, the first one included; without end where absent
};

/// Counts failures of one thing and says when to try again. Pure: it neither waits nor asks for the time.
class Retry {
 public:
  explicit Retry(RetryPolicy policy, RandomSource random = {}) : policy_(policy), random_(std::move(random)) {}

  /// Notes a failure; the delay before the next attempt, or nothing where another attempt is pointless: the error is
  /// not of the retryable group, or the attempts are used up. The delay never exceeds the cap, jitter included.
  [[nodiscard]] std::optional<std::chrono::milliseconds> after(const Error& error);
  /// The same for callers that ask again whatever the error was.
  [[nodiscard]] std::chrono::milliseconds after_any();
  void succeeded() { failures_ = 0; }
  [[nodiscard]] int failures() const { return failures_; }  ///< since the last success

 private:
  RetryPolicy policy_;
  RandomSource random_;
  int failures_ = 0;
};

}  // namespace gridpilot::net
