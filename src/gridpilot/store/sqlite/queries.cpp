#include "gridpilot/store/sqlite/queries.hpp"

#include <algorithm>
#include <limits>

#include "gridpilot/store/sqlite/forecast_packing.hpp"
#include "gridpilot/store/sqlite/integers.hpp"
#include "gridpilot/store/sqlite/plan_packing.hpp"

namespace gridpilot::store {
namespace {

std::int64_t seconds(Instant t) {
  return t.time_since_epoch().count();
}

Instant instant(std::int64_t s) {
  return Instant(Seconds(s));
}

/// Reads one column after the other.
class Columns {
 public:
  explicit Columns(const Statement& row) : row_(row) {}
  std::int64_t integer() { return row_.integer(column_++); }
  std::optional<std::int64_t> optional_integer() { return row_.optional_integer(column_++); }
  std::string_view text() { return row_.text(column_++); }
  std::optional<std::string> optional_text() {
    if (!row_.is_null(column_)) return std::string(text());
    ++column_;
    return std::nullopt;
  }
  Instant time() { return instant(integer()); }
  template <class Q>
  Q quantity() {
    return from_integer<Q>(integer());
  }
  template <class Q, class Rep>
  void read(Measured<Q, Rep>& into) {
    if (const std::optional<std::int64_t> number = optional_integer()) into = from_integer<Q>(*number);
  }

 private:
  const Statement& row_;
  int column_ = 0;
};

template <class... Values>
Result<Statement> ask(const Database& database, std::string_view sql, Values... values) {
  Result<Statement> statement = database.prepare(sql);
  if (!statement) return statement;
  int position = 0;
  (statement->bind(++position, values), ...);
  return statement;
}

std::int64_t as_sql_limit(std::size_t limit) {
  return static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int32_t>::max()));
}

/// Calls `take` for each row; it returns a failure to stop.
template <class Take>
Result<void> for_each_row(Statement& rows, Take take) {
  for (;;) {
    Result<bool> row = rows.step();
    if (!row) return std::move(row).failed();
    if (!*row) return {};
    if (Result<void> taken = take(rows); !taken) return taken;
  }
}

Reading reading_of(const Statement& row) {
  Columns c(row);
  Reading r;
  r.time = c.time();
  c.read(r.soc);
  c.read(r.pv);
  c.read(r.load);
  c.read(r.grid);
  c.read(r.battery);
  c.read(r.state_of_health);
  c.read(r.backup);
  c.read(r.grid_l1);
  c.read(r.grid_l2);
  c.read(r.grid_l3);
  c.read(r.grid_voltage_l1);
  c.read(r.grid_voltage_l2);
  c.read(r.grid_voltage_l3);
  c.read(r.battery_voltage);
  c.read(r.battery_current);
  c.read(r.battery_charge_limit);
  c.read(r.battery_discharge_limit);
  c.read(r.battery_temperature);
  c.read(r.inverter_temperature);
  c.read(r.pv_total);
  c.read(r.load_total);
  c.read(r.import_total);
  c.read(r.export_total);
  c.read(r.charge_total);
  c.read(r.discharge_total);
  r.battery_alarms = static_cast<std::uint32_t>(c.integer());
  r.inverter_faults = static_cast<std::uint32_t>(c.integer());
  r.operation_mode = static_cast<std::uint16_t>(c.integer());
  return r;
}

Result<Action> action_of(std::string_view name) {
  if (const std::optional<Action> action = action_named(name)) return *action;
  return failure(ErrorCode::corrupt, "the record has an action that this program does not know: " + std::string(name));
}

Result<Verdict> verdict_of(std::string_view name) {
  for (const Verdict verdict :
       {Verdict::done, Verdict::pending, Verdict::ignored, Verdict::overridden, Verdict::not_sent})
    if (name_of(verdict) == name) return verdict;
  return failure(ErrorCode::corrupt, "the record has a verdict that this program does not know: " + std::string(name));
}

Result<ports::RecordedDecision> decision_of(const Statement& row) {
  Columns c(row);
  ports::RecordedDecision recorded;
  Decision& d = recorded.decision;
  recorded.id = c.integer();
  d.time = c.time();
  Result<Action> action = action_of(c.text());
  if (!action) return std::move(action).failed();
  d.command.action = *action;
  d.command.power = c.quantity<Power>();
  d.command.stop_soc = c.quantity<Soc>();
  d.command.until = c.time();
  Result<Verdict> verdict = verdict_of(c.text());
  if (!verdict) return std::move(verdict).failed();
  d.verdict = *verdict;
  d.bound_by = c.optional_text();
  d.reason = c.text();
  return recorded;
}

