#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "gridpilot/domain/planning.hpp"

namespace gridpilot::testing {

/// A problem all of whose kinks lie on whole multiples of `lattice_kwh` (efficiencies 1 or 1/2), so that a search over
/// those multiples alone finds the exact optimum, however far from convex and however long.
inline constexpr double lattice_kwh = 0.125;
[[nodiscard]] PlanningProblem random_lattice_problem(std::uint64_t seed, std::size_t slots);

/// The optimum, or the first slot that cannot be passed.
[[nodiscard]] std::variant<double, std::size_t> search_lattice(const PlanningProblem& problem);

}  // namespace gridpilot::testing
