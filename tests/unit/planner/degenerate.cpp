#include <gtest/gtest.h>

#include <cmath>

#include "gridpilot/planner/planner.hpp"
#include "problems.hpp"
#include "support/plan_referee.hpp"

namespace gridpilot::planner {
namespace {

PlanningProblem three_hours() {
  auto problem = small_home({hour({.import_price = 0.2, .export_price = 0.1, .load = 1.0, .pv = 3.0}),
                             hour({.import_price = 0.9, .export_price = 0.5, .load = 2.0}),
                             hour({.import_price = 0.4, .export_price = 0.3, .load = 1.0})});
  problem.battery.charge_efficiency = 0.9;
  problem.battery.discharge_efficiency = 0.9;
  return problem;
}

PlanningAnswer plan(const PlanningProblem& problem) {
  auto answer = Planner().solve(problem);
  EXPECT_TRUE(answer);
  if (!answer) return {};
  EXPECT_EQ(testing::plan_fault(problem, *answer), "");
  return std::move(*answer);
}

TEST(Degenerate, WithoutCapacityThePlanIsToRest) {
  auto problem = three_hours();
  problem.battery.capacity = problem.battery.initial = Energy();
  const auto answer = plan(problem);
  EXPECT_DOUBLE_EQ(in_currency(answer.cost), testing::cost_of_resting(problem));
  EXPECT_EQ(testing::moved_kwh(problem, answer), 0.0);
  EXPECT_EQ(answer.after_first_slot.points.size(), 1);
}

TEST(Degenerate, WithoutPowerThePlanIsToRest) {
  auto problem = three_hours();
  problem.battery.max_charge = problem.battery.max_discharge = Power();
  const auto answer = plan(problem);
  EXPECT_DOUBLE_EQ(in_currency(answer.cost), testing::cost_of_resting(problem));
  EXPECT_GE(answer.after_first_slot.points.size(), 2);
}

TEST(Degenerate, WithoutSlotsThereIsOnlyTheStoredEnergysWorth) {
  auto problem = three_hours();
  problem.slots.clear();
  problem.battery.terminal_value = per_kilowatt_hour(0.5);
  const auto answer = plan(problem);
  EXPECT_DOUBLE_EQ(in_currency(answer.cost), -2.5);
  EXPECT_DOUBLE_EQ(in_per_kilowatt_hour(answer.value_of_initial), 0.5);
  EXPECT_TRUE(answer.flows.empty());
}

TEST(Degenerate, BelowItsReserveTheBatteryGoesNoLowerAndMayStayThere) {
  auto problem = three_hours();
  problem.battery.initial = kilowatt_hours(1.0);
  problem.battery.reserve = kilowatt_hours(2.0);
  problem.battery.max_charge = Power();
  for (const PlannedFlow& flow : plan(problem).flows) EXPECT_EQ(in_kilowatt_hours(flow.stored), 1.0);
}

TEST(Degenerate, ReachesFullAndEmptyToTheLastBit) {
  auto problem = three_hours();
  problem.slots[0].import_price = problem.slots[0].export_price = per_kilowatt_hour(0.01);
  problem.slots[0].pv = kilowatt_hours(8.0);
  problem.battery.capacity = kilowatt_hours(5.7);
  problem.battery.max_charge = problem.battery.max_discharge = kilowatts(50.0);
  const auto answer = plan(problem);
  EXPECT_EQ(answer.flows[0].stored, problem.battery.capacity);
  EXPECT_EQ(answer.flows[2].stored, Energy());
}

TEST(Degenerate, ASlotOfOneSecondMovesWhatASecondMoves) {
  auto problem = three_hours();
  problem.slots[1].length = Hours(1.0 / 3600.0);
  problem.slots[1].load = kilowatt_hours(2.0 / 3600.0);
  problem.slots[1].export_price = per_kilowatt_hour(0.8);
  const auto answer = plan(problem);
  EXPECT_DOUBLE_EQ(in_kilowatt_hours(answer.flows[1].ac), -4.0 / 3600.0);
}

TEST(Degenerate, ABatterySmallerThanAnyActionIsUsedWhole) {
  auto problem = three_hours();
  problem.battery.capacity = kilowatt_hours(1e-6);
  problem.battery.initial = Energy();
  const auto answer = plan(problem);
  EXPECT_EQ(answer.flows[0].stored, problem.battery.capacity);
  EXPECT_EQ(answer.flows[1].stored, Energy());
}

TEST(Degenerate, HugeAndNegativePricesKeepTheirExactness) {
  auto problem = three_hours();
  problem.slots[0].import_price = per_kilowatt_hour(-1e6);
  problem.slots[1].export_price = per_kilowatt_hour(3e6);
  problem.slots[2].import_price = per_kilowatt_hour(2e6);
  plan(problem);
}

TEST(Degenerate, NothingIsNegativeZero) {
  auto problem = small_home({hour({}), hour({.import_price = 0.3, .export_price = 0.3})});
  for (const PlannedFlow& flow : plan(problem).flows)
    for (const double number : {flow.ac.raw(), flow.curtailed.raw(), flow.grid_import.raw(), flow.grid_export.raw(),
                                flow.stored.raw(), flow.value_of_stored.raw()})
      EXPECT_FALSE(number == 0.0 && std::signbit(number));
}

TEST(Degenerate, WithoutGridChargingPaidImportIsTakenAtRest) {
  // Import is paid for. Charging would forbid it; at rest all PV is thrown away and the load bought.
  auto problem = small_home({hour({.import_price = -1.0, .export_price = -1.0, .load = 2.0, .pv = 3.0})});
  problem.site.grid_charging = false;
  problem.site.curtailment = true;
  const auto answer = plan(problem);
  EXPECT_DOUBLE_EQ(in_currency(answer.cost), -2.0);
  EXPECT_DOUBLE_EQ(in_kilowatt_hours(answer.flows[0].curtailed), 3.0);
  EXPECT_EQ(answer.flows[0].ac, Energy());
}

}  // namespace
}  // namespace gridpilot::planner
