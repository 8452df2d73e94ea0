#pragma once

#include <chrono>
#include <span>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/forecast_record.hpp"
#include "gridpilot/forecast/backtest.hpp"
#include "gridpilot/forecast/score.hpp"

namespace gridpilot::forecast {

/// What is rehearsed on a recorded series. Borrowed for the call.
struct BacktestQuestion {
  ForecastSeries series = ForecastSeries::load;
  std::span<const Observation> observed;  ///< in order of time, not empty
  const TimeZone& zone;
  /// Between two forecasts of load or PV. Prices are foreseen once a day, at 14:30 local, when the next day is
  /// published.
  Seconds every{3600};
  /// Learnt from and foreseen, but not scored.
  std::chrono::days warm_up{28};
  /// As it was foreseen; empty: there is none.
  std::function<std::span<const WeatherSlot>(Instant, SlotRange)> weather = nullptr;
};

struct BacktestAnswer {
  Comparison comparison;
  std::size_t issues = 0;
  SlotRange scored;
};

/// Goes through the series with our forecaster beside the rivals, each forecast two days long. Load and PV: from the
/// present slot on, all before it known. Prices: from the day after tomorrow on, tomorrow known since 14:00.
[[nodiscard]] BacktestAnswer backtest(const BacktestQuestion& question, SeriesForecaster& own);

}  // namespace gridpilot::forecast
