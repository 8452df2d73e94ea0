#pragma once

#include <string>
#include <vector>

#include "gridpilot/core/json.hpp"
#include "gridpilot/domain/forecast_record.hpp"
#include "gridpilot/forecast/score.hpp"

namespace gridpilot::app {

/// A comparison as a table: a row for each horizon and method, with what ours gains against each rival.
[[nodiscard]] std::string score_table(const forecast::Comparison& comparison, ForecastSeries series);

/// The same as the array `scores`: `horizon`, `method`, `slots_count`, `mae_…`, `bias_…`, `pinball_…` (`kwh` a slot or
/// `per_kwh`), `coverage_percent`, and `gain_percent`, by how much our pinball loss is below this method's.
void put_scores(json::Writer& out, const forecast::Comparison& comparison, ForecastSeries series);

}  // namespace gridpilot::app
