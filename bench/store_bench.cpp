// The record: rows per second, charts, what a commit costs, and two simulated days as the demo writes them.
// bench/store.sh runs it beside Python's sqlite3 on the same schema and the same values.
#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "gridpilot/os/cpu_stopwatch.hpp"
#include "gridpilot/store/sqlite/chart.hpp"
#include "gridpilot/store/sqlite/file.hpp"
#include "gridpilot/store/sqlite/inserts.hpp"
#include "gridpilot/store/sqlite/record.hpp"

namespace {

using namespace gridpilot;
namespace fs = std::filesystem;
using store::SqliteRecord;

constexpr std::int64_t day_s = 86'400;
constexpr Instant start{Seconds(20'000 * day_s)};
constexpr std::int64_t readings_a_day = day_s / 20;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "gridpilot-bench-XXXXXX").native();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] fs::path file() const { return path_ / "gridpilot.db"; }

 private:
  fs::path path_;
};

/// 25 values and three codes, none absent.
Reading reading_number(std::int64_t i) {
  const auto wave = [i](int period, int size) { return static_cast<double>((i * 7919) % period * size / period); };
  Reading r;
  r.time = start + Seconds(20 * i);
  r.soc = percent(wave(1000, 100));
  r.state_of_health = percent(98);
  r.pv = watts(wave(977, 6000));
  r.load = watts(wave(613, 4000));
  r.grid = watts(wave(787, 8000) - 4000);
  r.battery = watts(wave(911, 6000) - 3000);
  r.backup = watts(wave(101, 500));
  r.grid_l1 = watts(wave(103, 2000) - 1000);
  r.grid_l2 = watts(wave(107, 2000) - 1000);
  r.grid_l3 = watts(wave(109, 2000) - 1000);
  r.grid_voltage_l1 = r.grid_voltage_l2 = r.grid_voltage_l3 = volts(225 + wave(97, 100) / 10);
  r.battery_voltage = volts(380 + wave(89, 400) / 10);
  r.battery_current = amperes(wave(83, 500) / 10 - 25);
  r.battery_charge_limit = r.battery_discharge_limit = amperes(25);
  r.battery_temperature = celsius(20 + wave(79, 50) / 10);
  r.inverter_temperature = celsius(35 + wave(73, 100) / 10);
  const auto counted = static_cast<double>(i) * 0.01;
  r.pv_total = kilowatt_hours(12'000 + counted);
  r.load_total = kilowatt_hours(9'000 + counted);
  r.import_total = kilowatt_hours(4'000 + counted);
  r.export_total = kilowatt_hours(5'000 + counted);
  r.charge_total = kilowatt_hours(2'000 + counted);
  r.discharge_total = kilowatt_hours(1'900 + counted);
  r.operation_mode = 1;
  return r;
}

Plan plan_number(std::int64_t i) {
  Plan plan;
  const Slot first = Slot::containing(start) + i;
  plan.computed_at = first.start();
  for (int n = 0; n < 140; ++n) {
    PlanSlot& s = plan.slots.emplace_back();
    s.slot = first + n;
    const auto x = static_cast<double>((i + n) * 7919 % 1000);
    s.price.import_price = GrossPrice::from_per_kwh(0.4 + x / 977);
    s.price.export_price = GrossPrice::from_per_kwh(0.2 + x / 1777);
    s.outlook = {.slot = s.slot, .load = watt_hours(90 + x / 7), .pv = watt_hours(n % 96 < 40 ? 0 : x)};
    s.flow = {.ac = watt_hours(x - 500),
              .grid_import = watt_hours(x / 3),
              .stored = watt_hours(1000 + 5 * x),
              .value_of_stored = per_kilowatt_hour(0.4 + static_cast<double>(n / 20) * 0.01234567)};
    s.cost = currency(x / 1000);
  }
  return plan;
}

Decision decision_number(std::int64_t i) {
  return {.time = start + Seconds(20 * i),
          .command = {.action = Action::charge, .power = watts(3000), .stop_soc = percent(90), .until = start},
          .reason = "02:15 to 04:00 is the cheapest time before the evening, at 0.41 PLN per kWh",
          .alternatives = {{Action::self_use, watts(0), currency(0.31)}, {Action::hold, watts(0), currency(0.12)}}};
}

template <class T>
T finished(net::asio::io_context& io, net::Awaitable<Result<T>> task) {
  std::optional<Result<T>> result;
  net::asio::co_spawn(io, std::move(task),
                      [&](std::exception_ptr, Result<T> value) { result.emplace(std::move(value)); });
  io.restart();
  io.run();
  if constexpr (std::is_void_v<T>)
    result->value();
  else
    return std::move(result->value());
}

void insert_readings(benchmark::State& state) {
  constexpr std::int64_t rows = 30'240;
  std::vector<Reading> readings;
  for (std::int64_t i = 0; i < rows; ++i) readings.push_back(reading_number(i));
  for (auto _ : state) {
    state.PauseTiming();
    const Folder folder;
    auto file = store::open_record_file(folder.file(), store::migrations(), std::chrono::seconds(1)).value();
    auto inserts = store::Inserts::prepare(file.database).value();
    state.ResumeTiming();
    auto transaction = store::Transaction::begin(file.database).value();
    for (const Reading& r : readings) inserts.reading(r).value();
    transaction.commit().value();
  }
  state.SetItemsProcessed(state.iterations() * rows);
}
BENCHMARK(insert_readings)->Unit(benchmark::kMillisecond)->UseRealTime();

/// 30 days of readings.
const Folder& month() {
  static const Folder folder;
  static const bool filled = [] {
    auto file = store::open_record_file(folder.file(), store::migrations(), std::chrono::seconds(1)).value();
    auto inserts = store::Inserts::prepare(file.database).value();
    auto transaction = store::Transaction::begin(file.database).value();
    for (std::int64_t i = 0; i < 30 * readings_a_day; ++i) inserts.reading(reading_number(i)).value();
    transaction.commit().value();
    return true;
  }();
  static_cast<void>(filled);
  return folder;
}

void chart(benchmark::State& state) {
  const store::Database database = store::open_for_queries(month().file(), std::chrono::seconds(1)).value();
  const ports::TimeRange range{start + Seconds(10 * day_s), start + Seconds((10 + state.range(0)) * day_s)};
  std::size_t points = 0;
  for (auto _ : state) points = store::query_chart(database, range, Seconds(state.range(1)), 100'000).value().size();
  state.counters["points"] = static_cast<double>(points);
}
BENCHMARK(chart)
    ->ArgNames({"days", "step_s"})
    ->ArgsProduct({{1, 2}, {60, 300, 900, 3600}})
    ->Args({20, 86'400})
    ->Unit(benchmark::kMillisecond);

void open_new_record(benchmark::State& state) {
  net::asio::io_context io;
  for (auto _ : state) {
    state.PauseTiming();
    auto folder = std::make_unique<Folder>();
    state.ResumeTiming();
    auto record = SqliteRecord::open({.path = folder->file()}, io.get_executor()).value();
    state.PauseTiming();
    record.reset();
    folder.reset();
    state.ResumeTiming();
  }
}
BENCHMARK(open_new_record)->Unit(benchmark::kMillisecond)->UseRealTime();

void synced_decisions(benchmark::State& state) {
  const Folder folder;
  net::asio::io_context io;
  auto record = SqliteRecord::open({.path = folder.file()}, io.get_executor()).value();
  const std::int64_t at_once = state.range(0);
  std::int64_t number = 0;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < at_once; ++i)
      net::asio::co_spawn(io, record->store_decision(decision_number(++number)),
                          [](std::exception_ptr, Result<std::int64_t> id) { id.value(); });
    io.restart();
    io.run();
  }
  state.SetItemsProcessed(state.iterations() * at_once);
}
BENCHMARK(synced_decisions)
    ->ArgName("at_once")
    ->Arg(1)
    ->Arg(16)
    ->Arg(256)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// Two simulated days at full speed: readings, slot energies and plans handed over, one decision in 12 readings
/// awaited.
net::Awaitable<Result<void>> two_days(SqliteRecord* record) {
  for (std::int64_t i = 0; i < 2 * readings_a_day; ++i) {
    record->append(reading_number(i));
    if (i % 45 == 0) {
      record->append(SlotEnergy{.slot = Slot::containing(start) + i / 45});
      record->store_plan(plan_number(i / 45));
    }
    if (i % 12 == 0)
      if (auto id = co_await record->store_decision(decision_number(i)); !id) co_return std::move(id).failed();
  }
  co_return co_await record->flush();
}

void two_days_of_the_demo(benchmark::State& state) {
  double loop_ms = 0;
  double bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto folder = std::make_unique<Folder>();
    net::asio::io_context io;
    auto record = SqliteRecord::open({.path = folder->file()}, io.get_executor()).value();
    const os::CpuStopwatch loop;
    state.ResumeTiming();
    finished(io, two_days(record.get()));
    state.PauseTiming();
    loop_ms = static_cast<double>(loop.cpu().count()) / 1e6;
    finished(io, record->close());
    bytes = static_cast<double>(fs::file_size(folder->file()));
    record.reset();
    folder.reset();
    state.ResumeTiming();
  }
  state.counters["loop_cpu_ms"] = loop_ms;
  state.counters["file_bytes"] = bytes;
}
BENCHMARK(two_days_of_the_demo)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

void hand_over_a_reading(benchmark::State& state) {
  const Folder folder;
  net::asio::io_context io;
  auto record = SqliteRecord::open({.path = folder.file()}, io.get_executor()).value();
  const Reading reading = reading_number(1);
  for (auto _ : state) record->append(reading);
}
BENCHMARK(hand_over_a_reading)->Iterations(100'000);

}  // namespace
