#include "gridpilot/net/timeline.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "unit/net/run.hpp"

namespace gridpilot::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::ElementsAre;

constexpr Instant start{Seconds(1'780'000'000)};

struct Log {
  asio::io_context io;
  SimulatedTimeline timeline{io, start};
  std::vector<std::string> entries;
  int ended = 0;
  int aborted = 0;

  void note(const std::string& who) {
    entries.push_back(who + "@" + std::to_string((timeline.clock().now() - start).count()));
  }
  Awaitable<void> tick(std::string who, Seconds every, int times, Timeline::Participant) {
    for (int n = 1; n <= times; ++n) {
      co_await timeline.wait_until(start + every * n);
      note(who);
    }
  }
  void spawn(Awaitable<void> task, asio::cancellation_slot slot = {}) {
    asio::co_spawn(io, std::move(task), asio::bind_cancellation_slot(slot, [this](const std::exception_ptr& thrown) {
                     ++ended;
                     if (thrown) ++aborted;
                   }));
  }
  Timeline::Participant enter() { return Timeline::Participant(timeline); }
};

TEST(SimulatedTimeline, StepsToTheEarliestAwaitedInstantAndWakesInOrderOfWaiting) {
  Log log;
  log.spawn(log.tick("a", Seconds(20), 3, log.enter()));
  log.spawn(log.tick("b", Seconds(30), 2, log.enter()));
  log.spawn(log.tick("c", Seconds(20), 1, log.enter()));
  log.io.run();
  // a waits for 60 only after b has begun to.
  EXPECT_THAT(log.entries, ElementsAre("a@20", "c@20", "b@30", "a@40", "b@60", "a@60"));
  EXPECT_EQ(log.ended, 3);
  EXPECT_EQ(log.timeline.clock().now(), start + Seconds(60));
}

TEST(SimulatedTimeline, ReturnsAtOnceWhereTheInstantIsPast) {
  Log log;
  log.spawn(log.tick("a", Seconds(-5), 2, log.enter()));
  log.io.run();
  EXPECT_THAT(log.entries, ElementsAre("a@0", "a@0"));
}

TEST(SimulatedTimeline, StandsStillWhileAParticipantWaitsForSomethingElse) {
  Log log;
  bool answered = false;
  log.spawn([](Log* self, bool* done, Timeline::Participant) -> Awaitable<void> {
    asio::steady_timer answer(self->io, milliseconds(20));
    co_await answer.async_wait(asio::use_awaitable);
    self->note("answer");
    *done = true;
  }(&log, &answered, log.enter()));
  log.spawn(log.tick("a", Seconds(20), 1, log.enter()));
  log.io.run();
  EXPECT_TRUE(answered);
  EXPECT_THAT(log.entries, ElementsAre("answer@0", "a@20"));
}

TEST(SimulatedTimeline, LetsReadyHandlersRunBeforeAStep) {
  Log log;
  log.spawn([](Log* self, Timeline::Participant) -> Awaitable<void> {
    for (int n = 1; n <= 3; ++n) {
      asio::post(self->io, [self] { self->note("handler"); });
      co_await self->timeline.wait_until(start + Seconds(n));
    }
  }(&log, log.enter()));
  log.io.run();
  EXPECT_THAT(log.entries, ElementsAre("handler@0", "handler@1", "handler@2"));
}

TEST(SimulatedTimeline, StepsOnWhenAParticipantLeaves) {
  Log log;
  auto guest = std::make_unique<Timeline::Participant>(log.timeline);
  log.spawn(log.tick("a", Seconds(20), 1, log.enter()));
  log.io.poll();
  EXPECT_THAT(log.entries, ElementsAre());
  guest.reset();
  log.io.restart();
  log.io.run();
  EXPECT_THAT(log.entries, ElementsAre("a@20"));
}

TEST(SimulatedTimeline, AnEarlierWaitOfALateComerIsServedFirst) {
  Log log;
  log.timeline.set_speed(20.0);  // the first step would be due after 100 s
  log.spawn(log.tick("late", Seconds(2000), 1, log.enter()));
  log.io.poll();
  log.spawn(log.tick("early", Seconds(1), 1, log.enter()));
  while (log.entries.empty()) log.io.run_one();
  EXPECT_THAT(log.entries, ElementsAre("early@1"));
  log.timeline.set_speed(SimulatedTimeline::unlimited);
  log.io.run();
  EXPECT_THAT(log.entries, ElementsAre("early@1", "late@2000"));
}

TEST(SimulatedTimeline, ACancelledWaitEndsWithOperationAbortedAndHoldsNobodyUp) {
  Log log;
  asio::cancellation_signal cancel;
  auto guest = std::make_unique<Timeline::Participant>(log.timeline);
  log.spawn(log.tick("a", Seconds(20), 1, log.enter()), cancel.slot());
  log.spawn(log.tick("b", Seconds(30), 1, log.enter()));
  log.io.poll();
  cancel.emit(asio::cancellation_type::terminal);
  log.io.poll();
  EXPECT_EQ(log.aborted, 1);
  guest.reset();
  log.io.restart();
  log.io.run();
  EXPECT_THAT(log.entries, ElementsAre("b@30"));
}

TEST(SimulatedTimeline, CountsOnWhenACancelledParticipantKeepsRunning) {
  Log log;
  asio::cancellation_signal cancel;
  log.spawn(
      [](Log* self, Timeline::Participant) -> Awaitable<void> {
        co_await asio::this_coro::throw_if_cancelled(false);
        bool stopped = false;
        try {
          co_await self->timeline.wait_until(start + Seconds(20));
        } catch (const boost::system::system_error&) {
          stopped = true;
        }
        EXPECT_TRUE(stopped);
        co_await asio::this_coro::reset_cancellation_state();
        asio::steady_timer farewell(self->io, milliseconds(20));
        co_await farewell.async_wait(asio::use_awaitable);
        self->note("farewell");
      }(&log, log.enter()),
      cancel.slot());
  auto guest = std::make_unique<Timeline::Participant>(log.timeline);
  log.spawn(log.tick("b", Seconds(30), 1, log.enter()));
  log.io.poll();
  cancel.emit(asio::cancellation_type::terminal);
  log.io.poll();
  guest.reset();
  log.io.run();
  EXPECT_THAT(log.entries, ElementsAre("farewell@0", "b@30"));
}

TEST(SimulatedTimeline, KeepsThePaceOfAFiniteSpeed) {
  Log log;
  log.timeline.set_speed(1000.0);
  const auto begin = steady_clock::now();
  log.spawn(log.tick("a", Seconds(20), 5, log.enter()));
  log.io.run();
  const auto took = steady_clock::now() - begin;
  EXPECT_GE(took, milliseconds(99));
  EXPECT_LT(took, milliseconds(2000));  // generous: the machine may be loaded
}

TEST(SimulatedTimeline, MakesUpForALateStepWithoutDrift) {
  Log log;
  log.timeline.set_speed(1000.0);
  const auto begin = steady_clock::now();
  // Every round takes 15 ms of work in a period of 20 ms: 200 ms altogether, not 350 ms.
  log.spawn([](Log* self, Timeline::Participant) -> Awaitable<void> {
    for (int n = 1; n <= 10; ++n) {
      co_await self->timeline.wait_until(start + Seconds(20) * n);
      asio::steady_timer work(self->io, milliseconds(n == 10 ? 0 : 15));
      co_await work.async_wait(asio::use_awaitable);
    }
  }(&log, log.enter()));
  log.io.run();
  const auto took = steady_clock::now() - begin;
  EXPECT_GE(took, milliseconds(199));
  EXPECT_LT(took, milliseconds(330));
}

TEST(SimulatedTimeline, AChangeOfSpeedCountsForTheWaitUnderWay) {
  Log log;
  log.timeline.set_speed(0.001);
  log.spawn(log.tick("a", Seconds(20), 1, log.enter()));
  log.io.poll();
  EXPECT_THAT(log.entries, ElementsAre());
  log.timeline.set_speed(SimulatedTimeline::unlimited);
  log.io.restart();
  log.io.run();
  EXPECT_THAT(log.entries, ElementsAre("a@20"));
}

TEST(SimulatedTimeline, MayGoBeforeItsWaitingCoroutines) {
  std::vector<std::string> entries;
  {
    asio::io_context io;
    {
      SimulatedTimeline timeline(io, start);
      asio::co_spawn(
          io,
          [](Timeline* line, Timeline::Participant) -> Awaitable<void> {
            co_await line->wait_until(start + Seconds(20));
          }(&timeline, Timeline::Participant(timeline)),
          [&entries](const std::exception_ptr&) { entries.emplace_back("ended"); });
      io.poll_one();
    }
    io.poll();
  }
  EXPECT_THAT(entries, ElementsAre());
}

TEST(LiveTimeline, CompletesWhenTheClockHasReachedTheInstant) {
  asio::io_context io;
  os::ManualClock clock(start);
  LiveTimeline timeline(clock);
  asio::steady_timer mover(io, milliseconds(5));
  mover.async_wait([&](boost::system::error_code) { clock.advance_to(start + Seconds(1)); });
  test::run(io, timeline.wait_until(start + Seconds(1)));
  EXPECT_EQ(clock.now(), start + Seconds(1));
}

}  // namespace
}  // namespace gridpilot::net
