#include "gridpilot/forecast/pv_forecaster.hpp"

#include <gtest/gtest.h>

#include "gridpilot/forecast/pv_power.hpp"
#include "gridpilot/forecast/score.hpp"
#include "gridpilot/forecast/series_backtest.hpp"
#include "unit/forecast/homes.hpp"

namespace gridpilot::forecast {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::year_month_day first = 2026y / 4 / 1;

void learn(PvForecaster& forecaster, std::span<const Observation> pv) {
  for (const Observation& known : pv) forecaster.learn(known);
}

Quantiles at(PvForecaster& forecaster, Slot slot, std::span<const WeatherSlot> weather = {}) {
  return forecaster.forecast(slot.start(), {slot, slot.next()}, weather).front().value();
}

/// 13:00 local, a day after what was learnt.
Slot noon_after(std::span<const Observation> pv) {
  return pv.back().slot.next() + 52;
}

/// The weather of a sky without clouds, by Haurwitz: what clear_sky_energy rests on too.
WeatherSlot clear_weather(Slot slot) {
  const SunPosition sun =
      sun_position(slot.start() + slot_length / 2, home().latitude_degrees, home().longitude_degrees);
  const double sine = std::sin(sun.elevation_degrees * 0.017453292519943295);
  const double global = sine <= 0.0 ? 0.0 : 1098.0 * sine * std::exp(-0.057 / sine);
  return {.slot = slot,
          .global_horizontal_w_per_m2 = global,
          .direct_normal_w_per_m2 = sine <= 0.05 ? 0.0 : 0.86 * global / sine,
          .diffuse_horizontal_w_per_m2 = 0.14 * global,
          .air = celsius(20)};
}

TEST(PvForecaster, BeatsTheNaiveRivalsAndKeepsItsBand) {
  const auto pv = cloudy_sun(first, 100, 7);
  PvForecaster own(home());
  const BacktestAnswer answer =
      backtest({.series = ForecastSeries::pv, .observed = pv, .zone = warsaw(), .every = std::chrono::hours(6)}, own);
  const Score ours = answer.comparison.of(Method::own).all();
  EXPECT_LT(*ours.pinball(), 0.75 * *answer.comparison.of(Method::persistence).all().pinball());
  EXPECT_LT(*ours.pinball(), 0.75 * *answer.comparison.of(Method::weekly_naive).all().pinball());
  EXPECT_LT(*ours.pinball(), *answer.comparison.of(Method::recent_quantiles).all().pinball());
  EXPECT_GT(*ours.coverage(), 0.75);
  EXPECT_LT(*ours.coverage(), 0.88);
}

TEST(PvForecaster, IsCertainOfTheNightAndStaysBelowTheInverter) {
  Site site = home();
  site.inverter_rating = kilowatts(2);
  PvForecaster forecaster(site);
  const auto pv = cloudy_sun(first, 10, 2);
  learn(forecaster, pv);
  const SlotRange day = warsaw().slots_of(plus_days(first, 10));
  for (const auto& slot : forecaster.forecast(day.first.start(), day, {})) EXPECT_LE(slot.value().p90, 0.5);
  EXPECT_EQ(at(forecaster, day.first), Quantiles::certain(0.0));
}

TEST(PvForecaster, LearnsNothingFromCurtailedSlots) {
  PvForecaster taught(home());
  PvForecaster untaught(home());
  auto pv = cloudy_sun(first, 20, 3);
  learn(taught, pv);
  learn(untaught, pv);
  const Slot next = pv.back().slot.next();
  for (Slot slot = next; slot < next + 96; slot = slot.next())
    taught.learn({.slot = slot, .value = 0.0}, PvFreedom::curtailed);
  EXPECT_EQ(taught.days_learnt(), untaught.days_learnt());
  EXPECT_EQ(at(taught, next + 148), at(untaught, next + 148));
}

TEST(PvForecaster, TrustsTheWeatherAtOnceAndCorrectsItsBias) {
  PvForecaster forecaster(home());
  const auto pv = cloudy_sun(first, 1, 3);
  const Slot noon = noon_after(pv);
  const WeatherSlot clear = clear_weather(noon);
  const double foreseen = in_kilowatt_hours(pv_energy(home(), clear).value());
  EXPECT_NEAR(at(forecaster, noon, std::span(&clear, 1)).p50 / foreseen, 1.0, 0.1);
  // A home whose modules bring 70 % of what such weather should.
  for (int day = 0; day < 30; ++day)
    for (int quarter = 0; quarter < 96; ++quarter) {
      const Slot slot = pv.front().slot + (96 * day + quarter);
      const WeatherSlot weather = clear_weather(slot);
      forecaster.learn(
          {.slot = slot, .value = 0.7 * in_kilowatt_hours(pv_energy(home(), weather).value()), .weather = &weather});
    }
  const Slot later = pv.front().slot + (96 * 30 + 44);
  const WeatherSlot then = clear_weather(later);
  EXPECT_NEAR(at(forecaster, later, std::span(&then, 1)).p50 / in_kilowatt_hours(pv_energy(home(), then).value()), 0.7,
              0.05);
}

TEST(PvForecaster, LearnsWhereATreeStands) {
  // East of south, below 40°: nothing but a fifth comes through.
  const auto behind_tree = [](Slot slot) {
    const SunPosition sun =
        sun_position(slot.start() + slot_length / 2, home().latitude_degrees, home().longitude_degrees);
    const bool is_hidden = sun.azimuth_degrees < 150 && sun.elevation_degrees < 40;
    return in_kilowatt_hours(clear_sky_energy(home(), slot)) * (is_hidden ? 0.2 : 0.95);
  };
  PvForecaster forecaster(home());
  const Slot begin = warsaw().slots_of(first).first;
  for (Slot slot = begin; slot < begin + 60 * 96; slot = slot.next())
    forecaster.learn({.slot = slot, .value = behind_tree(slot)});
  double error = 0.0, sum = 0.0;
  for (Slot slot = begin + 61 * 96; slot < begin + 62 * 96; slot = slot.next()) {
    error += std::abs(at(forecaster, slot).p50 - behind_tree(slot));
    sum += behind_tree(slot);
  }
  EXPECT_LT(error, 0.12 * sum);
}

TEST(PvForecaster, SeesNothingThatComesAfterTheIssue) {
  for (const std::uint64_t seed : {1U, 2U, 3U})
    expect_to_see_nothing_from(15 * 96 + 48, cloudy_sun(first, 20, seed), 1.2, [] { return PvForecaster(home()); });
}

TEST(PvEnergy, OfAClearSkyIsNearTheClearSkyModel) {
  for (const int hour : {9, 12, 15}) {
    const Slot slot = Slot::containing(warsaw().instant_of({.date = 2026y / 6 / 17, .hour = hour}));
    const Energy by_weather = pv_energy(home(), clear_weather(slot)).value();
    EXPECT_NEAR(by_weather / clear_sky_energy(home(), slot), 1.0, 0.12) << hour;
  }
}

TEST(PvEnergy, SplitsTheGlobalIrradianceWhereOnlyThatIsKnown) {
  const Slot slot = Slot::containing(warsaw().instant_of({.date = 2026y / 6 / 17, .hour = 12}));
  WeatherSlot weather = clear_weather(slot);
  const Energy split_by_source = pv_energy(home(), weather).value();
  weather.direct_normal_w_per_m2.reset();
  weather.diffuse_horizontal_w_per_m2.reset();
  EXPECT_NEAR(pv_energy(home(), weather).value() / split_by_source, 1.0, 0.08);
  weather.global_horizontal_w_per_m2.reset();
  EXPECT_FALSE(pv_energy(home(), weather)) << "missing stays missing";
}

TEST(PvEnergy, TakesTheIrradianceOfAPlaneFromTheSourceThatWorkedItOut) {
  const Slot slot = Slot::containing(warsaw().instant_of({.date = 2026y / 6 / 17, .hour = 12}));
  const std::vector<TiltedIrradiance> given{{.tilt_degrees = 35, .azimuth_degrees = 180, .w_per_m2 = {{slot, 1000.0}}}};
  const WeatherSlot weather{.slot = slot, .air = celsius(25), .wind_m_per_s = 2.0};
  // Cell: 25 °C + 1000 / (25 + 6.84 · 2) K = 50.85 °C; 5 kW · 0.92 · (1 − 0.0037 · 25.85) · a quarter of an hour.
  EXPECT_NEAR(in_kilowatt_hours(pv_energy(home(), weather, given).value()), 5 * 0.92 * (1 - 0.0037 * 25.85) / 4, 1e-3);
}

TEST(PvEnergy, AddsPlanesClipsAtTheInverterAndStopsUnderSnow) {
  const Slot slot = Slot::containing(warsaw().instant_of({.date = 2026y / 6 / 17, .hour = 12}));
  const WeatherSlot clear = clear_weather(slot);
  Site two = home();
  two.planes.push_back(two.planes.front());
  EXPECT_NEAR(pv_energy(two, clear).value() / pv_energy(home(), clear).value(), 2.0, 1e-9);
  two.inverter_rating = kilowatts(6);
  EXPECT_EQ(pv_energy(two, clear).value(), kilowatt_hours(1.5));
  WeatherSlot white = clear;
  white.air = celsius(-5);
  const Energy cold = pv_energy(home(), white).value();
  white.snow_depth_m = 0.1;
  EXPECT_LT(pv_energy(home(), white).value(), cold * 0.1);
  white.air = celsius(6);
  EXPECT_GT(pv_energy(home(), white).value(), cold * 0.8) << "it melts";
}

TEST(PvEnergy, IsGreaterInTheCold) {
  const Slot slot = Slot::containing(warsaw().instant_of({.date = 2026y / 6 / 17, .hour = 12}));
  WeatherSlot weather = clear_weather(slot);
  weather.air = celsius(0);
  const Energy cold = pv_energy(home(), weather).value();
  weather.air = celsius(30);
  EXPECT_NEAR(pv_energy(home(), weather).value() / cold, 0.89, 0.02);  // 30 K at 0.37 % of a module at 25 °C
}

}  // namespace
}  // namespace gridpilot::forecast
