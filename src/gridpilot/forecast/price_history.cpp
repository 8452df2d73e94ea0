#include "gridpilot/forecast/price_history.hpp"

#include <numeric>

namespace gridpilot::forecast {

PriceHistory::Change PriceHistory::put(std::chrono::sys_days date, std::size_t quarter, double value) {
  if (!days_.empty() && date < days_.front().date) return Change::none;
  if (days_.empty() || date - days_.back().date > kept) {
    days_.clear();
    days_.push_back({.date = date});
  }
  while (days_.back().date < date) {
    days_.push_back({.date = days_.back().date + std::chrono::days(1)});
    fill(days_.size() - 1);
    if (std::ssize(days_) > kept.count()) days_.pop_front();
  }
  const auto index = static_cast<std::size_t>((date - days_.front().date).count());
  Day& day = days_[index];
  if (day.known[quarter] && day.values[quarter] == value) return Change::none;
  const Change change = day.known[quarter] ? Change::replaced : Change::added;
  day.values[quarter] = value;
  day.known.set(quarter);
  fill(index);
  return change;
}

const PriceHistory::Day* PriceHistory::find(std::chrono::sys_days date) const {
  if (days_.empty() || date < days_.front().date || date > days_.back().date) return nullptr;
  return &days_[static_cast<std::size_t>((date - days_.front().date).count())];
}

/// Holes take the day before's price; in the first day of all, the last one known before them, or the first known
/// after.
void PriceHistory::fill(std::size_t index) {
  Day& day = days_[index];
  if (!day.known.all()) {
    std::size_t first_known = 0;
    while (first_known < civil_quarters && !day.known[first_known]) ++first_known;
    double before = first_known < civil_quarters ? day.values[first_known] : 0.0;
    for (std::size_t quarter = 0; quarter < civil_quarters; ++quarter) {
      if (!day.known[quarter]) day.values[quarter] = index > 0 ? days_[index - 1].values[quarter] : before;
      before = day.values[quarter];
    }
  }
  day.mean = std::accumulate(day.values.begin(), day.values.end(), 0.0) / static_cast<double>(civil_quarters);
}

}  // namespace gridpilot::forecast
