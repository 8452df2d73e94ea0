#include "gridpilot/planner/convex_cost.hpp"

#include <algorithm>

namespace gridpilot::planner {
namespace {

/// Appends pieces of one function to another, shifted; the arrays do not overlap.
void append(const double* __restrict from_position, const double* __restrict from_slope, std::size_t count,
            double shift, double* __restrict to_position, double* __restrict to_slope) {
  for (std::size_t index = 0; index < count; ++index) {
    to_position[index] = from_position[index] + shift;
    to_slope[index] = from_slope[index];
  }
}

}  // namespace

void ConvexCost::start(double low, double high, double slope) {
  position_.assign({low, high});
  slope_.assign({slope});
  first_ = 0;
  pieces_ = high - low > negligible_kwh ? 1 : 0;
  cost_at_low_ = slope * low;
}

void ConvexCost::assign(const PiecewiseCost& other) {
  const std::span<const Kink> kinks = other.kinks();
  position_.clear();
  slope_.clear();
  for (const Kink& kink : kinks) {
    position_.push_back(kink.stored);
    slope_.push_back(kink.slope);
  }
  first_ = 0;
  pieces_ = kinks.size() - 1;
  cost_at_low_ = kinks.front().cost;
}

void ConvexCost::copy_to(PiecewiseCost& other) const {
  other.clear();
  double cost = cost_at_low_;
  for (std::size_t index = first_; index < first_ + pieces_; ++index) {
    other.append({.stored = position_[index], .cost = cost, .slope = slope_[index]});
    cost += slope_[index] * (position_[index + 1] - position_[index]);
  }
  other.finish(high(), cost);
}

double ConvexCost::cost_at(double stored) const {
  double cost = cost_at_low_;
  for (std::size_t index = first_; index < first_ + pieces_ && position_[index] < stored; ++index)
    cost += slope_[index] * (std::min(stored, position_[index + 1]) - position_[index]);
  return cost;
}

Slopes ConvexCost::slopes_at(double stored) const {
  if (pieces_ == 0) return {.left = 0.0, .right = 0.0};
  std::size_t left = pieces_ - 1;
  while (left > 0 && position_[first_ + left] >= stored - slack_kwh) --left;
  std::size_t right = left;
  while (right + 1 < pieces_ && position_[first_ + right + 1] <= stored + slack_kwh) ++right;
  return {.left = slope_[first_ + left], .right = slope_[first_ + right]};
}

bool ConvexCost::step_back(const SlotCurve& curve, double cost_of_strongest_charge, const House& house,
                           double* targets) {
  const std::size_t most = pieces_ + static_cast<std::size_t>(curve.pieces) + 1;
  if (next_position_.size() < most) {
    next_position_.resize(2 * most);
    next_slope_.resize(2 * most);
  }
  const double* const position = position_.data() + first_;
  const double* const slope = slope_.data() + first_;
  double* const to_position = next_position_.data();
  double* const to_slope = next_slope_.data();
  std::size_t taken = 0;
  std::size_t written = 0;
  for (int piece = 0; piece < curve.pieces; ++piece) {
    const double own = curve.slope[piece];
    // Of equally good actions the one nearest to rest: charging comes before, discharging after what is equally worth.
    const double* const place = curve.charges(piece) ? std::lower_bound(slope + taken, slope + pieces_, own)
                                                     : std::upper_bound(slope + taken, slope + pieces_, own);
    const auto reached = static_cast<std::size_t>(place - slope);
    targets[piece] = position[reached];
    // A piece that goes on with the slope of the one before it is no new piece.
    if (taken < reached && written > 0 && to_slope[written - 1] == slope[taken]) ++taken;
    append(position + taken, slope + taken, reached - taken, curve.y[piece], to_position + written, to_slope + written);
    written += reached - taken;
    taken = reached;
    if (written == 0 || to_slope[written - 1] != own) {
      to_position[written] = position[reached] + curve.y[piece];
      to_slope[written] = own;
      ++written;
    }
  }
  if (taken < pieces_ && written > 0 && to_slope[written - 1] == slope[taken]) ++taken;
  append(position + taken, slope + taken, pieces_ - taken, curve.highest_y(), to_position + written,
         to_slope + written);
  written += pieces_ - taken;
  to_position[written] = position[pieces_] + curve.highest_y();

  cost_at_low_ += cost_of_strongest_charge;
  pieces_ = written;
  first_ = 0;
  position_.swap(next_position_);
  slope_.swap(next_slope_);
  return cut(house);
}

bool ConvexCost::cut(const House& house) {
  if (low() > house.capacity + slack_kwh || high() < house.floor - slack_kwh) return false;
  while (pieces_ > 0 && position_[first_ + 1] <= house.floor + negligible_kwh) {
    cost_at_low_ += slope_[first_] * (position_[first_ + 1] - position_[first_]);
    ++first_;
    --pieces_;
  }
  if (pieces_ > 0 && position_[first_] < house.floor) {
    cost_at_low_ += slope_[first_] * (house.floor - position_[first_]);
    position_[first_] = house.floor;
  }
  while (pieces_ > 0 && position_[first_ + pieces_ - 1] >= house.capacity - negligible_kwh) --pieces_;
  if (pieces_ > 0) {
    double& end = position_[first_ + pieces_];
    end = std::min(end, house.capacity);
  } else {
    position_[first_] = std::clamp(position_[first_], house.floor, house.capacity);
  }
  return true;
}

}  // namespace gridpilot::planner
