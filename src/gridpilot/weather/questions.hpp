#pragma once

#include <vector>

#include "gridpilot/domain/site.hpp"
#include "gridpilot/domain/weather_source.hpp"
#include "gridpilot/weather/document_source.hpp"

namespace gridpilot::weather {

/// Where the weather is asked for, and the planes that it shines on.
struct Home {
  double latitude_degrees = 0.0;
  double longitude_degrees = 0.0;
  std::vector<PvPlane> planes;
};

// What each kind of source is asked. All ask in UTC.

/// One question per plane (planes of one direction share it), one without plane where there is none: two days back and
/// three days ahead in quarters of an hour, snow depth by the hour.
[[nodiscard]] std::vector<Question<WeatherForecast>> open_meteo_questions(const Home& home,
                                                                          const WeatherSourceSettings& settings);
/// The newest observation of the station.
[[nodiscard]] std::vector<Question<WeatherObservation>> imgw_questions(const WeatherSourceSettings& settings);
/// One question per plane; without planes none.
[[nodiscard]] std::vector<Question<PvForecast>> forecast_solar_questions(const Home& home,
                                                                         const WeatherSourceSettings& settings);
/// One question per rooftop site.
[[nodiscard]] std::vector<Question<PvForecast>> solcast_questions(const WeatherSourceSettings& settings);

}  // namespace gridpilot::weather
