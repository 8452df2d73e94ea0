#pragma once

#include <memory>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/forecast_record.hpp"
#include "gridpilot/domain/site.hpp"
#include "gridpilot/forecast/backtest.hpp"
#include "gridpilot/forecast/recent_quarters.hpp"

namespace gridpilot::app {

/// The forecaster that a running home uses for a series, fresh.
[[nodiscard]] std::unique_ptr<forecast::SeriesForecaster> own_forecaster(ForecastSeries series, const Site& site,
                                                                         const TimeZone& zone);

/// Which days are free where a time zone is: weekends, and in Poland its holidays.
[[nodiscard]] forecast::IsFreeDay free_days_of(const TimeZone& zone);

}  // namespace gridpilot::app
