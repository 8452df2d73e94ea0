#pragma once

#include <vector>

#include "gridpilot/domain/forecast_record.hpp"
#include "gridpilot/ports/record.hpp"
#include "gridpilot/store/sqlite/database.hpp"

namespace gridpilot::store {

/// A plan ready to be stored.
struct PackedPlan {
  Slot slot;
  Instant computed_at{};
  Slot horizon_end;
  Energy initial;
  Value cost;
  ValuePerEnergy value_of_stored;
  std::vector<std::byte> slots;
};

/// A forecast ready to be stored.
struct PackedForecast {
  ForecastSeries series = ForecastSeries::load;
  Instant issued_at{};
  Slot first;
  std::vector<std::byte> slots;
};

/// The statements of the writing connection, prepared once. A row that the schema refuses (code `bug`) leaves the
/// transaction it is in as it was.
class Inserts {
 public:
  [[nodiscard]] static Result<Inserts> prepare(const Database& database);

  [[nodiscard]] Result<void> reading(const Reading& reading);
  [[nodiscard]] Result<void> slot_energy(const SlotEnergy& energy);
  [[nodiscard]] Result<void> price(PriceSeries series, const MarketPrice& price);
  [[nodiscard]] Result<void> plan(const PackedPlan& plan);
  [[nodiscard]] Result<void> forecast(const PackedForecast& forecast);
  [[nodiscard]] Result<void> score(const DailyScore& score);
  [[nodiscard]] Result<void> forget_forecasts_before(Instant instant);
  /// Returns its id.
  [[nodiscard]] Result<std::int64_t> decision(const Database& database, const Decision& decision);
  /// Errors: not_found.
  [[nodiscard]] Result<void> verdict(std::int64_t decision_id, Verdict verdict);
  [[nodiscard]] Result<void> command(const ports::RecordedCommand& command);

 private:
  enum Which {
    reading_row,
    energy_row,
    price_row,
    plan_row,
    forecast_row,
    score_row,
    old_forecasts,
    decision_row,
    alternative_row,
    verdict_row,
    command_row,
    savepoint,
    release,
    roll_back,
    count
  };
  explicit Inserts(std::vector<Statement> statements) : statements_(std::move(statements)) {}
  [[nodiscard]] Result<std::int64_t> decision_with_alternatives(const Database& database, const Decision& decision);

  std::vector<Statement> statements_;
};

}  // namespace gridpilot::store
