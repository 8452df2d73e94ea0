#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>

#include "gridpilot/planner/planner.hpp"
#include "problems.hpp"
#include "support/plan_referee.hpp"
#include "support/random_problem.hpp"

namespace gridpilot::planner {
namespace {

using testing::Draw;
using testing::random_problem;

PlanningProblem any_problem(Draw draw, int most_slots) {
  const auto seed = *rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>());
  const auto slots = *rc::gen::inRange(1, most_slots);
  PlanningProblem problem = random_problem(seed, static_cast<std::size_t>(slots), draw);
  RC_LOG() << shown(problem);
  return problem;
}

PlanningAnswer plan(const PlanningProblem& problem) {
  Planner planner;
  auto answer = planner.solve(problem);
  RC_PRE(answer.has_value());
  return std::move(*answer);
}

double allowance(double cost) {
  return 1e-9 * std::max(1.0, std::abs(cost));
}

RC_GTEST_PROP(Plan, KeepsEveryLimitAndCostsWhatItsFlowsCost, ()) {
  const auto problem = any_problem(Draw::anything, 200);
  RC_ASSERT(testing::plan_fault(problem, plan(problem)) == "");
}

RC_GTEST_PROP(Plan, CostsNoMoreThanResting, ()) {
  auto problem = any_problem(Draw::anything, 100);
  problem.site.export_limit = kilowatts(1000.0);
  const double resting = testing::cost_of_resting(problem);
  RC_ASSERT(in_currency(plan(problem).cost) <= resting + allowance(resting));
}

RC_GTEST_PROP(Plan, CostsNoMoreWhereMoreIsAllowed, ()) {
  const auto problem = any_problem(Draw::anything, 60);
  const double cost = in_currency(plan(problem).cost);
  auto freer = problem;
  switch (*rc::gen::inRange(0, 7)) {
    case 0: freer.site.grid_charging = true; break;
    case 1: freer.site.battery_export = true; break;
    case 2: freer.site.curtailment = true; break;
    case 3: freer.site.import_limit = problem.site.import_limit + kilowatts(1.0); break;
    case 4: freer.site.export_limit = problem.site.export_limit + kilowatts(1.0); break;
    case 5: freer.battery.capacity = problem.battery.capacity + kilowatt_hours(1.0); break;
    default: freer.battery.max_charge = problem.battery.max_charge + kilowatts(1.0); break;
  }
  RC_LOG() << shown(freer);
  RC_ASSERT(in_currency(plan(freer).cost) <= cost + allowance(cost));
}

RC_GTEST_PROP(Plan, IsTheSameToTheBitWhateverWasPlannedBefore, ()) {
  const auto problem = any_problem(Draw::anything, 60);
  const auto fresh = plan(problem);
  Planner used;
  static_cast<void>(used.solve(any_problem(Draw::anything, 120)));
  static_cast<void>(used.value(any_problem(Draw::everyday, 120)));
  const auto again = used.solve(problem);
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->cost == fresh.cost);
  RC_ASSERT(again->lower_bound == fresh.lower_bound);
  RC_ASSERT(std::memcmp(again->flows.data(), fresh.flows.data(), fresh.flows.size() * sizeof(PlannedFlow)) == 0);
  RC_ASSERT(
      std::ranges::equal(again->after_first_slot.points, fresh.after_first_slot.points,
                         [](auto left, auto right) { return left.stored == right.stored && left.cost == right.cost; }));
}

RC_GTEST_PROP(Plan, GoesOnTheSameFromTheNextSlot, ()) {
  const auto problem = any_problem(Draw::anything, 60);
  const auto answer = plan(problem);
  auto rest = problem;
  rest.slots.erase(rest.slots.begin());
  rest.battery.reserve = std::min(problem.battery.reserve, problem.battery.initial);
  rest.battery.initial = answer.flows[0].stored;
  auto first = problem;
  first.slots.resize(1);
  first.battery.terminal_value = {};
  const PlannedFlow& flow = answer.flows[0];
  const PlanningSlot& slot = problem.slots[0];
  const Value own =
      slot.import_price * flow.grid_import - slot.export_price * flow.grid_export +
      problem.battery.wear * kilowatt_hours(std::abs(in_kilowatt_hours(flow.stored - problem.battery.initial)));
  const Value onwards = plan(rest).cost;
  RC_ASSERT(std::abs(in_currency(own + onwards - answer.cost)) <= allowance(in_currency(answer.cost)));
  const auto told = answer.after_first_slot.at(flow.stored);
  RC_ASSERT(told.has_value());
  RC_ASSERT(std::abs(in_currency(*told - onwards)) <= allowance(in_currency(onwards)));
}

RC_GTEST_PROP(CostAfterFirstSlot, IsTheCostOfTheRestFromEveryStoredEnergy, ()) {
  const auto problem = any_problem(Draw::anything, 30);
  const auto answer = plan(problem);
  const auto& points = answer.after_first_slot.points;
  RC_ASSERT(!points.empty());
  RC_ASSERT(std::ranges::is_sorted(points, std::less_equal<>(), &CostToGo::Point::stored) || points.size() == 1);
  auto rest = problem;
  rest.slots.erase(rest.slots.begin());
  rest.battery.reserve = std::min(problem.battery.reserve, problem.battery.initial);
  const double share = *rc::gen::inRange(0, 1001) / 1000.0;
  rest.battery.initial = points.front().stored + share * (points.back().stored - points.front().stored);
  if (rest.battery.initial < rest.battery.reserve) rest.battery.initial = rest.battery.reserve;
  const auto cost = plan(rest).cost;
  RC_ASSERT(std::abs(in_currency(cost - *answer.after_first_slot.at(rest.battery.initial))) <=
            allowance(in_currency(cost)));
}

