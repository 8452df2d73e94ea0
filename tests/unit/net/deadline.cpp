#include "gridpilot/net/deadline.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

#include "unit/net/run.hpp"

namespace gridpilot::net {
namespace {

using std::chrono::milliseconds;

struct Trace {
  bool ended = false;
};

/// Sets its trace when its frame goes, however it ends.
struct Leaving {
  Trace* trace;
  ~Leaving() { trace->ended = true; }
};

Awaitable<Result<int>> answer_after(SteadyDuration delay, Trace* trace) {
  const Leaving leaving{trace};
  asio::steady_timer timer(co_await asio::this_coro::executor, delay);
  co_await timer.async_wait(asio::use_awaitable);
  co_return 42;
}

Awaitable<Result<int>> fail_at_once() {
  co_return failure(ErrorCode::malformed, "nonsense");
}

Awaitable<Result<int>> throw_at_once() {
  throw std::runtime_error("thrown");
  co_return 1;
}

TEST(Deadline, PassesTheValueOn) {
  asio::io_context io;
  test::run(io, []() -> Awaitable<void> {
    Trace trace;
    const auto result = co_await with_deadline(answer_after(milliseconds(1), &trace), std::chrono::seconds(10), "it");
    EXPECT_EQ(result.value_or(0), 42);
  }());
}

TEST(Deadline, IsATimeoutAndTheOperationHasEndedByThen) {
  asio::io_context io;
  test::run(io, []() -> Awaitable<void> {
    Trace trace;
    const auto result = co_await with_deadline(answer_after(std::chrono::hours(1), &trace), milliseconds(5), "asking");
    EXPECT_TRUE(trace.ended);
    EXPECT_FALSE(result.has_value());
    if (!result) {
      EXPECT_EQ(result.error().code, ErrorCode::timeout);
      EXPECT_EQ(result.error().message, "asking took longer than 5 ms");
    }
  }());
}

TEST(Deadline, PassesAFailureOnWithoutWaitingForTheLimit) {
  asio::io_context io;
  const auto begin = SteadyClock::now();
  test::run(io, []() -> Awaitable<void> {
    const auto result = co_await with_deadline(fail_at_once(), std::chrono::seconds(10), "it");
    EXPECT_EQ(result.error().code, ErrorCode::malformed);
  }());
  EXPECT_LT(SteadyClock::now() - begin, std::chrono::seconds(5));
}

TEST(Deadline, PassesAnExceptionOnWithoutWaitingForTheLimit) {
  asio::io_context io;
  const auto begin = SteadyClock::now();
  EXPECT_THROW(test::run(io,
                         []() -> Awaitable<void> {
                           (void)co_await with_deadline(throw_at_once(), std::chrono::seconds(10), "it");
                         }()),
               std::runtime_error);
  EXPECT_LT(SteadyClock::now() - begin, std::chrono::seconds(5));
}

TEST(Deadline, CancellingEndsTheOperationAndIsNotATimeout) {
  asio::io_context io;
  Trace trace;
  asio::cancellation_signal cancel;
  bool aborted = false;
  asio::co_spawn(
      io,
      [](Trace* t) -> Awaitable<void> {
        (void)co_await with_deadline(answer_after(std::chrono::hours(1), t), std::chrono::hours(1), "it");
      }(&trace),
      asio::bind_cancellation_slot(cancel.slot(),
                                   [&](const std::exception_ptr& thrown) { aborted = thrown != nullptr; }));
  io.poll();
  EXPECT_FALSE(trace.ended);
  cancel.emit(asio::cancellation_type::terminal);
  io.restart();
  io.run_for(std::chrono::seconds(10));
  EXPECT_TRUE(trace.ended);
  EXPECT_TRUE(aborted);
}

}  // namespace
}  // namespace gridpilot::net
