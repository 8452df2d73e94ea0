#include "gridpilot/forecast/load_forecaster.hpp"

#include <gtest/gtest.h>

#include "gridpilot/forecast/score.hpp"
#include "gridpilot/forecast/series_backtest.hpp"
#include "unit/forecast/homes.hpp"

namespace gridpilot::forecast {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::year_month_day first = 2026y / 1 / 5;  // a Monday

LoadForecaster fresh() {
  return {warsaw(), weekend, kilowatt_hours(4000)};
}

void learn(LoadForecaster& forecaster, std::span<const Observation> load) {
  for (const Observation& known : load) forecaster.learn(known);
}

/// What is expected of a day as a whole, kWh.
double day_sum(LoadForecaster& forecaster, std::chrono::year_month_day date) {
  double sum = 0.0;
  for (const auto& slot : forecaster.forecast(warsaw().start_of_day(date), warsaw().slots_of(date), {}))
    sum += slot.value().mean();
  return sum;
}

TEST(LoadForecaster, BeatsTheNaiveRivalsAndKeepsItsBand) {
  const auto load = household(first, 120, 7);
  LoadForecaster own = fresh();
  const BacktestAnswer answer = backtest(
      {.series = ForecastSeries::load, .observed = load, .zone = warsaw(), .every = std::chrono::hours(6)}, own);
  const Score ours = answer.comparison.of(Method::own).all();
  EXPECT_LT(*ours.pinball(), 0.75 * *answer.comparison.of(Method::persistence).all().pinball());
  EXPECT_LT(*ours.pinball(), 0.75 * *answer.comparison.of(Method::weekly_naive).all().pinball());
  EXPECT_LT(*ours.pinball(), *answer.comparison.of(Method::recent_quantiles).all().pinball());
  EXPECT_GT(*ours.coverage(), 0.75);
  EXPECT_LT(*ours.coverage(), 0.85);
}

TEST(LoadForecaster, TakesAHolidayForASunday) {
  const std::chrono::year_month_day holiday = plus_days(first, 58);  // a Wednesday
  ASSERT_FALSE(weekend(holiday));
  const IsFreeDay with_holiday = [holiday](std::chrono::year_month_day date) {
    return weekend(date) || date == holiday;
  };
  LoadForecaster forecaster(warsaw(), with_holiday, kilowatt_hours(4000));
  learn(forecaster, household(first, 56, 3));
  const double usual = day_sum(forecaster, plus_days(first, 57));
  EXPECT_NEAR(day_sum(forecaster, holiday) / usual, (16 * 0.6 + 80 * 0.08) / (16 * 0.4 + 80 * 0.08), 0.1);
}

TEST(LoadForecaster, IsNotPoisonedByTwoWeeksAway) {
  auto load = household(first, 70, 5);
  LoadForecaster stayed = fresh();
  learn(stayed, load);
  for (Observation& known : load)
    if (known.slot >= load[42 * 96].slot && known.slot < load[56 * 96].slot) known.value = 0.03;
  LoadForecaster left = fresh();
  const auto back = std::span(load).subspan(0, 60 * 96);  // four days at home again
  learn(left, back);
  const auto tomorrow = warsaw().date_of(back.back().slot.end());
  LoadForecaster never_left = fresh();
  learn(never_left, household(first, 60, 5));
  EXPECT_NEAR(day_sum(left, tomorrow) / day_sum(never_left, tomorrow), 1.0, 0.2);
}

TEST(LoadForecaster, FollowsAnAbsenceWhileItLasts) {
  auto load = household(first, 60, 5);
  for (Observation& known : load)
    if (known.slot >= load[57 * 96].slot) known.value = 0.03;
  LoadForecaster forecaster = fresh();
  learn(forecaster, load);
  LoadForecaster at_home = fresh();
  learn(at_home, household(first, 60, 5));
  const auto next_hours = [&](LoadForecaster& of) {
    const Slot begin = load.back().slot.next();
    return of.forecast(begin.start(), {begin, begin + 8}, {}).front().value().p50;
  };
  EXPECT_LT(next_hours(forecaster), 0.7 * next_hours(at_home));
}

TEST(LoadForecaster, IsNotPoisonedByOnePeak) {
  auto load = household(first, 40, 9);
  LoadForecaster calm = fresh();
  learn(calm, load);
  load[38 * 96 + 50].value = 4.0;  // an hour of a sauna, once
  load[38 * 96 + 51].value = 4.0;
  LoadForecaster peaked = fresh();
  learn(peaked, load);
  const auto at_peak = [&](LoadForecaster& of) {
    const Slot slot = load.back().slot.next() + 51;
    return of.forecast(slot.start(), {slot, slot.next()}, {}).front().value().p50;
  };
  EXPECT_NEAR(at_peak(peaked), at_peak(calm), 0.02);
}

TEST(LoadForecaster, LearnsThatColdDaysNeedMore) {
  auto load = household(first, 90, 11);
  std::vector<WeatherSlot> weather;
  testing::Random random(4);
  double air = 5.0;
  for (Observation& known : load) {
    if (known.slot.index() % 96 == 0) air = random.between(-10.0, 15.0);
    weather.push_back({.slot = known.slot, .air = celsius(air)});
    known.value += 0.01 * (15.0 - air);  // a heat pump
  }
  LoadForecaster forecaster = fresh();
  for (std::size_t i = 0; i < load.size(); ++i)
    forecaster.learn({.slot = load[i].slot, .value = load[i].value, .weather = &weather[i]});
  const Slot next = load.back().slot.next();
  const auto expected_at = [&](double celsius_then) {
    const WeatherSlot then{.slot = next + 90, .air = celsius(celsius_then)};
    return forecaster.forecast(next.start(), {next + 90, next + 91}, std::span(&then, 1)).front().value().p50;
  };
  EXPECT_GT(expected_at(-10.0), expected_at(10.0) + 0.05);
}

TEST(LoadForecaster, SeesNothingThatComesAfterTheIssue) {
  for (const std::uint64_t seed : {1U, 2U, 3U})
    expect_to_see_nothing_from(15 * 96 + 37, household(first, 20, seed), 9.9, fresh);
}

TEST(LoadForecaster, ForgetsTheLastHoursWhileNothingIsMeasured) {
  auto load = household(first, 30, 2);
  for (std::size_t i = load.size() - 8; i < load.size(); ++i) load[i].value = 3.0;
  LoadForecaster busy = fresh();
  learn(busy, load);
  const Slot next = load.back().slot.next();
  const auto expected = [&](Slot issue) {
    const Slot wanted = next + 40;
    return busy.forecast(issue.start(), {wanted, wanted.next()}, {}).front().value().p50;
  };
  EXPECT_LT(expected(next + 39), 0.3) << "hours later, nothing measured since";
}

TEST(LoadForecaster, IgnoresWhatIsNoLoadAndWhatIsOld) {
  LoadForecaster forecaster = fresh();
  const auto load = household(first, 3, 1);
  learn(forecaster, load);
  const double days = forecaster.days_learnt();
  forecaster.learn({.slot = load.back().slot, .value = 1.0});
  forecaster.learn({.slot = load.back().slot.next(), .value = -1.0});
  forecaster.learn({.slot = load.back().slot.next(), .value = std::nan("")});
  EXPECT_EQ(forecaster.days_learnt(), days);
}

}  // namespace
}  // namespace gridpilot::forecast
