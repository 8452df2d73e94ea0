#include "gridpilot/store/sqlite/record.hpp"

#include <algorithm>
#include <utility>

#include "gridpilot/store/sqlite/chart.hpp"
#include "gridpilot/store/sqlite/file.hpp"
#include "gridpilot/store/sqlite/forecast_packing.hpp"
#include "gridpilot/store/sqlite/plan_packing.hpp"
#include "gridpilot/store/sqlite/queries.hpp"
#include "gridpilot/store/sqlite/readers.hpp"
#include "gridpilot/store/sqlite/writer.hpp"

namespace gridpilot::store {
namespace {

constexpr std::chrono::seconds closing_time{5};

std::unexpected<Error> is_closed() {
  return failure(ErrorCode::cancelled, "the record is closed");
}

}  // namespace

struct SqliteRecord::Parts {
  Parts(net::asio::any_io_executor executor, OpenedFile file, Inserts inserts, Writer::Settings settings,
        std::vector<Database> connections)
      : loop(std::move(executor)),
        notices(std::move(file.notices)),
        writer(std::move(file.database), std::move(inserts), settings),
        readers(std::move(connections)) {}

  /// Hands over a row and waits until it is committed.
  template <class Answer, class Add>
  [[nodiscard]] net::Awaitable<Result<Answer>> written(Add add) {
    auto outcome = std::make_shared<Outcome<Answer>>(loop);
    if (!writer.enqueue([&](Batch& batch) { add(batch, Outcome<Answer>::deliver(outcome)); })) co_return is_closed();
    co_return co_await Outcome<Answer>::wait(std::move(outcome));
  }

  /// Asks on a thread of the readers, after everything that has been handed over is committed. While that fails, what
  /// is on disk must do.
  template <class Answer, class Query>
  [[nodiscard]] net::Awaitable<Result<Answer>> asked(Query query) {
    if (closed) co_return is_closed();
    if (writer.has_uncommitted() && !writer.health())
      static_cast<void>(co_await written<void>(
          [](Batch& batch, Outcome<void>::Deliver done) { batch.committed.push_back(std::move(done)); }));
    auto outcome = std::make_shared<Outcome<Answer>>(loop);
    const bool accepted = readers.ask(
        [query = std::move(query), deliver = Outcome<Answer>::deliver(outcome)](const Database* database) mutable {
          deliver(database != nullptr ? query(*database) : Result<Answer>(is_closed()));
        });
    if (!accepted) co_return failure(ErrorCode::busy, "the record has too many questions waiting");
    co_return co_await Outcome<Answer>::wait(std::move(outcome));
  }

