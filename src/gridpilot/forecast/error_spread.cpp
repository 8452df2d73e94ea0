#include "gridpilot/forecast/error_spread.hpp"

#include <algorithm>
#include <cmath>

namespace gridpilot::forecast {
namespace {

constexpr double retained = 0.97;     // per day: half a day's weight is left after 23
constexpr double prior_width = 0.5;   // standard deviation of the prior
constexpr double prior_weight = 4.0;  // quarters an hour
constexpr float faded = 1e-9F;
constexpr double neighbour_share = 0.5;
// How fast the band's width follows its misses; a day in which all missed widens it by 2.4 %.
constexpr double width_gain = 0.03;
constexpr double least_width = 0.5;
constexpr double greatest_width = 2.0;
constexpr double promised_outside = quantile_levels.front() + 1.0 - quantile_levels.back();

}  // namespace

ErrorSpread::ErrorSpread() : weights_(hours * bins) {
  std::vector<double> prior(bins);
  double sum = 0.0;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const double error = (static_cast<double>(bin) + 0.5) * bin_width - largest;
    prior[bin] = std::exp(-0.5 * (error / prior_width) * (error / prior_width));
    sum += prior[bin];
  }
  for (std::size_t i = 0; i < weights_.size(); ++i)
    weights_[i] = static_cast<float>(prior_weight * prior[i % bins] / sum);
}

void ErrorSpread::begin_day() {
  // What has faded away is gone: numbers too small for the processor's fast path would slow every later day.
  for (float& weight : weights_) weight = weight < faded ? 0.0F : weight * static_cast<float>(retained);
}

void ErrorSpread::learn(std::size_t hour, double error) {
  const double place = (std::clamp(error, -largest, largest) + largest) / bin_width;
  weights_[hour * bins + std::min(static_cast<std::size_t>(place), bins - 1)] += 1.0F;
}

void ErrorSpread::judge_band(double share_outside) {
  width_factor_ = std::clamp(width_factor_ * std::exp(width_gain * (share_outside - promised_outside)), least_width,
                             greatest_width);
}

ErrorSpread::Levels ErrorSpread::quantiles(std::size_t hour) const {
  const float* const here = &weights_[hour * bins];
  const float* const before = &weights_[(hour + hours - 1) % hours * bins];
  const float* const after = &weights_[(hour + 1) % hours * bins];
  std::array<double, bins> shared{};
  double total = 0.0;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    shared[bin] = static_cast<double>(here[bin]) +
                  neighbour_share * (static_cast<double>(before[bin]) + static_cast<double>(after[bin]));
    total += shared[bin];
  }
  Levels levels{};
  std::size_t level = 0;
  double below = 0.0;
  for (std::size_t bin = 0; bin < bins && level < levels.size(); ++bin) {
    while (level < levels.size() && below + shared[bin] >= quantile_levels[level] * total && shared[bin] > 0.0) {
      const double share = (quantile_levels[level] * total - below) / shared[bin];
      levels[level++] = (static_cast<double>(bin) + share) * bin_width - largest;
    }
    below += shared[bin];
  }
  // Rounding may leave the last level a hair above the sum.
  for (; level < levels.size(); ++level) levels[level] = largest;
  const double middle = levels[levels.size() / 2];
  for (double& value : levels) value = middle + width_factor_ * (value - middle);
  return levels;
}

}  // namespace gridpilot::forecast
