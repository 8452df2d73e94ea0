#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "gridpilot/domain/quantiles.hpp"

namespace gridpilot::forecast {

/// One value for each of quantile_levels.
using Levels = std::array<double, quantile_levels.size()>;

/// What a regression is told: features that differ by level, and such as are the same for all.
template <std::size_t by_level, std::size_t common>
struct QuantileFeatures {
  const std::array<Levels, by_level>& levels;  ///< borrowed
  std::array<double, common> scalars{};
};

/// Linear quantile regression that learns as it goes: after each value the weights of each level move against the
/// gradient of the pinball loss, each feature by its own step (Duchi, Hazan and Singer 2011, AdaGrad, with a constant
/// rate). What is true of the loss on average makes P10 to P90 hold 80 % of the values without being told to.
template <std::size_t by_level, std::size_t common>
class QuantileRegression {
 public:
  using Features = QuantileFeatures<by_level, common>;

  /// Begins as the mean of the features that differ by level; steps are `rate` over the root of what was seen of a
  /// feature.
  explicit QuantileRegression(double rate) : rate_(rate) {
    for (std::size_t i = 0; i < by_level; ++i) weights_[i].fill(1.0 / static_cast<double>(by_level));
    for (Levels& seen : seen_) seen.fill(first_seen);
  }

  [[nodiscard]] Levels predict(const Features& of) const {
    Levels sum{};
    for (std::size_t i = 0; i < by_level; ++i)
      for (std::size_t level = 0; level < sum.size(); ++level) sum[level] += weights_[i][level] * of.levels[i][level];
    for (std::size_t i = 0; i < common; ++i)
      for (std::size_t level = 0; level < sum.size(); ++level)
        sum[level] += weights_[by_level + i][level] * of.scalars[i];
    return sum;
  }

  /// Features and value in one unit; `importance` is what an error here counts, over the unit in which errors are
  /// measured.
  void learn(const Features& of, double value, double importance) {
    const Levels predicted = predict(of);
    Levels slope;
    for (std::size_t level = 0; level < slope.size(); ++level)
      slope[level] = (value < predicted[level] ? 1.0 - quantile_levels[level] : -quantile_levels[level]) * importance;
    for (std::size_t i = 0; i < by_level; ++i)
      for (std::size_t level = 0; level < slope.size(); ++level) step(i, level, slope[level] * of.levels[i][level]);
    for (std::size_t i = 0; i < common; ++i)
      for (std::size_t level = 0; level < slope.size(); ++level)
        step(by_level + i, level, slope[level] * of.scalars[i]);
  }

 private:
  static constexpr double first_seen = 0.1;

  void step(std::size_t feature, std::size_t level, double gradient) {
    seen_[feature][level] += gradient * gradient;
    weights_[feature][level] -= rate_ * gradient / std::sqrt(seen_[feature][level]);
  }

  std::array<Levels, by_level + common> weights_{};
  std::array<Levels, by_level + common> seen_{};
  double rate_;
};

}  // namespace gridpilot::forecast
