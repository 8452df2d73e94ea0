// What the API's documents cost the loop: the largest page of readings, a plan, a status.
#include <benchmark/benchmark.h>

#include "gridpilot/api/documents.hpp"
#include "support/fixed_house.hpp"

using namespace gridpilot;

namespace {

const Instant now = parse_rfc3339("2026-03-25T12:07:20Z").value();

void readings_page(benchmark::State& state) {
  std::vector<Reading> readings(static_cast<std::size_t>(state.range(0)), testing::FixedHouse::reading_at(now));
  for (std::size_t i = 0; i < readings.size(); ++i) {
    readings[i].time = now + Seconds(20) * static_cast<int>(i);
    readings[i].soc = percent(static_cast<double>(i % 10000) / 100.0);
    readings[i].pv = watts(static_cast<double>(i % 5000));
  }
  for (auto _ : state) benchmark::DoNotOptimize(api::readings_document("20s", readings, std::nullopt));
}
BENCHMARK(readings_page)->Arg(5000)->Unit(benchmark::kMicrosecond);

void plan(benchmark::State& state) {
  const testing::FixedHouse house(now);
  for (auto _ : state) benchmark::DoNotOptimize(api::plan_document(house.snapshot()));
}
BENCHMARK(plan)->Unit(benchmark::kMicrosecond);

void status(benchmark::State& state) {
  const testing::FixedHouse house(now);
  const TimeZone zone = TimeZone::utc();
  for (auto _ : state) benchmark::DoNotOptimize(api::status_document(house.snapshot(), zone));
}
BENCHMARK(status)->Unit(benchmark::kMicrosecond);

void prices_of_eight_days(benchmark::State& state) {
  std::vector<api::PricedSlot> slots(768);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    slots[i].price = {.slot = Slot::containing(now) + static_cast<std::int64_t>(i),
                      .import_price = GrossPrice::from_nanos_per_kwh(945'678'123),
                      .export_price = GrossPrice::from_nanos_per_kwh(439'000'000),
                      .market = NetPrice::from_nanos_per_kwh(439'120'000),
                      .foreseen = false,
                      .zone = "high"};
    slots[i].source = "csdac-pln";
    slots[i].published_at = now;
  }
  for (auto _ : state) benchmark::DoNotOptimize(api::prices_document(slots, "PLN"));
}
BENCHMARK(prices_of_eight_days)->Unit(benchmark::kMicrosecond);

}  // namespace
