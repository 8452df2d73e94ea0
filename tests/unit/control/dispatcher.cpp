#include "gridpilot/control/dispatcher.hpp"

#include <gtest/gtest.h>

namespace gridpilot::control {
namespace {

Guarded allowed(const Command& command) {
  return {.command = command, .bound_by = std::nullopt, .most = kilowatts(10)};
}

Guarded charge(double power_w) {
  return allowed({.action = Action::charge, .power = watts(power_w)});
}

Guarded cut_to(double power_w) {
  Guarded guarded = charge(power_w);
  guarded.bound_by = "import limit";
  guarded.most = watts(power_w);
  return guarded;
}

Guarded curtail_to(double limit_w) {
  return allowed({.action = Action::curtail, .export_limit = watts(limit_w)});
}

TEST(Dispatcher, PassesADifferentActionAtOnce) {
  Dispatcher dispatcher;
  EXPECT_EQ(dispatcher.steady(charge(3000)).power, watts(3000));
  EXPECT_EQ(dispatcher.steady(allowed({.action = Action::hold})).action, Action::hold);
}

TEST(Dispatcher, KeepsThePowerThroughSmallMoves) {
  Dispatcher dispatcher;
  static_cast<void>(dispatcher.steady(charge(3000)));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(dispatcher.steady(charge(3200)).power, watts(3000));
}

TEST(Dispatcher, FollowsALargeMoveAtItsSecondReading) {
  Dispatcher dispatcher;
  static_cast<void>(dispatcher.steady(charge(3000)));
  EXPECT_EQ(dispatcher.steady(charge(3300)).power, watts(3000));
  EXPECT_EQ(dispatcher.steady(charge(3300)).power, watts(3300));
}

TEST(Dispatcher, ForgetsALargeMoveThatDidNotLast) {
  Dispatcher dispatcher;
  static_cast<void>(dispatcher.steady(charge(3000)));
  static_cast<void>(dispatcher.steady(charge(4000)));
  static_cast<void>(dispatcher.steady(charge(3100)));
  EXPECT_EQ(dispatcher.steady(charge(4000)).power, watts(3000));
}

TEST(Dispatcher, LetsTheEndOfTheCommandMove) {
  Dispatcher dispatcher;
  static_cast<void>(dispatcher.steady(charge(3000)));
  Guarded later = charge(3000);
  later.command.until = Instant(Seconds(3600));
  EXPECT_EQ(dispatcher.steady(later).until, later.command.until);
}

TEST(Dispatcher, PassesACutByALimitAtOnce) {
  Dispatcher dispatcher;
  static_cast<void>(dispatcher.steady(charge(3000)));
  EXPECT_EQ(dispatcher.steady(cut_to(2900)).power, watts(2900));
}

TEST(Dispatcher, KeepsNothingAboveWhatTheLimitsAllowNow) {
  Dispatcher dispatcher;
  static_cast<void>(dispatcher.steady(charge(3200)));
  Guarded less = charge(3100);
  less.most = watts(3150);
  EXPECT_EQ(dispatcher.steady(less).power, watts(3100));
}

TEST(Dispatcher, KeepsTheLimitOnWhatIsFedInSteady) {
  Dispatcher dispatcher;
  static_cast<void>(dispatcher.steady(curtail_to(1000)));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(dispatcher.steady(curtail_to(1200)).export_limit, watts(1000));
  EXPECT_EQ(dispatcher.steady(curtail_to(2000)).export_limit, watts(1000));
  EXPECT_EQ(dispatcher.steady(curtail_to(2000)).export_limit, watts(2000));
  EXPECT_EQ(dispatcher.steady(curtail_to(0)).export_limit, watts(0));
}

}  // namespace
}  // namespace gridpilot::control
