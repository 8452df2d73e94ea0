#pragma once

#include <array>
#include <span>

namespace gridpilot::forecast {

/// A linear regression for every local hour of the day, learnt day by day: least squares in which older days count a
/// little less with every day that passes, and neighbouring hours share their evidence. A ridge pulls the weights
/// towards a prior until the days outweigh it, so the first day already has an answer. Costs the same every day,
/// however long the past is. Numbers are pure: what they mean is the caller's business.
class HourlyRegression {
 public:
  static constexpr std::size_t feature_count = 16;
  static constexpr std::size_t hours = 24;
  using Features = std::array<double, feature_count>;

  explicit HourlyRegression(const Features& prior_weights);

  struct Example {
    std::size_t hour = 0;  ///< below `hours`
    Features features{};
    double target = 0.0;
  };
  /// Learns the examples of one day; any number of them an hour, also none.
  void learn_day(std::span<const Example> examples);
  [[nodiscard]] double predict(std::size_t hour, const Features& features) const;

 private:
  // The lower triangle, row by row, of a symmetric matrix.
  static constexpr std::size_t triangle = feature_count * (feature_count + 1) / 2;
  struct Normal {
    std::array<double, triangle> squares{};
    Features products{};
  };
  [[nodiscard]] static Features solve(const Normal& normal);

  Features prior_;
  std::array<Normal, hours> normals_;
  std::array<Features, hours> weights_;
};

}  // namespace gridpilot::forecast
