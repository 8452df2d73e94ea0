#include "gridpilot/control/dispatcher.hpp"

#include <gtest/gtest.h>

namespace gridpilot::control {
namespace {

Command charge(double power_w) {
  return {.action = Action::charge, .power = watts(power_w)};
}

TEST(Dispatcher, PassesADifferentActionAtOnce) {
  Dispatcher dispatcher;
  EXPECT_EQ(dispatcher.steady(charge(3000)).power, watts(3000));
  EXPECT_EQ(dispatcher.steady({.action = Action::hold}).action, Action::hold);
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
  Command later = charge(3000);
  later.until = Instant(Seconds(3600));
  EXPECT_EQ(dispatcher.steady(later).until, later.until);
}

}  // namespace
}  // namespace gridpilot::control
