#include "gridpilot/net/loop_monitor.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <ctime>

namespace gridpilot::net {

namespace {

constexpr std::chrono::seconds window{15};

std::chrono::nanoseconds thread_cpu_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

std::size_t DurationHistogram::bucket_of(std::uint64_t nanos) {
  // Below 8 ns every number has its own bucket; above, the three bits after the leading one choose the step.
  if (nanos < steps) return static_cast<std::size_t>(nanos);
  const auto power = static_cast<std::size_t>(std::bit_width(nanos)) - 4;
  const auto step = static_cast<std::size_t>(nanos >> power) - steps;
  return (power + 1) * steps + step;
}

std::uint64_t DurationHistogram::upper_end_of(std::size_t bucket) {
  if (bucket < steps) return bucket;
  const std::size_t power = bucket / steps - 1;
  return (std::uint64_t{steps + bucket % steps + 1} << power) - 1;
}

void DurationHistogram::add(std::chrono::nanoseconds duration) {
  duration = std::max(duration, std::chrono::nanoseconds(0));
  const std::size_t bucket = bucket_of(static_cast<std::uint64_t>(duration.count()));
  ++buckets_[std::min(bucket, buckets_.size() - 1)];
  ++count_;
  longest_ = std::max(longest_, duration);
}

std::chrono::nanoseconds DurationHistogram::quantile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= wanted && seen > 0)
      return std::min(std::chrono::nanoseconds(static_cast<std::int64_t>(upper_end_of(bucket))), longest_);
  }
  return longest_;
}

std::size_t LoopMonitor::run() {
  std::size_t ran = 0;
  auto before = thread_cpu_time();
  // Waiting inside run_one takes no processor time, so what passes is the handler's.
  while (io_.run_one() != 0) {
    const auto after = thread_cpu_time();
    handlers_.add(after - before);
    before = after;
    ++ran;
  }
  return ran;
}

Awaitable<void> LoopMonitor::beat() {
  asio::steady_timer timer(io_);
  window_from_ = SteadyClock::now();
  while (true) {
    due_ = SteadyClock::now() + options_.beat;
    timer.expires_at(due_);
    co_await timer.async_wait(asio::use_awaitable);
    const auto now = SteadyClock::now();
    note(now - due_, now);
  }
}

void LoopMonitor::note(SteadyDuration late, SteadyClock::time_point now) {
  lateness_.add(late);
  if (now - window_from_ >= window) {
    worst_before_ = now - window_from_ < 2 * window ? worst_in_window_ : SteadyDuration(0);
    worst_in_window_ = SteadyDuration(0);
    window_from_ = now;
  }
  worst_in_window_ = std::max(worst_in_window_, late);
}

SteadyDuration LoopMonitor::recent_lateness() const {
  const auto now = SteadyClock::now();
  const SteadyDuration overdue = now > due_ ? now - due_ : SteadyDuration(0);
  return std::max({overdue, worst_in_window_, worst_before_});
}

bool LoopMonitor::is_on_time() const {
  return recent_lateness() <= options_.late_limit;
}

void LoopMonitor::reset() {
  handlers_ = {};
  lateness_ = {};
  worst_in_window_ = worst_before_ = SteadyDuration(0);
  window_from_ = SteadyClock::now();
}

}  // namespace gridpilot::net
