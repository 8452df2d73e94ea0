#include "gridpilot/planner/slot_curve.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "problems.hpp"
#include "support/random_problem.hpp"

namespace gridpilot::planner {
namespace {

using testing::Draw;

SlotCurve curve_of(const PlanningProblem& problem) {
  const House house(problem);
  return SlotCurve(SlotModel(house, problem.slots[0]));
}

TEST(SlotCurve, HasAPieceForEachPriceAndDirection) {
  auto problem = small_home({hour({.import_price = 0.5, .export_price = 0.2, .load = 1.0})});
  const SlotCurve curve = curve_of(problem);
  ASSERT_EQ(curve.pieces, 3);
  EXPECT_TRUE(curve.convex);
  // Charging from the grid, supplying the load, selling.
  EXPECT_EQ(curve.slope[0], -0.5);
  EXPECT_EQ(curve.slope[1], -0.5);
  EXPECT_EQ(curve.slope[2], -0.2);
  EXPECT_EQ(curve.x[0], 4.0);
  EXPECT_EQ(curve.x[1], 0.0);
  EXPECT_EQ(curve.x[2], -1.0);
  EXPECT_EQ(curve.x[3], -4.0);
}

TEST(SlotCurve, IsConvexAtRestUntilLossesPay) {
  // |export price| * (1/charge efficiency - discharge efficiency) against twice the wear.
  auto problem = small_home({hour({.import_price = 0.5, .export_price = -1.0, .pv = 20.0})});
  problem.battery.charge_efficiency = 0.8;
  problem.battery.discharge_efficiency = 0.75;
  problem.battery.wear = per_kilowatt_hour(0.26);
  EXPECT_TRUE(curve_of(problem).convex);
  problem.battery.wear = per_kilowatt_hour(0.24);
  EXPECT_FALSE(curve_of(problem).convex);
  problem.site.curtailment = true;
  EXPECT_TRUE(curve_of(problem).convex);
}

TEST(SlotCurve, IsNotConvexWhereExportIsDearer) {
  auto problem = small_home({hour({.import_price = 0.5, .export_price = 0.6, .load = 1.0})});
  EXPECT_FALSE(curve_of(problem).convex);
  problem.slots[0].export_price = per_kilowatt_hour(0.5 + 1e-15);
  EXPECT_TRUE(curve_of(problem).convex) << "the same price worked out twice";
}

TEST(SlotCurve, EndsWhereTheRoomOfTheBatteryEnds) {
  auto problem = small_home({hour({.import_price = 0.5, .export_price = 0.2, .load = 1.0})});
  problem.battery.capacity = kilowatt_hours(5.0);
  problem.battery.reserve = kilowatt_hours(4.0);
  problem.battery.max_charge = problem.battery.max_discharge = kilowatts(1e9);
  const SlotCurve curve = curve_of(problem);
  EXPECT_EQ(curve.lowest_y(), -1.0);
  EXPECT_EQ(curve.highest_y(), 1.0);
}

TEST(SlotCurve, KnowsTheJumpAtRest) {
  auto problem = small_home({hour({.import_price = -1.0, .export_price = -1.0, .load = 2.0, .pv = 3.0})});
  problem.site.grid_charging = false;
  problem.site.curtailment = true;
  const SlotCurve curve = curve_of(problem);
  ASSERT_GE(curve.jump_point, 1);
  EXPECT_EQ(curve.x[curve.jump_point], 0.0);
  EXPECT_FALSE(curve.convex);
}

/// The least cost of an action, by trying many curtailments.
double tried(const PlanningProblem& problem, double x) {
  const PlanningSlot& slot = problem.slots[0];
  const double hours = slot.length.count();
  const double net = in_kilowatt_hours(slot.load - slot.pv);
  const double pv = in_kilowatt_hours(slot.pv);
  double best = 1e300;
  const auto consider = [&](double c) {
    if (c < 0.0 || c > (problem.site.curtailment ? pv : 0.0)) return;
    if (!problem.site.grid_charging && x > std::max(0.0, -net - c) + 1e-9) return;
    const double grid = net + c + x;
    if (grid > std::max({in_kilowatts(problem.site.import_limit) * hours, net, 0.0}) + 1e-9) return;
    if (-grid > in_kilowatts(problem.site.export_limit) * hours + 1e-9) return;
    best = std::min(best, grid * in_per_kilowatt_hour(grid > 0.0 ? slot.import_price : slot.export_price));
  };
  // The cost is linear in c between these.
  consider(0.0);
  consider(pv);
  consider(-net - x);
  consider(in_kilowatts(problem.site.import_limit) * hours - net - x);
  consider(std::max(net, 0.0) - net - x);
  consider(-in_kilowatts(problem.site.export_limit) * hours - net - x);
  return best;
}

RC_GTEST_PROP(SlotCurve, IsTheLeastCostOfEveryAction, ()) {
  const auto seed = *rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>());
  const auto problem = testing::random_problem(seed, 1, Draw::anything);
  RC_LOG() << shown(problem);
  const House house(problem);
  const SlotModel model(house, problem.slots[0]);
  const SlotCurve curve(model);
  RC_PRE(curve.feasible);
  for (int piece = 0; piece < curve.pieces; ++piece) {
    RC_ASSERT(curve.y[piece] < curve.y[piece + 1]);
    // Inside a piece, away from a jump at its end.
    const double begin = curve.x[piece] + 0.01 * (curve.x[piece + 1] - curve.x[piece]);
    for (const double share : {0.01, 0.3, 0.5, 0.9, 0.99}) {
      const double x = curve.x[piece] + share * (curve.x[piece + 1] - curve.x[piece]);
      RC_ASSERT(std::abs(model.price_of(model.grid_at(x).grid) - tried(problem, x)) < 1e-8);
      const double along = model.cost_at(begin) + curve.slope[piece] * (model.stored_by(begin) - model.stored_by(x));
      RC_ASSERT(std::abs(along - model.cost_at(x)) < 1e-9 * std::max(1.0, std::abs(along)));
    }
  }
}

}  // namespace
}  // namespace gridpilot::planner
