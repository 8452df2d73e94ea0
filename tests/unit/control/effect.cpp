#include "gridpilot/control/effect.hpp"

#include <gtest/gtest.h>

namespace gridpilot::control {
namespace {

using namespace std::chrono_literals;

Reading measured(double battery_w, double soc_percent) {
  Reading reading;
  reading.battery = watts(battery_w);
  reading.soc = percent(soc_percent);
  return reading;
}

Reading house(double pv_w, double load_w, double battery_w) {
  Reading reading = measured(battery_w, 50);
  reading.pv = watts(pv_w);
  reading.load = watts(load_w);
  reading.grid = watts(load_w + battery_w - pv_w);
  return reading;
}

Verdict judge(const Command& command, const Reading& reading, Seconds age, std::optional<Action> left = std::nullopt) {
  return judge_effect({.command = command, .age = age, .left = left, .reserve = percent(10)}, reading);
}

const Command charge{.action = Action::charge, .power = kilowatts(4), .stop_soc = percent(100)};
const Command sell{.action = Action::sell, .power = kilowatts(4), .stop_soc = percent(20)};

TEST(Effect, IsDoneWhenThePowerShowsIt) {
  EXPECT_EQ(judge(charge, measured(3800, 50), 5s), Verdict::done);
  EXPECT_EQ(judge(sell, measured(-3800, 50), 5s), Verdict::done);
  EXPECT_EQ(judge({.action = Action::hold}, measured(0, 50), 5s), Verdict::done);
  EXPECT_EQ(judge({.action = Action::standby}, measured(-50, 50), 5s), Verdict::done);
}

TEST(Effect, IsPendingWhileItMaySettleAndIgnoredThereafter) {
  EXPECT_EQ(judge(charge, measured(-500, 50), 60s), Verdict::pending);
  EXPECT_EQ(judge(charge, measured(-500, 50), 91s), Verdict::ignored);
  EXPECT_EQ(judge({.action = Action::hold}, measured(-2000, 50), 91s), Verdict::ignored);
  EXPECT_EQ(judge({.action = Action::standby}, measured(2000, 50), 91s), Verdict::ignored);
}

TEST(Effect, AcceptsATaperNearFullAndTheStopSoc) {
  EXPECT_EQ(judge(charge, measured(300, 93), 200s), Verdict::done);
  EXPECT_EQ(judge(charge, measured(0, 100), 200s), Verdict::done);
  EXPECT_EQ(judge(sell, measured(0, 20), 200s), Verdict::done);
}

TEST(Effect, SaysNothingWithoutMeasurement) {
  EXPECT_EQ(judge(charge, Reading{}, 200s), Verdict::pending);
  EXPECT_EQ(judge({.action = Action::curtail, .export_limit = watts(0)}, measured(0, 50), 200s), Verdict::pending);
}

TEST(Effect, HoldsTheGridAgainstTheLimitOnWhatIsFedIn) {
  const Command curtail{.action = Action::curtail, .export_limit = watts(1000)};
  EXPECT_EQ(judge(curtail, house(3000, 1900, 0), 91s), Verdict::done);
  EXPECT_EQ(judge(curtail, house(3000, 1800, 0), 60s), Verdict::pending);
  EXPECT_EQ(judge(curtail, house(3000, 1800, 0), 91s), Verdict::ignored);
  Command holding{.action = Action::hold, .export_limit = watts(0)};
  EXPECT_EQ(judge(holding, house(3000, 1000, 0), 91s), Verdict::ignored);
}

TEST(Effect, JudgesAUnitWithoutBatteryByWhatItFeedsIn) {
  Reading sun_only;
  sun_only.grid = watts(-900);
  EXPECT_EQ(judge({.action = Action::curtail, .export_limit = watts(1000)}, sun_only, 91s), Verdict::done);
  sun_only.grid = watts(-2000);
  EXPECT_EQ(judge({.action = Action::curtail, .export_limit = watts(1000)}, sun_only, 91s), Verdict::ignored);
}

TEST(Effect, SeesABatteryThatChargesAlthoughItIsBlocked) {
  const Command blocked{.action = Action::self_use, .charging = Charging::blocked};
  EXPECT_EQ(judge(blocked, house(3000, 1000, 0), 91s), Verdict::done);
  EXPECT_EQ(judge(blocked, house(3000, 1000, 2000), 91s), Verdict::ignored);
}

TEST(Effect, WantsSelfUseFollowedAfterAForcedAction) {
  const Command own{.action = Action::self_use};
  EXPECT_EQ(judge(own, house(0, 1000, -980), 91s, Action::charge), Verdict::done);
  EXPECT_EQ(judge(own, house(0, 1000, 3000), 91s, Action::charge), Verdict::ignored) << "still charges from the grid";
  EXPECT_EQ(judge(own, house(0, 1000, -4000), 91s, Action::sell), Verdict::ignored) << "still sells";
  EXPECT_EQ(judge(own, house(0, 1000, 0), 91s, Action::hold), Verdict::ignored) << "rests beside an uncovered load";
  EXPECT_EQ(judge(own, house(3000, 1000, 1900), 91s, Action::standby), Verdict::done);
  EXPECT_EQ(judge(own, house(0, 1000, 0), 91s), Verdict::done) << "no forced action was left";
}

}  // namespace
}  // namespace gridpilot::control
