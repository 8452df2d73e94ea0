#include "gridpilot/plant/load.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace gridpilot::plant {
namespace {

using namespace std::chrono_literals;

TimeZone warsaw() {
  return TimeZone::load("Europe/Warsaw").value();
}

Instant midnight(std::chrono::year_month_day date) {
  return warsaw().start_of_day(date);
}

double year_kwh(const Household& home) {
  double kwh = 0.0;
  for (int i = 0; i < 365 * 480; ++i) kwh += in_kilowatts(home.at(midnight(2026y / 1 / 1) + i * 180s)) * 0.05;
  return kwh;
}

TEST(HouseholdLoad, MeetsItsAnnualConsumption) {
  for (const double annual : {2500.0, 4000.0, 7000.0})
    EXPECT_NEAR(year_kwh(Household(warsaw(), kilowatt_hours(annual), 5)), annual, 0.06 * annual) << annual;
}

TEST(HouseholdLoad, PeaksInTheEveningAndSleepsAtNight) {
  const Household home(warsaw(), kilowatt_hours(4000), 2);
  double night = 0.0;
  double evening = 0.0;
  for (int day = 0; day < 60; ++day)
    for (int minute = 0; minute < 120; ++minute) {
      const Instant start = midnight(2026y / 2 / 1) + std::chrono::hours(24 * day) + minute * 60s;
      night += in_watts(home.at(start + 2h));
      evening += in_watts(home.at(start + 18h));
    }
  EXPECT_GT(evening, 3.0 * night);
  EXPECT_GT(night / (60 * 120), 100.0);
}

TEST(HouseholdLoad, DependsOnSeedAndInstantAlone) {
  const Household home(warsaw(), kilowatt_hours(4000), 9);
  const Household same(warsaw(), kilowatt_hours(4000), 9);
  const Household other(warsaw(), kilowatt_hours(4000), 10);
  int different = 0;
  for (int i = 999; i >= 0; --i) {
    const Instant t = midnight(2026y / 4 / 1) + i * 100s;
    EXPECT_EQ(home.at(t), same.at(t));
    different += home.at(t) != other.at(t) ? 1 : 0;
  }
  EXPECT_GT(different, 900);
}

TEST(HouseholdLoad, RunsApplianceByApplianceWithinAConnection) {
  const Household home(warsaw(), kilowatt_hours(4000), 4);
  double highest = 0.0;
  int jumps = 0;
  for (int i = 0; i < 14 * 4320; ++i) {
    const Instant t = midnight(2026y / 3 / 2) + i * 20s;
    const double now = in_watts(home.at(t));
    highest = std::max(highest, now);
    jumps += std::abs(in_watts(home.at(t + 20s)) - now) > 1500.0 ? 1 : 0;
    ASSERT_GT(now, 50.0);
  }
  EXPECT_GT(highest, 2500.0);
  EXPECT_LT(highest, 11000.0);
  EXPECT_GT(jumps, 14 * 4);  // kettle, hob, heaters of the machines
  EXPECT_LT(jumps, 14 * 60);
}

}  // namespace
}  // namespace gridpilot::plant
