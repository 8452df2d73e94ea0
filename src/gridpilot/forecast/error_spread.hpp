#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "gridpilot/forecast/quantiles.hpp"

namespace gridpilot::forecast {

/// How a forecast's errors are distributed by local hour: a histogram whose days fade, widened or narrowed until the
/// band from the first to the last level holds what it promises. Errors are pure numbers of order one and are held
/// between ± `largest`. Starts from a broad prior that weighs as much as one day.
class ErrorSpread {
 public:
  static constexpr double largest = 4.0;
  static constexpr std::size_t hours = 24;
  using Levels = std::array<double, quantile_levels.size()>;

  ErrorSpread();

  /// Everything learnt so far is a day older.
  void begin_day();
  void learn(std::size_t hour, double error);
  /// Share of a day's values that lay outside the band that was foretold.
  void judge_band(double share_outside);
  /// Errors at the levels of quantile_levels, from this hour and, half as much, its neighbours.
  [[nodiscard]] Levels quantiles(std::size_t hour) const;

 private:
  static constexpr std::size_t bins = 320;
  static constexpr double bin_width = 2.0 * largest / bins;

  std::vector<float> weights_;  ///< hours × bins
  double width_factor_ = 1.0;
};

}  // namespace gridpilot::forecast
