// A year of forecasts for a home, 96 issues a day, each two days long (docs/performance.md).
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <vector>

#include "gridpilot/forecast/clear_sky.hpp"
#include "gridpilot/forecast/load_forecaster.hpp"
#include "gridpilot/forecast/price_outlook.hpp"
#include "gridpilot/forecast/pv_forecaster.hpp"

namespace {

using namespace gridpilot;
using namespace std::chrono_literals;

constexpr std::int64_t slots_foreseen = std::chrono::hours(48) / slot_length;

bool is_weekend(std::chrono::year_month_day date) {
  const std::chrono::weekday day{std::chrono::sys_days(date)};
  return day == std::chrono::Saturday || day == std::chrono::Sunday;
}

/// A market with two peaks, cheap weekends and a level that wanders.
std::vector<forecast::Observation> prices(const TimeZone& zone, int days) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  std::vector<forecast::Observation> series;
  double level = 0.4;
  for (int day = 0; day < days; ++day) {
    const std::chrono::sys_days date = std::chrono::sys_days(2025y / 1 / 1) + std::chrono::days(day);
    level += 0.2 * (0.4 - level) + 0.06 * normal(random);
    const SlotRange slots = zone.slots_of(date);
    for (Slot slot = slots.first; slot < slots.last; slot = slot.next()) {
      const double hour = zone.civil(slot.start()).minute_of_day() / 60.0;
      const double shape = 0.15 * std::cos((hour - 8.0) / 6.0 * 3.14159265) - (is_weekend(date) ? 0.1 : 0.0);
      series.push_back({.slot = slot, .value = level + shape + 0.02 * normal(random)});
    }
  }
  return series;
}

/// Prices are learnt a day at a time, when they are published; every quarter of an hour two days are foreseen.
void year_of_prices(benchmark::State& state) {
  const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  constexpr int days = 365;
  const std::vector<forecast::Observation> series = prices(zone, days);
  std::size_t issues = 0;
  for (auto _ : state) {
    forecast::PriceForecaster forecaster(zone, is_weekend);
    std::size_t learnt = 0;
    issues = 0;
    while (learnt < series.size()) {
      const SlotRange day = zone.slots_of(zone.date_of(series[learnt].slot.start()));
      for (; learnt < series.size() && series[learnt].slot < day.last; ++learnt) forecaster.learn(series[learnt]);
      for (Slot slot = day.first; slot < day.last; slot = slot.next(), ++issues) {
        auto expected = forecaster.forecast(slot.start(), {day.last, day.last + slots_foreseen}, {});
        benchmark::DoNotOptimize(expected.data());
      }
    }
  }
  state.counters["issues"] = static_cast<double>(issues);
}
BENCHMARK(year_of_prices)->Unit(benchmark::kMillisecond);

/// A slot is learnt when it is over; then two days are foreseen.
template <class Forecaster>
void go_through_year(benchmark::State& state, const std::vector<forecast::Observation>& series,
                     const Forecaster& fresh) {
  for (auto _ : state) {
    Forecaster forecaster = fresh;
    for (const forecast::Observation& known : series) {
      forecaster.learn(known);
      const Slot present = known.slot.next();
      auto expected = forecaster.forecast(present.start(), {present, present + slots_foreseen}, {});
      benchmark::DoNotOptimize(expected.data());
    }
  }
  state.counters["issues"] = static_cast<double>(series.size());
}

void year_of_load(benchmark::State& state) {
  const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> varied(0.5, 1.5);
  std::vector<forecast::Observation> series = prices(zone, 365);
  for (forecast::Observation& slot : series) {
    const int hour = zone.civil(slot.slot.start()).hour;
    slot.value = (hour >= 17 && hour < 22 ? 0.4 : 0.08) * varied(random);
  }
  go_through_year(state, series, forecast::LoadForecaster(zone, is_weekend, kilowatt_hours(4000)));
}
BENCHMARK(year_of_load)->Unit(benchmark::kMillisecond);

void year_of_pv(benchmark::State& state) {
  const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  Site site;
  site.planes = {PvPlane{}};
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> clearness(0.1, 1.0);
  std::vector<forecast::Observation> series = prices(zone, 365);
  for (forecast::Observation& slot : series)
    slot.value = in_kilowatt_hours(forecast::clear_sky_energy(site, slot.slot)) * clearness(random);
  go_through_year(state, series, forecast::PvForecaster(site));
}
BENCHMARK(year_of_pv)->Unit(benchmark::kMillisecond);

}  // namespace
