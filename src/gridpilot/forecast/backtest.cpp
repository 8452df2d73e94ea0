#include "gridpilot/forecast/backtest.hpp"

namespace gridpilot::forecast {

void replay(const Replay& past, SeriesForecaster& forecaster, const std::function<void(const IssuedForecast&)>& take) {
  std::size_t learnt = 0;
  for (const Instant issue : past.issues) {
    for (; learnt < past.series.size() && past.known_at(past.series[learnt].slot) <= issue; ++learnt)
      forecaster.learn(past.series[learnt]);
    const SlotRange range = past.asked(issue);
    const std::span<const WeatherSlot> weather =
        past.weather ? past.weather(issue, range) : std::span<const WeatherSlot>();
    take({.issued_at = issue, .first = range.first, .slots = forecaster.forecast(issue, range, weather)});
  }
}

}  // namespace gridpilot::forecast