/// The slopes of a cost-to-go just left and right of a point; the one inside at its ends.
std::pair<double, double> slopes_around(const CostToGo& cost, Energy stored) {
  const Energy aside = kilowatt_hours(1e-6);
  const auto slope = [&](Energy from, Energy to) {
    return in_currency(*cost.at(to) - *cost.at(from)) / in_kilowatt_hours(to - from);
  };
  const Energy low = cost.points.front().stored;
  const Energy high = cost.points.back().stored;
  const double left = stored - aside < low ? slope(low, low + aside) : slope(stored - aside, stored);
  const double right = stored + aside > high ? slope(high - aside, high) : slope(stored, stored + aside);
  return std::minmax(left, right);
}

RC_GTEST_PROP(ValueOfStored, LiesBetweenTheSlopesOfTheCostToGo, ()) {
  const auto problem = any_problem(Draw::anything, 60);
  const auto answer = plan(problem);
  const auto& points = answer.after_first_slot.points;
  RC_PRE(points.back().stored - points.front().stored > kilowatt_hours(1e-3));
  const auto [least, most] = slopes_around(answer.after_first_slot, answer.flows[0].stored);
  const double slope = -in_per_kilowatt_hour(answer.flows[0].value_of_stored);
  RC_ASSERT(slope >= least - 1e-6);
  RC_ASSERT(slope <= most + 1e-6);
}

TEST(ValueOfStored, OfAFullBatteryIsWhatALittleLessWouldSave) {
  // Paid to import and paid to export: less stored energy could be filled up again for money; more has no room.
  auto problem = small_home({hour({.import_price = 0.0, .export_price = 0.2, .load = 1.0, .pv = 3.0}),
                             hour({.import_price = -0.6, .export_price = 0.4, .load = 2.3, .pv = 1.6})});
  problem.site.battery_export = false;
  problem.battery.initial = problem.battery.capacity;
  problem.battery.charge_efficiency = 0.95;
  problem.battery.discharge_efficiency = 0.92;
  problem.battery.max_charge = kilowatts(1.0);
  problem.battery.max_discharge = kilowatts(10.0);
  const auto answer = plan(problem);
  ASSERT_EQ(answer.flows[0].stored, problem.battery.capacity);
  EXPECT_NEAR(in_per_kilowatt_hour(answer.flows[0].value_of_stored), -0.6 / problem.battery.charge_efficiency, 1e-9);
}

RC_GTEST_PROP(ValueOfInitial, IsTheSlopeAsTheStartMoves, ()) {
  auto problem = any_problem(Draw::everyday, 120);
  // The floor must not move with the start.
  problem.battery.reserve = kilowatt_hours(0.0);
  const double shift = 0.01 * in_kilowatt_hours(problem.battery.capacity);
  problem.battery.initial =
      std::clamp(problem.battery.initial, kilowatt_hours(shift), problem.battery.capacity - kilowatt_hours(shift));
  const auto moved = [&](double by) {
    auto other = problem;
    other.battery.initial += kilowatt_hours(by);
    return in_currency(plan(other).cost);
  };
  const auto answer = plan(problem);
  const double value = in_per_kilowatt_hour(answer.value_of_initial);
  const double cost = in_currency(answer.cost);
  RC_ASSERT(value <= (moved(-shift) - cost) / shift + 1e-7);
  RC_ASSERT(value >= (cost - moved(shift)) / shift - 1e-7);
}

TEST(Ties, AreDecidedForTheBatteryAtRest) {
  // One price for everything and no losses: whatever the battery does, it costs the same.
  PlanningSlot slot = hour({.import_price = 0.5, .export_price = 0.5, .load = 1.0});
  auto problem = small_home({slot, slot, slot, slot});
  problem.slots[2].pv = kilowatt_hours(6.0);
  problem.battery.terminal_value = per_kilowatt_hour(0.5);
  const auto answer = Planner().solve(problem);
  ASSERT_TRUE(answer);
  EXPECT_EQ(testing::moved_kwh(problem, *answer), 0.0);
}

TEST(Ties, MoveNoMoreThanTheGainNeeds) {
  const PlanningSlot cheap = hour({.import_price = 0.2, .export_price = 0.2});
  const PlanningSlot dear = hour({.import_price = 0.9, .export_price = 0.9});
  auto problem = small_home({cheap, cheap, cheap, dear, dear, dear, cheap, cheap});
  problem.battery.max_charge = problem.battery.max_discharge = kilowatts(100.0);
  problem.battery.terminal_value = per_kilowatt_hour(0.2);
  const auto answer = Planner().solve(problem);
  ASSERT_TRUE(answer);
  // Filled once by 5 kWh and emptied once by 10: nothing of what is worth the same is moved besides.
  EXPECT_DOUBLE_EQ(testing::moved_kwh(problem, *answer), 15.0);
  EXPECT_DOUBLE_EQ(in_currency(answer->cost), 5.0 * 0.2 - 10.0 * 0.9);
}

}  // namespace
}  // namespace gridpilot::planner
