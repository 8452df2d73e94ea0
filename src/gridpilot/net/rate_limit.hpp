#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "gridpilot/core/time.hpp"

namespace gridpilot::net {

/// At most `questions` within any `window`.
struct RateLimitPolicy {
  std::size_t questions = 60;
  Seconds window{3600};
};

/// Counts the questions to one source, so that its limit is kept, and the pause that it asked for. Pure.
class RateLimit {
 public:
  explicit RateLimit(std::optional<RateLimitPolicy> policy = std::nullopt) : policy_(policy) {}

  /// Absent: a question may be put now; note() it then. Otherwise the time before which none may.
  [[nodiscard]] std::optional<Instant> refuse_until(Instant now);
  void note(Instant now);
  /// The source asked to be left alone for so long (Retry-After), at most `longest_wait` of it believed.
  void wait_for(Seconds pause, Instant now);

  /// The questions that still count, oldest first, for a process that takes over from this one.
  [[nodiscard]] std::vector<Instant> counted() const { return {asked_.begin(), asked_.end()}; }
  /// Counts questions of before; those in the future are not believed.
  void take_over(const std::vector<Instant>& asked, Instant now);

  static constexpr Seconds longest_wait{24 * 3600};

 private:
  void forget(Instant now);

  std::optional<RateLimitPolicy> policy_;
  std::deque<Instant> asked_;
  std::optional<Instant> wait_until_;
};

/// What a Retry-After header says: whole seconds, or a date (RFC 9110, 5.6.7) against `now`; absent where it is
/// neither.
[[nodiscard]] std::optional<Seconds> parse_retry_after(std::string_view text, Instant now);

}  // namespace gridpilot::net
