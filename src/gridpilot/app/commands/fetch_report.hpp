#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/prices.hpp"
#include "gridpilot/domain/weather.hpp"

/// What `gridpilot fetch` prints: a table for a person, in the site's local time, or one line of JSON, in UTC.
namespace gridpilot::app {

/// The local day that is shown.
struct ShownDay {
  std::chrono::year_month_day date;
  const TimeZone& zone;
  bool as_json = false;
};

[[nodiscard]] std::string describe(const WeatherForecast& forecast, const ShownDay& day);
[[nodiscard]] std::string describe(const PvForecast& forecast, const ShownDay& day);
/// As it is: an observation is of the present.
[[nodiscard]] std::string describe(const WeatherObservation& observation, const ShownDay& day);

struct FetchedPrices {
  std::string source;
  PriceSeries series = PriceSeries::sdac_15min;
  Currency currency = Currency::pln();
  std::vector<MarketPrice> prices;
};
[[nodiscard]] std::string describe(const FetchedPrices& fetched, const ShownDay& day);

/// The slots of the forecast that lie in the day; empty where it says nothing of it.
[[nodiscard]] WeatherForecast only_of(const WeatherForecast& forecast, const ShownDay& day);
[[nodiscard]] PvForecast only_of(const PvForecast& forecast, const ShownDay& day);

}  // namespace gridpilot::app
