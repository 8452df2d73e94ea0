#include "gridpilot/net/loop_monitor.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "gridpilot/net/task_group.hpp"

namespace gridpilot::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// Busy for so much processor time.
void compute_for(milliseconds duration) {
  const std::clock_t end = std::clock() + static_cast<std::clock_t>(duration.count() * CLOCKS_PER_SEC / 1000);
  while (std::clock() < end) {
  }
}

RC_GTEST_PROP(DurationHistogram, QuantilesAreWithinAnEighthAboveTheTrueOne, ()) {
  const auto durations = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 36)));
  DurationHistogram histogram;
  for (const auto duration : durations) histogram.add(nanoseconds(duration));
  auto sorted = durations;
  std::ranges::sort(sorted);
  for (const double share : {0.5, 0.9, 0.999, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    const std::int64_t exact = sorted[std::max<std::size_t>(rank, 1) - 1];
    const std::int64_t told = histogram.quantile(share).count();
    RC_ASSERT(told >= exact);
    RC_ASSERT(told <= exact + exact / 8 + 1);
  }
  RC_ASSERT(histogram.longest().count() == sorted.back());
}

TEST(LoopMonitor, FindsTheLongestHandler) {
  asio::io_context io;
  LoopMonitor monitor(io);
  for (int n = 0; n < 100; ++n) asio::post(io, [] {});
  asio::post(io, [] { compute_for(milliseconds(20)); });
  EXPECT_EQ(monitor.run(), 101U);
  EXPECT_GE(monitor.handler_cpu_times().longest(), milliseconds(15));
  EXPECT_LT(monitor.handler_cpu_times().quantile(0.5), milliseconds(5));
}

TEST(LoopMonitor, NoticesThatTheLoopWasHeldUp) {
  asio::io_context io;
  LoopMonitor monitor(io, {.beat = milliseconds(2), .late_limit = milliseconds(20)});
  TaskGroup group(io.get_executor(), [](std::string_view, const std::exception_ptr&) {});
  group.spawn("beat", monitor.beat());
  EXPECT_TRUE(monitor.is_on_time());
  io.run_for(milliseconds(1));
  const auto held_up_until = SteadyClock::now() + milliseconds(40);
  while (SteadyClock::now() < held_up_until) {
  }
  EXPECT_FALSE(monitor.is_on_time()) << "the beat that is due has not come";
  io.run_for(milliseconds(10));
  EXPECT_FALSE(monitor.is_on_time()) << "it was late a moment ago";
  EXPECT_GE(monitor.lateness().longest(), milliseconds(30));
  monitor.reset();
  EXPECT_EQ(monitor.lateness().count(), 0U);
  group.cancel();
  io.run();
}

}  // namespace
}  // namespace gridpilot::net
