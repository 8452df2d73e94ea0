#include "gridpilot/core/civil_time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gridpilot {
namespace {

using namespace std::chrono_literals;
using std::chrono::Sunday;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

TimeZone warsaw() {
  return TimeZone::load("Europe/Warsaw").value();
}

/// The rule of the European Union (directive 2000/84/EC): both changes at 01:00 UTC on a last Sunday.
Instant spring(year y) {
  return sys_days(y / std::chrono::March / Sunday[std::chrono::last]) + 1h;
}
Instant autumn(year y) {
  return sys_days(y / std::chrono::October / Sunday[std::chrono::last]) + 1h;
}

TEST(Warsaw, ChangesOnTheLastSundaysFrom2024To2037) {
  const TimeZone zone = warsaw();
  for (year y = 2024y; y <= 2037y; ++y) {
    EXPECT_EQ(zone.offset_at(spring(y) - 1s), 1h) << static_cast<int>(y);
    EXPECT_EQ(zone.offset_at(spring(y)), 2h) << static_cast<int>(y);
    EXPECT_EQ(zone.offset_at(autumn(y) - 1s), 2h) << static_cast<int>(y);
    EXPECT_EQ(zone.offset_at(autumn(y)), 1h) << static_cast<int>(y);
  }
}

TEST(Warsaw, HasDaysWithoutGapOrOverlapFrom2024To2037) {
  const TimeZone zone = warsaw();
  for (sys_days day = 2024y / 1 / 1; day <= sys_days(2037y / 12 / 31); day += std::chrono::days(1)) {
    const year_month_day date(day);
    const SlotRange slots = zone.slots_of(date);
    ASSERT_EQ(slots.first.start(), zone.start_of_day(date)) << to_iso(date);
    ASSERT_EQ(slots.last, zone.slots_of(plus_days(date, 1)).first) << to_iso(date);
    const bool spring_day = sys_days(date) == std::chrono::floor<std::chrono::days>(spring(date.year()));
    const bool autumn_day = sys_days(date) == std::chrono::floor<std::chrono::days>(autumn(date.year()));
    ASSERT_EQ(slots.size(), spring_day ? 92 : autumn_day ? 100 : 96) << to_iso(date);
    ASSERT_EQ(zone.date_of(slots.first.start()), date);
    ASSERT_EQ(zone.date_of(slots.last.start() - 1s), date);
  }
}

TEST(Warsaw, GivesTheFirstPassOfTheRepeatedHour) {
  const CivilTime repeated{.date = 2025y / 10 / 26, .hour = 2, .minute = 30};
  EXPECT_EQ(warsaw().instant_of(repeated), autumn(2025y) - 30min);
}

TEST(Warsaw, GivesTheJumpForATimeInTheGap) {
  for (const int minute : {0, 15, 59})
    EXPECT_EQ(warsaw().instant_of({.date = 2026y / 3 / 29, .hour = 2, .minute = minute}), spring(2026y));
}

TEST(TimeZone, StartsADayWithoutMidnightAtItsFirstInstant) {
  // Beirut moves its clocks at midnight: 2024-03-31 begins at 01:00.
  const TimeZone beirut = TimeZone::load("Asia/Beirut").value();
  const CivilTime first = beirut.civil(beirut.start_of_day(2024y / 3 / 31));
  EXPECT_EQ(first.minute_of_day(), 60);
  EXPECT_EQ(beirut.slots_of(2024y / 3 / 31).size(), 92);
}

TEST(TimeZone, SaysWhichOneIsNotKnown) {
  const auto zone = TimeZone::load("Europe/Warszawa");
  ASSERT_FALSE(zone);
  EXPECT_EQ(zone.error().code, ErrorCode::not_found);
  EXPECT_NE(zone.error().message.find("Europe/Warszawa"), std::string::npos);
}

TEST(ClockText, ShowsTheWallsTime) {
  const Instant before = autumn(2025y) - 15min;
  EXPECT_EQ(clock_text(warsaw(), before), "02:45");
  EXPECT_EQ(clock_text(warsaw(), before + 15min), "02:00");
  EXPECT_EQ(clock_text(TimeZone::utc(), before), "00:45");
}

RC_GTEST_PROP(Warsaw, TurnsInstantsIntoCivilTimeAndBack, ()) {
  const TimeZone zone = warsaw();
  const Instant t(Seconds(*rc::gen::inRange<std::int64_t>(1'704'067'200, 2'145'916'800)));
  const CivilTime civil = zone.civil(t);
  RC_ASSERT(sys_days(civil.date) + Seconds(civil.minute_of_day() * 60 + civil.second) - zone.offset_at(t) == t);
  const Instant back = zone.instant_of(civil);
  RC_ASSERT(back == t || back == t - 1h);  // the second pass of the repeated hour
}

}  // namespace
}  // namespace gridpilot
