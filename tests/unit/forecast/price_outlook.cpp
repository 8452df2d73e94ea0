#include "gridpilot/forecast/price_outlook.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "gridpilot/forecast/score.hpp"

namespace gridpilot::forecast {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;

const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

bool is_weekend(std::chrono::year_month_day date) {
  const std::chrono::weekday day{sys_days(date)};
  return day == std::chrono::Saturday || day == std::chrono::Sunday;
}

PriceForecaster forecaster() {
  return {warsaw(), is_weekend};
}

/// A market with a morning and an evening peak, a dip at noon, cheap weekends, and a level that wanders.
std::vector<Observation> market(sys_days from, int count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<Observation> series;
  double level = 0.4;
  for (int day = 0; day < count; ++day) {
    const sys_days date = from + days(day);
    level += 0.3 * (0.4 - level) + 0.06 * normal(random);
    const SlotRange slots = warsaw().slots_of(date);
    for (Slot slot = slots.first; slot < slots.last; slot = slot.next()) {
      const double hour = warsaw().civil(slot.start()).minute_of_day() / 60.0;
      const double shape = 0.15 * std::cos((hour - 8.0) / 24.0 * 4.0 * 3.14159265);
      series.push_back(
          {.slot = slot, .value = level + shape - (is_weekend(date) ? 0.15 : 0.0) + 0.02 * normal(random)});
    }
  }
  return series;
}

void learn(PriceForecaster& into, std::span<const Observation> series) {
  for (const Observation& known : series) into.learn(known);
}

SlotRange day_after(std::span<const Observation> series) {
  return warsaw().slots_of(warsaw().date_of(series.back().slot.end()));
}

TEST(PriceForecaster, ForeseesNothingBeforeTheFirstWholeDay) {
  PriceForecaster prices = forecaster();
  const auto series = market(2026y / 3 / 2, 1, 1);
  learn(prices, std::span(series).first(95));
  EXPECT_EQ(prices.at(series.back().slot + 10), std::nullopt);
  learn(prices, std::span(series).last(1));
  EXPECT_NE(prices.at(series.back().slot + 10), std::nullopt);
}

TEST(PriceForecaster, AfterOneDayExpectsMuchTheSameAndIsUnsure) {
  PriceForecaster prices = forecaster();
  const auto series = market(2026y / 3 / 3, 1, 1);
  learn(prices, series);
  const auto expected = prices.forecast({}, day_after(series), {});
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_TRUE(expected[i]);
    EXPECT_NEAR(expected[i]->p50, series[i].value, 0.1);
    EXPECT_GT(expected[i]->p90 - expected[i]->p10, 0.05);
  }
}

TEST(PriceForecaster, IsSilentOnPublishedSlotsAndOnWhatLiesTooFarAhead) {
  PriceForecaster prices = forecaster();
  const auto series = market(2026y / 3 / 2, 10, 1);
  learn(prices, series);
  const Slot end = series.back().slot.next();
  const auto expected = prices.forecast({}, {end - 2, end + 40 * 96}, {});
  EXPECT_FALSE(expected[0]);
  EXPECT_FALSE(expected[1]);
  EXPECT_TRUE(expected[2]);
  EXPECT_TRUE(expected[2 + 27 * 96]);
  EXPECT_FALSE(expected.back());
}

TEST(PriceForecaster, IsSilentOnSlotsOfADayThatIsPublishedInPart) {
  PriceForecaster prices = forecaster();
  auto series = market(2026y / 3 / 2, 11, 1);
  learn(prices, std::span(series).first(10 * 96 + 40));
  EXPECT_FALSE(prices.at(series[10 * 96 + 39].slot));
  EXPECT_TRUE(prices.at(series[10 * 96 + 40].slot));
}

TEST(PriceForecaster, KnowsThatWeekendsAreCheap) {
  PriceForecaster prices = forecaster();
  const auto series = market(2026y / 1 / 5, 12 * 7 - 2, 3);  // ends on a Friday
  learn(prices, series);
  const SlotRange saturday = day_after(series);
  const SlotRange monday{saturday.first + 2 * 96, saturday.first + 3 * 96};
  double cheaper = 0.0;
  const auto weekend = prices.forecast({}, saturday, {});
  const auto workday = prices.forecast({}, monday, {});
  for (std::size_t i = 0; i < weekend.size(); ++i) cheaper += (workday[i]->p50 - weekend[i]->p50) / 96.0;
  EXPECT_NEAR(cheaper, 0.15, 0.06);
}

