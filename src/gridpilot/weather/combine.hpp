#pragma once

#include <vector>

#include "gridpilot/domain/weather.hpp"

namespace gridpilot::weather {

/// One forecast from the answers to one question per plane: the weather of the first, the planes of all. At least one;
/// `fetched_at` is the oldest.
[[nodiscard]] WeatherForecast combine(std::vector<WeatherForecast> parts);

/// The sum of the forecasts of several planes or sites, in the slots that all of them have. Quantiles are added where
/// all have them: clouds come over all planes of a home at once. At least one; `fetched_at` is the oldest.
[[nodiscard]] PvForecast combine(std::vector<PvForecast> parts);

/// The first.
[[nodiscard]] WeatherObservation combine(std::vector<WeatherObservation> parts);

}  // namespace gridpilot::weather
