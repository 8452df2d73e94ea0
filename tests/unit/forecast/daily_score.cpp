#include "gridpilot/forecast/daily_score.hpp"

#include <gtest/gtest.h>

namespace gridpilot::forecast {
namespace {

using namespace std::chrono_literals;

const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

constexpr auto day = 2026y / 6 / 17;

/// Forty days up to the end of the day; each slot has the number of its date in the month as its value.
std::vector<Observation> observed() {
  std::vector<Observation> series;
  const SlotRange range{warsaw().slots_of(plus_days(day, -40)).first, warsaw().slots_of(day).last};
  for (Slot slot = range.first; slot < range.last; slot = slot.next())
    series.push_back({.slot = slot, .value = double(unsigned(warsaw().date_of(slot.start()).day()))});
  return series;
}

IssuedForecast issued(Instant at, Slot first, Quantiles always, std::size_t slots = 192) {
  return {.issued_at = at, .first = first, .slots = std::vector<std::optional<Quantiles>>(slots, always)};
}

double mean_pinball(std::span<const DailyScore> scores, ForecastMethod method, HorizonBand band) {
  for (const DailyScore& score : scores)
    if (score.method == method && score.band == band) return score.sums.pinball / static_cast<double>(score.sums.count);
  return -1.0;
}

TEST(DailyScore, HoldsWhatWasSaidAgainstWhatCameAndTheRivalsKnowNoMore) {
  const auto series = observed();
  const Slot midnight = warsaw().slots_of(day).first;
  // A market's prices of the 17th, foreseen on the 15th when the 16th was published.
  const std::vector<IssuedForecast> forecasts{issued(midnight.start() - 33h, midnight, {15, 16, 17, 18, 19})};
  const auto scores = score_day(
      {.series = ForecastSeries::sdac_price, .day = day, .forecasts = forecasts, .observed = series}, warsaw());
  ASSERT_EQ(scores.size(), 8U);  // four methods, two bands: the day has no slot beyond 24 hours
  EXPECT_EQ(scores[0].sums.count, 24);
  EXPECT_EQ(scores[0].series, ForecastSeries::sdac_price);
  EXPECT_EQ(scores[0].day, day);
  EXPECT_DOUBLE_EQ(mean_pinball(scores, ForecastMethod::own, HorizonBand::to_6_hours), (0.2 + 0.3 + 0.3 + 0.2) / 5);
  EXPECT_DOUBLE_EQ(mean_pinball(scores, ForecastMethod::persistence, HorizonBand::to_24_hours), 0.5);  // the 16th
  EXPECT_DOUBLE_EQ(mean_pinball(scores, ForecastMethod::weekly_naive, HorizonBand::to_24_hours), 3.5);
}

TEST(DailyScore, TakesEachIssueOfTheDayAndTheDaysBefore) {
  const auto series = observed();
  const SlotRange slots = warsaw().slots_of(day);
  std::vector<IssuedForecast> forecasts;
  for (std::int64_t hour = -48; hour < 24; ++hour) {
    const Slot first = slots.first + 4 * hour;
    forecasts.push_back(issued(first.start() + 20s, first, Quantiles::certain(17)));
  }
  const auto scores =
      score_day({.series = ForecastSeries::load, .day = day, .forecasts = forecasts, .observed = series}, warsaw());
  ASSERT_EQ(scores.size(), 12U);
  std::int64_t slots_scored = 0;
  for (const DailyScore& score : scores)
    if (score.method == ForecastMethod::own) {
      slots_scored += score.sums.count;
      EXPECT_EQ(score.sums.pinball, 0.0);
      EXPECT_EQ(score.sums.inside, score.sums.count);
    }
  std::int64_t expected = 0;
  for (const IssuedForecast& forecast : forecasts)
    for (Slot slot = slots.first; slot < slots.last; slot = slot.next())
      expected += slot >= forecast.first && slot < forecast.first + 192 ? 1 : 0;
  EXPECT_EQ(slots_scored, expected);
  // The same day is persistence's guess for no slot: what is of the day itself is known only up to the issue.
  EXPECT_DOUBLE_EQ(mean_pinball(scores, ForecastMethod::persistence, HorizonBand::to_6_hours), 0.5);
}

TEST(DailyScore, IsEmptyWithoutForecastsOrWithoutMeasurements) {
  const auto series = observed();
  const Slot midnight = warsaw().slots_of(day).first;
  const std::vector<IssuedForecast> forecasts{issued(midnight.start(), midnight, Quantiles::certain(1))};
  EXPECT_TRUE(score_day({.day = day, .forecasts = {}, .observed = series}, warsaw()).empty());
  EXPECT_TRUE(score_day({.day = day, .forecasts = forecasts, .observed = {}}, warsaw()).empty());
}

/// So many days up to `day`, each with this loss of ours beside 1.0 of weekly-naive and 2.0 of persistence.
std::vector<DailyScore> week(int days, double own, ForecastSeries series = ForecastSeries::load) {
  std::vector<DailyScore> scores;
  for (int back = days - 1; back >= 0; --back)
    for (const auto& [method, loss] :
         {std::pair{ForecastMethod::own, own}, std::pair{ForecastMethod::weekly_naive, 1.0},
          std::pair{ForecastMethod::persistence, 2.0}})
      for (const HorizonBand band : {HorizonBand::to_6_hours, HorizonBand::to_24_hours})
        scores.push_back({.series = series,
                          .day = plus_days(day, -back),
                          .method = method,
                          .band = band,
                          .sums = {.count = 10, .pinball = 10 * loss}});
  return scores;
}

TEST(ForecastAlarm, NeedsSevenDaysOnEndOfTheSameRival) {
  EXPECT_EQ(beaten_for_a_week(week(7, 1.1), ForecastSeries::load, day), ForecastMethod::weekly_naive);
  EXPECT_EQ(beaten_for_a_week(week(7, 2.1), ForecastSeries::load, day), ForecastMethod::persistence);
  EXPECT_EQ(beaten_for_a_week(week(7, 1.0), ForecastSeries::load, day), std::nullopt);
  EXPECT_EQ(beaten_for_a_week(week(6, 1.1), ForecastSeries::load, day), std::nullopt);
  EXPECT_EQ(beaten_for_a_week(week(7, 1.1), ForecastSeries::pv, day), std::nullopt);
  EXPECT_EQ(beaten_for_a_week(week(7, 1.1), ForecastSeries::load, plus_days(day, 1)), std::nullopt);
  auto one_good_day = week(7, 1.1);
  for (DailyScore& score : one_good_day)
    if (score.day == plus_days(day, -3) && score.method == ForecastMethod::own) score.sums.pinball = 5.0;
  EXPECT_EQ(beaten_for_a_week(one_good_day, ForecastSeries::load, day), std::nullopt);
}

}  // namespace
}  // namespace gridpilot::forecast
