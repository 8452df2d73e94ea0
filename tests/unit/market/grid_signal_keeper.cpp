#include "gridpilot/market/grid_signal_keeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gridpilot/net/task_group.hpp"
#include "support/scripted_door.hpp"
#include "unit/market/prices.hpp"
#include "unit/net/run.hpp"

namespace gridpilot::market {
namespace {

using gridpilot::test::ScriptedDoor;
using test::at;
using test::warsaw;
using testing::ElementsAre;
using testing::HasSubstr;

const Instant start = at("2026-09-07T06:00:00Z");

std::string level_of_ten(int level) {
  return R"({"value":[{"dtime":"2026-09-07 10:00","dtime_utc":"2026-09-07 08:00","business_date":"2026-09-07",)"
         R"("is_active":true,"usage_fcst":)" +
         std::to_string(level) + "}]}";
}

class KeepingSignals : public testing::Test {
 protected:
  void TearDown() override {
    group_.cancel();
    net::test::run(io_, group_.join());
  }
  void keep() { group_.spawn("keeper", keeper_.run()); }
  void pass_until(Instant t) { net::test::run(io_, timeline_.wait_until(t)); }

  net::asio::io_context io_;
  net::SimulatedTimeline timeline_{io_, start};
  net::Timeline::Participant test_takes_part_{timeline_};
  Result<std::string> today_ = level_of_ten(2);
  ScriptedDoor door_{[this](const net::DocumentRequest& request) {
    return request.url.find("2026-09-07") != std::string::npos ? today_ : Result<std::string>("{\"value\":[]}");
  }};
  GridSignalSource source_{door_, warsaw(), "https://pse.example/api"};
  GridSignalBook book_;
  std::vector<std::string> events_;
  GridSignalKeeper keeper_{
      source_,
      timeline_,
      warsaw(),
      {.on_signals = [this](const std::vector<GridSignal>& signals) { static_cast<void>(book_.merge(signals)); },
       .on_event = [this](const SourceEvent& event) { events_.emplace_back(name_of(event.kind)); }},
      {.after_failure = {.first = std::chrono::seconds(60), .jitter = 0.0}}};
  net::TaskGroup group_{io_.get_executor(), [](std::string_view, const std::exception_ptr&) { ADD_FAILURE(); }};
};

TEST_F(KeepingSignals, AsksForTodayAndTomorrowAndAgainLater) {
  keep();
  pass_until(start + Seconds(1));
  EXPECT_THAT(events_, ElementsAre("fetched", "not_published"));
  EXPECT_THAT(door_.asked.at(0).url,
              HasSubstr("/pdgsz?$filter=business_date%20eq%20%272026-09-07%27%20and%20is_active%20eq%20true"));
  EXPECT_EQ(book_.find(Slot::containing(at("2026-09-07T08:45:00Z")))->level, 2);
  EXPECT_FALSE(book_.find(Slot::containing(at("2026-09-07T09:00:00Z"))).has_value());
  EXPECT_EQ(keeper_.state().condition, SourceCondition::fresh);
  today_ = level_of_ten(3);
  pass_until(start + Seconds(901));
  EXPECT_EQ(book_.find(Slot::containing(at("2026-09-07T08:00:00Z")))->level, 3);
}

TEST_F(KeepingSignals, AFailureIsToldAndTriedAgainWhileWhatIsKnownStays) {
  keep();
  pass_until(start + Seconds(1));
  today_ = failure(ErrorCode::unreachable, "no connection");
  pass_until(start + Seconds(901));
  EXPECT_EQ(keeper_.state().condition, SourceCondition::failing);
  EXPECT_EQ(keeper_.state().last_error->message, "no connection");
  EXPECT_TRUE(book_.find(Slot::containing(at("2026-09-07T08:00:00Z"))).has_value());
  today_ = level_of_ten(0);
  pass_until(start + Seconds(962));
  EXPECT_EQ(keeper_.state().condition, SourceCondition::fresh);
  EXPECT_EQ(book_.find(Slot::containing(at("2026-09-07T08:00:00Z")))->level, 0);
}

TEST_F(KeepingSignals, ADamagedDocumentIsAFailureAndNoLevel) {
  today_ = level_of_ten(7);
  keep();
  pass_until(start + Seconds(1));
  EXPECT_EQ(keeper_.state().condition, SourceCondition::failing);
  EXPECT_THAT(keeper_.state().last_error->message, HasSubstr("a level is 0 to 3"));
  EXPECT_TRUE(book_.signals().empty());
}

}  // namespace
}  // namespace gridpilot::market
