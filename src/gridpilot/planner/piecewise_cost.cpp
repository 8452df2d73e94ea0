#include "gridpilot/planner/piecewise_cost.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gridpilot::planner {
namespace {

/// A run of a function that is meant to begin or end at the edge of the window misses it by the rounding of all steps
/// so far. Short of the edge it would leave the edge itself, where batteries often are, to a worse run.
constexpr double edge_kwh = 1e-11;

/// Costs nearer than this are equal: the difference is rounding.
double rounding_of(double cost) {
  return 1e-13 * std::max(1.0, std::abs(cost));
}

double along(const Kink& kink, double stored) {
  return kink.cost + kink.slope * (stored - kink.stored);
}

/// The lower of two lines between `from` and `to`.
void append_lower(const Kink& left, const Kink& right, double from, double to, PiecewiseCost& into) {
  const double left_cost = along(left, from);
  const double right_cost = along(right, from);
  const double difference = left_cost - right_cost;
  const bool equal = std::abs(difference) <= rounding_of(left_cost);
  const bool left_first = equal ? left.slope <= right.slope : difference < 0.0;
  const Kink& first = left_first ? left : right;
  const Kink& second = left_first ? right : left;
  into.append({.stored = from, .cost = left_first ? left_cost : right_cost, .slope = first.slope});
  if (equal || first.slope <= second.slope) return;
  const double crossing = from + std::abs(difference) / (first.slope - second.slope);
  if (crossing < to - negligible_kwh)
    into.append({.stored = crossing, .cost = along(first, crossing), .slope = second.slope});
}

void append_rest(std::span<const Kink> kinks, std::size_t piece, double from, PiecewiseCost& into) {
  if (piece + 1 < kinks.size())
    into.append({.stored = from, .cost = along(kinks[piece], from), .slope = kinks[piece].slope});
  for (std::size_t index = piece + 1; index + 1 < kinks.size(); ++index) into.append(kinks[index]);
  into.finish(kinks.back().stored, kinks.back().cost);
}

/// Pieces [first, last) of a curve that are convex, or a single action where first == last.
struct CurveRun {
  int first;
  int last;
};

/// The convex run [first, last) of a cost-to-go with a convex run of a slot, both merged in order of slope and cut.
void merge_runs(std::span<const Kink> kinks, std::size_t first, std::size_t last, const SlotCurve& curve, CurveRun run,
                double run_cost, const House& house, PiecewiseCost& into) {
  into.clear();
  double position = kinks[first].stored + curve.y[run.first];
  double cost = kinks[first].cost + run_cost;
  if (position >= house.capacity - edge_kwh) {
    if (position <= house.capacity + slack_kwh) into.finish(house.capacity, cost);
    return;
  }
  while (first < last || run.first < run.last) {
    const bool stays = run.first == run.last || (first < last && kinks[first].slope <= curve.slope[run.first]);
    const double slope = stays ? kinks[first].slope : curve.slope[run.first];
    const double length =
        stays ? kinks[first + 1].stored - kinks[first].stored : curve.y[run.first + 1] - curve.y[run.first];
    if (stays)
      ++first;
    else
      ++run.first;
    const double end = position + length;
    if (end > house.floor + edge_kwh) {
      if (position < house.floor + edge_kwh) {
        cost += slope * (house.floor - position);
        position = house.floor;
      }
      into.append({.stored = position, .cost = cost, .slope = slope});
      if (end >= house.capacity - edge_kwh) {
        into.finish(house.capacity, cost + slope * (house.capacity - position));
        return;
      }
    }
    cost += slope * (end - position);
    position = end;
  }
  if (position >= house.floor - slack_kwh) into.finish(std::max(position, house.floor), cost);
}

std::size_t end_of_run(std::span<const Kink> kinks, std::size_t first) {
  if (kinks.size() == 1) return first;
  std::size_t last = first + 1;
  while (last + 1 < kinks.size() && kinks[last].slope >= kinks[last - 1].slope) ++last;
  return last;
}

int end_of_run(const SlotCurve& curve, int first) {
  if (first == curve.pieces) return first;
  int last = first + 1;
  while (last < curve.pieces && last != curve.jump_point && curve.slope[last] >= curve.slope[last - 1]) ++last;
  return last;
}

}  // namespace

