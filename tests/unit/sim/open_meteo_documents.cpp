#include "gridpilot/sim/open_meteo_documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "gridpilot/codec/open_meteo.hpp"
#include "gridpilot/plant/house.hpp"

namespace gridpilot::sim {
namespace {

using testing::HasSubstr;

const Instant now = parse_rfc3339("2026-06-10T09:20:00Z").value();

std::vector<net::HttpParameter> asked(const std::string& more = "") {
  const auto target = net::parse_http_target(
      "/v1/forecast?latitude=50.06&longitude=19.94&minutely_15=shortwave_radiation,direct_normal_irradiance,"
      "diffuse_radiation,global_tilted_irradiance,temperature_2m,cloud_cover,wind_speed_10m&hourly=snow_depth&"
      "tilt=35&azimuth=0&wind_speed_unit=ms&timezone=GMT&past_days=2&forecast_days=4" +
      more);
  return target->parameters;
}

WeatherForecast forecast() {
  OpenMeteoDocuments documents(1);
  const OpenMeteoAnswer answer = documents.answer(asked(), now);
  EXPECT_EQ(answer.status, 200);
  auto decoded = codec::open_meteo::decode(answer.body, now, codec::open_meteo::Plane{.tilt_degrees = 35});
  EXPECT_TRUE(decoded.has_value()) << (decoded ? "" : decoded.error().message);
  return decoded.value_or(WeatherForecast{});
}

TEST(OpenMeteoDocuments, CoverTheDaysThatWereAskedFor) {
  const WeatherForecast weather = forecast();
  EXPECT_EQ(weather.slots.front().slot.start(), parse_rfc3339("2026-06-07T23:00:00Z").value() + Seconds(2700));
  EXPECT_EQ(weather.slots.back().slot.start(), parse_rfc3339("2026-06-13T23:30:00Z").value());
  ASSERT_EQ(weather.planes.size(), 1U);
  EXPECT_EQ(weather.planes[0].w_per_m2.size(), 576U);
  for (const WeatherSlot& slot : weather.slots) {
    ASSERT_TRUE(slot.global_horizontal_w_per_m2.has_value());
    ASSERT_GE(*slot.global_horizontal_w_per_m2, 0.0);
  }
}

TEST(OpenMeteoDocuments, ThePastIsWhatTheSimulatedHouseProduced) {
  const WeatherForecast weather = forecast();
  plant::HouseOptions options;
  options.has_battery = false;
  const Instant start = parse_rfc3339("2026-06-08T00:00:00Z").value();
  plant::House house(TimeZone::utc(), options, start);
  // Per kWh of irradiance on the plane the modules give nearly the same in every slot of daylight, whatever the sky.
  double least = 1e9;
  double most = 0.0;
  const plant::Photovoltaics modules(options.planes);
  const plant::Weather sky =
      plant::House::weather_of(options.latitude_degrees, options.longitude_degrees, options.seed);
  for (const auto& [slot, irradiance] : weather.planes.at(0).w_per_m2) {
    if (slot.start() >= now || irradiance < 200.0) continue;
    double produced = 0.0;
    for (int minute = 0; minute < 15; ++minute)
      produced += in_watts(modules.at(sky.at(slot.start() + Seconds(60 * minute + 30))).total()) / 15.0;
    least = std::min(least, produced / irradiance);
    most = std::max(most, produced / irradiance);
  }
  EXPECT_GT(least, 0.6 * most);
  EXPECT_GT(most, 0.0);
}

TEST(OpenMeteoDocuments, WhatLiesFurtherAheadIsFurtherOff) {
  OpenMeteoDocuments documents(1);
  const auto at = [&](Instant when) {
    return codec::open_meteo::decode(documents.answer(asked(), when).body, when, codec::open_meteo::Plane{}).value();
  };
  const Instant later = now + std::chrono::hours(72);
  const WeatherForecast before = at(now);
  const WeatherForecast after = at(later);
  const auto error_between = [&](Instant from, Instant to) {
    double error = 0.0;
    for (const WeatherSlot& slot : before.slots) {
      if (slot.slot.start() < from || slot.slot.start() >= to) continue;
      const auto truth = std::ranges::find(after.slots, slot.slot, &WeatherSlot::slot);
      if (truth == after.slots.end()) continue;
      error += std::abs(*slot.global_horizontal_w_per_m2 - *truth->global_horizontal_w_per_m2);
    }
    return error;
  };
  const Instant tomorrow = parse_rfc3339("2026-06-11T00:00:00Z").value();
  const double first_day = error_between(tomorrow, tomorrow + std::chrono::hours(24));
  const double second_day = error_between(tomorrow + std::chrono::hours(24), tomorrow + std::chrono::hours(48));
  EXPECT_GT(first_day, 0.0);
  EXPECT_GT(second_day, first_day);
}

TEST(OpenMeteoDocuments, RefuseAsTheServiceDoes) {
  OpenMeteoDocuments documents(1);
  for (const char* const wrong : {"&latitude=95", "&minutely_15=moon_phase", "&tilt=100", "&timezone=Europe/Warsaw"}) {
    const OpenMeteoAnswer answer = documents.answer(asked(wrong), now);
    EXPECT_EQ(answer.status, 400) << wrong;
    EXPECT_THAT(answer.body, HasSubstr("\"error\":true")) << wrong;
  }
  EXPECT_EQ(documents.answer({}, now).status, 400);
}

}  // namespace
}  // namespace gridpilot::sim
