#include "gridpilot/domain/planning.hpp"

#include <algorithm>

namespace gridpilot {

std::optional<Value> CostToGo::at(Energy stored) const {
  // A stored energy worked out twice differs in its last digits: that is no reason to call it infeasible.
  constexpr Energy slack = kilowatt_hours(1e-9);
  if (points.empty() || stored < points.front().stored - slack || stored > points.back().stored + slack)
    return std::nullopt;
  const auto right = std::lower_bound(points.begin(), points.end(), stored,
                                      [](const Point& point, Energy energy) { return point.stored < energy; });
  if (right == points.begin()) return points.front().cost;
  if (right == points.end()) return points.back().cost;
  const auto left = right - 1;
  const double share = (stored - left->stored) / (right->stored - left->stored);
  return left->cost + share * (right->cost - left->cost);
}

}  // namespace gridpilot
