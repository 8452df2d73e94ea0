#include "gridpilot/forecast/daily_score.hpp"

#include <algorithm>

#include "gridpilot/forecast/score.hpp"

namespace gridpilot::forecast {
namespace {

/// Says again what was said at each time of issue.
class KeptForecasts final : public SeriesForecaster {
 public:
  explicit KeptForecasts(std::span<const IssuedForecast> forecasts) : forecasts_(forecasts) {}
  void learn(const Observation& /*known*/) override {}
  [[nodiscard]] std::vector<std::optional<Quantiles>> forecast(Instant issued_at, SlotRange /*range*/,
                                                               std::span<const WeatherSlot> /*weather*/) override {
    return issued(issued_at).slots;
  }
  [[nodiscard]] const IssuedForecast& issued(Instant at) const {
    return *std::ranges::lower_bound(forecasts_, at, {}, &IssuedForecast::issued_at);
  }

 private:
  std::span<const IssuedForecast> forecasts_;
};

/// When a slot had become known: at the first issue whose forecast began after it.
class KnownByForecasts {
 public:
  explicit KnownByForecasts(std::span<const IssuedForecast> forecasts) {
    for (const IssuedForecast& forecast : forecasts)
      if (until_.empty() || forecast.first > until_.back().first)
        until_.emplace_back(forecast.first, forecast.issued_at);
  }
  [[nodiscard]] Instant known_at(Slot slot) const {
    const auto found = std::ranges::upper_bound(until_, slot, {}, &std::pair<Slot, Instant>::first);
    return found == until_.end() ? Instant::max() : found->second;
  }

 private:
  std::vector<std::pair<Slot, Instant>> until_;
};

/// Mean pinball loss of a method on a day over all bands; absent without a score.
std::optional<double> loss_of(std::span<const DailyScore> scores, ForecastSeries series,
                              std::chrono::year_month_day day, ForecastMethod method) {
  Score total;
  for (const DailyScore& score : scores)
    if (score.series == series && score.day == day && score.method == method) total += Score::from_sums(score.sums);
  return total.pinball();
}

}  // namespace

std::vector<DailyScore> score_day(const DayToScore& day, const TimeZone& zone) {
  std::vector<DailyScore> scores;
  if (day.forecasts.empty()) return scores;
  KeptForecasts own(day.forecasts);
  const KnownByForecasts known(day.forecasts);
  std::vector<Instant> issues;
  issues.reserve(day.forecasts.size());
  for (const IssuedForecast& forecast : day.forecasts) issues.push_back(forecast.issued_at);
  const Replay past{.series = day.observed,
                    .issues = issues,
                    .known_at = [&known](Slot slot) { return known.known_at(slot); },
                    .asked =
                        [&own](Instant issue) {
                          const IssuedForecast& forecast = own.issued(issue);
                          return SlotRange{forecast.first, forecast.first + std::ssize(forecast.slots)};
                        }};
  const Comparison comparison = compare(past, own, zone, zone.slots_of(day.day));
  for (const Method method : methods)
    for (const HorizonBand band : horizon_bands)
      if (const Score& score = comparison.of(method).of(band); score.count() > 0)
        scores.push_back({.series = day.series, .day = day.day, .method = method, .band = band, .sums = score.sums()});
  return scores;
}

std::optional<ForecastMethod> beaten_for_a_week(std::span<const DailyScore> scores, ForecastSeries series,
                                                std::chrono::year_month_day last) {
  for (const ForecastMethod rival : {ForecastMethod::persistence, ForecastMethod::weekly_naive}) {
    bool is_beaten = true;
    for (int back = 0; back < days_of_alarm && is_beaten; ++back) {
      const auto day = plus_days(last, -back);
      const auto own = loss_of(scores, series, day, ForecastMethod::own);
      const auto other = loss_of(scores, series, day, rival);
      is_beaten = own && other && *own > *other;
    }
    if (is_beaten) return rival;
  }
  return std::nullopt;
}

}  // namespace gridpilot::forecast
