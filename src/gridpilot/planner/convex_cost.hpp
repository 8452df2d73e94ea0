#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gridpilot/planner/piecewise_cost.hpp"
#include "gridpilot/planner/slot_curve.hpp"

namespace gridpilot::planner {

/// A convex cost-to-go: pieces in ascending order of stored energy, and so of slope. Slopes are copied from slots and
/// never worked out from costs, so they lose nothing however many steps are taken; equal neighbours are one piece.
class ConvexCost {
 public:
  /// cost = slope * stored over [low, high].
  void start(double low, double high, double slope);
  /// Takes over a function that is convex.
  void assign(const PiecewiseCost& other);
  void copy_to(PiecewiseCost& other) const;

  /// One slot back in time: the cost at the start of the slot from that at its end (the infimal convolution with a
  /// convex slot), cut to the house's window. Where an action of one piece of the slot is best, the stored energy at
  /// the end of the slot is the same whatever it was at the start: these targets, one a piece, are the policy.
  /// `cost_of_strongest_charge` is what the slot costs at y[0]. Of equal slopes, charging waits and discharging waits.
  /// False where nothing is left of the function.
  [[nodiscard]] bool step_back(const SlotCurve& curve, double cost_of_strongest_charge, const House& house,
                               double* targets);

  [[nodiscard]] double low() const { return position_[first_]; }
  [[nodiscard]] double high() const { return position_[first_ + pieces_]; }
  [[nodiscard]] std::size_t pieces() const { return pieces_; }
  /// Slope of the first and the last piece; 0 where there is none.
  [[nodiscard]] double first_slope() const { return pieces_ == 0 ? 0.0 : slope_[first_]; }
  [[nodiscard]] double last_slope() const { return pieces_ == 0 ? 0.0 : slope_[first_ + pieces_ - 1]; }
  [[nodiscard]] double cost_at(double stored) const;
  [[nodiscard]] Slopes slopes_at(double stored) const;

 private:
  [[nodiscard]] bool cut(const House& house);

  // Piece i lies between position_[first_ + i] and position_[first_ + i + 1]. A step writes into the second pair of
  // arrays and swaps: reading and writing straight through is faster than moving in place.
  std::vector<double> position_;
  std::vector<double> slope_;
  std::vector<double> next_position_;
  std::vector<double> next_slope_;
  std::size_t first_ = 0;
  std::size_t pieces_ = 0;
  double cost_at_low_ = 0.0;
};

}  // namespace gridpilot::planner