TEST(PriceForecaster, BeatsTheNaiveRivalsAndKeepsItsBand) {
  const auto series = market(2025y / 9 / 1, 200, 5);
  std::vector<Instant> issues;
  for (int day = 0; day < 198; ++day)
    issues.push_back(warsaw().instant_of({.date = sys_days(2025y / 9 / 1) + days(day), .hour = 14, .minute = 30}));
  const auto date_of = [](Instant t) { return sys_days(warsaw().date_of(t)); };
  const Replay past{
      .series = series,
      .issues = issues,
      .known_at = [&](Slot slot) { return warsaw().instant_of({.date = date_of(slot.start()) - days(1), .hour = 14}); },
      .asked = [&](Instant issue) { return warsaw().slots_of(date_of(issue) + days(2)); }};
  PriceForecaster prices = forecaster();
  const Comparison scores = compare(past, prices, warsaw(), {series[40 * 96].slot, series.back().slot.next()});
  const Score own = scores.of(Method::own).all();
  EXPECT_GT(own.count(), 150 * 96);
  EXPECT_LT(*own.pinball(), 0.7 * *scores.of(Method::persistence).all().pinball());
  EXPECT_LT(*own.pinball(), 0.7 * *scores.of(Method::weekly_naive).all().pinball());
  EXPECT_NEAR(*own.coverage(), 0.8, 0.05);
}

TEST(PriceForecaster, GoesThroughClockChanges) {
  for (const sys_days from : {sys_days(2026y / 3 / 20), sys_days(2025y / 10 / 17)}) {
    PriceForecaster prices = forecaster();
    const auto series = market(from, 9, 7);  // up to the day before the change
    learn(prices, series);
    const SlotRange changed = day_after(series);
    ASSERT_NE(changed.size(), 96);
    const auto expected = prices.forecast({}, {changed.first, changed.last + 96}, {});
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_TRUE(expected[i]) << i;
      EXPECT_TRUE(expected[i]->are_in_order());
    }
    // Noon is dear by the clock on the wall, not by the place in the day.
    const Slot noon =
        Slot::containing(warsaw().instant_of({.date = warsaw().date_of(changed.first.start()), .hour = 8}));
    EXPECT_GT(prices.at(noon)->p50, prices.at(noon + 20)->p50);
  }
}

TEST(PriceForecaster, TakesACorrectedPriceForWhatItIs) {
  const auto series = market(2026y / 3 / 2, 30, 1);
  auto wrong = series;
  for (std::size_t i = wrong.size() - 96; i < wrong.size(); ++i) wrong[i].value += 1.0;
  PriceForecaster corrected = forecaster();
  learn(corrected, wrong);
  const Slot next = series.back().slot.next();
  const double misled = corrected.at(next)->p50;
  learn(corrected, std::span(series).last(96));
  PriceForecaster right = forecaster();
  learn(right, series);
  // What was learnt from the wrong day stays learnt, but it counts as one day among thirty.
  EXPECT_GT(std::fabs(misled - right.at(next)->p50), 0.15);
  EXPECT_NEAR(corrected.at(next)->p50, right.at(next)->p50, 0.05);
}

TEST(PriceForecaster, GoesOnAfterHolesOfAnyLength) {
  for (const int missing : {1, 3, 34, 35, 36, 200}) {
    PriceForecaster prices = forecaster();
    auto series = market(2025y / 6 / 2, 12 + missing + 2, 1);
    learn(prices, std::span(series).first(12 * 96));
    learn(prices, std::span(series).last(2 * 96));
    ASSERT_TRUE(prices.at(series.back().slot.next())) << missing;
    EXPECT_NEAR(prices.at(series.back().slot.next())->p50, series[series.size() - 96].value, 0.3) << missing;
  }
}

TEST(PriceForecaster, KeepsItsWordWhileADayAfterALongHoleIsNotWhole) {
  PriceForecaster prices = forecaster();
  const auto series = market(2025y / 6 / 2, 60, 1);
  learn(prices, std::span(series).first(12 * 96));
  Observation corrected = series[11 * 96];
  corrected.value += 1.0;
  prices.learn(corrected);
  prices.learn(series[55 * 96]);
  const auto expected = prices.forecast({}, {series[12 * 96].slot, series[12 * 96].slot + 20 * 96}, {});
  EXPECT_TRUE(expected.front());
  learn(prices, std::span(series).last(4 * 96));
  EXPECT_TRUE(prices.at(series.back().slot.next()));
}

