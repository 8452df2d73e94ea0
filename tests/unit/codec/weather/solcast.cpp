#include "gridpilot/codec/solcast.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "unit/codec/weather/samples.hpp"

namespace gridpilot::codec::solcast {
namespace {

using test::at;
using test::expect_error;
using test::recorded;
using test::slot_at;
using test::with;

const Instant fetched = at("2026-06-01T10:00:00Z");

std::string row(const std::string& end, const std::string& estimate, const std::string& period = "PT30M",
                const std::string& rest = R"(,"pv_estimate10":1.0,"pv_estimate90":3.0)") {
  return R"({"pv_estimate":)" + estimate + rest + R"(,"period_end":")" + end + R"(","period":")" + period + "\"}";
}
std::string document(const std::string& rows) {
  return R"({"forecasts":[)" + rows + "]}";
}

TEST(Solcast, HalfAnHourBecomesTwoQuartersBeforeItsEnd) {
  const auto forecast = decode(document(row("2026-06-01T10:30:00.0000000Z", "2.0")), fetched);
  ASSERT_TRUE(forecast.has_value()) << forecast.error().message;
  EXPECT_EQ(forecast->source, "solcast");
  EXPECT_EQ(forecast->fetched_at, fetched);
  ASSERT_EQ(forecast->slots.size(), 2U);
  EXPECT_EQ(forecast->slots[0].slot, slot_at("2026-06-01T10:00:00Z"));
  EXPECT_EQ(forecast->slots[1].slot, slot_at("2026-06-01T10:15:00Z"));
  for (const PvForecastSlot& slot : forecast->slots) {
    EXPECT_NEAR(in_kilowatt_hours(slot.expected), 0.5, 1e-12);
    EXPECT_NEAR(in_kilowatt_hours(slot.p10.value()), 0.25, 1e-12);
    EXPECT_NEAR(in_kilowatt_hours(slot.p90.value()), 0.75, 1e-12);
  }
}

TEST(Solcast, ShorterPeriodsAreSummedAndUncoveredQuartersLeftOut) {
  std::string rows;
  for (const char* const end : {"10:05", "10:10", "10:15", "10:20"})
    rows += (rows.empty() ? "" : ",") + row(std::string("2026-06-01T") + end + ":00Z", "2.0", "PT5M");
  const auto forecast = decode(document(rows), fetched);
  ASSERT_TRUE(forecast.has_value()) << forecast.error().message;
  ASSERT_EQ(forecast->slots.size(), 1U);
  EXPECT_NEAR(in_kilowatt_hours(forecast->slots[0].expected), 0.5, 1e-12);
}

TEST(Solcast, QuantilesAreAbsentWhereTheDocumentHasNone) {
  const auto forecast =
      decode(document(row("2026-06-01T10:30:00Z", "2.0", "PT30M", R"(,"pv_estimate10":null)")), fetched);
  ASSERT_TRUE(forecast.has_value()) << forecast.error().message;
  EXPECT_FALSE(forecast->slots[0].p10.has_value());
  EXPECT_FALSE(forecast->slots[0].p90.has_value());
}

TEST(Solcast, ANullEstimateAndAnIdenticalRowChangeNothing) {
  const std::string good = row("2026-06-01T10:30:00Z", "2.0");
  const auto forecast = decode(document(good + "," + row("2026-06-01T11:00:00Z", "null") + "," + good), fetched);
  ASSERT_TRUE(forecast.has_value()) << forecast.error().message;
  EXPECT_EQ(forecast->slots.size(), 2U);
}

TEST(Solcast, WhatIsWrongIsNamedWithItsPlace) {
  const std::string good = row("2026-06-01T10:30:00Z", "2.0");
  const auto refuse = [&](const std::string& piece, const std::string& other, const std::string& words) {
    expect_error(decode(document(good + "," + with(row("2026-06-01T11:00:00Z", "2.0"), piece, other)), fetched),
                 ErrorCode::malformed, words);
  };
  refuse("2.0", "\"SN\"", "forecasts[1].pv_estimate: expected a number");
  refuse("2.0", "-0.1", "forecasts[1].pv_estimate: a power below zero");
  refuse("2.0", "2e9", "forecasts[1].pv_estimate");
  refuse("PT30M", "P1D", "forecasts[1].period: not a period");
  refuse("PT30M", "PT0M", "forecasts[1].period: not a period");
  refuse("11:00:00Z", "11:00:00", "forecasts[1].period_end: not a time with an offset");
  refuse("11:00:00Z", "10:45:00Z", "described twice");
  refuse(R"("pv_estimate10":1.0)", R"("pv_estimate10":4.0)", "forecasts[1]: the tenth percentile");
  expect_error(decode(document(good + "," + row("2026-06-01T10:30:00Z", "2.1")), fetched), ErrorCode::malformed,
               "forecasts[1]: contradicts another row");
  expect_error(decode("{}", fetched), ErrorCode::malformed, "forecasts");
  expect_error(decode(document(good).substr(0, 50), fetched), ErrorCode::malformed, "");
}

TEST(Solcast, ARefusalIsTold) {
  expect_error(decode(R"({"response_status":{"error_code":"TooManyRequests","message":"You have exceeded"}})", fetched),
               ErrorCode::busy, "You have exceeded");
  expect_error(decode(R"({"response_status":{"error_code":"Unauthorized","message":null}})", fetched),
               ErrorCode::rejected, "Unauthorized");
}

RC_GTEST_PROP(Solcast, EnergyIsKeptWhateverThePeriod, (std::uint8_t seed)) {
  const std::array<int, 6> lengths{5, 10, 15, 20, 30, 60};
  const int length = lengths.at(seed % lengths.size());
  const double power = static_cast<double>(*rc::gen::inRange(0, 10'000)) / 1000.0;
  std::string rows;
  for (int end = length; end <= 60; end += length) {
    rows += (rows.empty() ? "" : ",") + row(to_rfc3339(fetched + std::chrono::minutes(end)), std::to_string(power),
                                            "PT" + std::to_string(length) + "M", "");
  }
  const auto forecast = decode(document(rows), fetched);
  RC_ASSERT(forecast.has_value());
  RC_ASSERT(forecast->slots.size() == 4U);
  double total = 0.0;
  for (const PvForecastSlot& slot : forecast->slots) total += in_kilowatt_hours(slot.expected);
  RC_ASSERT(std::abs(total - power) < 1e-6);
}

TEST(Solcast, RecordedForecastOfADay) {
  const std::string text = recorded("solcast/rooftop_forecasts_2022-10-24.json");
  if (text.empty()) GTEST_SKIP() << "GRIDPILOT_DATA does not name the folder of recorded documents";
  const auto forecast = decode(text, fetched);
  ASSERT_TRUE(forecast.has_value()) << forecast.error().message;
  ASSERT_EQ(forecast->slots.size(), 98U);
  EXPECT_EQ(forecast->slots.front().slot, slot_at("2022-10-24T20:30:00Z"));
  double expected = 0.0;
  double low = 0.0;
  double high = 0.0;
  for (const PvForecastSlot& slot : forecast->slots) {
    expected += in_kilowatt_hours(slot.expected);
    low += in_kilowatt_hours(slot.p10.value());
    high += in_kilowatt_hours(slot.p90.value());
  }
  EXPECT_NEAR(expected, 16.7114, 1e-9);
  EXPECT_NEAR(low, 5.1405, 1e-9);
  EXPECT_NEAR(high, 21.35065, 1e-9);
  const auto dawn = std::ranges::find(forecast->slots, slot_at("2022-10-25T06:00:00Z"), &PvForecastSlot::slot);
  ASSERT_NE(dawn, forecast->slots.end());
  EXPECT_NEAR(in_kilowatt_hours(dawn->expected), 0.0384 / 4.0, 1e-12);
}

}  // namespace
}  // namespace gridpilot::codec::solcast
