#include "gridpilot/codec/forecast_solar.hpp"

#include <algorithm>

#include "unit/codec/weather/samples.hpp"

namespace gridpilot::codec::forecast_solar {
namespace {

using test::at;
using test::expect_error;
using test::recorded;
using test::slot_at;
using test::with;

const Instant fetched = at("2026-06-01T10:00:00Z");

Result<TimeZone> zone_by_name(const std::string& name) {
  return TimeZone::load(name);
}
Result<Answer> read(const std::string& text) {
  return decode(text, fetched, zone_by_name);
}
double watt_hours_at(const Answer& answer, const char* start) {
  const auto& slots = answer.forecast.slots;
  const auto found = std::ranges::find(slots, slot_at(start), &PvForecastSlot::slot);
  EXPECT_NE(found, slots.end()) << start;
  return found == slots.end() ? -1.0 : in_watt_hours(found->expected);
}
double total_watt_hours(const Answer& answer) {
  double total = 0.0;
  for (const PvForecastSlot& slot : answer.forecast.slots) total += in_watt_hours(slot.expected);
  return total;
}

const std::string info = R"("message":{"code":0,"type":"success","text":"","info":{"timezone":"Europe/Warsaw"},)"
                         R"("ratelimit":{"period":3600,"limit":12,"remaining":11}})";

std::string document(const std::string& watts, const std::string& energies) {
  return R"({"result":{"watts":{)" + watts + R"(},"watt_hours_period":{)" + energies + "}}," + info + "}";
}

/// Sunrise 07:30, sunset 09:00 local, a triangle of power.
const std::string day_watts = R"("2026-01-10 07:30:00":0,"2026-01-10 08:00:00":400,"2026-01-10 09:00:00":0)";
const std::string day_energies = R"("2026-01-10 07:30:00":0,"2026-01-10 08:00:00":100,"2026-01-10 09:00:00":200)";

TEST(ForecastSolar, APeriodEndsAtItsLabelAndFollowsThePower) {
  const auto answer = read(document(day_watts, day_energies));
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->forecast.source, "forecast-solar");
  ASSERT_EQ(answer->forecast.slots.size(), 6U);
  EXPECT_NEAR(watt_hours_at(*answer, "2026-01-10T06:30:00Z"), 25.0, 1e-9);
  EXPECT_NEAR(watt_hours_at(*answer, "2026-01-10T06:45:00Z"), 75.0, 1e-9);
  EXPECT_NEAR(watt_hours_at(*answer, "2026-01-10T07:00:00Z"), 87.5, 1e-9);
  EXPECT_NEAR(watt_hours_at(*answer, "2026-01-10T07:45:00Z"), 12.5, 1e-9);
  EXPECT_FALSE(answer->forecast.slots[0].p10.has_value());
}

TEST(ForecastSolar, WithPowersAloneTheirIntegralCounts) {
  const auto answer = read(R"({"result":{"watts":{)" + day_watts + "}}," + info + "}");
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_NEAR(watt_hours_at(*answer, "2026-01-10T06:45:00Z"), 75.0, 1e-9);
  EXPECT_NEAR(total_watt_hours(*answer), 300.0, 1e-9);
}

TEST(ForecastSolar, WithEnergiesAloneTheyAreSpreadEvenly) {
  const auto answer = read(R"({"result":{"watt_hours_period":{)" + day_energies + "}}," + info + "}");
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_NEAR(watt_hours_at(*answer, "2026-01-10T06:30:00Z"), 50.0, 1e-9);
  EXPECT_NEAR(watt_hours_at(*answer, "2026-01-10T07:45:00Z"), 50.0, 1e-9);
}

TEST(ForecastSolar, TheNightBetweenTwoDaysIsZeroWhereTheDocumentSaysSo) {
  const auto two_days = [](const std::string& first_of_second_day) {
    return document(
        day_watts + R"(,"2026-01-11 07:30:00":0,"2026-01-11 08:00:00":400)",
        day_energies + R"(,"2026-01-11 07:30:00":)" + first_of_second_day + R"(,"2026-01-11 08:00:00":100)");
  };
  const auto dark = read(two_days("0"));
  ASSERT_TRUE(dark.has_value()) << dark.error().message;
  EXPECT_EQ(watt_hours_at(*dark, "2026-01-10T22:00:00Z"), 0.0);
  // A night in which something was produced is not believed, and nothing is made up for it.
  const auto odd = read(two_days("50"));
  ASSERT_TRUE(odd.has_value()) << odd.error().message;
  EXPECT_EQ(std::ranges::find(odd->forecast.slots, slot_at("2026-01-10T22:00:00Z"), &PvForecastSlot::slot),
            odd->forecast.slots.end());
  EXPECT_NEAR(total_watt_hours(*odd), 400.0, 1e-9);
}

TEST(ForecastSolar, LabelsWithAnOffsetNeedNoZone) {
  const auto answer =
      decode(R"({"result":{"watts":{"2026-01-10T06:30:00+00:00":0,"2026-01-10T08:00:00+01:00":400}}})", fetched,
             [](const std::string&) -> Result<TimeZone> { return failure(ErrorCode::bug, "nobody should ask"); });
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_NEAR(watt_hours_at(*answer, "2026-01-10T06:30:00Z"), 25.0, 1e-9);
  EXPECT_FALSE(answer->allowance.has_value());
}

TEST(ForecastSolar, TheAllowanceIsTold) {
  const auto answer = read(document(day_watts, day_energies));
  ASSERT_TRUE(answer.has_value() && answer->allowance.has_value());
  EXPECT_EQ(answer->allowance->period, Seconds(3600));
  EXPECT_EQ(answer->allowance->limit, 12);
  EXPECT_EQ(answer->allowance->remaining, 11);
}

TEST(ForecastSolar, TheRepeatedHourOfAutumnHasTwoPasses) {
  const auto answer = read(document(
      R"("2026-10-25 01:30:00":0,"2026-10-25 02:30:00":100,"2026-10-25 02:15:00":100,"2026-10-25 03:00:00":0)", ""));
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_NEAR(watt_hours_at(*answer, "2026-10-25T00:30:00Z"), 25.0, 1e-9);
}

TEST(ForecastSolar, WhatIsWrongIsNamedWithItsPlace) {
  const std::string good = document(day_watts, day_energies);
  const auto refuse = [&](const std::string& piece, const std::string& other, const std::string& words) {
    expect_error(read(with(good, piece, other)), ErrorCode::malformed, words);
  };
  refuse("400", "\"SN\"", "expected a number");
  refuse("400", "-400", "a number below zero");
  refuse("2026-01-10 08:00:00", "yesterday", "the name is not a time");
  refuse("2026-01-10 08:00:00", "2026-01-10 07:30:00", "");
  refuse("2026-01-10 08:00:00", "2026-01-10 07:00:00", "the times do not ascend");
  refuse("2026-01-10 09:00:00", "2026-02-10 09:00:00", "more than a day is missing");
  refuse("Europe/Warsaw", "Europe/Atlantis", "message.info.timezone");
  refuse(R"("timezone":"Europe/Warsaw")", "", "timezone");
  expect_error(read("{}"), ErrorCode::malformed, "result");
  expect_error(read(R"({"result":{}})"), ErrorCode::malformed, "neither watts nor watt_hours_period");
  expect_error(read(R"({"result":{"watts":7}})"), ErrorCode::malformed, "result.watts");
  expect_error(read(good.substr(0, good.size() / 2)), ErrorCode::malformed, "");
}

TEST(ForecastSolar, ARefusalIsTold) {
  expect_error(
      read(R"({"result":null,"message":{"code":429,"type":"error","text":"Rate limit for API calls reached."}})"),
      ErrorCode::busy, "Rate limit");
  expect_error(read(R"({"result":null,"message":{"code":422,"type":"error","text":"Invalid azimuth"}})"),
               ErrorCode::rejected, "Invalid azimuth");
}

TEST(ForecastSolar, AnAnswerToAnotherQuestionIsRefused) {
  const std::string text = recorded("forecast_solar/validate_plane.json");
  if (text.empty()) GTEST_SKIP() << "GRIDPILOT_DATA does not name the folder of recorded documents";
  expect_error(read(text), ErrorCode::malformed, "neither watts nor watt_hours_period");
}

TEST(ForecastSolar, RecordedForecastWithOffsetsKeepsItsEnergy) {
  const std::string text = recorded("forecast_solar/forecast.json");
  if (text.empty()) GTEST_SKIP() << "GRIDPILOT_DATA does not name the folder of recorded documents";
  const auto answer = read(text);
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_NEAR(total_watt_hours(*answer), 11998.0, 1e-6);
  // 07:00 to 08:00 local: 376 Wh, power from 270 W to 481 W.
  double hour = 0.0;
  for (const char* const start :
       {"2024-04-26T05:00:00Z", "2024-04-26T05:15:00Z", "2024-04-26T05:30:00Z", "2024-04-26T05:45:00Z"})
    hour += watt_hours_at(*answer, start);
  EXPECT_NEAR(hour, 376.0, 1e-9);
  EXPECT_LT(watt_hours_at(*answer, "2024-04-26T05:00:00Z"), watt_hours_at(*answer, "2024-04-26T05:45:00Z"));
  EXPECT_EQ(watt_hours_at(*answer, "2024-04-26T23:00:00Z"), 0.0);
  EXPECT_EQ(answer->forecast.slots.front().slot, slot_at("2024-04-26T04:15:00Z"));
  EXPECT_EQ(answer->forecast.slots.back().slot, slot_at("2024-04-27T19:00:00Z"));
}

TEST(ForecastSolar, RecordedForecastInLocalTimeKeepsItsEnergy) {
  const std::string text = recorded("forecast_solar/watts_2022-10-24.json");
  if (text.empty()) GTEST_SKIP() << "GRIDPILOT_DATA does not name the folder of recorded documents";
  const auto answer = read(text);
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_NEAR(total_watt_hours(*answer), 31191.0, 1e-6);
  // 08:04 local is 06:04 UTC.
  EXPECT_EQ(answer->forecast.slots.front().slot, slot_at("2022-10-24T06:00:00Z"));
}

}  // namespace
}  // namespace gridpilot::codec::forecast_solar
