#pragma once

#include <gtest/gtest.h>

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

/// What a forecaster said at the beginning of a slot, of the two days from then on, after going through the series.
template <class MakeForecaster>
IssuedForecast issued_at(const std::vector<Observation>& series, Slot present, MakeForecaster&& make) {
  auto forecaster = make();
  IssuedForecast issued;
  const std::vector<Instant> issues{present.start()};
  replay({.series = series,
          .issues = issues,
          .known_at = known_when_measured,
          .asked = [](Instant t) { return SlotRange{Slot::containing(t), Slot::containing(t) + 192}; }},
         forecaster, [&](const IssuedForecast& said) { issued = said; });
  return issued;
}

/// Whatever comes from a slot on changes nothing in what is said when it begins; what came before does.
template <class MakeForecaster>
void expect_to_see_nothing_from(std::size_t index, std::vector<Observation> series, double other,
                                MakeForecaster&& make) {
  const Slot present = series[index].slot;
  const IssuedForecast before = issued_at(series, present, make);
  for (std::size_t later = index; later < series.size(); ++later) series[later].value = other;
  EXPECT_EQ(issued_at(series, present, make).slots, before.slots);
  series[index - 1].value = other;
  EXPECT_NE(issued_at(series, present, make).slots, before.slots);
}

}  // namespace gridpilot::forecast
