#pragma once

#include <cmath>
#include <vector>

#include "gridpilot/forecast/backtest.hpp"
#include "gridpilot/forecast/clear_sky.hpp"
#include "gridpilot/forecast/recent_quarters.hpp"
#include "support/random.hpp"

namespace gridpilot::forecast {

inline const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

inline const IsFreeDay weekend = [](std::chrono::year_month_day date) {
  const std::chrono::weekday day{std::chrono::sys_days(date)};
  return day == std::chrono::Saturday || day == std::chrono::Sunday;
};

inline Site home() {
  Site site;
  site.planes = {{}};
  return site;
}

/// A household's days, kWh a slot: 0.08 at night, an evening peak of 0.4 on working days and of 0.6 on free days,
/// varied by a third either way.
inline std::vector<Observation> household(std::chrono::year_month_day first, int days, std::uint64_t seed) {
  testing::Random random(seed);
  std::vector<Observation> load;
  const SlotRange range{warsaw().slots_of(first).first, warsaw().slots_of(plus_days(first, days)).first};
  for (Slot slot = range.first; slot < range.last; slot = slot.next()) {
    const CivilTime local = warsaw().civil(slot.start());
    const bool is_evening = local.hour >= 18 && local.hour < 22;
    const double usual = !is_evening ? 0.08 : weekend(local.date) ? 0.6 : 0.4;
    load.push_back({.slot = slot, .value = usual * random.between(0.67, 1.33)});
  }
  return load;
}

/// PV of home() under clouds that change from day to day and a little from slot to slot, kWh a slot.
inline std::vector<Observation> cloudy_sun(std::chrono::year_month_day first, int days, std::uint64_t seed) {
  testing::Random random(seed);
  std::vector<Observation> pv;
  double clearness = 0.7;
  const SlotRange range{warsaw().slots_of(first).first, warsaw().slots_of(plus_days(first, days)).first};
  for (Slot slot = range.first; slot < range.last; slot = slot.next()) {
    if (slot.index() % 96 == 0) clearness = random.between(0.2, 1.0);
    pv.push_back({.slot = slot,
                  .value = in_kilowatt_hours(clear_sky_energy(home(), slot)) * clearness * random.between(0.9, 1.0)});
  }
  return pv;
}

}  // namespace gridpilot::forecast