Result<void> add_alternatives(const Database& database, std::vector<ports::RecordedDecision>& decisions) {
  Result<Statement> rows = database.prepare(
      "SELECT action, power_w, extra_cost_1e8 FROM decision_alternatives WHERE decision_id = ?1 ORDER BY position");
  if (!rows) return std::move(rows).failed();
  for (ports::RecordedDecision& recorded : decisions) {
    rows->bind(1, recorded.id);
    Result<void> done = for_each_row(*rows, [&](const Statement& row) -> Result<void> {
      Columns c(row);
      Result<Action> action = action_of(c.text());
      if (!action) return std::move(action).failed();
      const Power power = c.quantity<Power>();
      recorded.decision.alternatives.push_back({*action, power, c.quantity<Value>()});
      return {};
    });
    rows->reset();
    if (!done) return done;
  }
  return {};
}

}  // namespace

std::string_view SourceNames::keep(std::string_view name) {
  auto names = names_.lock();
  const auto known = names->find(name);
  return known != names->end() ? *known : *names->emplace(name).first;
}

Result<std::vector<Reading>> query_readings(const Database& database, ports::TimeRange range, std::size_t limit) {
  Result<Statement> rows =
      ask(database, "SELECT * FROM readings WHERE time_s >= ?1 AND time_s < ?2 ORDER BY time_s LIMIT ?3",
          seconds(range.from), seconds(range.to), as_sql_limit(limit));
  if (!rows) return std::move(rows).failed();
  std::vector<Reading> readings;
  Result<void> done = for_each_row(*rows, [&](const Statement& row) -> Result<void> {
    readings.push_back(reading_of(row));
    return {};
  });
  if (!done) return std::move(done).failed();
  return readings;
}

Result<std::optional<Reading>> query_last_reading(const Database& database) {
  Result<Statement> rows = ask(database, "SELECT * FROM readings ORDER BY time_s DESC LIMIT 1");
  if (!rows) return std::move(rows).failed();
  Result<bool> found = rows->step();
  if (!found) return std::move(found).failed();
  if (!*found) return std::optional<Reading>();
  return std::optional(reading_of(*rows));
}

Result<std::vector<SlotEnergy>> query_slot_energies(const Database& database, ports::TimeRange range) {
  Result<Statement> rows =
      ask(database, "SELECT * FROM slot_energies WHERE start_s >= ?1 AND start_s < ?2 ORDER BY start_s",
          seconds(range.from), seconds(range.to));
  if (!rows) return std::move(rows).failed();
  std::vector<SlotEnergy> energies;
  Result<void> done = for_each_row(*rows, [&](const Statement& row) -> Result<void> {
    Columns c(row);
    SlotEnergy& e = energies.emplace_back();
    e.slot = Slot::containing(c.time());
    for (Energy* energy : {&e.load, &e.pv, &e.grid_import, &e.grid_export, &e.charge, &e.discharge})
      *energy = c.quantity<Energy>();
    e.coverage = static_cast<double>(c.integer()) / 1e6;
    return {};
  });
  if (!done) return std::move(done).failed();
  return energies;
}

Result<std::vector<MarketPrice>> query_prices(const Database& database, PriceSeries series, ports::TimeRange range,
                                              SourceNames& names) {
  Result<Statement> rows = ask(database,
                               "SELECT start_s, net_nanos_per_kwh, published_at_s, fetched_at_s, source FROM prices "
                               "WHERE series = ?1 AND start_s >= ?2 AND start_s < ?3 ORDER BY start_s",
                               name_of(series), seconds(range.from), seconds(range.to));
  if (!rows) return std::move(rows).failed();
  std::vector<MarketPrice> prices;
  Result<void> done = for_each_row(*rows, [&](const Statement& row) -> Result<void> {
    Columns c(row);
    MarketPrice& p = prices.emplace_back();
    p.slot = Slot::containing(c.time());
    p.price = NetPrice::from_nanos_per_kwh(c.integer());
    if (const std::optional<std::int64_t> published = c.optional_integer()) p.published_at = instant(*published);
    p.fetched_at = c.time();
    p.source = names.keep(c.text());
    return {};
  });
  if (!done) return std::move(done).failed();
  return prices;
}

Result<std::optional<ports::RecordedPlan>> query_plan(const Database& database, Slot slot) {
  Result<Statement> rows =
      ask(database,
          "SELECT computed_at_s, initial_mwh, cost_1e8, value_of_stored_nanos_per_kwh, packing, slots FROM plans "
          "WHERE start_s = ?1",
          seconds(slot.start()));
  if (!rows) return std::move(rows).failed();
  Result<bool> found = rows->step();
  if (!found) return std::move(found).failed();
  if (!*found) return std::optional<ports::RecordedPlan>();
  Columns c(*rows);
  ports::RecordedPlan plan;
  plan.computed_at = c.time();
  plan.initial = c.quantity<Energy>();
  plan.cost = c.quantity<Value>();
  plan.value_of_stored = c.quantity<ValuePerEnergy>();
  if (c.integer() != plan_packing)
    return failure(ErrorCode::unsupported, "the plan of " + to_rfc3339(slot.start()) + " is packed in an unknown way");
  Result<std::vector<ports::RecordedPlanSlot>> slots = unpack_slots(rows->blob(5), slot);
  if (!slots) return std::move(slots).failed();
  plan.slots = std::move(*slots);
  return std::optional(std::move(plan));
}

