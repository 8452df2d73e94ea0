#include "gridpilot/forecast/outlook.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gridpilot/forecast/clear_sky.hpp"
#include "gridpilot/forecast/standard_load.hpp"

namespace gridpilot::forecast {
namespace {

constexpr double least_coverage = 0.8;
constexpr int pv_days_looked_back = 7;
constexpr std::int64_t slots_between_days = std::chrono::days(1) / slot_length;

RecentQuarters recent_load(const OutlookBasis& basis, Instant now) {
  RecentQuarters quarters(basis.zone, basis.is_free_day, now);
  for (const SlotEnergy& measured : basis.history)
    if (measured.coverage >= least_coverage)
      quarters.add(measured.slot, in_kilowatt_hours(measured.load) / measured.coverage);
  return quarters;
}

/// Measured and clear-sky PV of the last week, by slot, so that ratios around a time of day are sums over neighbours.
class RecentClearness {
 public:
  RecentClearness(const OutlookBasis& basis, Slot present)
      : first_(present - pv_days_looked_back * slots_between_days - slots_around),
        pairs_(static_cast<std::size_t>(present - first_)) {
    const auto from = std::ranges::lower_bound(basis.history, first_, {}, &SlotEnergy::slot);
    for (auto measured = from; measured != basis.history.end() && measured->slot < present; ++measured) {
      if (measured->coverage < least_coverage) continue;
      const Energy clear = clear_sky_energy(basis.site, measured->slot);
      // Below this, the ratio of measured to clear-sky energy is dawn and noise.
      if (clear < watt_hours(40)) continue;
      pairs_[static_cast<std::size_t>(measured->slot - first_)] = {.measured = measured->pv / measured->coverage,
                                                                   .clear = clear};
    }
  }

  /// Share of clear-sky energy that recent days reached around this time of day; absent without daylight in the record.
  [[nodiscard]] std::optional<double> around(Slot slot) const {
    Energy measured;
    Energy clear;
    const std::int64_t days_ahead = (slot - end()) / slots_between_days + 1;
    for (std::int64_t back = std::max<std::int64_t>(days_ahead, 1); back < days_ahead + pv_days_looked_back; ++back) {
      const double weight = std::exp2(-static_cast<double>(back) / 7.0);
      for (int shift = -slots_around; shift <= slots_around; ++shift) {
        const std::int64_t at = slot - back * slots_between_days + shift - first_;
        if (at < 0 || at >= std::ssize(pairs_)) continue;
        measured += pairs_[static_cast<std::size_t>(at)].measured * weight;
        clear += pairs_[static_cast<std::size_t>(at)].clear * weight;
      }
    }
    if (clear <= Energy{}) return std::nullopt;
    return measured / clear;
  }

 private:
  static constexpr int slots_around = 4;
  struct Pair {
    Energy measured, clear;
  };
  [[nodiscard]] Slot end() const { return first_ + std::ssize(pairs_); }

  Slot first_;
  std::vector<Pair> pairs_;
};

void fill_load(const OutlookBasis& basis, const RecentQuarters& recent, OutlookSlot& expected) {
  // One quarter of one day is mostly chance (a kettle): its neighbours share the evidence.
  if (const auto mean = recent.mean(expected.slot, {.other_kind = 0.25, .neighbour = 0.5})) {
    expected.load = kilowatt_hours(*mean);
    expected.load_origin = Origin::recent_days;
  } else {
    expected.load = standard_load(basis.site.annual_consumption, basis.zone, expected.slot);
    expected.load_origin = Origin::standard_profile;
  }
}

void fill_pv(const OutlookBasis& basis, const RecentClearness& recent, OutlookSlot& expected) {
  expected.pv = clear_sky_energy(basis.site, expected.slot);
  expected.pv_origin = Origin::clear_sky;
  if (expected.pv <= Energy{}) return;
  if (const auto clearness = recent.around(expected.slot)) {
    expected.pv = expected.pv * *clearness;
    expected.pv_origin = Origin::recent_days;
  }
}

}  // namespace

Outlook make_outlook(const OutlookBasis& basis, Instant now, SlotRange range) {
  Outlook outlook{.computed_at = now, .slots = {}};
  outlook.slots.reserve(static_cast<std::size_t>(std::max<std::int64_t>(range.size(), 0)));
  const RecentQuarters load = recent_load(basis, now);
  const RecentClearness clearness(basis, Slot::containing(now));
  for (Slot slot = range.first; slot < range.last; slot = slot.next()) {
    OutlookSlot expected{.slot = slot, .load = {}, .pv = {}};
    fill_load(basis, load, expected);
    fill_pv(basis, clearness, expected);
    outlook.slots.push_back(expected);
  }
  return outlook;
}

}  // namespace gridpilot::forecast
