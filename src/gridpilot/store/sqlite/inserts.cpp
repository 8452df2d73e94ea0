#include "gridpilot/store/sqlite/inserts.hpp"

#include <array>

#include "gridpilot/store/sqlite/forecast_packing.hpp"
#include "gridpilot/store/sqlite/integers.hpp"
#include "gridpilot/store/sqlite/plan_packing.hpp"

namespace gridpilot::store {
namespace {

std::int64_t seconds(Instant t) {
  return t.time_since_epoch().count();
}

std::optional<std::int64_t> seconds(std::optional<Instant> t) {
  return t ? std::optional(seconds(*t)) : std::nullopt;
}

/// Binds one value after the other.
class Binder {
 public:
  explicit Binder(Statement& statement) : statement_(statement) {}
  template <class T>
  Binder& operator<<(const T& value) {
    statement_.bind(++position_, value);
    return *this;
  }

 private:
  Statement& statement_;
  int position_ = 0;
};

// In the order of Inserts::Which.
constexpr std::array<std::string_view, 14> texts{
    "INSERT OR REPLACE INTO readings VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    "INSERT OR REPLACE INTO slot_energies VALUES (?,?,?,?,?,?,?,?)",
    "INSERT OR REPLACE INTO prices VALUES (?,?,?,?,?,?)",
    "INSERT OR IGNORE INTO plans VALUES (?,?,?,?,?,?,?,?)",
    "INSERT OR REPLACE INTO forecasts VALUES (?,?,?,?,?)",
    "INSERT OR REPLACE INTO forecast_scores VALUES (?,?,?,?,?,?,?,?,?)",
    "DELETE FROM forecasts WHERE issued_at_s < ?",
    "INSERT INTO decisions (time_s, action, power_w, stop_soc_permille, until_s, verdict, bound_by, reason)"
    " VALUES (?,?,?,?,?,?,?,?)",
    "INSERT INTO decision_alternatives VALUES (?,?,?,?,?)",
    "UPDATE decisions SET verdict = ?2 WHERE id = ?1 RETURNING id",
    "INSERT INTO commands (time_s, action, power_w, stop_soc_permille, until_s, verdict, registers_written, detail)"
    " VALUES (?,?,?,?,?,?,?,?)",
    "SAVEPOINT row",
    "RELEASE row",
    "ROLLBACK TO row",
};

Binder& operator<<(Binder& binder, const Command& command) {
  return binder << name_of(command.action) << to_integer(command.power) << to_integer(command.stop_soc)
                << seconds(command.until);
}

}  // namespace

Result<Inserts> Inserts::prepare(const Database& database) {
  static_assert(texts.size() == count);
  std::vector<Statement> statements;
  statements.reserve(texts.size());
  for (const std::string_view text : texts) {
    Result<Statement> statement = database.prepare(text);
    if (!statement) return std::move(statement).failed();
    statements.push_back(std::move(*statement));
  }
  return Inserts(std::move(statements));
}

Result<void> Inserts::reading(const Reading& r) {
  Statement& row = statements_[reading_row];
  Binder(row) << seconds(r.time) << to_integer(r.soc) << to_integer(r.pv) << to_integer(r.load) << to_integer(r.grid)
              << to_integer(r.battery) << to_integer(r.state_of_health) << to_integer(r.backup) << to_integer(r.grid_l1)
              << to_integer(r.grid_l2) << to_integer(r.grid_l3) << to_integer(r.grid_voltage_l1)
              << to_integer(r.grid_voltage_l2) << to_integer(r.grid_voltage_l3) << to_integer(r.battery_voltage)
              << to_integer(r.battery_current) << to_integer(r.battery_charge_limit)
              << to_integer(r.battery_discharge_limit) << to_integer(r.battery_temperature)
              << to_integer(r.inverter_temperature) << to_integer(r.pv_total) << to_integer(r.load_total)
              << to_integer(r.import_total) << to_integer(r.export_total) << to_integer(r.charge_total)
              << to_integer(r.discharge_total) << std::int64_t{r.battery_alarms} << std::int64_t{r.inverter_faults}
              << std::int64_t{r.operation_mode};
  return row.run();
}

Result<void> Inserts::slot_energy(const SlotEnergy& e) {
  Statement& row = statements_[energy_row];
  Binder(row) << seconds(e.slot.start()) << to_integer(e.load) << to_integer(e.pv) << to_integer(e.grid_import)
              << to_integer(e.grid_export) << to_integer(e.charge) << to_integer(e.discharge)
              << rounded(e.coverage * 1e6);
  return row.run();
}

Result<void> Inserts::price(PriceSeries series, const MarketPrice& p) {
  Statement& row = statements_[price_row];
  Binder(row) << name_of(series) << seconds(p.slot.start()) << p.price.nanos_per_kwh() << seconds(p.published_at)
              << seconds(p.fetched_at) << p.source;
  return row.run();
}

Result<void> Inserts::plan(const PackedPlan& p) {
  Statement& row = statements_[plan_row];
  Binder(row) << seconds(p.slot.start()) << seconds(p.computed_at) << seconds(p.horizon_end.start())
              << to_integer(p.initial) << to_integer(p.cost) << to_integer(p.value_of_stored) << plan_packing
              << std::span<const std::byte>(p.slots);
  return row.run();
}

Result<void> Inserts::forecast(const PackedForecast& f) {
  Statement& row = statements_[forecast_row];
  Binder(row) << name_of(f.series) << seconds(f.issued_at) << seconds(f.first.start()) << forecast_packing
              << std::span<const std::byte>(f.slots);
  return row.run();
}

Result<void> Inserts::score(const DailyScore& s) {
  Statement& row = statements_[score_row];
  Binder(row) << name_of(s.series) << std::string_view(to_iso(s.day)) << name_of(s.method) << name_of(s.band)
              << s.sums.count << s.sums.inside << rounded(s.sums.absolute * 1e9) << rounded(s.sums.error * 1e9)
              << rounded(s.sums.pinball * 1e9);
  return row.run();
}

Result<void> Inserts::forget_forecasts_before(Instant instant) {
  Statement& rows = statements_[old_forecasts];
  Binder(rows) << seconds(instant);
  return rows.run();
}

Result<std::int64_t> Inserts::decision(const Database& database, const Decision& d) {
  if (Result<void> begun = statements_[savepoint].run(); !begun) return std::move(begun).failed();
  Result<std::int64_t> id = decision_with_alternatives(database, d);
  if (!id) static_cast<void>(statements_[roll_back].run());
  if (Result<void> ended = statements_[release].run(); !ended && id) return std::move(ended).failed();
  return id;
}

Result<std::int64_t> Inserts::decision_with_alternatives(const Database& database, const Decision& d) {
  Statement& row = statements_[decision_row];
  Binder binder(row);
  binder << seconds(d.time) << d.command << name_of(d.verdict) << d.bound_by << std::string_view(d.reason);
  if (Result<void> done = row.run(); !done) return std::move(done).failed();
  const std::int64_t id = database.last_insert_id();
  Statement& alternative_of = statements_[alternative_row];
  std::int64_t position = 0;
  for (const Alternative& a : d.alternatives) {
    Binder(alternative_of) << id << ++position << name_of(a.action) << to_integer(a.power) << to_integer(a.extra_cost);
    if (Result<void> done = alternative_of.run(); !done) return std::move(done).failed();
  }
  return id;
}

Result<void> Inserts::verdict(std::int64_t decision_id, Verdict verdict) {
  Statement& row = statements_[verdict_row];
  Binder(row) << decision_id << name_of(verdict);
  Result<bool> found = row.step();
  row.reset();
  if (!found) return std::move(found).failed();
  if (!*found) return failure(ErrorCode::not_found, "no decision " + std::to_string(decision_id) + " is recorded");
  return {};
}

Result<void> Inserts::command(const ports::RecordedCommand& c) {
  Statement& row = statements_[command_row];
  Binder binder(row);
  binder << seconds(c.time) << c.command << name_of(c.verdict) << std::int64_t{c.registers_written}
         << std::string_view(c.detail);
  return row.run();
}

}  // namespace gridpilot::store
