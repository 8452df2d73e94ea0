#include <gtest/gtest.h>

#include "gridpilot/planner/planner.hpp"
#include "problems.hpp"
#include "support/plan_referee.hpp"

namespace gridpilot::planner {
namespace {

PlanningSlot surplus_of(double kwh) {
  return hour({.import_price = 0.5, .export_price = 0.2, .load = 0.0, .pv = kwh});
}

TEST(Infeasible, NamesTheSlotWhereTheBatteryCanTakeNoMore) {
  // 5 kWh of room, 2 kWh an hour beyond the export limit: full after two and a half hours.
  auto problem = small_home({surplus_of(0.0), surplus_of(3.0), surplus_of(3.0), surplus_of(3.0), surplus_of(0.0)});
  problem.battery.max_discharge = kilowatts(0.0);
  problem.site.export_limit = kilowatts(1.0);
  Planner planner;
  const auto answer = planner.solve(problem);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error.code, ErrorCode::infeasible);
  EXPECT_EQ(answer.error().slot, 3);
  EXPECT_NE(answer.error().error.message.find("slots[3]"), std::string::npos);
}

TEST(Infeasible, NamesTheSlotWhoseSurplusExceedsTheBatterysPower) {
  auto problem = small_home({surplus_of(1.0), surplus_of(7.0), surplus_of(8.0)});
  problem.site.export_limit = kilowatts(2.0);
  Planner planner;
  const auto answer = planner.solve(problem);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().slot, 1);
}

TEST(Infeasible, IsNotWhatMakesRoomInTime) {
  auto problem = small_home({surplus_of(0.0), surplus_of(5.0), surplus_of(4.0)});
  problem.battery.initial = problem.battery.capacity;
  problem.site.export_limit = kilowatts(3.0);
  Planner planner;
  const auto answer = planner.solve(problem);
  ASSERT_TRUE(answer);
  EXPECT_EQ(testing::plan_fault(problem, *answer), "");
  // Selling more than the 3 kW allow is impossible, and less leaves no room.
  EXPECT_DOUBLE_EQ(in_kilowatt_hours(answer->flows[0].grid_export), 3.0);
}

TEST(Infeasible, IsNotWhatMayBeCurtailed) {
  auto problem = small_home({surplus_of(50.0), surplus_of(50.0)});
  problem.site.export_limit = kilowatts(0.0);
  problem.site.curtailment = true;
  Planner planner;
  const auto answer = planner.solve(problem);
  ASSERT_TRUE(answer);
  EXPECT_EQ(testing::plan_fault(problem, *answer), "");
}

TEST(Infeasible, LeavesTheAnswerAndTheNextPlanAlone) {
  auto problem = small_home({surplus_of(2.0), surplus_of(1.0)});
  Planner planner;
  auto answer = planner.solve(problem);
  ASSERT_TRUE(answer);
  const Value cost = answer->cost;
  auto impossible = problem;
  impossible.slots[1].pv = kilowatt_hours(200.0);
  EXPECT_EQ(planner.solve_into(impossible, *answer).error().slot, 1);
  EXPECT_EQ(answer->cost, cost);
  EXPECT_EQ(planner.value(impossible).error().slot, 1);
  EXPECT_EQ(planner.solve(problem)->cost, cost);
}

}  // namespace
}  // namespace gridpilot::planner