Result<std::vector<ports::RecordedDecision>> query_decisions(const Database& database, ports::TimeRange range,
                                                             std::size_t limit, std::optional<std::int64_t> before_id) {
  Result<Statement> rows =
      ask(database,
          "SELECT id, time_s, action, power_w, stop_soc_permille, until_s, verdict, bound_by, reason FROM decisions "
          "WHERE time_s >= ?1 AND time_s < ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4",
          seconds(range.from), seconds(range.to), before_id.value_or(std::numeric_limits<std::int64_t>::max()),
          as_sql_limit(limit));
  if (!rows) return std::move(rows).failed();
  std::vector<ports::RecordedDecision> decisions;
  Result<void> done = for_each_row(*rows, [&](const Statement& row) -> Result<void> {
    Result<ports::RecordedDecision> decision = decision_of(row);
    if (!decision) return std::move(decision).failed();
    decisions.push_back(std::move(*decision));
    return {};
  });
  if (done) done = add_alternatives(database, decisions);
  if (!done) return std::move(done).failed();
  return decisions;
}

Result<int> query_registers_written(const Database& database, Instant from) {
  Result<Statement> rows =
      ask(database, "SELECT coalesce(sum(registers_written), 0) FROM commands WHERE time_s >= ?1", seconds(from));
  if (!rows) return std::move(rows).failed();
  Result<bool> found = rows->step();
  if (!found) return std::move(found).failed();
  return static_cast<int>(rows->integer(0));
}

Result<std::vector<IssuedForecast>> query_forecasts(const Database& database, ForecastSeries series,
                                                    ports::TimeRange issued) {
  Result<Statement> rows = ask(database,
                               "SELECT issued_at_s, first_s, packing, slots FROM forecasts WHERE series = ?1 AND "
                               "issued_at_s >= ?2 AND issued_at_s < ?3 ORDER BY issued_at_s",
                               name_of(series), seconds(issued.from), seconds(issued.to));
  if (!rows) return std::move(rows).failed();
  std::vector<IssuedForecast> forecasts;
  Result<void> done = for_each_row(*rows, [&](const Statement& row) -> Result<void> {
    Columns c(row);
    IssuedForecast& forecast = forecasts.emplace_back();
    forecast.issued_at = c.time();
    forecast.first = Slot::containing(c.time());
    if (c.integer() != forecast_packing)
      return failure(ErrorCode::unsupported,
                     "the forecast of " + to_rfc3339(forecast.issued_at) + " is packed in an unknown way");
    auto slots = unpack_quantiles(series, row.blob(3));
    if (!slots) return std::move(slots).failed();
    forecast.slots = std::move(*slots);
    return {};
  });
  if (!done) return std::move(done).failed();
  return forecasts;
}

Result<std::vector<DailyScore>> query_scores(const Database& database, std::chrono::year_month_day from) {
  const std::string day = to_iso(from);
  Result<Statement> rows =
      ask(database,
          "SELECT day, series, method, horizon, slots_count, inside_count, absolute_error_nanos, error_nanos, "
          "pinball_nanos FROM forecast_scores WHERE day >= ?1 ORDER BY day, series, method, horizon",
          std::string_view(day));
  if (!rows) return std::move(rows).failed();
  std::vector<DailyScore> scores;
  Result<void> done = for_each_row(*rows, [&](const Statement& row) -> Result<void> {
    Columns c(row);
    const auto date = parse_date(c.text());
    const auto series = forecast_series_named(c.text());
    const auto method = forecast_method_named(c.text());
    const auto band = horizon_band_named(c.text());
    if (!date || !series || !method || !band)
      return failure(ErrorCode::corrupt, "the record has a forecast's score that this program does not know");
    DailyScore& score =
        scores.emplace_back(DailyScore{.series = *series, .day = *date, .method = *method, .band = *band, .sums = {}});
    score.sums.count = c.integer();
    score.sums.inside = c.integer();
    for (double* sum : {&score.sums.absolute, &score.sums.error, &score.sums.pinball})
      *sum = static_cast<double>(c.integer()) / 1e9;
    return {};
  });
  if (!done) return std::move(done).failed();
  return scores;
}

}  // namespace gridpilot::store
