#include "gridpilot/codec/open_meteo.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "unit/codec/weather/samples.hpp"

namespace gridpilot::codec::open_meteo {
namespace {

using test::at;
using test::expect_error;
using test::recorded;
using test::slot_at;
using test::with;

const Instant fetched = at("2026-06-01T10:00:00Z");

std::string document(const std::string& blocks, const std::string& offset = "7200") {
  return R"({"latitude":50.06,"longitude":19.94,"generationtime_ms":0.2,"utc_offset_seconds":)" + offset +
         R"(,"timezone":"Europe/Warsaw","timezone_abbreviation":"GMT+2","elevation":219.0,)" + blocks + "}";
}

const std::string quarters =
    R"("minutely_15_units":{"time":"iso8601","shortwave_radiation":"W/m²","direct_normal_irradiance":"W/m²",)"
    R"("diffuse_radiation":"W/m²","global_tilted_irradiance":"W/m²","temperature_2m":"°C","cloud_cover":"%",)"
    R"("wind_speed_10m":"km/h","snow_depth":"m"},)"
    R"("minutely_15":{"time":["2026-06-01T12:00","2026-06-01T12:15","2026-06-01T12:30"],)"
    R"("shortwave_radiation":[600.0,610.5,null],"direct_normal_irradiance":[500.0,510.0,520.0],)"
    R"("diffuse_radiation":[100,101,102],"global_tilted_irradiance":[700.0,null,720.0],)"
    R"("temperature_2m":[20.0,21.0,null],"cloud_cover":[10,20,30],"wind_speed_10m":[3.6,7.2,3.6],)"
    R"("snow_depth":[0.0,0.0,0.0]})";

WeatherForecast decoded(const std::string& text, std::optional<Plane> plane = Plane{.tilt_degrees = 35.0}) {
  const auto forecast = decode(text, fetched, plane);
  EXPECT_TRUE(forecast.has_value()) << (forecast ? "" : forecast.error().message);
  return forecast.value_or(WeatherForecast{});
}
const WeatherSlot* find(const WeatherForecast& forecast, const char* start) {
  const auto found = std::ranges::find(forecast.slots, slot_at(start), &WeatherSlot::slot);
  return found == forecast.slots.end() ? nullptr : &*found;
}
WeatherSlot slot_of(const WeatherForecast& forecast, const char* start) {
  const WeatherSlot* const found = find(forecast, start);
  EXPECT_NE(found, nullptr) << start;
  return found == nullptr ? WeatherSlot{} : *found;
}

TEST(OpenMeteo, ALabelIsTheEndOfItsMeansSlot) {
  const WeatherForecast forecast = decoded(document(quarters));
  EXPECT_EQ(forecast.source, "open-meteo");
  EXPECT_EQ(forecast.fetched_at, fetched);
  EXPECT_FALSE(forecast.issued_at.has_value());
  // 12:00 local is 10:00 UTC, so its mean is of 09:45 to 10:00.
  EXPECT_EQ(slot_of(forecast, "2026-06-01T09:45:00Z").global_horizontal_w_per_m2, 600.0);
  EXPECT_EQ(slot_of(forecast, "2026-06-01T10:00:00Z").global_horizontal_w_per_m2, 610.5);
  EXPECT_EQ(slot_of(forecast, "2026-06-01T10:15:00Z").direct_normal_w_per_m2, 520.0);
  EXPECT_EQ(slot_of(forecast, "2026-06-01T10:15:00Z").diffuse_horizontal_w_per_m2, 102.0);
}

TEST(OpenMeteo, ValuesAtALabelAreAveragedOverTheSlotBetweenTwoLabels) {
  const WeatherForecast forecast = decoded(document(quarters));
  const WeatherSlot slot = slot_of(forecast, "2026-06-01T10:00:00Z");
  EXPECT_DOUBLE_EQ(in_celsius(slot.air.value()), 20.5);
  EXPECT_DOUBLE_EQ(slot.cloud_cover_percent.value(), 15.0);
  EXPECT_DOUBLE_EQ(slot.wind_m_per_s.value(), 1.5);
  EXPECT_DOUBLE_EQ(slot.snow_depth_m.value(), 0.0);
  EXPECT_FALSE(slot_of(forecast, "2026-06-01T09:45:00Z").air.has_value());
}

TEST(OpenMeteo, ANullIsAbsent) {
  const WeatherForecast forecast = decoded(document(quarters));
  const WeatherSlot slot = slot_of(forecast, "2026-06-01T10:15:00Z");
  EXPECT_FALSE(slot.global_horizontal_w_per_m2.has_value());
  EXPECT_FALSE(slot.air.has_value());
}

TEST(OpenMeteo, TiltedIrradianceIsOfThePlaneAskedFor) {
  const WeatherForecast forecast = decoded(document(quarters), Plane{.tilt_degrees = 35.0, .azimuth_degrees = 200.0});
  ASSERT_EQ(forecast.planes.size(), 1U);
  EXPECT_EQ(forecast.planes[0].tilt_degrees, 35.0);
  EXPECT_EQ(forecast.planes[0].azimuth_degrees, 200.0);
  ASSERT_EQ(forecast.planes[0].w_per_m2.size(), 2U);
  EXPECT_EQ(forecast.planes[0].w_per_m2[0], std::pair(slot_at("2026-06-01T09:45:00Z"), 700.0));
  EXPECT_EQ(forecast.planes[0].w_per_m2[1], std::pair(slot_at("2026-06-01T10:15:00Z"), 720.0));
  expect_error(decode(document(quarters), fetched, std::nullopt), ErrorCode::malformed, "no plane was asked for");
}

TEST(OpenMeteo, AnHoursMeanHoldsForItsFourQuartersAndFinerValuesCount) {
  const std::string hours =
      R"("hourly_units":{"time":"iso8601","shortwave_radiation":"W/m²","temperature_2m":"°F"},)"
      R"("hourly":{"time":["2026-06-01T12:00","2026-06-01T13:00"],"shortwave_radiation":[400.0,500.0],)"
      R"("temperature_2m":[50.0,68.0]})";
  const WeatherForecast alone = decoded(document(hours));
  ASSERT_EQ(alone.slots.size(), 8U);
  EXPECT_EQ(slot_of(alone, "2026-06-01T09:00:00Z").global_horizontal_w_per_m2, 400.0);
  EXPECT_EQ(slot_of(alone, "2026-06-01T10:45:00Z").global_horizontal_w_per_m2, 500.0);
  EXPECT_DOUBLE_EQ(in_celsius(slot_of(alone, "2026-06-01T10:00:00Z").air.value()), 11.25);
  EXPECT_DOUBLE_EQ(in_celsius(slot_of(alone, "2026-06-01T10:45:00Z").air.value()), 18.75);

  const WeatherForecast both = decoded(document(quarters + "," + hours));
  EXPECT_EQ(slot_of(both, "2026-06-01T10:00:00Z").global_horizontal_w_per_m2, 610.5);
  EXPECT_EQ(slot_of(both, "2026-06-01T10:15:00Z").global_horizontal_w_per_m2, 500.0);
}

TEST(OpenMeteo, InstantsBecomeMeansOnlyBetweenNeighbouringLabels) {
  const std::string instants = R"("minutely_15_units":{"time":"iso8601","shortwave_radiation_instant":"W/m²"},)"
                               R"("minutely_15":{"time":["2026-06-01T12:00","2026-06-01T12:15","2026-06-01T12:45"],)"
                               R"("shortwave_radiation_instant":[100.0,200.0,400.0]})";
  const WeatherForecast forecast = decoded(document(instants));
  ASSERT_EQ(forecast.slots.size(), 1U);
  EXPECT_EQ(slot_of(forecast, "2026-06-01T10:00:00Z").global_horizontal_w_per_m2, 150.0);
}

TEST(OpenMeteo, UnixTimeNeedsNoOffset) {
  const std::string unix_time = R"("minutely_15_units":{"time":"unixtime","shortwave_radiation":"W/m²"},)"
                                R"("minutely_15":{"time":[1780308000],"shortwave_radiation":[100.0]})";
  EXPECT_EQ(slot_of(decoded(document(unix_time)), "2026-06-01T09:45:00Z").global_horizontal_w_per_m2, 100.0);
}

TEST(OpenMeteo, OffsetsOfThreeQuartersAreRight) {
  const WeatherForecast forecast = decoded(document(quarters, "20700"));
  EXPECT_EQ(slot_of(forecast, "2026-06-01T06:00:00Z").global_horizontal_w_per_m2, 600.0);
}

TEST(OpenMeteo, WhatIsWrongIsNamedWithItsPlace) {
  const std::string good = document(quarters);
  const auto refuse = [&](const std::string& piece, const std::string& other, const std::string& words) {
    expect_error(decode(with(good, piece, other), fetched, Plane{}), ErrorCode::malformed, words);
  };
  refuse("[600.0,610.5,null]", "[600.0,610.5]", "minutely_15.shortwave_radiation: has 2 values for 3 times");
  refuse("600.0", "\"SN\"", "minutely_15.shortwave_radiation[0]: expected a number, found a string");
  refuse("600.0", "-600.0", "minutely_15.shortwave_radiation[0]: no weather has this value");
  refuse("610.5", "61050", "minutely_15.shortwave_radiation[1]: no weather has this value");
  refuse(R"("cloud_cover":"%")", R"("cloud_cover":"octa")", "the unit 'octa' is not known here");
  refuse(R"("cloud_cover":"%",)", "", "cloud_cover");
  refuse("T12:15", "T11:15", "minutely_15.time[1]: the times do not ascend");
  refuse("T12:15", "T12:00", "minutely_15.time[1]: the times do not ascend");
  refuse("T12:15", "T12:16", "minutely_15.time[1]: not on a quarter of an hour");
  refuse("2026-06-01T12:15", "yesterday", "minutely_15.time[1]: not a local time");
  refuse("7200", "7201", "utc_offset_seconds: no zone has this offset");
  refuse(R"("utc_offset_seconds":7200,)", "", "has no utc_offset_seconds");
  refuse("\"minutely_15\":", "\"minutely_5\":", "has neither minutely_15 nor hourly");
  refuse("\"minutely_15_units\":", "\"units\":", "minutely_15_units");
  expect_error(decode("<html>", fetched, std::nullopt), ErrorCode::malformed, "");
  expect_error(decode("[]", fetched, std::nullopt), ErrorCode::malformed, "");
  expect_error(decode(good.substr(0, good.size() / 2), fetched, Plane{}), ErrorCode::malformed, "");
}

TEST(OpenMeteo, ARefusalIsToldWithItsReason) {
  expect_error(decode(R"({"error":true,"reason":"Latitude must be in range of -90 to 90°."})", fetched, std::nullopt),
               ErrorCode::rejected, "Latitude must be in range");
}

TEST(OpenMeteo, AzimuthsOfTheCompassBecomeTheServicesAndBack) {
  EXPECT_DOUBLE_EQ(azimuth_from_compass(180.0), 0.0);
  EXPECT_DOUBLE_EQ(azimuth_from_compass(90.0), -90.0);
  EXPECT_DOUBLE_EQ(azimuth_from_compass(270.0), 90.0);
  EXPECT_DOUBLE_EQ(azimuth_from_compass(0.0), -180.0);
  EXPECT_DOUBLE_EQ(compass_from_azimuth(0.0), 180.0);
  EXPECT_DOUBLE_EQ(compass_from_azimuth(-90.0), 90.0);
}

RC_GTEST_PROP(OpenMeteo, TheCompassComesBack, ()) {
  const double degrees = static_cast<double>(*rc::gen::inRange(0, 3600)) / 10.0;
  RC_ASSERT(std::abs(compass_from_azimuth(azimuth_from_compass(degrees)) - degrees) < 1e-9);
}

RC_GTEST_PROP(OpenMeteo, AChangedCharacterNeverBreaksTheDecoder, ()) {
  std::string text = document(quarters);
  text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
  const auto forecast = decode(text, fetched, Plane{});
  if (!forecast) {
    RC_ASSERT(!forecast.error().message.empty());
    return;
  }
  for (std::size_t n = 1; n < forecast->slots.size(); ++n)
    RC_ASSERT(forecast->slots[n - 1].slot < forecast->slots[n].slot);
}

TEST(OpenMeteo, RecordedInstantsOfThreeDaysBecomeMeans) {
  const std::string text = recorded("open_meteo/forecast_minutely15_fr.json");
  if (text.empty()) GTEST_SKIP() << "GRIDPILOT_DATA does not name the folder of recorded documents";
  const WeatherForecast forecast = decoded(text, std::nullopt);
  ASSERT_EQ(forecast.slots.size(), 287U);
  EXPECT_TRUE(forecast.planes.empty());
  EXPECT_EQ(forecast.slots.front().slot, slot_at("2025-02-23T23:00:00Z"));
  EXPECT_EQ(forecast.slots.back().slot, slot_at("2025-02-26T22:30:00Z"));
  // Between the labels 09:45 (341.1) and 10:00 (350.4) local.
  const WeatherSlot slot = slot_of(forecast, "2025-02-24T08:45:00Z");
  EXPECT_NEAR(slot.global_horizontal_w_per_m2.value(), 345.75, 1e-9);
  EXPECT_NEAR(slot.diffuse_horizontal_w_per_m2.value(), 218.95, 1e-9);
  EXPECT_NEAR(slot.direct_normal_w_per_m2.value(), 347.8, 1e-9);
  EXPECT_NEAR(in_celsius(slot.air.value()), -11.8, 1e-9);
  EXPECT_NEAR(slot.wind_m_per_s.value(), 16.8 / 3.6, 1e-9);
  EXPECT_EQ(slot.cloud_cover_percent, 100.0);
}

TEST(OpenMeteo, RecordedMeansStandAtTheEndOfTheirSlots) {
  const std::string text = recorded("open_meteo/forecast_minutely15_karlsruhe_trimmed.json");
  if (text.empty()) GTEST_SKIP() << "GRIDPILOT_DATA does not name the folder of recorded documents";
  const WeatherForecast forecast = decoded(text, std::nullopt);
  ASSERT_EQ(forecast.slots.size(), 12U);
  EXPECT_EQ(slot_of(forecast, "2024-05-03T11:45:00Z").global_horizontal_w_per_m2, 479.0);
  const WeatherSlot last = slot_of(forecast, "2024-05-03T14:30:00Z");
  EXPECT_EQ(last.global_horizontal_w_per_m2, 323.0);
  EXPECT_EQ(last.diffuse_horizontal_w_per_m2, 225.1);
  EXPECT_EQ(last.direct_normal_w_per_m2, 157.0);
  EXPECT_NEAR(in_celsius(last.air.value()), 14.6, 1e-9);
}

}  // namespace
}  // namespace gridpilot::codec::open_meteo
