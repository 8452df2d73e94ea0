#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gridpilot/planner/slot_curve.hpp"

namespace gridpilot::planner {

/// A point of a piecewise-linear function and the slope to the right of it.
struct Kink {
  double stored = 0.0;
  double cost = 0.0;
  double slope = 0.0;
};

/// A continuous piecewise-linear cost-to-go that need not be convex: several convex runs side by side.
class PiecewiseCost {
 public:
  void clear() { kinks_.clear(); }
  [[nodiscard]] bool empty() const { return kinks_.empty(); }
  [[nodiscard]] std::span<const Kink> kinks() const { return kinks_; }
  [[nodiscard]] double low() const { return kinks_.front().stored; }
  [[nodiscard]] double high() const { return kinks_.back().stored; }
  [[nodiscard]] bool is_convex() const;

  /// Goes on to the right of all kinks so far. A kink with the slope already taken, or as near as rounding, is dropped.
  void append(const Kink& kink);
  /// Ends the function; nothing is appended afterwards.
  void finish(double stored, double cost);
  /// Leaves kinks out until there are at most so many (at least 2), the ones that bend the function least. Returns how
  /// far the function has moved anywhere, at most.
  double thin_out(std::size_t most);
  /// The lower envelope of both; their ranges overlap or touch.
  void lower_to(const PiecewiseCost& other, PiecewiseCost& scratch);

 private:
  friend void lower_envelope(std::span<const Kink> left, std::span<const Kink> right, PiecewiseCost& into);
  void leave_out_bends_below(double tolerance);
  std::vector<Kink> kinks_;
};

/// The lower envelope of two functions, the left one beginning no later than the right one ends, appended to `into`.
void lower_envelope(std::span<const Kink> left, std::span<const Kink> right, PiecewiseCost& into);

/// The functions a step back needs; kept from step to step for their memory.
struct StepScratch {
  PiecewiseCost run;
  PiecewiseCost branch;
  PiecewiseCost result;
  PiecewiseCost tail;
};

/// One slot back in time for any function and any slot: every convex run of the one with every convex run of the other,
/// and the lower envelope of all. `costs[i]` is what the slot costs at point i. False where nothing is left.
[[nodiscard]] bool step_back(PiecewiseCost& cost_to_go, const SlotCurve& curve, const double* costs, const House& house,
                             StepScratch& scratch);

/// The cheapest action over one slot from `stored`, given the cost-to-go at its end.
struct BestAction {
  double target;  ///< stored energy at the end of the slot
  int point;      ///< of the curve; -1: the target is a kink of the cost-to-go, in the middle of `piece`
  int piece;
};
[[nodiscard]] BestAction best_action(std::span<const Kink> cost_to_go, const SlotCurve& curve, const double* costs,
                                     double stored);

[[nodiscard]] double cost_at(std::span<const Kink> kinks, double stored);

/// The slopes on both sides of a point, equal inside a piece and at the ends of the function.
struct Slopes {
  double left;
  double right;
};
[[nodiscard]] Slopes slopes_at(std::span<const Kink> kinks, double stored);

}  // namespace gridpilot::planner
