#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>

#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/planning.hpp"

namespace gridpilot::planner {

/// Whether a problem is well formed; the sentence of the failure (bad_input) names the field, as in
/// "slots[3].hours must be above 0, is -1". Says nothing about feasibility.
[[nodiscard]] Result<void> validate(const PlanningProblem& problem);

/// Why there is no plan.
struct SolveFailure {
  Error error;  ///< bad_input: not well formed; infeasible: well formed, but no plan keeps the limits
  std::optional<std::size_t>
      slot;  ///< infeasible only: the first slot which no way through the earlier ones leads past
};

template <class T>
class [[nodiscard]] SolveResult : public std::expected<T, SolveFailure> {
 public:
  using std::expected<T, SolveFailure>::expected;
};

/// What a problem costs at best, without the plan.
struct PlanValue {
  Value cost;                       ///< terminal value deducted
  ValuePerEnergy value_of_initial;  ///< worth of one more kWh stored at the start
};

/// The exact optimiser of docs/planner.md. A pure function of the problem: the same problem gives the same bits. An
/// object keeps its memory from one call to the next, so that planning at every reading allocates nothing but the
/// answer; it is not to be used by two threads at once.
class Planner {
 public:
  Planner();
  Planner(Planner&&) noexcept;
  Planner& operator=(Planner&&) noexcept;
  Planner(const Planner&) = delete;
  Planner& operator=(const Planner&) = delete;
  ~Planner();

  /// The cheapest plan. Among plans of equal cost, in each slot the one that moves least through the battery.
  [[nodiscard]] SolveResult<PlanningAnswer> solve(const PlanningProblem& problem);

  /// The same into an answer whose memory is used again; unchanged where it fails.
  [[nodiscard]] SolveResult<void> solve_into(const PlanningProblem& problem, PlanningAnswer& answer);

  /// Only what the cheapest plan costs: about half the work.
  [[nodiscard]] SolveResult<PlanValue> value(const PlanningProblem& problem);

 private:
  struct Workspace;
  std::unique_ptr<Workspace> workspace_;
};

}  // namespace gridpilot::planner
