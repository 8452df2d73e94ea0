#include "gridpilot/app/forecast_keeper.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "support/memory_record.hpp"
#include "unit/app/made_contract.hpp"

namespace gridpilot::app {
namespace {

using namespace std::chrono_literals;

const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

const auto first_day = 2026y / 6 / 1;

struct Events final : ForecastEvents {
  std::vector<std::chrono::year_month_day> scored;
  std::vector<std::pair<ForecastAlarm, bool>> alarms;
  int failures = 0;
  void on_forecasts_scored(std::chrono::year_month_day day, std::span<const DailyScore>) override {
    scored.push_back(day);
  }
  void on_forecast_alarm(const ForecastAlarm& alarm, bool is_over) override { alarms.emplace_back(alarm, is_over); }
  void on_forecast_failure(const Error&) override { ++failures; }
};

/// A home with a load of 0.2 kWh a slot and prices that are the same all day, lived through hour by hour.
class ForecastKeeping : public ::testing::Test {
 protected:
  void measure(Slot slot, double load_kwh) {
    const SlotEnergy energy{.slot = slot, .load = kilowatt_hours(load_kwh), .coverage = 1.0};
    record_.append(energy);
    knowledge_.learn(energy, forecast::PvFreedom::full);
  }
  void publish(std::chrono::year_month_day date) {
    for (const PriceSeries series : {PriceSeries::sdac_15min, PriceSeries::rce_15min}) {
      const auto prices = testing_support::flat_day(warsaw(), date, 400);
      auto& kept = record_.kept_prices[static_cast<int>(series)];
      kept.insert(kept.end(), prices.begin(), prices.end());
      knowledge_.learn(series, prices);
    }
  }
  void keep(Instant now) {
    net::asio::co_spawn(io_, keeper_.keep(now), [](const std::exception_ptr& thrown) { EXPECT_FALSE(thrown); });
    io_.restart();
    io_.run();
  }
  /// Days of half-hourly ticks; prices of the next day come at one in the afternoon.
  void live(int days) {
    for (int day = 0; day < days; ++day, date_ = plus_days(date_, 1)) {
      const SlotRange slots = warsaw().slots_of(date_);
      for (Slot slot = slots.first; slot < slots.last; slot = slot.next()) {
        if (warsaw().civil(slot.start()).minute_of_day() == 13 * 60) publish(plus_days(date_, 1));
        if ((slot - slots.first) % 2 == 0) keep(slot.start() + 20s);
        measure(slot, load_kwh_);
      }
    }
  }
  [[nodiscard]] std::size_t kept(ForecastSeries series) const {
    return static_cast<std::size_t>(
        std::ranges::count(record_.kept_forecasts, series, &std::pair<ForecastSeries, IssuedForecast>::first));
  }

