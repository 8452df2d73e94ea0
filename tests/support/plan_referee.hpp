#pragma once

#include <string>

#include "gridpilot/domain/planning.hpp"

namespace gridpilot::testing {

/// What is wrong with a plan, judged from the problem statement alone and without the planner's code; empty where the
/// plan keeps every limit to `tolerance_kwh`, its flows belong together and its cost is that of its flows.
[[nodiscard]] std::string plan_fault(const PlanningProblem& problem, const PlanningAnswer& answer,
                                     double tolerance_kwh = 1e-9);

/// Of the plan that rests in every slot and curtails nothing.
[[nodiscard]] double cost_of_resting(const PlanningProblem& problem);

/// Stored energy moved by a plan, both ways together.
[[nodiscard]] double moved_kwh(const PlanningProblem& problem, const PlanningAnswer& answer);

}  // namespace gridpilot::testing
