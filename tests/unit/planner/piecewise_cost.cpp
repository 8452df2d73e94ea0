#include "gridpilot/planner/piecewise_cost.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "gridpilot/planner/convex_cost.hpp"
#include "problems.hpp"
#include "support/random.hpp"
#include "support/random_problem.hpp"

namespace gridpilot::planner {
namespace {

using testing::Random;

PiecewiseCost any_function(Random& random, double low, double high, int pieces) {
  PiecewiseCost cost;
  double stored = low;
  double value = random.between(-1.0, 1.0);
  for (int piece = 0; piece < pieces; ++piece) {
    const double end = piece + 1 == pieces ? high : stored + (high - stored) * random.between(0.05, 0.6);
    const double slope = random.between(-1.0, 1.0);
    cost.append({.stored = stored, .cost = value, .slope = slope});
    value += slope * (end - stored);
    stored = end;
  }
  cost.finish(stored, value);
  return cost;
}

RC_GTEST_PROP(LowerEnvelope, IsTheLowerOfBothEverywhere, ()) {
  Random random(*rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>()));
  const auto left = any_function(random, 0.0, 10.0, 1 + random.below(12));
  const auto right = any_function(random, 0.0, 10.0, 1 + random.below(12));
  PiecewiseCost both;
  lower_envelope(left.kinks(), right.kinks(), both);
  RC_ASSERT(both.low() == 0.0);
  RC_ASSERT(both.high() == 10.0);
  for (int step = 0; step <= 1000; ++step) {
    const double stored = 0.01 * step;
    const double expected = std::min(cost_at(left.kinks(), stored), cost_at(right.kinks(), stored));
    RC_ASSERT(std::abs(cost_at(both.kinks(), stored) - expected) < 1e-12);
  }
}

TEST(LowerEnvelope, DropsWhatGoesOnStraight) {
  PiecewiseCost cost;
  cost.append({.stored = 0.0, .cost = 0.0, .slope = 1.0});
  cost.append({.stored = 1.0, .cost = 1.0, .slope = 1.0});
  cost.append({.stored = 2.0, .cost = 2.0, .slope = 3.0});
  cost.append({.stored = 2.0 + 1e-15, .cost = 2.0, .slope = 1.0});
  cost.finish(4.0, 4.0);
  EXPECT_EQ(cost.kinks().size(), 2);
}

RC_GTEST_PROP(ThinningOut, MovesTheFunctionNowhereByMoreThanItSays, ()) {
  Random random(*rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>()));
  PiecewiseCost rugged;
  double value = 0.0;
  for (int piece = 0; piece < 500; ++piece) {
    const double slope = random.between(-1.0, 1.0);
    rugged.append({.stored = 0.02 * piece, .cost = value, .slope = slope});
    value += 0.02 * slope;
  }
  rugged.finish(10.0, value);
  PiecewiseCost thin = rugged;
  const std::size_t most = 2 + static_cast<std::size_t>(random.below(300));
  const double moved = thin.thin_out(most);
  RC_ASSERT(thin.kinks().size() <= most);
  RC_ASSERT(thin.low() == 0.0);
  RC_ASSERT(thin.high() == 10.0);
  for (int step = 0; step <= 2000; ++step) {
    const double stored = 0.005 * step;
    RC_ASSERT(std::abs(cost_at(thin.kinks(), stored) - cost_at(rugged.kinks(), stored)) <= moved + 1e-12);
  }
  RC_ASSERT(thin.thin_out(most) == 0.0);
}

/// min over actions of slot cost plus cost-to-go, on the kinks of both.
std::optional<double> tried(const PiecewiseCost& after, const SlotCurve& curve, const SlotModel& model, double stored) {
  std::optional<double> best;
  const auto consider = [&](double y) {
    const double end = stored - y;
    if (y < curve.lowest_y() - 1e-12 || y > curve.highest_y() + 1e-12) return;
    if (end < after.low() - 1e-12 || end > after.high() + 1e-12) return;
    const double cost = model.cost_at(std::abs(y) < 1e-12 ? 0.0 : model.action_for(-y)) + cost_at(after.kinks(), end);
    if (!best || cost < *best) best = cost;
  };
  for (int point = 0; point <= curve.pieces; ++point) consider(curve.y[point]);
  for (const Kink& kink : after.kinks()) consider(stored - kink.stored);
  return best;
}

RC_GTEST_PROP(StepBack, IsTheBestActionFromEveryStoredEnergy, ()) {
  const auto seed = *rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>());
  auto problem = testing::random_problem(seed, 1, testing::Draw::anything);
  Random random(seed);
  RC_LOG() << shown(problem);
  const House house(problem);
  RC_PRE(house.capacity - house.floor > 1e-3);
  const SlotModel model(house, problem.slots[0]);
  const SlotCurve curve(model);
  RC_PRE(curve.feasible);
  const PiecewiseCost after = any_function(random, house.floor, house.capacity, 1 + random.below(20));
  PiecewiseCost before = after;
  StepScratch scratch;
  double costs[SlotCurve::most_pieces + 1];
  for (int point = 0; point <= curve.pieces; ++point) costs[point] = model.cost_at(curve.x[point]);
  RC_PRE(step_back(before, curve, costs, house, scratch));
  for (int step = 0; step <= 200; ++step) {
    const double stored = before.low() + (before.high() - before.low()) * step / 200.0;
    const auto expected = tried(after, curve, model, stored);
    RC_ASSERT(expected.has_value());
    RC_ASSERT(std::abs(cost_at(before.kinks(), stored) - *expected) < 1e-9);
    const BestAction action = best_action(after.kinks(), curve, costs, stored);
    const double x = action.point >= 0 ? curve.x[action.point] : model.action_for(action.target - stored);
    RC_ASSERT(std::abs(model.cost_at(x) + cost_at(after.kinks(), action.target) - *expected) < 1e-9);
  }
}

RC_GTEST_PROP(StepBack, OfConvexAndOfGeneralFunctionsAgree, ()) {
  const auto seed = *rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>());
  const auto problem = testing::random_problem(seed, 40, testing::Draw::everyday);
  const House house(problem);
  ConvexCost convex;
  convex.start(house.floor, house.capacity, -house.terminal_value);
  PiecewiseCost general;
  convex.copy_to(general);
  StepScratch scratch;
  PiecewiseCost converted;
  for (const PlanningSlot& slot : problem.slots) {
    const SlotModel model(house, slot);
    const SlotCurve curve(model);
    RC_ASSERT(curve.convex);
    double costs[SlotCurve::most_pieces + 1];
    double targets[SlotCurve::most_pieces];
    for (int point = 0; point <= curve.pieces; ++point) costs[point] = model.cost_at(curve.x[point]);
    RC_ASSERT(convex.step_back(curve, costs[0], house, targets));
    RC_ASSERT(step_back(general, curve, costs, house, scratch));
    RC_ASSERT(general.is_convex());
    convex.copy_to(converted);
    RC_ASSERT(std::abs(converted.low() - general.low()) < 1e-11);
    RC_ASSERT(std::abs(converted.high() - general.high()) < 1e-11);
    for (int step = 0; step <= 100; ++step) {
      const double stored = general.low() + (general.high() - general.low()) * step / 100.0;
      RC_ASSERT(std::abs(cost_at(converted.kinks(), stored) - cost_at(general.kinks(), stored)) < 1e-10);
    }
  }
}

}  // namespace
}  // namespace gridpilot::planner
