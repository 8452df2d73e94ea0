#include "gridpilot/forecast/slot_quantiles.hpp"

#include <algorithm>
#include <cmath>

namespace gridpilot::forecast {
namespace {

constexpr std::int64_t slots_a_day = std::chrono::days(1) / slot_length;
constexpr std::int64_t slots_a_week = 7 * slots_a_day;
constexpr std::size_t usual_profile = 1;  // the one that the words "above what is usual" refer to
constexpr std::size_t median_level = 2;
constexpr std::size_t near_distances = 5;
// What counts for less in the profiles says nothing about the same quarter a week later.
constexpr double ordinary_weight = 0.5;
// Weighed against the profiles like so many days of values.
constexpr double prior_days = 1.0;
// The first week is only watched: before that the profiles know no day of the week.
constexpr std::int64_t slots_before_training = slots_a_week;
// Fading per slot: of the last hours (e-fold of one hour), the last day, the typical ratio (three weeks).
const double keep_hours = std::exp(-1.0 / 4.0);
const double keep_day = std::exp(-1.0 / 96.0);
constexpr double keep_typical = 0.9995;
// How far ahead the last hours matter, slots.
constexpr double hours_reach = 24.0;

constexpr std::size_t quarters = std::chrono::days(1) / slot_length;
constexpr std::size_t widest_bell = 8;

std::size_t index_of(const WeekPlace& place) {
  return place.weekday * quarters + place.quarter;
}

/// How much of what the last hours were above the usual is left after so many slots.
const std::array<double, 256>& fading_by_distance() {
  static const auto table = [] {
    std::array<double, 256> left{};
    for (std::size_t slots = 0; slots + 1 < left.size(); ++slots)
      left[slots] = std::exp(-static_cast<double>(slots) / hours_reach);
    return left;
  }();
  return table;
}

std::size_t regression_for(std::int64_t ahead, std::span<const int> distances) {
  std::size_t index = 0;
  while (index + 1 < distances.size() && 2 * ahead > distances[index] + distances[index + 1]) ++index;
  return index;
}

}  // namespace

SlotQuantiles::SlotQuantiles(const Options& options)
    : options_(options),
      usual_(7 * quarters),
      is_stale_(7 * quarters, 1),
      moments_(remembered_slots),
      typical_(options.typical_ratio) {
  for (const ProfileOptions& profile : options.profiles) profiles_.emplace_back(profile, options.ratios);
  for (std::size_t i = 0; i < distances.size(); ++i)
    regressions_.emplace_back(i < near_distances ? options.rate_near : options.rate_far);
}

const SlotQuantiles::Moment& SlotQuantiles::moment(std::int64_t slot) const {
  static const Moment unknown;
  const Moment& kept = moments_[static_cast<std::size_t>(slot) % remembered_slots];
  return kept.slot == slot ? kept : unknown;
}

SlotQuantiles::Moment& SlotQuantiles::moment_to_fill(std::int64_t slot) {
  return moments_[static_cast<std::size_t>(slot) % remembered_slots];
}

/// Slots without a value pass too.
void SlotQuantiles::pass_time_until(std::int64_t slot) {
  const std::int64_t first =
      newest_ < 0 ? slot : std::max(newest_ + 1, slot - static_cast<std::int64_t>(remembered_slots));
  for (std::int64_t passing = first; passing <= slot; ++passing) {
    const Moment& before = moment(passing - 1);
    const Moment passed = after_gap(before, passing, 1);
    moment_to_fill(passing) = passed;
  }
  const std::int64_t day = slot / slots_a_day;
  for (; days_passed_ != 0 && days_passed_ < day; ++days_passed_)
    for (QuantileProfile& profile : profiles_) profile.grow_older();
  days_passed_ = day;
  newest_ = slot;
}

SlotQuantiles::Moment SlotQuantiles::after_gap(const Moment& before, std::int64_t slot, std::int64_t gap) const {
  Moment after{.slot = slot, .last_hours = before.last_hours, .last_day = before.last_day};
  if (!options_.fades_in_gaps) return after;
  after.last_hours *= std::pow(keep_hours, static_cast<double>(gap));
  after.last_day *= std::pow(keep_day, static_cast<double>(gap));
  return after;
}

void SlotQuantiles::learn(const Place& place, double value, double profile_weight) {
  const std::int64_t slot = place.slot.index();
  if (slot <= newest_) return;
  pass_time_until(slot);
  const double ratio = value / place.scale;
  const double usual = usual_ratio(place);
  if (slots_learnt_ >= slots_before_training) train(place, ratio);
  Moment& now = moment_to_fill(slot);
  now.is_known = true;
  now.is_ordinary = profile_weight >= ordinary_weight;
  now.ratio = ratio;
  const Moment& before = moment(slot - 1);
  now.last_hours = before.last_hours * keep_hours + (1.0 - keep_hours) * (ratio - usual);
  now.last_day = before.last_day * keep_day + (1.0 - keep_day) * (ratio - usual);
  for (std::int64_t near = slot - 2; near <= slot; ++near) look_around(near);
  if (options_.follows_typical_ratio)
    typical_ = slots_learnt_ == 0 ? std::max(ratio, options_.ratios.least)
                                  : keep_typical * typical_ + (1.0 - keep_typical) * ratio;
  follow_level(ratio, usual);
  for (QuantileProfile& profile : profiles_) profile.add(place.week, ratio, profile_weight);
  expect_news(place.week);
  ++slots_learnt_;
}

void SlotQuantiles::follow_level(double ratio, double usual) {
  level_sum_ = level_sum_ * keep_day + ratio;
  usual_sum_ = usual_sum_ * keep_day + usual;
}

double SlotQuantiles::last_day_level() const {
  return usual_sum_ > 0.0 ? level_sum_ / usual_sum_ : 1.0;
}

void SlotQuantiles::look_around(std::int64_t slot) {
  if (moment(slot).slot != slot) return;
  double sum = 0.0;
  int count = 0;
  for (std::int64_t near = slot - 2; near <= slot + 2; ++near) {
    const Moment& neighbour = moment(near);
    if (!neighbour.is_known) continue;
    sum += neighbour.ratio;
    ++count;
  }
  moment_to_fill(slot).around = count > 0 ? sum / count : 0.0;
}

/// A value counts at once at its own quarter, and at the neighbours when it was the last of theirs.
void SlotQuantiles::expect_news(const WeekPlace& place) {
  for (std::size_t weekday = 0; weekday < 7; ++weekday) {
    is_stale_[index_of({weekday, place.quarter})] = 1;
    is_stale_[index_of({weekday, (place.quarter + quarters - widest_bell) % quarters})] = 1;
  }
}

const SlotQuantiles::Usual& SlotQuantiles::usual(const Place& place) const {
  const std::size_t index = index_of(place.week);
  Usual& kept = usual_[index];
  if (is_stale_[index] == 0) return kept;
  is_stale_[index] = 0;
  for (std::size_t i = 0; i < profile_count; ++i) {
    const QuantileProfile::Answer answer = profiles_[i].at(place.week);
    for (std::size_t level = 0; level < quantile_levels.size(); ++level)
      kept[i][level] =
          (answer.days * answer.values[level] + prior_days * place.prior[level]) / (answer.days + prior_days);
  }
  return kept;
}

double SlotQuantiles::usual_ratio(const Place& place) const {
  return usual(place)[usual_profile][median_level];
}

/// The ratio of the same quarter so many steps ago, the latest known at the issue, above the usual one; 0 where it is
/// not known.
double SlotQuantiles::earlier_ratio_above(std::int64_t slot, std::int64_t step, std::int64_t issue,
                                          double usual) const {
  const std::int64_t steps = std::max<std::int64_t>((slot - issue + step - 1) / step, 1);
  const Moment& earlier = moment(slot - steps * step);
  const bool counts = step == slots_a_week ? earlier.is_ordinary : earlier.is_known;
  return counts ? earlier.around - usual : 0.0;
}

SlotQuantiles::Regression::Features SlotQuantiles::features(const Place& place, const Moment& issue) const {
  const Usual& profiles = usual(place);
  const double median = profiles[usual_profile][median_level];
  const std::int64_t slot = place.slot.index();
  const auto ahead = static_cast<std::size_t>(slot - issue.slot);
  const auto& fading = fading_by_distance();
  const double last_hours = issue.last_hours * fading[std::min(ahead, fading.size() - 1)];
  return {.levels = profiles,
          .scalars = {last_hours, issue.last_day, earlier_ratio_above(slot, slots_a_day, issue.slot, median),
                      earlier_ratio_above(slot, slots_a_week, issue.slot, median), 0.5 * typical_, place.influence,
                      issue.last_day * median / std::max(typical_, options_.ratios.least)}};
}

void SlotQuantiles::train(const Place& place, double ratio) {
  const std::int64_t slot = place.slot.index();
  // An error counts by what it is in the unit of the series.
  const double importance = place.scale / std::max(typical_, options_.ratios.least);
  for (std::size_t i = 0; i < distances.size(); ++i) {
    const Moment& issue = moment(slot - distances[i]);
    if (issue.slot >= 0 && (issue.is_known || options_.fades_in_gaps))
      regressions_[i].learn(features(place, issue), ratio, importance);
  }
}

SlotQuantiles::Moment SlotQuantiles::known_before(Slot present) const {
  const std::int64_t last = present.index() - 1;
  if (newest_ < 0 || last <= newest_) return newest_ < 0 ? Moment{.slot = last} : moment(newest_);
  if (!options_.fades_in_gaps) return moment(newest_);
  return after_gap(moment(newest_), last, last - newest_);
}

Quantiles SlotQuantiles::at(const Place& place, const Moment& issue) const {
  const std::int64_t ahead = std::max<std::int64_t>(place.slot.index() - issue.slot, 1);
  auto levels = regressions_[regression_for(ahead, distances)].predict(features(place, issue));
  for (double& level : levels) level = level < options_.ratios.least ? 0.0 : level * place.scale;
  return Quantiles::from_levels(levels);
}

}  // namespace gridpilot::forecast
