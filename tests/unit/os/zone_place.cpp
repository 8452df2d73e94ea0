#include "gridpilot/os/zone_place.hpp"

#include <gtest/gtest.h>

namespace gridpilot::os {
namespace {

TEST(PlaceOfZone, IsThatOfItsPrincipalTown) {
  const auto warsaw = place_of_zone("Europe/Warsaw");
  ASSERT_TRUE(warsaw);
  EXPECT_NEAR(warsaw->latitude_degrees, 52.25, 0.01);
  EXPECT_NEAR(warsaw->longitude_degrees, 21.0, 0.01);
  const auto sydney = place_of_zone("Australia/Sydney");
  ASSERT_TRUE(sydney);
  EXPECT_NEAR(sydney->latitude_degrees, -(33 + 52 / 60.0), 0.01);
  EXPECT_NEAR(sydney->longitude_degrees, 151 + 13 / 60.0, 0.01);
}

TEST(PlaceOfZone, KnowsOtherNamesAndSeconds) {
  const auto new_york = place_of_zone("US/Eastern");
  ASSERT_TRUE(new_york);
  EXPECT_NEAR(new_york->latitude_degrees, 40 + 42 / 60.0 + 51 / 3600.0, 1e-6);
  EXPECT_NEAR(new_york->longitude_degrees, -(74 + 0 / 60.0 + 23 / 3600.0), 1e-6);
}

TEST(PlaceOfZone, IsAbsentWhereThereIsNone) {
  EXPECT_FALSE(place_of_zone("UTC"));
  EXPECT_FALSE(place_of_zone("Europe/Nowhere"));
  EXPECT_FALSE(place_of_zone(""));
}

}  // namespace
}  // namespace gridpilot::os
