#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "gridpilot/os/clock_sync.hpp"
#include "gridpilot/os/cpu_stopwatch.hpp"
#include "gridpilot/os/signals.hpp"

namespace gridpilot::os {
namespace {

TEST(ClockSync, KnowsAnErrorOnlyOfASynchronisedClock) {
  const std::optional<ClockSync> sync = clock_sync();
  if (!sync) GTEST_SKIP() << "the kernel does not say here whether its clock is synchronised";
  EXPECT_EQ(sync->synchronised, sync->largest_error.has_value());
}

TEST(CpuStopwatch, CountsWorkAndNotWaiting) {
  const CpuStopwatch work;
  volatile unsigned sum = 0;
  while (work.cpu() < std::chrono::milliseconds(2)) sum = sum + 1;
  EXPECT_GE(work.wall(), std::chrono::milliseconds(1));

  // Another thread works, this one waits for it.
  const CpuStopwatch waiting;
  std::thread other([] {
    const CpuStopwatch its_own;
    volatile unsigned count = 0;
    while (its_own.cpu() < std::chrono::milliseconds(20)) count = count + 1;
  });
  other.join();
  EXPECT_GE(waiting.wall(), std::chrono::milliseconds(20));
  EXPECT_LT(waiting.cpu(), waiting.wall() / 2);
}

TEST(BrokenPipes, EndTheProcessUnlessIgnored) {
  for (const bool ignored : {false, true}) {
    const pid_t child = fork();
    if (child == 0) {
      int ends[2];
      if (pipe(ends) != 0) _exit(2);
      close(ends[0]);
      if (ignored) ignore_broken_pipes();
      _exit(write(ends[1], "x", 1) < 0 ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(WIFSIGNALED(status), !ignored);
  }
}

}  // namespace
}  // namespace gridpilot::os
