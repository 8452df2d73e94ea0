#include "gridpilot/domain/battery_profile.hpp"

#include <gtest/gtest.h>

namespace gridpilot {
namespace {

TEST(BatteryProfiles, AreFoundByName) {
  const BatteryProfile* const high = battery_profile_named("hv-20kwh");
  ASSERT_NE(high, nullptr);
  EXPECT_EQ(high->least_voltage, volts(320));
  EXPECT_EQ(high->most_voltage, volts(480));
  EXPECT_EQ(high->most_current, amperes(32));
  EXPECT_EQ(high->least_charging_temperature, celsius(0));
  EXPECT_EQ(high->most_charging_temperature, celsius(53));
  EXPECT_EQ(high->least_discharging_temperature, celsius(-20));
  EXPECT_EQ(high->most_discharging_temperature, celsius(53));
  EXPECT_EQ(high->warning_temperature, celsius(50));
  EXPECT_EQ(battery_profile_named("hv-21kwh"), nullptr);
}

TEST(BatteryProfiles, AreEachInOrder) {
  for (const BatteryProfile& profile : battery_profiles()) {
    EXPECT_EQ(battery_profile_named(profile.name), &profile);
    EXPECT_LT(profile.least_voltage, profile.most_voltage) << profile.name;
    EXPECT_LT(profile.least_discharging_temperature, profile.least_charging_temperature) << profile.name;
    EXPECT_LT(profile.least_charging_temperature, profile.warning_temperature) << profile.name;
    EXPECT_LT(profile.warning_temperature, profile.most_charging_temperature) << profile.name;
  }
}

}  // namespace
}  // namespace gridpilot
