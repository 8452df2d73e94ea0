#include "gridpilot/tariff/schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/tariff/examples.hpp"

namespace gridpilot::tariff {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Schedule, ChangesZoneExactlyOnTheBoundaries) {
  const Schedule schedule = day_and_night();
  const auto workday = 2026y / 5 / 4;
  const struct {
    int minute;
    int zone;
  } rows[] = {{0, 1},       {5 * 60 + 59, 1},  {6 * 60, 0},  {12 * 60 + 59, 0}, {13 * 60, 1}, {14 * 60 + 59, 1},
              {15 * 60, 0}, {21 * 60 + 59, 0}, {22 * 60, 1}, {23 * 60 + 59, 1}};
  for (const auto& row : rows) EXPECT_EQ(schedule.zone_at(workday, row.minute), row.zone) << row.minute;
  EXPECT_EQ(schedule.zone_at(2026y / 5 / 1, 12 * 60), 1) << "Labour Day";
  EXPECT_EQ(schedule.zone_at(2026y / 5 / 9, 12 * 60), 1) << "Saturday";
  EXPECT_EQ(schedule.zone_at(2026y / 4 / 6, 9 * 60), 1) << "Easter Monday";
}

TEST(Schedule, ChangesSeasonOnItsFirstDayAndWrapsPastNewYear) {
  const Stretch stretches[] = {
      {.from = std::chrono::April / 1, .to = std::chrono::September / 30, .windows = {{0, 0, 24 * 60}}},
      {.from = std::chrono::October / 1, .to = std::chrono::March / 31, .windows = {{1, 0, 24 * 60}}}};
  const Schedule schedule = Schedule::create(stretches, {}).value();
  EXPECT_EQ(schedule.zone_at(2026y / 3 / 31, 0), 1);
  EXPECT_EQ(schedule.zone_at(2026y / 4 / 1, 0), 0);
  EXPECT_EQ(schedule.zone_at(2026y / 9 / 30, 1439), 0);
  EXPECT_EQ(schedule.zone_at(2026y / 10 / 1, 0), 1);
  EXPECT_EQ(schedule.zone_at(2026y / 1 / 1, 0), 1);
}

TEST(Schedule, AWindowPastMidnightBelongsToOneDate) {
  // "05:00-01:00" and the four hours left: a group whose day zone ends after midnight.
  const Stretch stretches[] = {{.windows = {{0, 5 * 60, 1 * 60}, {1, 1 * 60, 5 * 60}}}};
  const Schedule schedule = Schedule::create(stretches, {}).value();
  EXPECT_EQ(schedule.zone_at(2026y / 5 / 4, 30), 0);
  EXPECT_EQ(schedule.zone_at(2026y / 5 / 4, 60), 1);
  EXPECT_EQ(schedule.zone_at(2026y / 5 / 4, 5 * 60 - 1), 1);
  EXPECT_EQ(schedule.zone_at(2026y / 5 / 4, 5 * 60), 0);
}

TEST(Schedule, RefusesHoursThatLeaveAGapOrOverlap) {
  const Stretch gap[] = {{.windows = {{0, 0, 12 * 60}, {1, 12 * 60 + 15, 24 * 60}}}};
  EXPECT_THAT(Schedule::create(gap, {}).error().message, HasSubstr("12:00 has no zone"));
  const Stretch overlap[] = {{.windows = {{0, 0, 12 * 60 + 15}, {1, 12 * 60, 24 * 60}}}};
  EXPECT_THAT(Schedule::create(overlap, {}).error().message, HasSubstr("12:00 has two zones"));
  const Stretch odd[] = {{.windows = {{0, 0, 12 * 60 + 7}, {1, 12 * 60 + 7, 24 * 60}}}};
  EXPECT_THAT(Schedule::create(odd, {}).error().message, HasSubstr("quarter of an hour"));
}

TEST(Schedule, RefusesDaysThatHaveNoHoursOrHaveThemTwice) {
  const Stretch winter_only[] = {
      {.from = std::chrono::October / 1, .to = std::chrono::March / 31, .windows = {{0, 0, 24 * 60}}}};
  EXPECT_THAT(Schedule::create(winter_only, {}).error().message, HasSubstr("04-01 have no hours"));
  const Stretch workdays_only[] = {{.days = DayKind::workday, .windows = {{0, 0, 24 * 60}}}};
  EXPECT_THAT(Schedule::create(workdays_only, {}).error().message, HasSubstr("free days on 01-01"));
  const Stretch twice[] = {{.windows = {{0, 0, 24 * 60}}}, {.days = DayKind::workday, .windows = {{0, 0, 24 * 60}}}};
  EXPECT_THAT(Schedule::create(twice, {}).error().message, HasSubstr("twice"));
}

RC_GTEST_PROP(ScheduleProperty, EveryCutOfTheDayIsReadBackQuarterByQuarter, ()) {
  // Cut the day at random quarters, give the pieces to random zones, and put the first cut anywhere: the last piece
  // then wraps past midnight.
  const auto cuts =
      *rc::gen::unique<std::vector<int>>(*rc::gen::inRange<std::size_t>(2, 12), rc::gen::inRange(0, 24 * 4));
  auto sorted = cuts;
  std::sort(sorted.begin(), sorted.end());
  Stretch stretch;
  std::vector<int> expected(24 * 4);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const int from = sorted[i];
    const int to = sorted[(i + 1) % sorted.size()];
    const auto zone = static_cast<std::uint8_t>(*rc::gen::inRange(0, 4));
    stretch.windows.push_back({zone, from * 15, to * 15});
    for (int q = from; q != to; q = (q + 1) % (24 * 4)) expected[static_cast<std::size_t>(q)] = zone;
  }
  const auto schedule = Schedule::create(std::span(&stretch, 1), {});
  RC_ASSERT(schedule.has_value());
  for (int minute = 0; minute < 24 * 60; ++minute)
    RC_ASSERT(int{schedule->zone_at(2026y / 5 / 4, minute)} == expected[static_cast<std::size_t>(minute / 15)]);
}

}  // namespace
}  // namespace gridpilot::tariff