  net::asio::io_context io_;
  testing_support::MemoryRecord record_;
  Knowledge knowledge_{Site{}, testing_support::plain_market_contract(), warsaw()};
  Events events_;
  ForecastKeeper keeper_{
      {.knowledge = knowledge_, .reader = record_, .archive = record_, .work = io_.get_executor(), .events = events_}};
  std::chrono::year_month_day date_ = first_day;
  double load_kwh_ = 0.2;
};

TEST_F(ForecastKeeping, KeepsLoadAndPvByTheHourAndPricesByTheirPublication) {
  publish(first_day);
  live(2);
  EXPECT_EQ(kept(ForecastSeries::load), 48U);
  EXPECT_EQ(kept(ForecastSeries::pv), 48U);
  EXPECT_EQ(kept(ForecastSeries::sdac_price), 3U);  // at the start, and after each publication
  const auto& [series, prices] = record_.kept_forecasts.back();
  EXPECT_EQ(prices.slots.size(), 192U);
  for (const auto& [of, forecast] : record_.kept_forecasts)
    if (of == ForecastSeries::sdac_price) {
      EXPECT_GT(forecast.first.start(), forecast.issued_at);
      EXPECT_EQ(forecast.first, warsaw().slots_of(warsaw().date_of(forecast.first.start())).first);
      EXPECT_TRUE(forecast.slots.front());
    }
}

TEST_F(ForecastKeeping, ScoresEachDayOnceItIsOver) {
  publish(first_day);
  live(9);
  EXPECT_EQ(events_.failures, 0);
  // Rivals need seven days of a past; a day is scored half an hour after its midnight.
  ASSERT_FALSE(events_.scored.empty());
  EXPECT_EQ(events_.scored.back(), plus_days(first_day, 7));
  EXPECT_EQ(std::ranges::adjacent_find(events_.scored), events_.scored.end());
  bool has_prices = false;
  for (const DailyScore& score : record_.kept_scores) {
    has_prices = has_prices || score.series == ForecastSeries::sdac_price;
    if (score.series == ForecastSeries::load && score.method == ForecastMethod::persistence) {
      EXPECT_NEAR(score.sums.pinball, 0.0, 1e-9);
    }
  }
  EXPECT_TRUE(has_prices);
  EXPECT_EQ(record_.forgotten_before,
            warsaw().slots_of(plus_days(first_day, 8)).first.start() + 30min + 20s - 90 * 24h);
}

TEST_F(ForecastKeeping, DoesNotScoreADayAgainAfterARestart) {
  publish(first_day);
  live(9);
  const std::size_t scores = record_.kept_scores.size();
  ForecastKeeper again(
      {.knowledge = knowledge_, .reader = record_, .archive = record_, .work = io_.get_executor(), .events = events_});
  net::asio::co_spawn(io_, again.keep(warsaw().slots_of(date_).first.start()),
                      [](const std::exception_ptr& thrown) { EXPECT_FALSE(thrown); });
  io_.restart();
  io_.run();
  EXPECT_EQ(record_.kept_scores.size(), scores);
}

TEST_F(ForecastKeeping, RaisesTheAlarmAfterAWeekAndEndsIt) {
  // The record says that persistence was better for six days; the seventh is scored now, and another, better one after.
  for (int back = 6; back >= 1; --back)
    for (const auto& [method, loss] :
         {std::pair{ForecastMethod::own, 2.0}, std::pair{ForecastMethod::persistence, 1.0}})
      record_.store_scores({{.series = ForecastSeries::load,
                             .day = plus_days(first_day, -back),
                             .method = method,
                             .sums = {.count = 1, .pinball = loss}}});
  // A load that never changes, and kept forecasts that expect another: whatever repeats the past is right.
  const SlotRange slots = warsaw().slots_of(first_day);
  for (Slot slot = slots.first - 30 * 96; slot < slots.last + 96; slot = slot.next())
    record_.append(SlotEnergy{.slot = slot, .load = kilowatt_hours(0.2), .coverage = 1.0});
  record_.store_forecast(ForecastSeries::load,
                         {.issued_at = slots.first.start(),
                          .first = slots.first,
                          .slots = std::vector<std::optional<Quantiles>>(96, Quantiles::certain(0.3))});
  keep(slots.last.start() + 31min);
  ASSERT_EQ(keeper_.alarms().size(), 1U);
  EXPECT_EQ(keeper_.alarms()[0], (ForecastAlarm{ForecastSeries::load, ForecastMethod::persistence}));
  EXPECT_EQ(sentence_of(keeper_.alarms()[0]),
            "the load forecast has been worse than repeating the last known day on each of the last 7 days");
  record_.kept_forecasts.clear();
  record_.store_forecast(ForecastSeries::load,
                         {.issued_at = slots.last.start(),
                          .first = slots.last,
                          .slots = std::vector<std::optional<Quantiles>>(96, Quantiles::certain(0.2))});
  keep((slots.last + 96).start() + 31min);
  EXPECT_TRUE(keeper_.alarms().empty());
  ASSERT_EQ(events_.alarms.size(), 2U);
  EXPECT_FALSE(events_.alarms[0].second);
  EXPECT_TRUE(events_.alarms[1].second);
}

}  // namespace
}  // namespace gridpilot::app
