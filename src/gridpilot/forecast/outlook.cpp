#include "gridpilot/forecast/outlook.hpp"

#include <algorithm>
#include <cmath>

#include "gridpilot/forecast/clear_sky.hpp"
#include "gridpilot/forecast/standard_load.hpp"

namespace gridpilot::forecast {
namespace {

constexpr int days_looked_back = 28;
constexpr double least_coverage = 0.8;
constexpr double other_kind_weight = 0.25;
constexpr int pv_days_looked_back = 7;
// Below this, the ratio of measured to clear-sky energy is dawn and noise.
constexpr Energy least_clear_sky = watt_hours(40);

/// Halves with every week that lies between.
double recency_weight(int days_back) {
  return std::exp2(-days_back / 7.0);
}

const SlotEnergy* find_measured(std::span<const SlotEnergy> history, Slot slot) {
  const auto found = std::ranges::lower_bound(history, slot, {}, &SlotEnergy::slot);
  if (found == history.end() || found->slot != slot || found->coverage < least_coverage) return nullptr;
  return &*found;
}

struct WeightedMean {
  double sum = 0.0;
  double weight = 0.0;
  void add(double value, double with_weight) {
    sum += value * with_weight;
    weight += with_weight;
  }
  [[nodiscard]] bool empty() const { return weight <= 0.0; }
  [[nodiscard]] double mean() const { return sum / weight; }
};

/// The slots that begin at the same local time on the days before, with their weight.
template <class Visit>
void for_recent_days(const TimeZone& zone, const IsFreeDay& is_free_day, Slot slot, int days, Visit visit) {
  const CivilTime local = zone.civil(slot.start());
  const bool free_day = is_free_day(local.date);
  for (int back = 1; back <= days; ++back) {
    CivilTime then = local;
    then.date = plus_days(local.date, -back);
    const bool same_kind = is_free_day(then.date) == free_day;
    visit(Slot::containing(zone.instant_of(then)), recency_weight(back), same_kind);
  }
}

void fill_load(const OutlookBasis& basis, OutlookSlot& expected) {
  // One quarter of one day is mostly chance (a kettle); its neighbours share the evidence.
  constexpr double neighbour_weight = 0.5;
  WeightedMean mean;
  for_recent_days(basis.zone, basis.is_free_day, expected.slot, days_looked_back,
                  [&](Slot then, double weight, bool same_kind) {
                    if (!same_kind) weight *= other_kind_weight;
                    for (int shift = -1; shift <= 1; ++shift)
                      if (const SlotEnergy* measured = find_measured(basis.history, then + shift))
                        mean.add(in_kilowatt_hours(measured->load) / measured->coverage,
                                 shift == 0 ? weight : weight * neighbour_weight);
                  });
  if (mean.empty()) {
    expected.load = standard_load(basis.site.annual_consumption, basis.zone, expected.slot);
    expected.load_origin = Origin::standard_profile;
  } else {
    expected.load = kilowatt_hours(mean.mean());
    expected.load_origin = Origin::recent_days;
  }
}

/// Share of clear-sky energy that recent days reached around this time of day; absent without daylight in the record.
std::optional<double> recent_clearness(const OutlookBasis& basis, Slot slot) {
  constexpr int slots_around = 4;
  constexpr std::int64_t slots_a_day = std::chrono::days(1) / slot_length;
  double measured_sum = 0.0;
  double clear_sum = 0.0;
  for (int back = 1; back <= pv_days_looked_back; ++back) {
    for (int shift = -slots_around; shift <= slots_around; ++shift) {
      const Slot then = slot - back * slots_a_day + shift;
      const SlotEnergy* measured = find_measured(basis.history, then);
      if (measured == nullptr) continue;
      const Energy clear = clear_sky_energy(basis.site, then);
      if (clear < least_clear_sky) continue;
      const double weight = recency_weight(back);
      measured_sum += weight * in_kilowatt_hours(measured->pv) / measured->coverage;
      clear_sum += weight * in_kilowatt_hours(clear);
    }
  }
  if (clear_sum <= 0.0) return std::nullopt;
  return measured_sum / clear_sum;
}

void fill_pv(const OutlookBasis& basis, OutlookSlot& expected) {
  const Energy clear = clear_sky_energy(basis.site, expected.slot);
  expected.pv = clear;
  expected.pv_origin = Origin::clear_sky;
  if (clear <= Energy{}) return;
  if (const std::optional<double> clearness = recent_clearness(basis, expected.slot)) {
    expected.pv = clear * *clearness;
    expected.pv_origin = Origin::recent_days;
  }
}

}  // namespace

Outlook make_outlook(const OutlookBasis& basis, Instant now, SlotRange range) {
  Outlook outlook{.computed_at = now, .slots = {}};
  outlook.slots.reserve(static_cast<std::size_t>(std::max<std::int64_t>(range.size(), 0)));
  for (Slot slot = range.first; slot < range.last; slot = slot.next()) {
    OutlookSlot expected{.slot = slot, .load = {}, .pv = {}};
    fill_load(basis, expected);
    fill_pv(basis, expected);
    outlook.slots.push_back(expected);
  }
  return outlook;
}

std::optional<NetPrice> foreseen_price(const PriceBook& book, PriceSeries series, const TimeZone& zone,
                                       const IsFreeDay& is_free_day, Slot slot) {
  WeightedMean same_kind;
  WeightedMean other_kind;
  for_recent_days(zone, is_free_day, slot, days_looked_back, [&](Slot then, double weight, bool is_same_kind) {
    if (const std::optional<MarketPrice> known = book.find(series, then))
      (is_same_kind ? same_kind : other_kind).add(known->price.per_kwh(), weight);
  });
  if (!same_kind.empty()) return NetPrice::from_per_kwh(same_kind.mean());
  if (!other_kind.empty()) return NetPrice::from_per_kwh(other_kind.mean());
  return std::nullopt;
}

}  // namespace gridpilot::forecast
