#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "gridpilot/domain/planning.hpp"

namespace gridpilot::testing {

/// The planning problem as a linear programme for Clp: an oracle for tests and a rival for benchmarks, never linked
/// into the program. Two rows and six columns a slot. Left as they are, the programmes may charge and discharge, import
/// and export at once, and so bound the problem from below; with both directions fixed in every slot they are exact.
class PlanningLp {
 public:
  explicit PlanningLp(const PlanningProblem& problem);
  PlanningLp(const PlanningLp&) = delete;
  PlanningLp& operator=(const PlanningLp&) = delete;
  ~PlanningLp();

  /// The optimum without regard to directions; nullopt: infeasible.
  [[nodiscard]] std::optional<double> relaxed();

  /// The optimum over all directions of battery and grid in all slots, 4^slots linear programmes: few slots only.
  [[nodiscard]] std::optional<double> by_enumeration();

  /// Solves from scratch, as a program would that plans once; for timing. `prepare` is not to be timed.
  void prepare();
  enum class Method { dual, primal, dual_with_presolve };
  [[nodiscard]] double solve_cold(Method method);

 private:
  struct Model;
  void allow_all();
  [[nodiscard]] bool fix(std::size_t slot, unsigned directions);
  [[nodiscard]] std::optional<double> solve();

  const PlanningProblem* problem_;
  std::unique_ptr<Model> model_;
};

}  // namespace gridpilot::testing
