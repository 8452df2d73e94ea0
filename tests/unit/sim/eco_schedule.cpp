#include "gridpilot/sim/eco_schedule.hpp"

#include <gtest/gtest.h>

#include <array>

namespace gridpilot::sim {
namespace {

using namespace std::chrono_literals;
using Words = std::array<std::uint16_t, 6>;

CivilTime at(std::chrono::year_month_day date, int hour, int minute) {
  return {.date = date, .hour = hour, .minute = minute};
}

// Monday 2 February 2026.
constexpr auto monday = 2026y / 2 / 2;
// The worked example of the protocol notes: 06:30-08:00, Monday to Friday, January to March, charge 20 % to 85 %.
constexpr Words weekday_mornings{0x061E, 0x0800, 0xF93E, 0xFF38, 0x0055, 0x0007};

TEST(EcoSchedule, OpensInItsWindowOnItsDaysAndMonths) {
  const auto order = eco_order_at(EcoFormat::v2, weekday_mornings, at(monday, 6, 30));
  ASSERT_TRUE(order);
  EXPECT_DOUBLE_EQ(order->power_percent, -20.0);
  EXPECT_EQ(order->soc, percent(85));
  EXPECT_TRUE(eco_order_at(EcoFormat::v2, weekday_mornings, at(monday, 7, 59)));
  EXPECT_FALSE(eco_order_at(EcoFormat::v2, weekday_mornings, at(monday, 8, 0)));
  EXPECT_FALSE(eco_order_at(EcoFormat::v2, weekday_mornings, at(monday, 6, 29)));
  EXPECT_FALSE(eco_order_at(EcoFormat::v2, weekday_mornings, at(2026y / 2 / 1, 7, 0)));  // a Sunday
  EXPECT_FALSE(eco_order_at(EcoFormat::v2, weekday_mornings, at(2026y / 4 / 6, 7, 0)));  // April
}

TEST(EcoSchedule, TakesTwentyThreeFiftyNineForMidnight) {
  constexpr Words all_day{0x0000, 0x173B, 0xFF7F, 0x0019, 0x0064, 0x0000};
  EXPECT_DOUBLE_EQ(eco_order_at(EcoFormat::v2, all_day, at(monday, 23, 59))->power_percent, 25.0);
  constexpr Words until_ten_to{0x0000, 0x1732, 0xFF7F, 0x0019, 0x0064, 0x0000};
  EXPECT_FALSE(eco_order_at(EcoFormat::v2, until_ten_to, at(monday, 23, 50)));
}

TEST(EcoSchedule, ReadsTheOlderForm) {
  constexpr std::array<std::uint16_t, 4> charge{0x0000, 0x173B, 0xFFDD, 0xFF7F};
  const auto order = eco_order_at(EcoFormat::v1, charge, at(monday, 12, 0));
  ASSERT_TRUE(order);
  EXPECT_DOUBLE_EQ(order->power_percent, -35.0);
  EXPECT_EQ(order->soc, percent(100));
  constexpr std::array<std::uint16_t, 4> off{0x0000, 0x173B, 0xFFDD, 0x007F};
  EXPECT_FALSE(eco_order_at(EcoFormat::v1, off, at(monday, 12, 0)));
}

TEST(EcoSchedule, IgnoresGroupsOfOtherKindsAndUnusedOnes) {
  constexpr Words peak_shaving{0x0000, 0x173B, 0xFC7F, 0x000A, 0x0064, 0x0000};
  EXPECT_TRUE(is_valid_eco_group(EcoFormat::v2, peak_shaving));
  EXPECT_FALSE(eco_order_at(EcoFormat::v2, peak_shaving, at(monday, 12, 0)));
  for (const bool permille : {false, true}) {
    EXPECT_TRUE(is_valid_eco_group(EcoFormat::v2, unused_eco_group(EcoFormat::v2, permille)));
    EXPECT_FALSE(eco_order_at(EcoFormat::v2, unused_eco_group(EcoFormat::v2, permille), at(monday, 12, 0)));
  }
  EXPECT_TRUE(is_valid_eco_group(EcoFormat::v1, unused_eco_group(EcoFormat::v1, false)));
}

TEST(EcoSchedule, RefusesWhatNoGroupCanBe) {
  EXPECT_TRUE(is_valid_eco_group(EcoFormat::v2, weekday_mornings));
  for (const Words& wrong : {Words{0x1900, 0x173B, 0xFF7F, 0xFFDD, 0x005A, 0x0000},   // hour 25
                             Words{0x003C, 0x173B, 0xFF7F, 0xFFDD, 0x005A, 0x0000},   // minute 60
                             Words{0x0000, 0x173B, 0xFF7F, 0x0065, 0x005A, 0x0000},   // 101 %
                             Words{0x0000, 0x173B, 0xF97F, 0x03E9, 0x005A, 0x0000},   // 1001 permille
                             Words{0x0000, 0x173B, 0xFF7F, 0xFFDD, 0x0065, 0x0000},   // SoC 101
                             Words{0x0000, 0x173B, 0xFF7F, 0xFFDD, 0x005A, 0x1000},   // a 13th month
                             Words{0x0000, 0x173B, 0x807F, 0xFFDD, 0x005A, 0x0000}})  // no such type
    EXPECT_FALSE(is_valid_eco_group(EcoFormat::v2, wrong));
}

}  // namespace
}  // namespace gridpilot::sim
