#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "gridpilot/store/sqlite/forecast_packing.hpp"
#include "support.hpp"

namespace gridpilot::store {
namespace {

using namespace std::chrono_literals;

const Instant noon = parse_rfc3339("2026-06-17T10:00:00Z").value();

IssuedForecast forecast_at(Instant issued, double level) {
  IssuedForecast forecast{.issued_at = issued, .first = Slot::containing(issued), .slots = {}};
  forecast.slots.emplace_back(Quantiles{level, level + 0.1, level + 0.2, level + 0.3, level + 0.4});
  forecast.slots.emplace_back(std::nullopt);
  forecast.slots.emplace_back(Quantiles::certain(0.0));
  return forecast;
}

class Forecasts : public test::RecordTest {};

TEST_F(Forecasts, AreKeptBySeriesAndTimeOfIssueAcrossARestart) {
  {
    const auto record = open();
    record->store_forecast(ForecastSeries::load, forecast_at(noon, 0.5));
    record->store_forecast(ForecastSeries::load, forecast_at(noon + 1h, 0.75));
    record->store_forecast(ForecastSeries::rce_price, forecast_at(noon, -0.25));
  }
  const auto record = open();
  const auto load = value(record->forecasts(ForecastSeries::load, {.from = noon, .to = noon + 1h}));
  ASSERT_EQ(load.size(), 1U);
  EXPECT_EQ(load[0].issued_at, noon);
  EXPECT_EQ(load[0].first, Slot::containing(noon));
  ASSERT_EQ(load[0].slots.size(), 3U);
  EXPECT_NEAR(load[0].slots[0]->p90, 0.9, 1e-9);
  EXPECT_FALSE(load[0].slots[1]);
  EXPECT_EQ(load[0].slots[2], Quantiles::certain(0.0));
  EXPECT_EQ(value(record->forecasts(ForecastSeries::load, {.from = noon, .to = noon + 2h})).size(), 2U);
  EXPECT_NEAR(value(record->forecasts(ForecastSeries::rce_price, {.from = noon, .to = noon + 2h}))[0].slots[0]->p10,
              -0.25, 1e-9);
}

TEST_F(Forecasts, AreForgottenWhileTheirScoresStay) {
  const auto record = open();
  record->store_forecast(ForecastSeries::pv, forecast_at(noon, 0.5));
  record->store_forecast(ForecastSeries::pv, forecast_at(noon + 1h, 0.5));
  const DailyScore score{.series = ForecastSeries::pv,
                         .day = 2026y / 6 / 17,
                         .method = ForecastMethod::weekly_naive,
                         .band = HorizonBand::to_24_hours,
                         .sums = {.count = 72, .inside = 60, .absolute = 1.5, .error = -0.25, .pinball = 0.75}};
  record->store_scores({score});
  record->forget_forecasts_before(noon + 30min);
  EXPECT_EQ(value(record->forecasts(ForecastSeries::pv, {.from = noon, .to = noon + 24h})).size(), 1U);
  EXPECT_EQ(value(record->scores(2026y / 6 / 17)), std::vector{score});
  EXPECT_TRUE(value(record->scores(2026y / 6 / 18)).empty());
}

TEST_F(Forecasts, ALaterScoreOfTheSameDayReplacesTheFirst) {
  const auto record = open();
  DailyScore score{.series = ForecastSeries::load, .day = 2026y / 6 / 17, .sums = {.count = 1, .pinball = 0.5}};
  record->store_scores({score});
  score.sums.count = 2;
  record->store_scores({score});
  EXPECT_EQ(value(record->scores(2026y / 1 / 1)), std::vector{score});
}

TEST_F(Forecasts, OneThatIsNotFiniteIsReportedAndLeftOut) {
  const auto record = open();
  record->store_forecast(ForecastSeries::load, forecast_at(noon, std::nan("")));
  ASSERT_TRUE(record->health());
  EXPECT_TRUE(value(record->forecasts(ForecastSeries::load, {.from = noon, .to = noon + 1h})).empty());
  record->store_forecast(ForecastSeries::load, forecast_at(noon, 0.5));
  EXPECT_FALSE(record->health());
}

TEST(ForecastPacking, TakesAboutTwoKilobytesForTwoDays) {
  std::vector<std::optional<Quantiles>> slots;
  for (int i = 0; i < 192; ++i) {
    const double level = 0.2 + 0.1 * std::sin(i * 0.1);
    slots.emplace_back(Quantiles{level * 0.5, level * 0.8, level, level * 1.3, level * 2.0});
  }
  EXPECT_LT(pack_quantiles(ForecastSeries::load, slots)->size(), 2200U);
}

RC_GTEST_PROP(ForecastPacking, IsUndoneByUnpackingToItsStep,
              (const std::vector<std::array<std::int16_t, 5>>& numbers)) {
  std::vector<std::optional<Quantiles>> slots;
  for (const auto& levels : numbers) {
    std::array<double, 5> values{};
    std::ranges::transform(levels, values.begin(), [](std::int16_t n) { return n / 1e4; });
    slots.push_back(levels[0] % 7 == 0 ? std::nullopt : std::optional(Quantiles::from_levels(values)));
  }
  const auto packed = pack_quantiles(ForecastSeries::load, slots);
  RC_ASSERT(packed.has_value());
  const auto unpacked = unpack_quantiles(ForecastSeries::load, *packed);
  RC_ASSERT(unpacked.has_value());
  RC_ASSERT(*unpacked == slots);
}

RC_GTEST_PROP(ForecastPacking, SurvivesAnyBytes, (const std::vector<std::uint8_t>& bytes)) {
  const auto slots = unpack_quantiles(ForecastSeries::pv, std::as_bytes(std::span(bytes)));
  RC_ASSERT(slots.has_value() || slots.error().code == ErrorCode::corrupt);
}

}  // namespace
}  // namespace gridpilot::store
