#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "gridpilot/app/commands/exit_code.hpp"

namespace gridpilot::app {

struct ForecastScoreOptions {
  // One of them, or none: the own record's scores.
  std::filesystem::path load, pv, prices;  ///< CSV, plain or gzip
  std::string column;                      ///< one, or several added and subtracted
  std::string unit;                        ///< kwh, wh, kw, w, per_kwh, per_mwh
  std::string time_column;
  std::string zone;        ///< of local times, days and their kinds; the configuration's unless given
  int every_minutes = 60;  ///< between two forecasts of load or PV
  int warm_up_days = 28;
  std::optional<std::filesystem::path> configuration;
  std::filesystem::path data;  ///< state folder of the own record
  int days = 28;               ///< of the own record
  bool as_json = false;
};

/// `gridpilot forecast score`: how forecasts do beside persistence, the same weekday a week before and the empirical
/// quantiles of 28 days, by horizon. With a file ours is rehearsed on it, knowing at each moment only what was known
/// then; without one the daily scores of the own record are summed up (degraded where a forecast has been worse than a
/// naive one for a week, failed where there is no record).
[[nodiscard]] ExitCode forecast_score(const ForecastScoreOptions& options, const Streams& streams);

}  // namespace gridpilot::app
