#include "gridpilot/control/dispatcher.hpp"

#include <gtest/gtest.h>

namespace gridpilot::control {
namespace {

Command charge(double power_w) {
  return {.action = Action::charge, .power = watts(power_w)};
}

TEST(Dispatcher, PassesADifferentActionAtOnce) {
  Dispatcher dispatcher;
  EXPECT_EQ(dispatcher.steady(charge(3000), Ceiling::none).power, watts(3000));
  EXPECT_EQ(dispatcher.steady({.action = Action::hold}, Ceiling::none).action, Action::hold);
}

TEST(Dispatcher, KeepsThePowerThroughSmallMoves) {
  Dispatcher dispatcher;
  static_cast<void>(dispatcher.steady(charge(3000), Ceiling::none));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(dispatcher.steady(charge(3200), Ceiling::none).power, watts(3000));
}

TEST(Dispatcher, FollowsALargeMoveAtItsSecondReading) {
  Dispatcher dispatcher;
  static_cast<void>(dispatcher.steady(charge(3000), Ceiling::none));
  EXPECT_EQ(dispatcher.steady(charge(3300), Ceiling::none).power, watts(3000));
  EXPECT_EQ(dispatcher.steady(charge(3300), Ceiling::none).power, watts(3300));
}

TEST(Dispatcher, ForgetsALargeMoveThatDidNotLast) {
  Dispatcher dispatcher;
  static_cast<void>(dispatcher.steady(charge(3000), Ceiling::none));
  static_cast<void>(dispatcher.steady(charge(4000), Ceiling::none));
  static_cast<void>(dispatcher.steady(charge(3100), Ceiling::none));
  EXPECT_EQ(dispatcher.steady(charge(4000), Ceiling::none).power, watts(3000));
}

TEST(Dispatcher, LetsTheEndOfTheCommandMove) {
  Dispatcher dispatcher;
  static_cast<void>(dispatcher.steady(charge(3000), Ceiling::none));
  Command later = charge(3000);
  later.until = Instant(Seconds(3600));
  EXPECT_EQ(dispatcher.steady(later, Ceiling::none).until, later.until);
}

TEST(Dispatcher, PassesACutByALimitAtOnce) {
  Dispatcher dispatcher;
  static_cast<void>(dispatcher.steady(charge(3000), Ceiling::none));
  EXPECT_EQ(dispatcher.steady(charge(2900), Ceiling::binds).power, watts(2900));
}

}  // namespace
}  // namespace gridpilot::control
