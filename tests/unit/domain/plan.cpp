#include "gridpilot/domain/plan.hpp"

#include <gtest/gtest.h>

namespace gridpilot {
namespace {

TEST(ActionOf, NamesWhatThePlanDoes) {
  const Battery battery{.capacity = kilowatt_hours(10), .reserve = percent(10)};
  const auto named = [&](double ac, double load, double pv, double stored) {
    PlannedFlow flow{};
    flow.ac = kilowatt_hours(ac);
    return action_of(flow, kilowatt_hours(load), kilowatt_hours(pv), kilowatt_hours(stored), battery);
  };
  EXPECT_EQ(named(1.0, 0.2, 0.0, 5), Action::charge);
  EXPECT_EQ(named(-1.0, 0.2, 0.0, 5), Action::sell);
  EXPECT_EQ(named(-0.2, 0.2, 0.0, 5), Action::self_use);
  EXPECT_EQ(named(0.0, 0.2, 0.0, 5), Action::hold);
  EXPECT_EQ(named(0.0, 0.2, 0.0, 1), Action::self_use);
  EXPECT_EQ(named(0.0, 0.2, 0.6, 5), Action::standby);
  EXPECT_EQ(named(0.4, 0.2, 0.6, 5), Action::self_use);
}

}  // namespace
}  // namespace gridpilot
