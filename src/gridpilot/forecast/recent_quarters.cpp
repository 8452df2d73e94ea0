#include "gridpilot/forecast/recent_quarters.hpp"

#include <cmath>

namespace gridpilot::forecast {

RecentQuarters::Place RecentQuarters::place_of(Slot slot) const {
  const CivilTime local = zone_.civil(slot.start());
  return {.kind = is_free_day_(local.date) ? std::size_t{1} : std::size_t{0},
          .quarter = static_cast<int>(std::chrono::minutes(local.minute_of_day()) / slot_length)};
}

void RecentQuarters::add(Slot slot, double value) {
  const Seconds age = reference_ - slot.start();
  if (age <= Seconds(0) || age > looked_back) return;
  const double weight = std::exp2(-std::chrono::duration<double, std::chrono::weeks::period>(age).count());
  const Place place = place_of(slot);
  Sum& sum = sums_[place.kind][static_cast<std::size_t>(place.quarter)];
  sum.weighted += weight * value;
  sum.weight += weight;
}

std::optional<double> RecentQuarters::mean(Slot slot, Shares shares) const {
  const Place place = place_of(slot);
  Sum total;
  for (std::size_t kind = 0; kind < sums_.size(); ++kind) {
    const double kind_share = kind == place.kind ? 1.0 : shares.other_kind;
    for (int shift = -1; shift <= 1; ++shift) {
      const double share = kind_share * (shift == 0 ? 1.0 : shares.neighbour);
      const int quarter = (place.quarter + shift + civil_quarters) % civil_quarters;
      const Sum& sum = sums_[kind][static_cast<std::size_t>(quarter)];
      total.weighted += share * sum.weighted;
      total.weight += share * sum.weight;
    }
  }
  if (total.weight <= 0.0) return std::nullopt;
  return total.weighted / total.weight;
}

}  // namespace gridpilot::forecast
