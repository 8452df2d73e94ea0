#include "gridpilot/plant/weather.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "gridpilot/plant/photovoltaics.hpp"

namespace gridpilot::plant {
namespace {

using namespace std::chrono_literals;

constexpr double krakow_latitude = 50.06;
constexpr double krakow_longitude = 19.94;

Instant at(std::chrono::year_month_day date, Seconds of_day) {
  return std::chrono::sys_days(date) + of_day;
}

double elevation_degrees(Instant t) {
  return std::asin(sun_direction(t, krakow_latitude, krakow_longitude).up) * 180.0 / std::numbers::pi;
}

TEST(Sun, CulminatesWhereAlmanacsSay) {
  // Kraków: 90 - latitude + declination at solar noon, about 10:42 UTC in June and 10:38 UTC in December.
  EXPECT_NEAR(elevation_degrees(at(2026y / 6 / 21, 10h + 42min)), 63.4, 0.4);
  EXPECT_NEAR(elevation_degrees(at(2026y / 12 / 21, 10h + 38min)), 16.5, 0.4);
  EXPECT_NEAR(elevation_degrees(at(2026y / 3 / 20, 10h + 48min)), 39.9, 0.5);
}

TEST(Sun, StandsEastInTheMorningAndSouthAtNoon) {
  const SunDirection morning = sun_direction(at(2026y / 6 / 21, 5h), krakow_latitude, krakow_longitude);
  EXPECT_GT(morning.east, 0.8);
  const SunDirection noon = sun_direction(at(2026y / 6 / 21, 10h + 42min), krakow_latitude, krakow_longitude);
  EXPECT_NEAR(noon.east, 0.0, 0.02);
  EXPECT_LT(noon.north, 0.0);
}

TEST(WeatherOfAPlace, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const Weather one(krakow_latitude, krakow_longitude, 7);
  const Weather same(krakow_latitude, krakow_longitude, 7);
  const Weather other(krakow_latitude, krakow_longitude, 8);
  int different = 0;
  for (int hour = 0; hour < 240; ++hour) {
    const Instant t = at(2026y / 5 / 1, std::chrono::hours(hour));
    EXPECT_EQ(one.at(t).cloud_cover, same.at(t).cloud_cover);
    EXPECT_EQ(one.at(t).beam_normal, same.at(t).beam_normal);
    different += std::abs(one.at(t).cloud_cover - other.at(t).cloud_cover) > 0.1 ? 1 : 0;
  }
  EXPECT_GT(different, 100);
}

TEST(WeatherOfAPlace, HasClearAndOvercastDaysAndAPolishYearlyYield) {
  const Weather weather(krakow_latitude, krakow_longitude, 1);
  const Photovoltaics roof({PvPlane{.peak = kilowatts(1), .tilt_degrees = 35, .azimuth_degrees = 180}});
  double kwh = 0.0;
  double brightest_day = 0.0;
  double june = 0.0;
  double december = 0.0;
  for (int day = 0; day < 365; ++day) {
    double today = 0.0;
    for (int i = 0; i < 96; ++i) {
      const Instant t = at(2026y / 1 / 1, std::chrono::hours(24 * day) + i * 900s);
      today += in_kilowatts(roof.at(weather.at(t)).total()) * 0.25;
    }
    kwh += today;
    brightest_day = std::max(brightest_day, today);
    if (day >= 151 && day < 181) june += today;
    if (day >= 334 && day < 364) december += today;
  }
  EXPECT_GT(kwh, 850.0);  // PVGIS gives 950 to 1100 kWh per kWp in Poland
  EXPECT_LT(kwh, 1250.0);
  EXPECT_GT(brightest_day, 5.5);
  EXPECT_LT(brightest_day, 8.5);
  EXPECT_GT(june, 3.0 * december);
}

TEST(WeatherOfAPlace, ChangesLittleFromOneReadingToTheNext) {
  const Weather weather(krakow_latitude, krakow_longitude, 3);
  double worst = 0.0;
  for (int i = 0; i < 4320 * 5; ++i) {
    const Instant t = at(2026y / 6 / 1, i * 20s);
    worst = std::max(worst, std::abs(weather.at(t + 20s).beam_normal - weather.at(t).beam_normal));
  }
  EXPECT_LT(worst, 700.0);  // a cloud's edge takes more than one reading
}

}  // namespace
}  // namespace gridpilot::plant
