#include "gridpilot/weather/outlook_keeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "gridpilot/net/task_group.hpp"
#include "unit/net/run.hpp"

namespace gridpilot::weather {
namespace {

using namespace std::chrono_literals;
using net::Awaitable;
using testing::ElementsAre;

const Instant start{Seconds(1'800'000'000)};

/// Answers at once, or fails while told to.
class ScriptedSource final : public ports::WeatherSource {
 public:
  explicit ScriptedSource(const os::Clock& clock) : clock_(clock) {}
  [[nodiscard]] std::string_view name() const override { return "scripted"; }
  [[nodiscard]] Awaitable<Result<WeatherForecast>> fetch() override {
    asked.push_back(clock_.now() - start);
    if (fault) co_return std::unexpected(*fault);
    WeatherForecast forecast;
    forecast.fetched_at = clock_.now();
    co_return forecast;
  }
  [[nodiscard]] Awaitable<Result<WeatherForecast>> remembered() override {
    if (!known_from) co_return failure(ErrorCode::not_found, "nothing");
    WeatherForecast forecast;
    forecast.fetched_at = *known_from;
    co_return forecast;
  }
  std::vector<Seconds> asked;
  std::optional<Error> fault;
  std::optional<Instant> known_from;

 private:
  const os::Clock& clock_;
};

class Keeping : public testing::Test {
 protected:
  ~Keeping() override {
    group_.cancel();
    net::test::run(io_, group_.join());
  }
  WeatherKeeper& keep(KeeperOptions options = {}) {
    options.after_failure.jitter = 0.0;
    options.after_permanent_failure.jitter = 0.0;
    keeper_ = std::make_unique<WeatherKeeper>(
        source_, timeline_, options,
        WeatherKeeper::Hooks{
            .on_value = [this](const WeatherForecast& forecast) { values_.push_back(forecast.fetched_at - start); },
            .on_event = [this](const SourceEvent& event) { events_.emplace_back(name_of(event.kind)); }});
    group_.spawn("keeper", keeper_->run());
    return *keeper_;
  }
  void pass_until(Seconds since_start) {
    net::test::run(io_, [](net::SimulatedTimeline* timeline, Instant until) -> Awaitable<void> {
      const net::Timeline::Participant inside(*timeline);
      co_await timeline->wait_until(until);
    }(&timeline_, start + since_start));
  }

  net::asio::io_context io_;
  net::SimulatedTimeline timeline_{io_, start};
  ScriptedSource source_{timeline_.clock()};
  net::TaskGroup group_{io_.get_executor(), [](std::string_view, const std::exception_ptr&) { FAIL(); }};
  std::unique_ptr<WeatherKeeper> keeper_;
  std::vector<Seconds> values_;
  std::vector<std::string> events_;
};

TEST_F(Keeping, AsksAtOnceAndThenEachInterval) {
  WeatherKeeper& keeper = keep();
  EXPECT_EQ(keeper.state().condition, SourceCondition::starting);
  pass_until(2h);
  EXPECT_THAT(source_.asked, ElementsAre(0s, 3600s));
  EXPECT_EQ(keeper.state().condition, SourceCondition::fresh);
  EXPECT_EQ(keeper.newest()->fetched_at, start + 3600s);
}

TEST_F(Keeping, BeginsWithWhatIsRememberedAndWaitsForItsTurn) {
  source_.known_from = start - 1000s;
  WeatherKeeper& keeper = keep();
  pass_until(2000s);
  EXPECT_THAT(values_, ElementsAre(-1000s));
  EXPECT_TRUE(source_.asked.empty());
  EXPECT_EQ(keeper.state().age, 3000s);
  pass_until(2601s);
  EXPECT_THAT(source_.asked, ElementsAre(2600s));
  EXPECT_THAT(events_, ElementsAre("remembered", "fetched"));
}

TEST_F(Keeping, WhatIsRememberedFromTheFutureDoesNotPutTheQuestionOff) {
  source_.known_from = start + 1h * 24 * 365;
  keep();
  pass_until(1s);
  EXPECT_THAT(source_.asked, ElementsAre(0s));
}

TEST_F(Keeping, AFailureIsRepeatedWithGrowingPausesAndKeepsWhatIsKnown) {
  source_.known_from = start - 2h;
  source_.fault = Error{.code = ErrorCode::timeout, .message = "late"};
  WeatherKeeper& keeper = keep();
  pass_until(500s);
  EXPECT_THAT(source_.asked, ElementsAre(0s, 60s, 180s, 420s));
  EXPECT_EQ(keeper.state().condition, SourceCondition::failing);
  EXPECT_EQ(keeper.state().failures.at(ErrorCode::timeout), 4);
  EXPECT_TRUE(keeper.newest().has_value());
  source_.fault.reset();
  pass_until(1000s);
  EXPECT_EQ(keeper.state().condition, SourceCondition::fresh);
  EXPECT_EQ(keeper.state().failure_count(), 4);
}

TEST_F(Keeping, ARefusedKeyIsNotPressed) {
  source_.fault = Error{.code = ErrorCode::rejected, .message = "no such key"};
  keep();
  pass_until(1h);
  EXPECT_THAT(source_.asked, ElementsAre(0s, 600s, 1800s));
}

TEST_F(Keeping, WhatIsTooOldIsStale) {
  source_.known_from = start - 4h;
  source_.fault = Error{.code = ErrorCode::timeout, .message = "late"};
  WeatherKeeper& keeper = keep();
  pass_until(1s);
  EXPECT_EQ(keeper.state().condition, SourceCondition::stale);
}

}  // namespace
}  // namespace gridpilot::weather
