#include "gridpilot/api/event_hub.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

namespace gridpilot::api {
namespace {

using namespace std::chrono_literals;

const Instant started = parse_rfc3339("2026-11-25T12:00:00Z").value();

Reading reading(int second) {
  Reading r;
  r.time = started + Seconds(second);
  r.pv = watts(second);
  return r;
}

Plan plan_made(Instant t, Value cost) {
  Plan plan;
  plan.computed_at = t;
  plan.cost = cost;
  return plan;
}

class EventHubTest : public ::testing::Test {
 protected:
  /// What a listener has been sent, until nothing more comes for a moment.
  std::vector<std::string> sent_to(const std::shared_ptr<net::EventStream>& listener) {
    std::vector<std::string> all;
    net::asio::co_spawn(
        io,
        [&]() -> net::Awaitable<void> {
          while (const auto event = co_await listener->next(30ms)) all.push_back(*event);
        },
        [](const std::exception_ptr&) {});
    io.restart();
    io.run();
    return all;
  }
  static std::uint64_t id_of(const std::string& event) { return std::stoull(event.substr(4)); }

  net::asio::io_context io;
  EventHub hub{io.get_executor(), started, {.pause = 0ms, .kept = 4, .queue = {}}};
};

TEST_F(EventHubTest, SendsEachKindWithGrowingIds) {
  const auto listener = hub.subscribe(std::nullopt);
  hub.publish(reading(5));
  hub.publish(Decision{.time = started, .command = {}, .reason = "calm", .bound_by = {}, .alternatives = {}});
  hub.publish(plan_made(started, currency(1.5)), "PLN");
  hub.publish_prices({Slot::containing(started), Slot::containing(started) + 4});
  hub.publish(Progress{.phase = "filling", .done = 0.5});
  const auto events = sent_to(listener);
  ASSERT_EQ(events.size(), 5U);
  EXPECT_TRUE(
      events[0].contains("event: reading\ndata: {\"time\":\"2026-11-25T12:00:05Z\",\"soc_percent\":null,\"pv_w\":5"))
      << events[0];
  EXPECT_TRUE(events[1].contains("event: decision\ndata: {\"time\":\"2026-11-25T12:00:00Z\",\"action\":\"self_use\""))
      << events[1];
  EXPECT_TRUE(
      events[2].contains("event: plan\ndata: {\"computed_at\":\"2026-11-25T12:00:00Z\",\"currency\":\"PLN\","
                         "\"cost\":1.5,\"value_of_stored_kwh\":0}"))
      << events[2];
  EXPECT_TRUE(
      events[3].contains("event: prices\ndata: {\"from\":\"2026-11-25T12:00:00Z\",\"to\":\"2026-11-25T13:00:00Z\"}"))
      << events[3];
  EXPECT_TRUE(events[4].contains("event: progress\ndata: {\"phase\":\"filling\",\"done\":0.5}")) << events[4];
  for (std::size_t i = 1; i < events.size(); ++i) EXPECT_EQ(id_of(events[i]), id_of(events[i - 1]) + 1);
}

TEST_F(EventHubTest, HasLargerIdsAfterARestart) {
  const auto before = hub.subscribe(std::nullopt);
  for (int i = 0; i < 100; ++i) hub.publish(reading(i));
  const auto last = id_of(sent_to(before).back());
  EventHub later(io.get_executor(), started + Seconds(1), {.pause = 0ms, .kept = 4, .queue = {}});
  const auto after = later.subscribe(std::nullopt);
  later.publish(reading(0));
  EXPECT_GT(id_of(sent_to(after).front()), last);
}

TEST_F(EventHubTest, ResumesAfterTheEventSeenLast) {
  const auto first = hub.subscribe(std::nullopt);
  for (int i = 1; i <= 4; ++i) hub.publish(reading(i));
  const auto all = sent_to(first);
  const auto again = sent_to(hub.subscribe(id_of(all[1])));
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[0], all[2]);
  EXPECT_EQ(again[1], all[3]);
  EXPECT_TRUE(sent_to(hub.subscribe(id_of(all[3]))).empty());
}

TEST_F(EventHubTest, GivesANewListenerTheNewestOfEachKind) {
  hub.publish(Progress{.phase = "filling", .done = 0.5});
  for (int i = 1; i <= 9; ++i) hub.publish(reading(i));
  for (const std::optional<std::uint64_t> last :
       {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(1), std::optional<std::uint64_t>(UINT64_MAX)}) {
    const auto events = sent_to(hub.subscribe(last));
    ASSERT_EQ(events.size(), 2U);
    EXPECT_TRUE(events[0].contains("event: progress"));
    EXPECT_TRUE(events[1].contains("\"pv_w\":9"));
  }
}

TEST_F(EventHubTest, SendsOnlyTheNewestOfAFlood) {
  EventHub calm(io.get_executor(), started, {.pause = 10ms, .kept = 4, .queue = {}});
  const auto listener = calm.subscribe(std::nullopt);
  for (int i = 1; i <= 1000; ++i) calm.publish(reading(i));
  const Slot slot = Slot::containing(started);
  calm.publish_prices({slot, slot + 1});
  calm.publish_prices({slot + 8, slot + 9});
  calm.publish_prices({slot + 4, slot + 5});
  const auto events = sent_to(listener);
  ASSERT_EQ(events.size(), 4U);
  EXPECT_TRUE(events[0].contains("\"pv_w\":1,"));
  EXPECT_TRUE(events[1].contains("\"from\":\"2026-11-25T12:00:00Z\",\"to\":\"2026-11-25T12:15:00Z\""));
  EXPECT_TRUE(events[2].contains("\"pv_w\":1000,"));
  EXPECT_TRUE(events[3].contains("\"from\":\"2026-11-25T13:00:00Z\",\"to\":\"2026-11-25T14:15:00Z\"")) << events[3];
}

TEST_F(EventHubTest, ForgetsListenersThatLeft) {
  const auto listener = hub.subscribe(std::nullopt);
  EXPECT_EQ(hub.listeners(), 1U);
  listener->close();
  hub.publish(reading(1));
  EXPECT_EQ(hub.listeners(), 0U);
}

TEST_F(EventHubTest, EndsEverybodyWhenClosed) {
  const auto listener = hub.subscribe(std::nullopt);
  hub.close();
  EXPECT_TRUE(listener->closed());
  EXPECT_TRUE(hub.subscribe(std::nullopt)->closed());
  hub.publish(reading(1));
  EXPECT_EQ(hub.listeners(), 0U);
}

}  // namespace
}  // namespace gridpilot::api
