#include "gridpilot/forecast/backtest.hpp"

namespace gridpilot::forecast {

void replay(const Replay& past, SeriesForecaster& forecaster, const std::function<void(const IssuedForecast&)>& take) {
  SeriesForecaster* const only = &forecaster;
  replay(past, std::span(&only, 1), [&](std::span<const IssuedForecast> issued) { take(issued.front()); });
}

void replay(const Replay& past, std::span<SeriesForecaster* const> forecasters,
            const std::function<void(std::span<const IssuedForecast>)>& take) {
  std::size_t learnt = 0;
  std::vector<IssuedForecast> issued(forecasters.size());
  for (const Instant issue : past.issues) {
    for (; learnt < past.series.size() && past.known_at(past.series[learnt].slot) <= issue; ++learnt)
      for (SeriesForecaster* const forecaster : forecasters) forecaster->learn(past.series[learnt]);
    const SlotRange range = past.asked(issue);
    const auto weather = past.weather ? past.weather(issue, range) : std::span<const WeatherSlot>();
    for (std::size_t i = 0; i < forecasters.size(); ++i)
      issued[i] = {.issued_at = issue, .first = range.first, .slots = forecasters[i]->forecast(issue, range, weather)};
    take(issued);
  }
}

}  // namespace gridpilot::forecast
