// The planner against others who know the optimum: Clp where the problem is a linear programme, Clp over all directions
// of all flows where there are few slots, a search over a lattice that holds the optimum where there are many.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <variant>

#include "gridpilot/planner/planner.hpp"
#include "problems.hpp"
#include "support/lattice.hpp"
#include "support/plan_referee.hpp"
#include "support/planning_lp.hpp"
#include "support/random_problem.hpp"

namespace gridpilot::planner {
namespace {

using testing::Draw;
using testing::PlanningLp;
using testing::random_problem;

std::uint64_t any_seed() {
  return *rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>());
}

/// The plan is one, and what was worked out backwards is what the plan costs.
void expect_sound(const PlanningProblem& problem, const PlanningAnswer& answer) {
  RC_ASSERT(testing::plan_fault(problem, answer) == "");
  const auto value = Planner().value(problem);
  RC_ASSERT(value.has_value());
  const double cost = in_currency(answer.cost);
  RC_LOG() << "backwards " << in_currency(value->cost) << ", forwards " << cost;
  RC_ASSERT(std::abs(in_currency(value->cost) - cost) <= 1e-9 * std::max(1.0, std::abs(cost)));
}

void expect_equal_optimum(const PlanningProblem& problem, const SolveResult<PlanningAnswer>& answer,
                          std::optional<double> optimum) {
  RC_LOG() << shown(problem);
  RC_ASSERT(answer.has_value() == optimum.has_value());
  if (!optimum) return;
  expect_sound(problem, *answer);
  const double difference = in_currency(answer->cost) - *optimum;
  RC_LOG() << "difference " << difference;
  RC_ASSERT(std::abs(difference) <= 1e-6 * std::max(1.0, std::abs(*optimum)));
}

RC_GTEST_PROP(Optimum, IsThatOfTheLinearProgrammeForEverydayProblems, ()) {
  const auto slots = *rc::gen::inRange<std::size_t>(1, 120);
  const PlanningProblem problem = random_problem(any_seed(), slots, Draw::everyday);
  Planner planner;
  expect_equal_optimum(problem, planner.solve(problem), PlanningLp(problem).relaxed());
}

RC_GTEST_PROP(Optimum, IsTheBestOfAllDirectionsForAnyFewSlots, ()) {
  const auto slots = *rc::gen::inRange<std::size_t>(1, 5);
  const PlanningProblem problem = random_problem(any_seed(), slots, Draw::anything);
  Planner planner;
  expect_equal_optimum(problem, planner.solve(problem), PlanningLp(problem).by_enumeration());
}

RC_GTEST_PROP(Optimum, IsTheBestOfAllDirectionsWhereExportIsTight, ()) {
  const auto slots = *rc::gen::inRange<std::size_t>(1, 5);
  const PlanningProblem problem = random_problem(any_seed(), slots, Draw::tight_export);
  Planner planner;
  expect_equal_optimum(problem, planner.solve(problem), PlanningLp(problem).by_enumeration());
}

RC_GTEST_PROP(Optimum, IsNeverBelowTheRelaxedLinearProgramme, ()) {
  const auto slots = *rc::gen::inRange<std::size_t>(1, 120);
  const PlanningProblem problem = random_problem(any_seed(), slots, Draw::anything);
  Planner planner;
  const auto answer = planner.solve(problem);
  const auto bound = PlanningLp(problem).relaxed();
  RC_LOG() << shown(problem);
  RC_PRE(answer.has_value());
  expect_sound(problem, *answer);
  RC_ASSERT(bound.has_value());
  RC_ASSERT(in_currency(answer->cost) >= *bound - 1e-6 * std::max(1.0, std::abs(*bound)));
}

RC_GTEST_PROP(Optimum, IsThatOfTheLatticeHoweverFarFromConvex, ()) {
  const auto slots = *rc::gen::inRange<std::size_t>(1, 100);
  const PlanningProblem problem = testing::random_lattice_problem(any_seed(), slots);
  Planner planner;
  const auto answer = planner.solve(problem);
  const auto found = testing::search_lattice(problem);
  RC_LOG() << shown(problem);
  if (const auto* const slot = std::get_if<std::size_t>(&found)) {
    RC_ASSERT(!answer.has_value());
    RC_ASSERT(answer.error().slot == *slot);
    return;
  }
  RC_ASSERT(answer.has_value());
  expect_sound(problem, *answer);
  const double optimum = std::get<double>(found);
  RC_ASSERT(std::abs(in_currency(answer->cost) - optimum) <= 1e-9 * std::max(1.0, std::abs(optimum)));
}

}  // namespace
}  // namespace gridpilot::planner
