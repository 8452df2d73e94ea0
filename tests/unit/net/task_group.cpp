#include "gridpilot/net/task_group.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "unit/net/run.hpp"

namespace gridpilot::net {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Awaitable<void> wait_long() {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
  co_await timer.async_wait(asio::use_awaitable);
}

Awaitable<void> throw_at_once() {
  throw std::runtime_error("broken pipe of thought");
  co_return;
}

Awaitable<void> add(int* count) {
  ++*count;
  co_return;
}

struct Fixture {
  asio::io_context io;
  std::vector<std::string> escalated;
  TaskGroup group{io.get_executor(), [this](std::string_view task, const std::exception_ptr& thrown) {
                    escalated.push_back(std::string(task) + ": " + describe(thrown));
                  }};
};

TEST(TaskGroup, JoinCompletesWhenTheLastTaskHasEnded) {
  Fixture f;
  int count = 0;
  f.group.spawn("one", add(&count));
  f.group.spawn("two", add(&count));
  EXPECT_EQ(count, 0) << "a task must not start inside spawn";
  test::run(f.io, f.group.join());
  EXPECT_EQ(count, 2);
  EXPECT_THAT(f.group.running(), IsEmpty());
  EXPECT_THAT(f.escalated, IsEmpty());
}

TEST(TaskGroup, ReportsAnExceptionWithTheNameOfItsTask) {
  Fixture f;
  f.group.spawn("thinker", throw_at_once());
  test::run(f.io, f.group.join());
  EXPECT_THAT(f.escalated, ElementsAre("thinker: broken pipe of thought"));
}

TEST(TaskGroup, CancelEndsItsTasksWithoutEscalation) {
  Fixture f;
  f.group.spawn("one", wait_long());
  f.group.spawn("two", wait_long());
  f.io.poll();
  EXPECT_THAT(f.group.running(), ElementsAre("one", "two"));
  f.group.cancel();
  test::run(f.io, f.group.join());
  EXPECT_THAT(f.escalated, IsEmpty());
}

TEST(TaskGroup, CancelReachesTasksThatHaveNotStartedYet) {
  Fixture f;
  f.group.spawn("one", wait_long());
  f.group.cancel();
  test::run(f.io, f.group.join());
  EXPECT_THAT(f.group.running(), IsEmpty());
}

TEST(TaskGroup, StartsNothingAfterCancel) {
  Fixture f;
  int count = 0;
  f.group.cancel();
  f.group.spawn("late", add(&count));
  test::run(f.io, f.group.join());
  EXPECT_EQ(count, 0);
}

TEST(TaskGroup, TasksMaySpawnTasks) {
  Fixture f;
  int count = 0;
  f.group.spawn("parent", [](TaskGroup* group, int* n) -> Awaitable<void> {
    group->spawn("child", add(n));
    co_return;
  }(&f.group, &count));
  test::run(f.io, f.group.join());
  EXPECT_EQ(count, 1);
}

TEST(TaskGroup, MayGoAfterItsLoopWithTasksUnderWay) {
  auto io = std::make_unique<asio::io_context>();
  TaskGroup group(io->get_executor(), [](std::string_view, const std::exception_ptr&) {});
  group.spawn("one", wait_long());
  io->poll();
  io.reset();
  EXPECT_THAT(group.running(), IsEmpty());
}

TEST(TaskGroup, DestroyedWithARunningTaskEndsTheProcess) {
  EXPECT_DEATH(
      {
        asio::io_context io;
        TaskGroup group(io.get_executor(), [](std::string_view, const std::exception_ptr&) {});
        group.spawn("one", wait_long());
        io.poll();
      },
      "tasks.empty");
}

}  // namespace
}  // namespace gridpilot::net
