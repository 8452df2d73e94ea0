#include "gridpilot/forecast/naive.hpp"

#include <algorithm>

namespace gridpilot::forecast {
namespace {

constexpr int week = 7;
constexpr int weeks_back = 4;
constexpr int days_counted = 28;
constexpr std::size_t fewest_counted = 7;

/// Between the two neighbours in order where a level falls between them.
double quantile(std::span<const double> ascending, double level) {
  const double place = level * static_cast<double>(ascending.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), ascending.size() - 1);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  return ascending[below] + (place - static_cast<double>(below)) * (ascending[above] - ascending[below]);
}

}  // namespace

void PastSlots::add(Slot slot, double value) {
  if (values_.empty()) first_ = slot;
  if (slot < first_) return;
  const auto index = static_cast<std::size_t>(slot - first_);
  if (index >= values_.size()) values_.resize(index + 1);
  values_[index] = value;
}

Seconds PastSlots::offset_at(Slot slot) {
  const auto day = std::chrono::floor<std::chrono::days>(slot.start());
  const auto [found, is_new] = offsets_.try_emplace(day.time_since_epoch().count());
  if (is_new) {
    const Seconds begin = zone_.offset_at(day);
    if (begin == zone_.offset_at(day + std::chrono::days(1))) found->second = begin;
  }
  const std::optional<Seconds>& all_day = found->second;
  return all_day ? *all_day : zone_.offset_at(slot.start());
}

std::optional<double> PastSlots::days_before(Slot slot, int days) {
  Slot earlier = slot - days * (std::chrono::days(1) / slot_length);
  earlier = earlier + (offset_at(slot) - offset_at(earlier)) / slot_length;
  const std::int64_t index = earlier - first_;
  if (index < 0 || index >= std::ssize(values_)) return std::nullopt;
  return values_[static_cast<std::size_t>(index)];
}

std::vector<std::optional<Quantiles>> NaiveForecaster::forecast(Instant /*issued_at*/, SlotRange range,
                                                                std::span<const WeatherSlot> /*weather*/) {
  std::vector<std::optional<Quantiles>> all;
  all.reserve(static_cast<std::size_t>(std::max<std::int64_t>(range.size(), 0)));
  for (Slot slot = range.first; slot < range.last; slot = slot.next()) all.push_back(expected(slot));
  return all;
}

std::optional<Quantiles> Persistence::expected(Slot slot) {
  for (int days = 1; days <= week; ++days)
    if (const auto value = past().days_before(slot, days)) return Quantiles::certain(*value);
  return std::nullopt;
}

std::optional<Quantiles> WeeklyNaive::expected(Slot slot) {
  for (int weeks = 1; weeks <= weeks_back; ++weeks)
    if (const auto value = past().days_before(slot, weeks * week)) return Quantiles::certain(*value);
  return std::nullopt;
}

std::optional<Quantiles> RecentQuantiles::expected(Slot slot) {
  std::vector<double> values;
  values.reserve(days_counted);
  int passed = 0;
  for (int days = 1; passed < days_counted && days <= days_counted + week; ++days) {
    const auto value = past().days_before(slot, days);
    if (value) values.push_back(*value);
    // The days that are not known yet are not among those counted back; holes in the past are.
    if (value || passed > 0) ++passed;
  }
  if (values.size() < fewest_counted) return std::nullopt;
  std::ranges::sort(values);
  std::array<double, quantile_levels.size()> levels{};
  for (std::size_t i = 0; i < levels.size(); ++i) levels[i] = quantile(values, quantile_levels[i]);
  return Quantiles::from_levels(levels);
}

}  // namespace gridpilot::forecast