bool PiecewiseCost::is_convex() const {
  for (std::size_t index = 1; index + 1 < kinks_.size(); ++index)
    if (kinks_[index].slope < kinks_[index - 1].slope) return false;
  return true;
}

void PiecewiseCost::append(const Kink& kink) {
  if (kinks_.empty()) {
    kinks_.push_back(kink);
    return;
  }
  Kink& last = kinks_.back();
  if (last.slope == kink.slope) return;
  if (kink.stored - last.stored > negligible_kwh) {
    kinks_.push_back(kink);
    return;
  }
  last.slope = kink.slope;
  last.cost = std::min(last.cost, kink.cost);
  if (kinks_.size() > 1 && kinks_[kinks_.size() - 2].slope == last.slope) kinks_.pop_back();
}

void PiecewiseCost::finish(double stored, double cost) {
  if (!kinks_.empty() && stored - kinks_.back().stored <= negligible_kwh) kinks_.pop_back();
  kinks_.push_back({.stored = stored, .cost = cost, .slope = 0.0});
}

/// From each kink that stays the furthest one that a straight line reaches while it passes all kinks in between within
/// the tolerance: the lines that do form a cone, which every kink narrows.
void PiecewiseCost::leave_out_bends_below(double tolerance) {
  std::size_t kept = 0;
  for (std::size_t anchor = 0; anchor + 1 < kinks_.size();) {
    const Kink from = kinks_[anchor];
    double least = -std::numeric_limits<double>::infinity();
    double most = -least;
    std::size_t reached = anchor + 1;
    for (std::size_t next = anchor + 1; next < kinks_.size() && least <= most; ++next) {
      const double run = kinks_[next].stored - from.stored;
      const double rise = kinks_[next].cost - from.cost;
      if (rise >= least * run && rise <= most * run) reached = next;
      least = std::max(least, (rise - tolerance) / run);
      most = std::min(most, (rise + tolerance) / run);
    }
    const Kink& to = kinks_[reached];
    kinks_[kept++] = {.stored = from.stored,
                      .cost = from.cost,
                      .slope = reached == anchor + 1 ? from.slope : (to.cost - from.cost) / (to.stored - from.stored)};
    anchor = reached;
  }
  kinks_[kept++] = kinks_.back();
  kinks_.resize(kept);
}

double PiecewiseCost::thin_out(std::size_t most) {
  double height = 0.0;
  for (const Kink& kink : kinks_) height = std::max(height, std::abs(kink.cost));
  double moved = 0.0;
  for (double tolerance = std::max(height, 1.0) * 1e-12; kinks_.size() > most; tolerance *= 4.0) {
    leave_out_bends_below(tolerance);
    moved += tolerance;
  }
  return moved;
}

void PiecewiseCost::lower_to(const PiecewiseCost& other, PiecewiseCost& scratch) {
  if (other.empty()) return;
  if (empty()) {
    kinks_ = other.kinks_;
    return;
  }
  // What lies to the left of the other function stays as it is.
  std::size_t tail = kinks_.size() - 1;
  while (tail > 0 && kinks_[tail].stored > other.low()) --tail;
  scratch.kinks_.assign(kinks_.begin() + static_cast<std::ptrdiff_t>(tail), kinks_.end());
  kinks_.resize(tail);
  lower_envelope(scratch.kinks_, other.kinks_, *this);
}

void lower_envelope(std::span<const Kink> left, std::span<const Kink> right, PiecewiseCost& into) {
  if (right.size() == 1 && left.size() > 1) return append_rest(left, 0, left.front().stored, into);
  std::size_t in_left = 0;
  std::size_t in_right = 0;
  double position = right.front().stored;
  while (in_left + 1 < left.size() && left[in_left + 1].stored <= position) into.append(left[in_left++]);
  if (in_left + 1 < left.size() && left[in_left].stored < position) into.append(left[in_left]);
  while (in_left + 1 < left.size() && in_right + 1 < right.size()) {
    const double next = std::min(left[in_left + 1].stored, right[in_right + 1].stored);
    if (next > position) append_lower(left[in_left], right[in_right], position, next, into);
    position = std::max(position, next);
    if (left[in_left + 1].stored <= next) ++in_left;
    if (right[in_right + 1].stored <= next) ++in_right;
  }
  if (in_right + 1 < right.size())
    append_rest(right, in_right, position, into);
  else if (in_left + 1 < left.size())
    append_rest(left, in_left, position, into);
  else
    into.finish(position, std::min(along(left[in_left], position), along(right[in_right], position)));
}

