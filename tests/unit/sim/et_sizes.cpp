#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <initializer_list>

#include "unit/sim/test_house.hpp"

/// ET units other than the usual one: large ones with long blocks and two batteries, and single-phase ones.
namespace gridpilot::sim {
namespace {

using namespace std::chrono_literals;

plant::HouseOptions house_of_rating(double kilowatts_rated, Soc soc = percent(50)) {
  plant::HouseOptions options = ten_kilowatts(soc);
  options.inverter.rating = kilowatts(kilowatts_rated);
  options.inverter.max_pv = options.inverter.rating * 1.5;
  options.pack.capacity = kilowatt_hours(2 * kilowatts_rated);
  options.pack.max_charge = options.pack.max_discharge = options.inverter.rating * 1.08;
  return options;
}

std::uint64_t u64_of(BenchInverter& inverter, std::uint16_t number) {
  std::uint64_t value = 0;
  for (const std::uint16_t word : inverter.read(number, 4)) value = (value << 16U) | word;
  return value;
}

TEST(LargeEt, Of15KilowattsHasTheLongMeterAndTheTrackerBlock) {
  BenchInverter inverter({}, house_of_rating(15));
  inverter.pass(36h);
  EXPECT_EQ(inverter.word(35001), 15'000);
  EXPECT_EQ(inverter.read(36000, 125).size(), 125U);
  EXPECT_EQ(inverter.read(35301, 64).size(), 64U);
  EXPECT_EQ(inverter.exception_of_read(39000, 22), 2);
  EXPECT_EQ(inverter.exception_of_read(35262, 6), 2);
  EXPECT_EQ(inverter.s32(35301), inverter.s32(35105) + inverter.s32(35109));
  EXPECT_EQ(inverter.word(35337) + inverter.word(35338), inverter.s32(35301));
  EXPECT_GT(inverter.s32(35301), 0);
  EXPECT_EQ(inverter.word(35303), 2);
  for (const std::uint16_t absent : std::initializer_list<std::uint16_t>{35304, 35327, 35339, 35344, 35347, 35352})
    EXPECT_EQ(inverter.word(absent), 0xFFFF) << absent;
  const plant::Counters& totals = inverter.house.totals();
  EXPECT_NEAR(static_cast<double>(u64_of(inverter, 36104)) / 100.0, in_kilowatt_hours(totals.grid_export), 0.01);
  EXPECT_NEAR(static_cast<double>(u64_of(inverter, 36120)) / 100.0, in_kilowatt_hours(totals.grid_import), 0.01);
  EXPECT_NEAR(static_cast<double>(u64_of(inverter, 36108) + u64_of(inverter, 36112) + u64_of(inverter, 36116)),
              static_cast<double>(u64_of(inverter, 36120)), 2);
  EXPECT_EQ(inverter.read(36015, 4), (std::vector<std::uint16_t>{0, 0, 0, 0}));  // 7.5: the floats stay 0
  for (std::uint16_t phase = 0; phase < 3; ++phase) {
    EXPECT_EQ(inverter.word(static_cast<std::uint16_t>(36052 + phase)),
              inverter.word(static_cast<std::uint16_t>(35121 + 5 * phase)));
    EXPECT_GE(inverter.word(static_cast<std::uint16_t>(36055 + phase)) / 10.0 + 0.1,
              std::abs(inverter.s32(static_cast<std::uint16_t>(36019 + 2 * phase))) / 245.0);
  }
}

TEST(LargeEt, Of30KilowattsShowsHalfOfItsPackUnderEachBattery) {
  BenchInverter inverter({}, house_of_rating(30));
  ASSERT_EQ(inverter.write(47511, {11, 15'000}), 0);
  EXPECT_NEAR(inverter.s32(35182) + inverter.s32(35264), -15'000, 1);
  EXPECT_NEAR(inverter.s32(35182), -7500, 1);
  EXPECT_EQ(inverter.word(35266), 3);
  EXPECT_NEAR(inverter.word(35262) / 10.0 * inverter.s16(35263) / 10.0, inverter.s32(35264), 30);
  // The second block lies two registers further on than the first.
  for (std::uint16_t offset = 2; offset < 24; ++offset)
    EXPECT_EQ(inverter.word(static_cast<std::uint16_t>(38998 + offset)),
              inverter.word(static_cast<std::uint16_t>(37000 + offset)))
        << offset;
  const double whole = in_amperes(inverter.house.pack().limits().charge);
  EXPECT_NEAR(inverter.word(37004) + inverter.word(39002), whole, 1);
  EXPECT_EQ(inverter.word(39005), 50);
}

TEST(LargeEt, PutsItsCurrentLimitAndAlarmsOnEachBatteryByItself) {
  BenchInverter inverter({}, house_of_rating(30));
  ASSERT_EQ(inverter.write(47511, {12, 15'000}), 0);
  ASSERT_EQ(inverter.write(45355, {50}), 0);  // 5 A at each of two inputs
  EXPECT_NEAR(inverter.s32(35182) + inverter.s32(35264), 10 * 420.3, 60);
  inverter.device.override_measurements({.battery_alarms = 0x00010004});
  EXPECT_EQ(inverter.word(37006), 4);
  EXPECT_EQ(inverter.word(37012), 1);
  EXPECT_EQ(inverter.word(39004), 0);
}

TEST(LargeEt, CarriesPowersBeyond16Bits) {
  plant::HouseOptions options = house_of_rating(30);
  options.annual_consumption = kilowatt_hours(100'000);
  BenchInverter inverter({}, options);
  ASSERT_EQ(inverter.write(47545, {1}), 0);
  ASSERT_EQ(inverter.write(47603, {100}), 0);
  EXPECT_LT(inverter.s32(35139), -30'000);
  EXPECT_EQ(inverter.s32(35139), -std::round(in_watts(inverter.house.flows().grid)));
  EXPECT_EQ(inverter.s32(36025), inverter.s32(35139));
}

TEST(SinglePhaseEt, LeavesOutTheOtherPhases) {
  BenchInverter inverter({.profile = Profile::et_745, .serial = "9006KESN000W0001"}, house_of_rating(6, percent(11)));
  inverter.pass(30h);
  for (const std::uint16_t absent :
       std::initializer_list<std::uint16_t>{35126, 35135, 35151, 35162, 35165, 35168, 35355, 35364, 36006, 36007, 36021,
                                            36024, 36053, 36057, 36096, 36103, 36112, 36119})
    EXPECT_EQ(inverter.word(absent), 0xFFFF) << absent;
  EXPECT_EQ(inverter.s32(35124), inverter.s32(35137));
  EXPECT_EQ(inverter.s32(36019), inverter.s32(36025));
  EXPECT_EQ(inverter.s32(35163), inverter.s32(35171));
  EXPECT_EQ(u64_of(inverter, 36108), u64_of(inverter, 36120));
  EXPECT_GT(u64_of(inverter, 36120), 0U);
}

TEST(EtTaper, IsThatOfA10KilowattUnitScaledWithTheRating) {
  struct Row {
    double soc;
    double kilowatts_at_ten;
  };
  for (const double rating : {5.0, 10.0, 30.0})
    for (const Row& row : {Row{20, 10.8}, Row{49, 10.8}, Row{51, 8.9}, Row{69, 8.9}, Row{71, 4.5}, Row{89, 4.5},
                           Row{91, 2.5}, Row{98, 2.5}}) {
      BenchInverter inverter({}, house_of_rating(rating, percent(row.soc)));
      const plant::PackLimits limits = inverter.house.pack().limits();
      const double expected = row.kilowatts_at_ten * rating / 10.0;
      // Whole amperes at some 430 V.
      EXPECT_NEAR(in_kilowatts(limits.charge_power), expected, 0.5) << rating << " kW at " << row.soc << " %";
      EXPECT_LE(in_kilowatts(limits.charge_power), expected + 1e-9);
    }
}

TEST(EtTaper, BoundsWhatFastChargingCharges) {
  BenchInverter inverter({}, house_of_rating(10, percent(85)));
  ASSERT_EQ(inverter.write(47603, {100}), 0);
  ASSERT_EQ(inverter.write(47545, {1}), 0);
  EXPECT_LE(-inverter.s32(35182), 4500);
  EXPECT_GE(-inverter.s32(35182), 4000);
  inverter.pass(1h);
  EXPECT_LE(-inverter.s32(35182), 2500);
}

RC_GTEST_PROP(EveryDevice, KeepsItsBatteryAndItsBalanceWhateverIsWritten, ()) {
  const Profile profile = *rc::gen::elementOf(std::vector(all_profiles.begin(), all_profiles.end()));
  BenchInverter inverter({.profile = profile}, house_of_rating(10, percent(*rc::gen::inRange(0, 101))));
  const auto registers = std::vector<std::uint16_t>{45353, 45355, 45356, 47000, 47010, 47120, 47500, 47509,
                                                    47510, 47511, 47512, 47545, 47546, 47603, 40327, 40331};
  for (int i = 0; i < 12; ++i) {
    static_cast<void>(inverter.write(*rc::gen::elementOf(registers), {*rc::gen::inRange<std::uint16_t>(0, 2000)}));
    inverter.order(0x03, 0x59, {*rc::gen::inRange<std::uint8_t>(0, 4)});
    inverter.pass(Seconds(*rc::gen::inRange(1, 4000)));
    const plant::Flows& flows = inverter.house.flows();
    RC_ASSERT(inverter.house.pack().soc() >= percent(0) && inverter.house.pack().soc() <= percent(100));
    RC_ASSERT(std::abs(in_watts(flows.grid + flows.pv - flows.load - flows.battery - flows.losses)) < 1e-6);
    RC_ASSERT(flows.ac <= kilowatts(10) + watts(1e-6));
    RC_ASSERT(flows.pv <= flows.pv_available + watts(1e-6));
  }
}

}  // namespace
}  // namespace gridpilot::sim
