#pragma once

#include <set>
#include <string>
#include <vector>

#include "gridpilot/domain/forecast_record.hpp"
#include "gridpilot/ports/record.hpp"
#include "gridpilot/store/sqlite/database.hpp"
#include "gridpilot/store/sqlite/guarded.hpp"

namespace gridpilot::store {

/// Texts that are read again and again, kept once: what MarketPrice::source points at.
class SourceNames {
 public:
  /// Any thread. Good as long as this object.
  [[nodiscard]] std::string_view keep(std::string_view name);

 private:
  Guarded<std::set<std::string, std::less<>>> names_;
};

// The questions of ports::RecordReader, asked on a thread of the pool; charts are in chart.hpp.

[[nodiscard]] Result<std::vector<Reading>> query_readings(const Database& database, ports::TimeRange range,
                                                          std::size_t limit);
[[nodiscard]] Result<std::vector<SlotEnergy>> query_slot_energies(const Database& database, ports::TimeRange range);
[[nodiscard]] Result<std::vector<MarketPrice>> query_prices(const Database& database, PriceSeries series,
                                                            ports::TimeRange range, SourceNames& names);
[[nodiscard]] Result<std::optional<ports::RecordedPlan>> query_plan(const Database& database, Slot slot);
[[nodiscard]] Result<std::vector<ports::RecordedDecision>> query_decisions(const Database& database,
                                                                           ports::TimeRange range, std::size_t limit,
                                                                           std::optional<std::int64_t> before_id);
[[nodiscard]] Result<std::optional<Reading>> query_last_reading(const Database& database);
[[nodiscard]] Result<int> query_registers_written(const Database& database, Instant from);
[[nodiscard]] Result<std::vector<IssuedForecast>> query_forecasts(const Database& database, ForecastSeries series,
                                                                  ports::TimeRange issued);
[[nodiscard]] Result<std::vector<DailyScore>> query_scores(const Database& database, std::chrono::year_month_day from);

}  // namespace gridpilot::store
