#include "gridpilot/tariff/holidays.hpp"

#include <gtest/gtest.h>

#include <set>

#include "gridpilot/core/time.hpp"

namespace gridpilot::tariff {
namespace {

using namespace std::chrono_literals;

// Worked out by hand from the calendars of these years: Easter Sunday, then +1, +49 and +60 days.
struct MovableFeasts {
  int year;
  const char* easter_sunday;
  const char* easter_monday;
  const char* pentecost;
  const char* corpus_christi;
};
constexpr MovableFeasts by_year[] = {
    {2023, "2023-04-09", "2023-04-10", "2023-05-28", "2023-06-08"},
    {2024, "2024-03-31", "2024-04-01", "2024-05-19", "2024-05-30"},
    {2025, "2025-04-20", "2025-04-21", "2025-06-08", "2025-06-19"},
    {2026, "2026-04-05", "2026-04-06", "2026-05-24", "2026-06-04"},
    {2027, "2027-03-28", "2027-03-29", "2027-05-16", "2027-05-27"},
    {2038, "2038-04-25", "2038-04-26", "2038-06-13", "2038-06-24"},
};

TEST(Holidays, FollowEasterInEveryYear) {
  for (const MovableFeasts& year : by_year) {
    EXPECT_EQ(to_iso(easter_sunday(std::chrono::year(year.year))), year.easter_sunday);
    EXPECT_EQ(polish_holiday(*parse_date(year.easter_sunday)), "Easter Sunday");
    EXPECT_EQ(polish_holiday(*parse_date(year.easter_monday)), "Easter Monday");
    EXPECT_EQ(polish_holiday(*parse_date(year.pentecost)), "Pentecost");
    EXPECT_EQ(polish_holiday(*parse_date(year.corpus_christi)), "Corpus Christi");
  }
}

TEST(Holidays, OfAYearAreExactlyThese) {
  const std::set<std::string> expected{"2026-01-01", "2026-01-06", "2026-04-05", "2026-04-06", "2026-05-01",
                                       "2026-05-03", "2026-05-24", "2026-06-04", "2026-08-15", "2026-11-01",
                                       "2026-11-11", "2026-12-24", "2026-12-25", "2026-12-26"};
  std::set<std::string> found;
  for (std::chrono::sys_days day = 2026y / 1 / 1; day <= std::chrono::sys_days(2026y / 12 / 31);
       day += std::chrono::days(1))
    if (!polish_holiday(day).empty()) found.insert(to_iso(day));
  EXPECT_EQ(found, expected);
}

TEST(Holidays, ChristmasEveCountsFromTwentyTwentyFive) {
  EXPECT_TRUE(polish_holiday(2024y / 12 / 24).empty());
  EXPECT_EQ(polish_holiday(2025y / 12 / 24), "Christmas Eve");
  EXPECT_FALSE(is_free_day(2024y / 12 / 24));  // a Tuesday
  EXPECT_TRUE(is_free_day(2025y / 12 / 24));   // a Wednesday
}

TEST(FreeDays, AreSaturdaysSundaysAndHolidays) {
  EXPECT_FALSE(is_free_day(2026y / 5 / 4));  // Monday
  EXPECT_FALSE(is_free_day(2026y / 5 / 8));  // Friday
  EXPECT_TRUE(is_free_day(2026y / 5 / 9));   // Saturday
  EXPECT_TRUE(is_free_day(2026y / 5 / 10));  // Sunday
  EXPECT_TRUE(is_free_day(2026y / 5 / 1));   // Friday, Labour Day
}

}  // namespace
}  // namespace gridpilot::tariff
