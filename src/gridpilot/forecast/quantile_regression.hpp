#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "gridpilot/domain/quantiles.hpp"

namespace gridpilot::forecast {

/// Linear quantile regression that learns as it goes: after each value the weights of each level move against the
/// gradient of the pinball loss, each feature by its own step (Duchi, Hazan and Singer 2011, AdaGrad, with a constant
/// rate). What is true of the loss on average makes P10 to P90 hold 80 % of the values without being told to.
template <std::size_t features>
class QuantileRegression {
 public:
  using Levels = std::array<double, quantile_levels.size()>;
  /// By feature and level.
  using Features = std::array<Levels, features>;

  /// `initial` weights of all levels; steps are `rate` over the root of what was seen of a feature.
  QuantileRegression(const std::array<double, features>& initial, double rate) : rate_(rate) {
    for (std::size_t feature = 0; feature < features; ++feature) weights_[feature].fill(initial[feature]);
    for (Levels& seen : seen_) seen.fill(first_seen);
  }

  [[nodiscard]] Levels predict(const Features& of) const {
    Levels sum{};
    for (std::size_t feature = 0; feature < features; ++feature)
      for (std::size_t level = 0; level < sum.size(); ++level)
        sum[level] += weights_[feature][level] * of[feature][level];
    return sum;
  }

  /// Features and value in one unit; `importance` is what an error here counts, over the unit in which errors are
  /// measured.
  void learn(const Features& of, double value, double importance) {
    const Levels predicted = predict(of);
    for (std::size_t level = 0; level < predicted.size(); ++level) {
      const double slope =
          (value < predicted[level] ? 1.0 - quantile_levels[level] : -quantile_levels[level]) * importance;
      for (std::size_t feature = 0; feature < features; ++feature) {
        const double gradient = slope * of[feature][level];
        seen_[feature][level] += gradient * gradient;
        weights_[feature][level] -= rate_ * gradient / std::sqrt(seen_[feature][level]);
      }
    }
  }

 private:
  static constexpr double first_seen = 0.1;
  std::array<Levels, features> weights_;
  std::array<Levels, features> seen_;
  double rate_;
};

}  // namespace gridpilot::forecast
