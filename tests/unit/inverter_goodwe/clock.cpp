#include <gtest/gtest.h>

#include "gridpilot/inverter/goodwe/inverter_clock.hpp"
#include "unit/inverter_goodwe/scripted_inverter.hpp"

namespace gridpilot::goodwe {
namespace {

using namespace std::chrono_literals;

TEST(InverterClock, ReadsAndWritesItsRegisters) {
  // 2031-03-02 04:05:06
  const Words words{0x1F03, 0x0204, 0x0506};
  const auto civil = clock_of(words);
  ASSERT_TRUE(civil);
  EXPECT_EQ(civil->date, 2031y / 3 / 2);
  EXPECT_EQ(civil->minute_of_day(), 4 * 60 + 5);
  EXPECT_EQ(civil->second, 6);
  EXPECT_EQ(clock_words(*civil), words);
  EXPECT_FALSE(clock_of({0x1F02, 0x1E04, 0x0506}));
  EXPECT_FALSE(clock_of({0xFFFF, 0xFFFF, 0xFFFF}));
}

TEST(InverterClock, IsComparedInLocalTime) {
  const Instant now = local(2026, 11, 25, 12, 0);
  EXPECT_EQ(clock_error({.date = 2026y / 11 / 25, .hour = 12, .minute = 2, .second = 30}, warsaw(), now), 150s);
  EXPECT_EQ(clock_error({.date = 2026y / 11 / 24, .hour = 23, .minute = 59, .second = 0}, warsaw(),
                        local(2026, 11, 25, 0, 1)),
            -120s);
}

TEST(InverterTimeOfDay, FollowsTheInvertersError) {
  const InverterTime time = inverter_time(warsaw(), local(2026, 11, 25, 23, 58), 300s);
  EXPECT_EQ(time.local.date, 2026y / 11 / 26);
  EXPECT_EQ(time.local.minute_of_day(), 3);
  EXPECT_FALSE(time.repeated_hour);
  EXPECT_FALSE(time.minutes_to_repeated_hour);
  EXPECT_EQ(time.earliest_start, 0);
}

TEST(InverterTimeOfDay, KnowsTheNightOfTheAutumnChange) {
  // 2026-10-25: 02:00 to 03:00 comes twice, from 00:00Z to 02:00Z.
  const auto at = [](int hour, int minute) {
    const Instant midnight_utc = std::chrono::sys_days(2026y / 10 / 25);
    return inverter_time(warsaw(), midnight_utc + Seconds(3600 * hour + 60 * minute), 0s);
  };
  EXPECT_FALSE(at(-1, 29).minutes_to_repeated_hour);
  EXPECT_EQ(at(-1, 30).minutes_to_repeated_hour, 30);
  EXPECT_EQ(at(-1, 59).minutes_to_repeated_hour, 1);
  EXPECT_FALSE(at(-1, 59).repeated_hour);
  EXPECT_TRUE(at(0, 0).repeated_hour);
  EXPECT_TRUE(at(1, 59).repeated_hour);
  EXPECT_FALSE(at(2, 0).repeated_hour);
  EXPECT_EQ(at(2, 0).earliest_start, 180);
  EXPECT_EQ(at(2, 1).earliest_start, 180);
  EXPECT_EQ(at(2, 30).earliest_start, 0);
}

}  // namespace
}  // namespace gridpilot::goodwe
