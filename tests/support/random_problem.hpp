#pragma once

#include <cstddef>
#include <cstdint>

#include "gridpilot/domain/planning.hpp"

namespace gridpilot::testing {

/// Which problems are drawn.
enum class Draw {
  everyday,     ///< convex, feasible, of the kind a home meets; the linear programme is exact for it
  anything,     ///< every permission, limit, price sign and degenerate battery there is; may be infeasible
  tight_export  ///< no curtailment and an export limit that binds: often infeasible
};

/// The same seed gives the same problem.
[[nodiscard]] PlanningProblem random_problem(std::uint64_t seed, std::size_t slots, Draw draw);

/// A home with PV and a dynamic tariff from its own small model of sun, load and prices; no measured data. 192 slots
/// are two days, 35 040 a year. Convex throughout.
[[nodiscard]] PlanningProblem simulated_home(std::size_t slots, std::uint64_t seed = 1);

}  // namespace gridpilot::testing
