#include "gridpilot/forecast/place_by_sun.hpp"

#include <gtest/gtest.h>

#include "gridpilot/forecast/clear_sky.hpp"

namespace gridpilot::forecast {
namespace {

using namespace std::chrono_literals;

/// Four weeks of a cloudless sky over one plane towards the equator.
std::vector<Observation> sunny_weeks(const SunPlace& place, std::chrono::sys_days first) {
  Site site;
  site.latitude_degrees = place.latitude_degrees;
  site.longitude_degrees = place.longitude_degrees;
  site.planes = {PvPlane{.azimuth_degrees = place.latitude_degrees < 0 ? 0.0 : 180.0}};
  std::vector<Observation> pv;
  const Slot begin = Slot::containing(first);
  for (Slot slot = begin; slot < begin + 28 * 96; slot = slot.next())
    pv.push_back({.slot = slot, .value = in_kilowatt_hours(clear_sky_energy(site, slot))});
  return pv;
}

TEST(PlaceBySun, IsNearWhereTheModulesStand) {
  for (const SunPlace place : {SunPlace{52, 21}, SunPlace{44, -73}, SunPlace{-34, 151}})
    for (const std::chrono::sys_days first : {2025y / 6 / 1, 2025y / 12 / 1, 2025y / 8 / 1}) {
      const auto found = place_by_sun(sunny_weeks(place, first));
      ASSERT_TRUE(found);
      EXPECT_NEAR(found->longitude_degrees, place.longitude_degrees, 6.0);
      EXPECT_NEAR(found->latitude_degrees, place.latitude_degrees, 20.0);
    }
}

TEST(PlaceBySun, IsAbsentWithoutSun) {
  EXPECT_FALSE(place_by_sun({}));
  const std::vector<Observation> dark{{.slot = Slot::from_index(0), .value = 0.0}};
  EXPECT_FALSE(place_by_sun(dark));
}

TEST(ShareByNight, TellsAPlaceThatCannotBe) {
  const auto sydney = sunny_weeks({-34, 151}, 2025y / 6 / 1);
  EXPECT_LT(share_by_night(sydney, {-34, 151}), 0.001);
  EXPECT_GT(share_by_night(sydney, {50, 20}), 0.5);
}

}  // namespace
}  // namespace gridpilot::forecast
