#pragma once

#include <chrono>
#include <vector>

#include "gridpilot/domain/forecast_record.hpp"
#include "gridpilot/ports/record.hpp"

namespace gridpilot::ports {

/// Where forecasts are kept with the time of their issue, so that they can be held against what came; and their scores,
/// which stay when the forecasts are forgotten. Writing is buffered like plans: it returns at once, is on disk within
/// 60 s, and failures are reported by RecordWriter::health(). Reads see everything that was handed over before.
class ForecastArchive {
 public:
  virtual ~ForecastArchive() = default;
  /// Energies are kept to 0.1 Wh, prices to 1e-5 of the currency per kWh. A second forecast of the same series and time
  /// replaces the first.
  virtual void store_forecast(ForecastSeries series, const IssuedForecast& forecast) = 0;
  /// Replaces what was known of the same series, day, method and band.
  virtual void store_scores(std::vector<DailyScore> scores) = 0;
  /// Forgets forecasts issued before an instant; their scores stay.
  virtual void forget_forecasts_before(Instant instant) = 0;
  /// Issued in the range, in order of time.
  [[nodiscard]] virtual net::Awaitable<Result<std::vector<IssuedForecast>>> forecasts(ForecastSeries series,
                                                                                      TimeRange issued) = 0;
  /// Of the days from one on, in order of days.
  [[nodiscard]] virtual net::Awaitable<Result<std::vector<DailyScore>>> scores(std::chrono::year_month_day from) = 0;
};

}  // namespace gridpilot::ports
