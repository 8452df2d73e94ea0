#pragma once

#include <algorithm>
#include <array>

namespace gridpilot {

/// The levels at which a forecast states what it expects: with probability 0.1 the value is at most p10, and so on.
inline constexpr std::array<double, 5> quantile_levels{0.1, 0.3, 0.5, 0.7, 0.9};

/// What is expected of one slot and how surely: five quantiles in the unit of their series (kWh a slot for load and PV,
/// currency per kWh for prices). They never cross: p10 ≤ p30 ≤ p50 ≤ p70 ≤ p90. Equal ones say that there is no doubt
/// (PV at night); p50 is the value to take where one is needed.
struct Quantiles {
  double p10 = 0.0;
  double p30 = 0.0;
  double p50 = 0.0;
  double p70 = 0.0;
  double p90 = 0.0;

  /// The same value at every level: a forecast without doubt, as persistence makes it.
  [[nodiscard]] static constexpr Quantiles certain(double value) { return {value, value, value, value, value}; }
  /// By level, in the order of quantile_levels; sorted, so that estimates which cross a little do not.
  [[nodiscard]] static constexpr Quantiles from_levels(std::array<double, quantile_levels.size()> values) {
    std::sort(values.begin(), values.end());
    return {values[0], values[1], values[2], values[3], values[4]};
  }
  [[nodiscard]] constexpr std::array<double, quantile_levels.size()> by_level() const {
    return {p10, p30, p50, p70, p90};
  }
  /// The expected value, as far as five quantiles tell it: each stands for the fifth of the chances around it.
  [[nodiscard]] constexpr double mean() const { return (p10 + p30 + p50 + p70 + p90) / 5.0; }
  [[nodiscard]] constexpr bool are_in_order() const { return p10 <= p30 && p30 <= p50 && p50 <= p70 && p70 <= p90; }

  [[nodiscard]] friend constexpr bool operator==(const Quantiles&, const Quantiles&) = default;
};

}  // namespace gridpilot
