#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gridpilot/codec/pse.hpp"
#include "support/samples.hpp"

namespace gridpilot::codec::pse {
namespace {

using gridpilot::test::sample;
using testing::HasSubstr;

const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

Result<std::vector<GridSignal>> signals_of(const std::string& rows, const char* day) {
  const auto page = parse_signal_page("{\"value\":[" + rows + "]}");
  if (!page) return page.failed();
  return day_signals(page->rows, parse_date(day).value(), Instant{}, "test", warsaw());
}

std::string row(const std::string& dtime, int level, const std::string& more = "") {
  return "{\"dtime\":\"" + dtime + "\",\"usage_fcst\":" + std::to_string(level) + more + "}";
}

std::optional<int> level_at(const std::vector<GridSignal>& signals, const char* start) {
  for (const GridSignal& signal : signals)
    if (signal.slot.start() == parse_rfc3339(start)) return signal.level;
  return std::nullopt;
}

void expect_refusal(const Result<std::vector<GridSignal>>& signals, ErrorCode code, const std::string& words) {
  ASSERT_FALSE(signals.has_value()) << words;
  EXPECT_EQ(signals.error().code, code);
  EXPECT_THAT(signals.error().message, HasSubstr(words));
}

TEST(Kompas, AnHourHoldsForItsQuartersFromItsStart) {
  const auto signals = signals_of(row("2026-09-07 00:00", 1) + "," + row("2026-09-07 17:00", 3), "2026-09-07");
  ASSERT_TRUE(signals.has_value()) << signals.error().message;
  ASSERT_EQ(signals->size(), 8U);
  EXPECT_EQ(level_at(*signals, "2026-09-06T22:00Z"), 1);
  EXPECT_EQ(level_at(*signals, "2026-09-07T15:45Z"), 3);
  EXPECT_EQ(level_at(*signals, "2026-09-07T16:00Z"), std::nullopt);  // absent stays absent
}

TEST(Kompas, WhatIsNoLongerActiveOrHasNoLevelIsLeftOut) {
  const auto signals = signals_of(row("2026-09-07 01:00", 2, ",\"is_active\":false") + "," +
                                      row("2026-09-07 01:00", 0, ",\"is_active\":true") +
                                      R"(,{"dtime":"2026-09-07 02:00","usage_fcst":null})",
                                  "2026-09-07");
  ASSERT_TRUE(signals.has_value()) << signals.error().message;
  ASSERT_EQ(signals->size(), 4U);
  EXPECT_EQ(signals->front().level, 0);
}

TEST(Kompas, TheLaterPublicationHolds) {
  const std::string morning = row("2026-09-07 01:00", 1, R"(,"publication_ts_utc":"2026-09-06 10:00:00")");
  const std::string noon = row("2026-09-07 01:00", 2, R"(,"publication_ts_utc":"2026-09-06 12:00:00")");
  for (const std::string& rows : {morning + "," + noon, noon + "," + morning}) {
    const auto signals = signals_of(rows, "2026-09-07");
    ASSERT_TRUE(signals.has_value()) << signals.error().message;
    EXPECT_EQ(signals->front().level, 2);
    EXPECT_EQ(signals->front().published_at, parse_rfc3339("2026-09-06T12:00:00Z"));
  }
}

TEST(Kompas, NamesWhatIsWrong) {
  expect_refusal(signals_of("", "2026-09-07"), ErrorCode::not_published, "pdgsz 2026-09-07 is not published");
  expect_refusal(signals_of(row("2026-09-07 01:00", 4), "2026-09-07"), ErrorCode::malformed, "a level is 0 to 3");
  expect_refusal(signals_of(row("2026-09-07 01:15", 1), "2026-09-07"), ErrorCode::malformed, "start of its period");
  expect_refusal(signals_of(R"({"dtime":"2026-09-07 01:00","usage_fcst":"1"})", "2026-09-07"), ErrorCode::malformed,
                 "value[0].usage_fcst");
  expect_refusal(signals_of(R"({"usage_fcst":1})", "2026-09-07"), ErrorCode::malformed, "has no time");
  expect_refusal(signals_of(row("2026-09-07 01:00", 1, R"(,"business_date":"2026-09-08")"), "2026-09-07"),
                 ErrorCode::malformed, "business day 2026-09-08");
  expect_refusal(signals_of(row("2026-09-07 01:00", 1) + "," + row("2026-09-07 01:00", 2), "2026-09-07"),
                 ErrorCode::malformed, "hour 01:00 has two different levels");
  expect_refusal(signals_of(row("2026-03-29 02:00", 1), "2026-03-29"), ErrorCode::malformed, "does not exist");
}

TEST(Kompas, TheRepeatedHourIsToldByUtcOrByOrder) {
  const auto by_order = signals_of(row("2025-10-26 02:00", 1) + "," + row("2025-10-26 02:00", 3), "2025-10-26");
  ASSERT_TRUE(by_order.has_value()) << by_order.error().message;
  EXPECT_EQ(level_at(*by_order, "2025-10-26T00:00Z"), 1);
  EXPECT_EQ(level_at(*by_order, "2025-10-26T01:00Z"), 3);
  const auto by_utc = signals_of(row("2025-10-26 02:00", 3, R"(,"dtime_utc":"2025-10-26 01:00")"), "2025-10-26");
  ASSERT_TRUE(by_utc.has_value()) << by_utc.error().message;
  EXPECT_EQ(level_at(*by_utc, "2025-10-26T01:00Z"), 3);
}

TEST(BalancingPage, ReadsBothReportsAndLeavesNullsAbsent) {
  const auto costs = parse_balancing_page(
      R"({"value":[{"dtime":"2026-09-07 00:15","period":"00:00 - 00:15","csdac_pln":410.5,"cen_cost":401.25,"cor_cost":0,
          "ceb_pp_cost":null,"ceb_sr_cost":415.00,"sk_cost":-1.5,"dtime_utc":"2026-09-06 22:15"}],"nextLink":"x"})");
  ASSERT_TRUE(costs.has_value()) << costs.error().message;
  const BalancingRow& row = costs->rows.at(0);
  EXPECT_EQ(row.time.utc, parse_rfc3339("2026-09-06T22:15Z"));
  EXPECT_EQ(row.day_ahead, NetPrice::from_nanos_per_kwh(410'500'000));
  EXPECT_EQ(row.balancing_energy, NetPrice::from_nanos_per_kwh(401'250'000));
  EXPECT_EQ(row.reserve_surcharge, NetPrice());
  EXPECT_EQ(row.imbalance_own, std::nullopt);
  EXPECT_EQ(row.imbalance_short, NetPrice::from_nanos_per_kwh(415'000'000));
  EXPECT_EQ(row.cost_component, NetPrice::from_nanos_per_kwh(-1'500'000));
  EXPECT_EQ(costs->next_link, "x");
  const auto forecast =
      parse_balancing_page(R"({"value":[{"dtime":"2026-09-07 00:15","cen_fcst":400,"ckoeb_fcst":3.25}]})");
  ASSERT_TRUE(forecast.has_value()) << forecast.error().message;
  EXPECT_EQ(forecast->rows.at(0).balancing_energy, NetPrice::from_nanos_per_kwh(400'000'000));
  EXPECT_EQ(forecast->rows.at(0).imbalance_difference, NetPrice::from_nanos_per_kwh(3'250'000));
  const auto wrong = parse_balancing_page(R"({"value":[{"dtime":"2026-09-07 00:15","cen_fcst":"SN"}]})");
  ASSERT_FALSE(wrong.has_value());
  EXPECT_THAT(wrong.error().message, HasSubstr("value[0].cen_fcst: expected a number"));
}

class KompasSample : public gridpilot::test::RecordedDocuments {};

TEST_F(KompasSample, BothVersionsAreRead) {
  const auto read = [](const char* name, const char* day) {
    const auto page = parse_signal_page(sample(name));
    EXPECT_TRUE(page.has_value()) << page.error().message;
    return day_signals(page->rows, parse_date(day).value(), Instant{}, "test", warsaw());
  };
  const auto second = read("pse/pdgsz_v2_one_row.json", "2025-06-25");
  ASSERT_TRUE(second.has_value()) << second.error().message;
  ASSERT_EQ(second->size(), 4U);
  EXPECT_EQ(level_at(*second, "2025-06-24T22:45Z"), 1);
  EXPECT_EQ(second->front().published_at, parse_rfc3339("2025-06-25T10:20:36Z"));
  const auto first = read("pse/pdgsz_v1_one_row.json", "2025-06-19");
  ASSERT_TRUE(first.has_value()) << first.error().message;
  EXPECT_EQ(level_at(*first, "2025-06-18T22:00Z"), 1);
  EXPECT_EQ(first->front().published_at, parse_rfc3339("2025-06-19T15:22:00Z"));
}

}  // namespace
}  // namespace gridpilot::codec::pse
