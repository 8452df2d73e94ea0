#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "gridpilot/net/deadline.hpp"

namespace gridpilot::net {

/// Counts durations in buckets that grow by an eighth of a power of two: quantiles to within 13 %, in fixed memory.
class DurationHistogram {
 public:
  void add(std::chrono::nanoseconds duration);
  /// The upper end of the bucket that holds this share of the durations (0.999); zero where there are none.
  [[nodiscard]] std::chrono::nanoseconds quantile(double share) const;
  [[nodiscard]] std::chrono::nanoseconds longest() const { return longest_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  static constexpr std::size_t steps = 8;
  [[nodiscard]] static std::size_t bucket_of(std::uint64_t nanos);
  [[nodiscard]] static std::uint64_t upper_end_of(std::size_t bucket);

  std::array<std::uint32_t, std::size_t{48} * steps> buckets_{};
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds longest_{0};
};

/// How the one loop is doing: how much processor time its handlers take, and how late it is. What holds the loop up
/// holds up everything, so health and metrics ask this.
class LoopMonitor {
 public:
  struct Options {
    std::chrono::milliseconds beat{250};
    /// A loop that was later than this in the last half minute is not on time.
    std::chrono::milliseconds late_limit{1000};
  };

  explicit LoopMonitor(asio::io_context& io) : LoopMonitor(io, Options{}) {}
  LoopMonitor(asio::io_context& io, Options options) : io_(io), options_(options) {}

  /// Runs the loop as io_context::run() does and measures every handler by the thread's processor time, which costs
  /// two thirds of a microsecond each. Returns how many ran.
  std::size_t run();
  /// Wakes up regularly on the steady clock and notes how late that was; runs until it is cancelled.
  [[nodiscard]] Awaitable<void> beat();

  /// To be asked on the loop, where being asked is itself a sign of life.
  [[nodiscard]] bool is_on_time() const;
  /// The worst of the last half minute, the beat that is due and has not come yet included.
  [[nodiscard]] SteadyDuration recent_lateness() const;
  [[nodiscard]] const DurationHistogram& handler_cpu_times() const { return handlers_; }
  [[nodiscard]] const DurationHistogram& lateness() const { return lateness_; }
  /// Begins to count anew.
  void reset();

 private:
  void note(SteadyDuration late, SteadyClock::time_point now);

  asio::io_context& io_;
  Options options_;
  DurationHistogram handlers_;
  DurationHistogram lateness_;
  SteadyClock::time_point due_ = SteadyClock::time_point::max();
  // Two windows of 15 s each, so that the past half minute is always covered and older things are forgotten.
  SteadyClock::time_point window_from_{};
  SteadyDuration worst_in_window_{0};
  SteadyDuration worst_before_{0};
};

}  // namespace gridpilot::net
