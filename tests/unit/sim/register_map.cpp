#include "gridpilot/sim/register_map.hpp"

#include <gtest/gtest.h>

namespace gridpilot::sim {
namespace {

RegisterMap two_areas() {
  RegisterMap map;
  map.add_area(100, 3);
  map.add_area(200, 4);
  return map;
}

TEST(RegisterMap, HasWhatLiesWhollyInOneArea) {
  const RegisterMap map = two_areas();
  EXPECT_EQ(map.read(100, 3).size(), 6U);
  EXPECT_EQ(map.read(201, 3).size(), 6U);
  EXPECT_TRUE(map.read(102, 2).empty());
  EXPECT_TRUE(map.read(99, 2).empty());
  EXPECT_TRUE(map.read(150, 1).empty());
  EXPECT_TRUE(map.read(65535, 125).empty());
}

TEST(RegisterMap, WritesBigEndianAndClampsToTheType) {
  RegisterMap map = two_areas();
  map.put_s32(200, -2);
  EXPECT_EQ(map.u16(200), 0xFFFF);
  EXPECT_EQ(map.u16(201), 0xFFFE);
  map.put_u64(200, 1e10);
  EXPECT_EQ(map.u16(201), 2);
  map.put_u16(100, 70'000);
  EXPECT_EQ(map.u16(100), 0xFFFF);
  map.put_s16(101, -40'000);
  EXPECT_EQ(map.u16(101), 0x8000);
  map.put_float(200, 1.0F);
  EXPECT_EQ(map.u16(200), 0x3F80);
  map.put_text(100, 6, "AB", ' ');
  EXPECT_EQ(map.u16(100), 0x4142);
  EXPECT_EQ(map.u16(102), 0x2020);
}

TEST(RegisterMap, LeavesOutWhatTheProfileLacks) {
  RegisterMap map = two_areas();
  map.put_u32(102, 7);  // its second word does not exist
  EXPECT_EQ(map.u16(102), 0);
  map.put_u16(300, 7);
  EXPECT_FALSE(map.has(300));
}

}  // namespace
}  // namespace gridpilot::sim