bool step_back(PiecewiseCost& cost_to_go, const SlotCurve& curve, const double* costs, const House& house,
               StepScratch& scratch) {
  const std::span<const Kink> kinks = cost_to_go.kinks();
  scratch.result.clear();
  for (int first = 0; first <= curve.pieces;) {
    const CurveRun run{.first = first, .last = end_of_run(curve, first)};
    scratch.branch.clear();
    for (std::size_t begin = 0; begin < kinks.size();) {
      const std::size_t end = end_of_run(kinks, begin);
      merge_runs(kinks, begin, end, curve, run, costs[first], house, scratch.run);
      scratch.branch.lower_to(scratch.run, scratch.tail);
      if (end + 1 >= kinks.size()) break;
      begin = end;
    }
    scratch.result.lower_to(scratch.branch, scratch.tail);
    // The point of rest is an action of its own where the pieces of charging end above it.
    if (run.last == curve.pieces && (run.last != curve.jump_point || run.first == run.last)) break;
    first = run.last;
  }
  std::swap(cost_to_go, scratch.result);
  return !cost_to_go.empty();
}

double cost_at(std::span<const Kink> kinks, double stored) {
  const auto right = std::upper_bound(kinks.begin(), kinks.end(), stored,
                                      [](double energy, const Kink& kink) { return energy < kink.stored; });
  if (right == kinks.begin()) return kinks.front().cost;
  if (right == kinks.end()) return kinks.back().cost;
  return along(*(right - 1), stored);
}

BestAction best_action(std::span<const Kink> cost_to_go, const SlotCurve& curve, const double* costs, double stored) {
  const double low = cost_to_go.front().stored;
  const double high = cost_to_go.back().stored;
  BestAction best{.target = std::clamp(stored, low, high), .point = -1, .piece = -1};
  double least = 0.0;
  double least_moved = 0.0;
  const auto consider = [&](double total, double moved, BestAction action) {
    const double margin = 10.0 * rounding_of(total);
    const bool first = best.piece < 0 && best.point < 0;
    if (first || total < least - margin || (total <= least + margin && moved < least_moved)) {
      least = total;
      least_moved = moved;
      best = action;
    }
  };
  for (int point = 0; point <= curve.pieces; ++point) {
    const double target = stored - curve.y[point];
    if (target < low - slack_kwh || target > high + slack_kwh) continue;
    const double end = std::clamp(target, low, high);
    consider(costs[point] + cost_at(cost_to_go, end), std::abs(curve.y[point]),
             {.target = end, .point = point, .piece = -1});
  }
  int piece = curve.pieces - 1;
  auto kink = std::lower_bound(cost_to_go.begin(), cost_to_go.end(), stored - curve.highest_y(),
                               [](const Kink& left, double energy) { return left.stored < energy; });
  for (; piece >= 0 && kink != cost_to_go.end(); ++kink) {
    const double y = stored - kink->stored;
    while (piece >= 0 && y < curve.y[piece]) --piece;
    if (piece < 0) break;
    consider(kink->cost + costs[piece] + curve.slope[piece] * (y - curve.y[piece]), std::abs(y),
             {.target = kink->stored, .point = -1, .piece = piece});
  }
  return best;
}

Slopes slopes_at(std::span<const Kink> kinks, double stored) {
  const std::size_t pieces = kinks.size() - 1;
  if (pieces == 0) return {.left = 0.0, .right = 0.0};
  std::size_t left = pieces - 1;
  while (left > 0 && kinks[left].stored >= stored - slack_kwh) --left;
  std::size_t right = left;
  while (right + 1 < pieces && kinks[right + 1].stored <= stored + slack_kwh) ++right;
  return {.left = kinks[left].slope, .right = kinks[right].slope};
}

}  // namespace gridpilot::planner
