#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/planning.hpp"

namespace gridpilot::codec {

// The files of `gridpilot plan --problem`: docs/planner.md names every field and its unit.

/// A problem file. Strict: every field but `optimal_cost` (accepted and not kept) must be there once, unknown ones are
/// refused; malformed, with the path of the field. Whether the numbers make sense is planner::validate's business.
[[nodiscard]] Result<PlanningProblem> read_planning_problem(std::string_view text);

/// The same document again; reading it gives an equal problem.
void write_planning_problem(std::string& out, const PlanningProblem& problem);

/// One line of answer, without its line feed.
void write_planning_answer(std::string& out, std::string_view name, const PlanningAnswer& answer);
/// The line for a problem that has no plan; `slot` is the first that cannot be passed.
void write_infeasible(std::string& out, std::string_view name, std::size_t slot);

}  // namespace gridpilot::codec
