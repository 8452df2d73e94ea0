#include "gridpilot/codec/imgw.hpp"

#include <algorithm>

#include "unit/codec/weather/samples.hpp"

namespace gridpilot::codec::imgw {
namespace {

using test::at;
using test::expect_error;
using test::recorded;
using test::with;

const std::string station =
    R"({"id_stacji":"12566","stacja":"Kraków","data_pomiaru":"2026-06-01","godzina_pomiaru":"7","temperatura":"-3.5",)"
    R"("predkosc_wiatru":"4","kierunek_wiatru":"270","wilgotnosc_wzgledna":"76.6","suma_opadu":"0.1","cisnienie":null})";

TEST(Imgw, TextsBecomeNumbersAndTheHourIsUtc) {
  const auto observations = decode_synop(station);
  ASSERT_TRUE(observations.has_value()) << observations.error().message;
  ASSERT_EQ(observations->size(), 1U);
  const WeatherObservation& seen = observations->front();
  EXPECT_EQ(seen.source, "imgw");
  EXPECT_EQ(seen.station, "Kraków");
  EXPECT_EQ(seen.time, at("2026-06-01T07:00:00Z"));
  EXPECT_EQ(seen.air, celsius(-3.5));
  EXPECT_EQ(seen.wind_m_per_s, 4.0);
  EXPECT_EQ(seen.wind_from_degrees, 270.0);
  EXPECT_EQ(seen.humidity_percent, 76.6);
  EXPECT_EQ(seen.precipitation_mm, 0.1);
  EXPECT_FALSE(seen.pressure_hpa.has_value());
}

TEST(Imgw, NumbersInsteadOfTextsAndEmptyTextsAreRead) {
  const auto observations = decode_synop(with(with(station, R"("temperatura":"-3.5")", R"("temperatura":-3.5)"),
                                              R"("predkosc_wiatru":"4")", R"("predkosc_wiatru":"")"));
  ASSERT_TRUE(observations.has_value()) << observations.error().message;
  EXPECT_EQ(observations->front().air, celsius(-3.5));
  EXPECT_FALSE(observations->front().wind_m_per_s.has_value());
}

TEST(Imgw, WhatIsWrongIsNamedWithItsPlace) {
  const auto refuse = [](const std::string& piece, const std::string& other, const std::string& words) {
    expect_error(decode_synop("[" + station + "," + with(station, piece, other) + "]"), ErrorCode::malformed, words);
  };
  refuse("\"-3.5\"", "\"SN\"", "[1].temperatura: 'SN' is not a number");
  refuse("\"-3.5\"", "\"-350\"", "[1].temperatura: no weather has this value");
  refuse("\"-3.5\"", "\"-3,5\"", "[1].temperatura: '-3,5' is not a number");
  refuse("\"-3.5\"", "true", "[1].temperatura: expected a string");
  refuse("2026-06-01", "2026-13-01", "[1].data_pomiaru: not a date");
  refuse("\"7\"", "\"24\"", "[1].godzina_pomiaru");
  refuse("\"7\"", "\"7.5\"", "[1].godzina_pomiaru: not a full hour");
  refuse("\"7\"", "null", "godzina_pomiaru is missing");
  refuse(R"("stacja":"Kraków",)", "", "stacja");
  expect_error(decode_synop("[1]"), ErrorCode::malformed, "[0]: expected a station");
  expect_error(decode_synop("7"), ErrorCode::malformed, "expected a station");
  expect_error(decode_synop(station.substr(0, 40)), ErrorCode::malformed, "");
}

TEST(Imgw, AnUnknownStationIsNotFound) {
  expect_error(decode_synop(R"({"status":false,"message":"No products were found"})"), ErrorCode::not_found,
               "No products were found");
}

TEST(Imgw, RecordedListOfAllStations) {
  const std::string text = recorded("imgw/synop_all_stations.json");
  if (text.empty()) GTEST_SKIP() << "GRIDPILOT_DATA does not name the folder of recorded documents";
  const auto observations = decode_synop(text);
  ASSERT_TRUE(observations.has_value()) << observations.error().message;
  ASSERT_EQ(observations->size(), 62U);
  const auto peak = std::ranges::find(*observations, "Kasprowy Wierch", &WeatherObservation::station);
  ASSERT_NE(peak, observations->end());
  EXPECT_EQ(peak->time, at("2024-04-22T07:00:00Z"));
  EXPECT_EQ(peak->air, celsius(-7.5));
  EXPECT_EQ(peak->humidity_percent, 91.8);
  EXPECT_FALSE(peak->pressure_hpa.has_value());
}

TEST(Imgw, RecordedSingleStation) {
  const std::string text = recorded("imgw/synop_one_station.json");
  if (text.empty()) GTEST_SKIP() << "GRIDPILOT_DATA does not name the folder of recorded documents";
  const auto observations = decode_synop(text);
  ASSERT_TRUE(observations.has_value()) << observations.error().message;
  ASSERT_EQ(observations->size(), 1U);
  EXPECT_EQ(observations->front().station, "Bielsko Biała");
  EXPECT_EQ(observations->front().precipitation_mm, 18.1);
  EXPECT_EQ(observations->front().pressure_hpa, 1022.1);
}

}  // namespace
}  // namespace gridpilot::codec::imgw