  net::asio::any_io_executor loop;
  std::vector<std::string> notices;
  SourceNames source_names;
  std::optional<Slot> last_plan;
  std::optional<Error> refused_plan;
  std::optional<Error> refused_forecast;
  bool closed = false;
  Writer writer;
  Readers readers;  // closed first, so that the writer is the last connection and tidies the log
};

Result<std::unique_ptr<SqliteRecord>> SqliteRecord::open(const Options& options, net::asio::any_io_executor loop) {
  Result<OpenedFile> file = open_record_file(options.path, migrations(), options.lock_wait);
  if (!file) return std::move(file).failed();
  Result<Inserts> inserts = Inserts::prepare(file->database);
  if (!inserts) return std::move(inserts).failed();
  std::vector<Database> connections;
  for (int i = 0; i < std::max(1, options.reader_threads); ++i) {
    Result<Database> connection = open_for_queries(options.path, options.lock_wait);
    if (!connection) return std::move(connection).failed();
    connections.push_back(std::move(*connection));
  }
  return std::unique_ptr<SqliteRecord>(
      new SqliteRecord(std::make_unique<Parts>(std::move(loop), std::move(*file), std::move(*inserts),
                                               Writer::Settings{.flush_after = options.flush_after,
                                                                .flush_rows = options.flush_rows,
                                                                .buffer_rows = options.buffer_rows,
                                                                .retry_after = options.retry_after},
                                               std::move(connections))));
}

SqliteRecord::SqliteRecord(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

SqliteRecord::~SqliteRecord() = default;

const std::vector<std::string>& SqliteRecord::notices() const {
  return parts_->notices;
}

net::Awaitable<Result<void>> SqliteRecord::close() {
  if (std::exchange(parts_->closed, true)) co_return is_closed();
  const auto deadline = std::chrono::steady_clock::now() + closing_time;
  auto readers_closed = std::make_shared<Outcome<void>>(parts_->loop);
  parts_->readers.finish(Outcome<void>::deliver(readers_closed));
  static_cast<void>(co_await Outcome<void>::wait(std::move(readers_closed), deadline));
  auto writer_closed = std::make_shared<Outcome<void>>(parts_->loop);
  parts_->writer.finish(Outcome<void>::deliver(writer_closed));
  co_return co_await Outcome<void>::wait(std::move(writer_closed), deadline);
}

void SqliteRecord::append(const Reading& reading) {
  parts_->writer.enqueue([&](Batch& batch) { batch.readings.push_back(reading); });
}

void SqliteRecord::append(const SlotEnergy& energy) {
  parts_->writer.enqueue([&](Batch& batch) { batch.energies.push_back(energy); });
}

void SqliteRecord::store_plan(const Plan& plan) {
  if (plan.slots.empty() || plan.slots.front().slot == parts_->last_plan) return;
  parts_->last_plan = plan.slots.front().slot;
  Result<std::vector<std::byte>> packed = pack_slots(plan.slots);
  parts_->refused_plan = packed ? std::nullopt : std::optional(packed.error());
  if (!packed) return;
  parts_->writer.enqueue([&](Batch& batch) {
    batch.plans.push_back({.slot = plan.slots.front().slot,
                           .computed_at = plan.computed_at,
                           .horizon_end = plan.slots.back().slot.next(),
                           .initial = plan.initial,
                           .cost = plan.cost,
                           .value_of_stored = plan.value_of_stored,
                           .slots = std::move(*packed)});
  });
}

net::Awaitable<Result<void>> SqliteRecord::store_prices(PriceSeries series, std::vector<MarketPrice> prices) {
  co_return co_await parts_->written<void>([&](Batch& batch, Outcome<void>::Deliver done) {
    batch.prices.push_back({{series, std::move(prices)}, std::move(done)});
  });
}

net::Awaitable<Result<std::int64_t>> SqliteRecord::store_decision(Decision decision) {
  co_return co_await parts_->written<std::int64_t>([&](Batch& batch, Outcome<std::int64_t>::Deliver done) {
    batch.decisions.push_back({std::move(decision), std::move(done)});
  });
}

net::Awaitable<Result<void>> SqliteRecord::judge_decision(std::int64_t decision_id, Verdict verdict) {
  co_return co_await parts_->written<void>([&](Batch& batch, Outcome<void>::Deliver done) {
    batch.judgements.push_back({{decision_id, verdict}, std::move(done)});
  });
}

net::Awaitable<Result<void>> SqliteRecord::store_command(ports::RecordedCommand command) {
  co_return co_await parts_->written<void>([&](Batch& batch, Outcome<void>::Deliver done) {
    batch.commands.push_back({std::move(command), std::move(done)});
  });
}

net::Awaitable<Result<void>> SqliteRecord::flush() {
  co_return co_await parts_->written<void>(
      [](Batch& batch, Outcome<void>::Deliver done) { batch.synced.push_back(std::move(done)); });
}

std::optional<Error> SqliteRecord::health() const {
  std::optional<Error> sick = parts_->writer.health();
  if (sick) return sick;
  return parts_->refused_plan ? parts_->refused_plan : parts_->refused_forecast;
}

net::Awaitable<Result<std::vector<Reading>>> SqliteRecord::readings(ports::TimeRange range, std::size_t limit) {
  co_return co_await parts_->asked<std::vector<Reading>>(
      [range, limit](const Database& database) { return query_readings(database, range, limit); });
}

net::Awaitable<Result<std::vector<ports::ChartPoint>>> SqliteRecord::chart(ports::TimeRange range, Seconds step,
                                                                           std::size_t limit) {
  co_return co_await parts_->asked<std::vector<ports::ChartPoint>>(
      [range, step, limit](const Database& database) { return query_chart(database, range, step, limit); });
}

net::Awaitable<Result<std::vector<ports::ChartPoint>>> SqliteRecord::chart_between(std::vector<Instant> boundaries) {
  co_return co_await parts_->asked<std::vector<ports::ChartPoint>>(
      [boundaries = std::move(boundaries)](const Database& database) { return query_chart(database, boundaries); });
}

net::Awaitable<Result<std::vector<SlotEnergy>>> SqliteRecord::slot_energies(ports::TimeRange range) {
  co_return co_await parts_->asked<std::vector<SlotEnergy>>(
      [range](const Database& database) { return query_slot_energies(database, range); });
}

net::Awaitable<Result<std::vector<MarketPrice>>> SqliteRecord::prices(PriceSeries series, ports::TimeRange range) {
  SourceNames* names = &parts_->source_names;
  co_return co_await parts_->asked<std::vector<MarketPrice>>(
      [series, range, names](const Database& database) { return query_prices(database, series, range, *names); });
}

net::Awaitable<Result<std::optional<ports::RecordedPlan>>> SqliteRecord::plan_of(Slot slot) {
  co_return co_await parts_->asked<std::optional<ports::RecordedPlan>>(
      [slot](const Database& database) { return query_plan(database, slot); });
}

net::Awaitable<Result<std::vector<ports::RecordedDecision>>> SqliteRecord::decisions(
    ports::TimeRange range, std::size_t limit, std::optional<std::int64_t> before_id) {
  co_return co_await parts_->asked<std::vector<ports::RecordedDecision>>(
      [range, limit, before_id](const Database& database) {
        return query_decisions(database, range, limit, before_id);
      });
}

net::Awaitable<Result<std::optional<Reading>>> SqliteRecord::last_reading() {
  co_return co_await parts_->asked<std::optional<Reading>>(query_last_reading);
}

net::Awaitable<Result<int>> SqliteRecord::registers_written_since(Instant from) {
  co_return co_await parts_->asked<int>(
      [from](const Database& database) { return query_registers_written(database, from); });
}

void SqliteRecord::store_forecast(ForecastSeries series, const IssuedForecast& forecast) {
  Result<std::vector<std::byte>> packed = pack_quantiles(series, forecast.slots);
  parts_->refused_forecast = packed ? std::nullopt : std::optional(packed.error());
  if (!packed) return;
  parts_->writer.enqueue([&](Batch& batch) {
    batch.forecasts.push_back(
        {.series = series, .issued_at = forecast.issued_at, .first = forecast.first, .slots = std::move(*packed)});
  });
}

void SqliteRecord::store_scores(std::vector<DailyScore> scores) {
  parts_->writer.enqueue([&](Batch& batch) { batch.scores.insert(batch.scores.end(), scores.begin(), scores.end()); });
}

void SqliteRecord::forget_forecasts_before(Instant instant) {
  parts_->writer.enqueue([&](Batch& batch) { batch.forget_forecasts_before = instant; });
}

net::Awaitable<Result<std::vector<IssuedForecast>>> SqliteRecord::forecasts(ForecastSeries series,
                                                                            ports::TimeRange issued) {
  co_return co_await parts_->asked<std::vector<IssuedForecast>>(
      [series, issued](const Database& database) { return query_forecasts(database, series, issued); });
}

net::Awaitable<Result<std::vector<DailyScore>>> SqliteRecord::scores(std::chrono::year_month_day from) {
  co_return co_await parts_->asked<std::vector<DailyScore>>(
      [from](const Database& database) { return query_scores(database, from); });
}

}  // namespace gridpilot::store
