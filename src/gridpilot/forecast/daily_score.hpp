#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/forecast_record.hpp"
#include "gridpilot/forecast/backtest.hpp"

namespace gridpilot::forecast {

/// A local day that is over, what was foreseen of it and what came. Borrowed for the call.
struct DayToScore {
  ForecastSeries series = ForecastSeries::load;
  std::chrono::year_month_day day;
  std::span<const IssuedForecast> forecasts;  ///< those that reach into the day, in order of issue
  std::span<const Observation> observed;      ///< the day and the `days_observed` before it, in order
};
/// So much of the past do the rivals ask for: four weeks before the earliest forecast that reaches into the day.
inline constexpr std::chrono::days days_observed{40};

/// How the forecasts that were kept did on the day's slots, beside what the three rivals would have said at the same
/// times, knowing what lay before the first slot of each forecast. Only methods and bands with something to score.
[[nodiscard]] std::vector<DailyScore> score_day(const DayToScore& day, const TimeZone& zone);

/// The naive rival (persistence, or the same weekday a week before) that had the smaller pinball loss on each of the
/// seven days up to `last`; absent where none had, or one of the days has no score.
[[nodiscard]] std::optional<ForecastMethod> beaten_for_a_week(std::span<const DailyScore> scores, ForecastSeries series,
                                                              std::chrono::year_month_day last);
inline constexpr int days_of_alarm = 7;

}  // namespace gridpilot::forecast
