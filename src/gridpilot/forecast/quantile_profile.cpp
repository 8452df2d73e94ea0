#include "gridpilot/forecast/quantile_profile.hpp"

#include <algorithm>
#include <cmath>

namespace gridpilot::forecast {
namespace {

constexpr float largest_weight = 1e6F;

}  // namespace

QuantileProfile::QuantileProfile(const ProfileOptions& options, const ValueScale& scale)
    : options_(options),
      weekdays_(options.same_kind_share == 1.0 && options.other_kind_share == 1.0 ? 1 : 7),
      log_least_(std::log(scale.least)),
      log_step_((std::log(scale.most) - std::log(scale.least)) / (bins - 1)),
      growth_(static_cast<float>(std::exp2(1.0 / options.half_life_days))),
      cells_(weekdays_ * quarters) {
  // The lowest bin reaches down to 0.
  for (std::size_t bin = 1; bin <= bins; ++bin)
    edges_[bin] = std::exp(log_least_ + log_step_ * static_cast<double>(bin - 1));
  const auto reach = static_cast<int>(std::ceil(2.0 * options.width_quarters));
  for (int distance = 0; distance <= reach; ++distance)
    bell_.push_back(static_cast<float>(std::exp(-0.5 * std::pow(distance / options.width_quarters, 2))));
}

void QuantileProfile::grow_older() {
  present_weight_ *= growth_;
  if (present_weight_ > largest_weight) rescale();
}

void QuantileProfile::rescale() {
  for (Cell& cell : cells_) {
    for (float& weight : cell.weight) weight /= present_weight_;
    cell.sum /= present_weight_;
  }
  present_weight_ = 1.0F;
}

std::size_t QuantileProfile::bin_of(double value) const {
  if (!(value > edges_[1])) return 0;
  const double place = (std::log(value) - log_least_) / log_step_;
  return std::min(static_cast<std::size_t>(place) + 1, bins - 1);
}

void QuantileProfile::add(const WeekPlace& place, double value, double weight) {
  const std::size_t bin = bin_of(value);
  for (std::size_t weekday = 0; weekday < weekdays_; ++weekday) {
    const bool is_same_kind = (weekday >= 5) == place.is_free();
    double share = is_same_kind ? options_.same_kind_share : options_.other_kind_share;
    if (weekday == place.weekday || weekdays_ == 1) share = 1.0;
    const auto here = static_cast<float>(share * weight) * present_weight_;
    for (std::size_t distance = 0; distance < bell_.size(); ++distance) {
      const float entry = here * bell_[distance];
      const std::size_t after = weekday * quarters + (place.quarter + distance) % quarters;
      const std::size_t before = weekday * quarters + (place.quarter + quarters - distance) % quarters;
      cells_[after].weight[bin] += entry;
      cells_[after].sum += entry;
      if (distance == 0) continue;
      cells_[before].weight[bin] += entry;
      cells_[before].sum += entry;
    }
  }
}

QuantileProfile::Answer QuantileProfile::at(const WeekPlace& place) const {
  const Cell& cell = cells_[cell_of(place)];
  Answer answer;
  if (!(cell.sum > 0.0F)) return answer;
  answer.days = cell.sum / present_weight_;
  std::size_t bin = 0;
  double below = 0.0;
  for (std::size_t level = 0; level < quantile_levels.size(); ++level) {
    const double wanted = quantile_levels[level] * cell.sum;
    while (bin + 1 < bins && below + cell.weight[bin] < wanted) below += cell.weight[bin++];
    // What is below the scale is nothing.
    if (bin == 0) continue;
    const double share = cell.weight[bin] > 0.0F ? std::clamp((wanted - below) / cell.weight[bin], 0.0, 1.0) : 0.0;
    answer.values[level] = edges_[bin] + share * (edges_[bin + 1] - edges_[bin]);
  }
  return answer;
}

}  // namespace gridpilot::forecast