TEST(PriceForecaster, AFlatMarketHasRoomToMove) {
  PriceForecaster prices = forecaster();
  auto series = market(2026y / 3 / 2, 60, 1);
  for (Observation& known : series) known.value = 0.5;
  learn(prices, series);
  const auto expected = prices.at(series.back().slot + 30);
  EXPECT_NEAR(expected->p50, 0.5, 0.01);
  EXPECT_LE(expected->p10, expected->p50);
}

TEST(PriceForecaster, AnAdviceCountsAsFarAsAdviceHasProvedRight) {
  const auto series = market(2025y / 11 / 3, 60, 9);
  PriceForecaster trusting = forecaster();
  PriceForecaster deceived = forecaster();
  PriceForecaster alone = forecaster();
  learn(alone, series);
  for (std::size_t day = 0; day < 60; ++day) {
    const std::span<const Observation> today = std::span(series).subspan(day * 96, 96);
    for (const Observation& known : today) {
      trusting.advise(known.slot, known.value);
      deceived.advise(known.slot, 5.0);
    }
    learn(trusting, today);
    learn(deceived, today);
  }
  const Slot next = series.back().slot.next();
  const double own = alone.at(next)->p50;
  EXPECT_EQ(trusting.at(next)->p50, own);
  trusting.advise(next, own + 1.0);
  deceived.advise(next, own + 1.0);
  EXPECT_GT(trusting.at(next)->p50, own + 0.6);
  EXPECT_NEAR(deceived.at(next)->p50, own, 0.02);
  EXPECT_EQ(trusting.at(next.next())->p50, alone.at(next.next())->p50);
}

/// The same past, and two futures that have nothing in common: what is issued between them is equal to the last bit.
class PriceForecasterSeesNothingAfterTheIssue : public testing::TestWithParam<std::size_t> {};

TEST_P(PriceForecasterSeesNothingAfterTheIssue, WhateverComesLater) {
  const std::size_t cut = GetParam();
  auto one = market(2026y / 1 / 5, 60, static_cast<unsigned>(cut));
  auto other = one;
  for (std::size_t i = cut * 96; i < other.size(); ++i) other[i].value = 7.0 - 3.0 * other[i].value;
  const auto forecasts = [&](std::span<const Observation> series) {
    std::vector<Instant> issues;
    for (std::size_t day = 0; day < 60; ++day) issues.push_back(series[day * 96].slot.start() - std::chrono::hours(9));
    std::vector<IssuedForecast> made;
    PriceForecaster prices = forecaster();
    // Published at noon of the day before; asked for two days after the last published.
    replay({.series = series,
            .issues = issues,
            .known_at =
                [](Slot slot) {
                  const sys_days date(warsaw().date_of(slot.start()));
                  return warsaw().instant_of({.date = date - days(1), .hour = 12});
                },
            .asked =
                [](Instant issue) {
                  const sys_days date(warsaw().date_of(issue));
                  const Slot first = warsaw().slots_of(date + days(2)).first;
                  return SlotRange{first, first + 192};
                }},
           prices, [&](const IssuedForecast& issued) { made.push_back(issued); });
    return made;
  };
  const auto from_one = forecasts(one);
  const auto from_other = forecasts(other);
  const Slot change = one[cut * 96].slot;
  std::size_t equal = 0;
  std::size_t different = 0;
  for (std::size_t i = 0; i < from_one.size(); ++i) {
    if (from_one[i].first <= change) {
      EXPECT_EQ(from_one[i].slots, from_other[i].slots);
      ++equal;
    } else {
      different += from_one[i].slots == from_other[i].slots ? 0U : 1U;
    }
  }
  EXPECT_GT(equal, 0U);
  EXPECT_GT(different, 0U);
}
INSTANTIATE_TEST_SUITE_P(Days, PriceForecasterSeesNothingAfterTheIssue, testing::Values(1, 9, 40, 57));

TEST(PriceForecaster, QuantilesAreInOrderAndFiniteWhateverThePrices) {
  std::mt19937_64 random(11);
  std::cauchy_distribution<double> wild(0.3, 0.5);
  for (int round = 0; round < 5; ++round) {
    PriceForecaster prices = forecaster();
    auto series = market(2026y / 3 / 10, 30, 1);
    for (Observation& known : series) known.value = std::clamp(wild(random), -1000.0, 1000.0);
    learn(prices, series);
    const Slot next = series.back().slot.next();
    for (const auto& expected : prices.forecast({}, {next, next + 10 * 96}, {})) {
      ASSERT_TRUE(expected);
      EXPECT_TRUE(expected->are_in_order());
      EXPECT_TRUE(std::isfinite(expected->p10) && std::isfinite(expected->p90));
    }
  }
}

}  // namespace
}  // namespace gridpilot::forecast
