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

const Command charge{.action = Action::charge, .power = kilowatts(4), .stop_soc = percent(100)};
const Command sell{.action = Action::sell, .power = kilowatts(4), .stop_soc = percent(20)};

TEST(Effect, IsDoneWhenThePowerShowsIt) {
  EXPECT_EQ(judge_effect(charge, measured(3800, 50), 5s), Verdict::done);
  EXPECT_EQ(judge_effect(sell, measured(-3800, 50), 5s), Verdict::done);
  EXPECT_EQ(judge_effect({.action = Action::hold}, measured(0, 50), 5s), Verdict::done);
  EXPECT_EQ(judge_effect({.action = Action::standby}, measured(-50, 50), 5s), Verdict::done);
}

TEST(Effect, IsPendingWhileItMaySettleAndIgnoredThereafter) {
  EXPECT_EQ(judge_effect(charge, measured(-500, 50), 60s), Verdict::pending);
  EXPECT_EQ(judge_effect(charge, measured(-500, 50), 91s), Verdict::ignored);
  EXPECT_EQ(judge_effect({.action = Action::hold}, measured(-2000, 50), 91s), Verdict::ignored);
  EXPECT_EQ(judge_effect({.action = Action::standby}, measured(2000, 50), 91s), Verdict::ignored);
}

TEST(Effect, AcceptsATaperNearFullAndTheStopSoc) {
  EXPECT_EQ(judge_effect(charge, measured(300, 93), 200s), Verdict::done);
  EXPECT_EQ(judge_effect(charge, measured(0, 100), 200s), Verdict::done);
  EXPECT_EQ(judge_effect(sell, measured(0, 20), 200s), Verdict::done);
}

TEST(Effect, SaysNothingWithoutMeasurement) {
  EXPECT_EQ(judge_effect(charge, Reading{}, 200s), Verdict::pending);
}

}  // namespace
}  // namespace gridpilot::control
