#include <bit>
#include <cmath>
#include <string>

#include "gridpilot/sim/goodwe_device.hpp"
#include "unit/sim/test_house.hpp"

namespace gridpilot::sim {
namespace {

using namespace std::chrono_literals;

const std::vector<std::uint16_t> charge_35_percent_all_day{0x0000, 0x173B, 0xFF7F, 0xFFDD, 0x005A, 0x0000};

TEST(EtDevice, HasTheBlocksOfItsProfile) {
  BenchInverter older({.profile = Profile::et_v1});
  BenchInverter newer({.profile = Profile::et_v2});
  BenchInverter platform_745({.profile = Profile::et_745});
  for (BenchInverter* inverter : {&older, &newer, &platform_745}) {
    EXPECT_EQ(inverter->read(35000, 33).size(), 33U);
    EXPECT_EQ(inverter->read(35100, 125).size(), 125U);
    EXPECT_EQ(inverter->read(37000, 24).size(), 24U);
    EXPECT_EQ(inverter->read(36000, 45).size(), 45U);
    EXPECT_EQ(inverter->exception_of_read(60'000, 1), 2);
    EXPECT_EQ(inverter->exception_of_read(39'000, 22), 2);
  }
  EXPECT_EQ(newer.exception_of_read(36000, 58), 2);
  EXPECT_EQ(newer.exception_of_read(35301, 61), 2);
  EXPECT_EQ(platform_745.read(36000, 125).size(), 125U);
  EXPECT_EQ(platform_745.read(35301, 64).size(), 64U);
  EXPECT_EQ(older.exception_of_read(47547, 6), 2);
  EXPECT_EQ(older.read(47515, 16).size(), 16U);
  EXPECT_EQ(newer.read(47547, 6).size(), 6U);
  EXPECT_EQ(newer.exception_of_read(47515, 4), 2);
}

TEST(EtDevice, TellsSerialNumberModelAndRating) {
  BenchInverter inverter({.serial = "9010KETU000W0001"});
  const auto info = inverter.read(35000, 33);
  std::string text;
  for (std::size_t i = 3; i < 16; ++i) {
    text += static_cast<char>(info[i] >> 8);
    text += static_cast<char>(info[i] & 0xFF);
  }
  EXPECT_EQ(text, "9010KETU000W0001GW10K-ET  ");
  EXPECT_EQ(info[1], 10'000);
  EXPECT_FALSE(GoodweDevice::create(warsaw(), {.serial = "short"}, inverter.house));
}

TEST(EtDevice, ReportsABalanceInWholeWatts) {
  BenchInverter inverter({}, percent(40));
  for (int i = 0; i < 200; ++i) {
    inverter.pass(431s);
    const int pv = inverter.s32(35105) + inverter.s32(35109);
    const int battery = inverter.s32(35182);
    const int meter = inverter.s32(35139);
    const int load = inverter.s32(35171) + inverter.s32(35169);
    const int ac = inverter.s32(35137);
    EXPECT_EQ(ac, meter + load);
    const double losses = in_watts(inverter.house.flows().losses);
    EXPECT_NEAR(pv + battery - ac, losses, 3.0);
    int phases = 0;
    int meter_phases = 0;
    for (std::uint16_t phase = 0; phase < 3; ++phase) {
      phases += inverter.s32(static_cast<std::uint16_t>(35124 + 5 * phase));
      meter_phases += inverter.s32(static_cast<std::uint16_t>(36019 + 2 * phase));
    }
    EXPECT_EQ(phases, ac);
    EXPECT_EQ(meter_phases, meter);
    EXPECT_EQ(inverter.s32(36025), meter);
  }
}

TEST(EtDevice, ReportsVoltagesCurrentsAndFrequenciesThatFitTogether) {
  BenchInverter inverter;
  inverter.pass(12h);
  for (std::uint16_t phase = 0; phase < 3; ++phase) {
    const auto first = static_cast<std::uint16_t>(35121 + 5 * phase);
    const double volts = inverter.word(first) / 10.0;
    EXPECT_NEAR(volts, 233.0, 6.0);
    EXPECT_NEAR(inverter.word(static_cast<std::uint16_t>(first + 1)) / 10.0,
                std::abs(inverter.s32(static_cast<std::uint16_t>(first + 3))) / volts, 0.06);
    EXPECT_NEAR(inverter.s16(static_cast<std::uint16_t>(first + 2)) / 100.0, 50.0, 0.05);
  }
  EXPECT_NEAR(inverter.word(35180) / 10.0 * inverter.s16(35181) / 10.0, inverter.s32(35182), 25.0);
  EXPECT_NEAR(inverter.word(35103) / 10.0 * inverter.word(35104) / 10.0, inverter.s32(35105), 40.0);
  EXPECT_EQ(inverter.word(37007), std::round(in_percent(inverter.house.pack().soc())));
  EXPECT_GT(inverter.s16(37003), 100);
  EXPECT_LT(inverter.s16(37003), 400);
}

TEST(EtDevice, UsesGoodWesSigns) {
  BenchInverter inverter;
  ASSERT_EQ(inverter.write(47511, {11, 3000}), 0);
  EXPECT_NEAR(inverter.s32(35182), -3000, 2);  // charging
  EXPECT_LT(inverter.s32(35139), -3000);       // importing
  EXPECT_EQ(inverter.word(35184), 3);
  ASSERT_EQ(inverter.write(47511, {12, 3000}), 0);
  EXPECT_NEAR(inverter.s32(35182), 3000, 2);
  EXPECT_GT(inverter.s32(35139), 1000);
  EXPECT_EQ(inverter.word(35184), 2);
}

TEST(EtDevice, CountsWhatFlows) {
  BenchInverter inverter;
  inverter.pass(30h);  // to Saturday, six in the morning
  const auto kwh = [&](std::uint16_t number) { return inverter.s32(number) / 10.0; };
  const plant::Counters& totals = inverter.house.totals();
  EXPECT_NEAR(kwh(35191), in_kilowatt_hours(totals.pv), 0.1);
  EXPECT_NEAR(kwh(35203), in_kilowatt_hours(totals.load), 0.1);
  EXPECT_NEAR(kwh(35206), in_kilowatt_hours(totals.charge), 0.1);
  EXPECT_NEAR(kwh(35209), in_kilowatt_hours(totals.discharge), 0.1);
  EXPECT_GT(kwh(35191), 1.0);
  EXPECT_NEAR(inverter.word(35205) / 10.0, in_kilowatt_hours(inverter.house.today().load), 0.1);
  const auto words = inverter.read(36017, 2);
  const auto wh = std::bit_cast<float>((static_cast<std::uint32_t>(words[0]) << 16U) | words[1]);
  EXPECT_NEAR(wh, in_watt_hours(totals.grid_import), 1.0);
}

TEST(EtDevice, ShowsItsOwnClockAndLetsItBeSet) {
  BenchInverter inverter({.clock_offset = 90s});
  inverter.pass(10h);
  EXPECT_EQ(inverter.read(45200, 3), (std::vector<std::uint16_t>{0x1A04, 0x0A0A, 0x011E}));
  EXPECT_EQ(inverter.read(35100, 3), inverter.read(45200, 3));
  EXPECT_EQ(inverter.write(45200, {0x1A04, 0x0A0C, 0x0000}), 0);
  inverter.pass(60s);
  EXPECT_EQ(inverter.read(45200, 3), (std::vector<std::uint16_t>{0x1A04, 0x0A0C, 0x0100}));
  EXPECT_EQ(inverter.write(45200, {0x1A0D, 0x0A0C, 0x0000}), 3);  // a 13th month
  EXPECT_EQ(inverter.write(45201, {0x0A0C}), 3);                  // a third of a clock
}

TEST(EtDevice, ObeysAnEcoWindowByItsOwnClock) {
  // 02:00 to 03:00, charge 30 %.
  const std::vector<std::uint16_t> window{0x0200, 0x0300, 0xFF7F, 0xFFE2, 0x0064, 0x0000};
  BenchInverter inverter({.clock_offset = 1h}, percent(30));
  ASSERT_EQ(inverter.write(47547, window), 0);
  ASSERT_EQ(inverter.write(47000, {3}), 0);
  inverter.pass(59min);
  EXPECT_GT(inverter.s32(35182), 0);
  inverter.pass(1min);  // 02:00 on the inverter's clock
  EXPECT_NEAR(inverter.s32(35182), -3000, 2);
  inverter.pass(59min);
  EXPECT_NEAR(inverter.s32(35182), -3000, 2);
  inverter.pass(1min);
  EXPECT_GT(inverter.s32(35182), 0);
}

TEST(EtDevice, LetsAWindowLapseEvenWhenNobodyLooks) {
  const std::vector<std::uint16_t> window{0x0100, 0x0200, 0xFF7F, 0xFFE2, 0x0064, 0x0000};
  BenchInverter inverter({}, percent(30));
  ASSERT_EQ(inverter.write(47547, window), 0);
  ASSERT_EQ(inverter.write(47000, {3}), 0);
  inverter.pass(5h);
  EXPECT_NEAR(in_kilowatt_hours(inverter.house.totals().charge), 3.0, 0.01);
}

TEST(EtDevice, ChargesAtAThirdOfItsRatingInAnAllDayGroup) {
  BenchInverter inverter({}, percent(50));
  ASSERT_EQ(inverter.write(47547, charge_35_percent_all_day), 0);
  ASSERT_EQ(inverter.write(47000, {3}), 0);
  EXPECT_EQ(inverter.read(47547, 6), charge_35_percent_all_day);
  EXPECT_NEAR(inverter.s32(35182), -3500, 2);
  inverter.pass(6h);
  EXPECT_NEAR(in_percent(inverter.house.pack().soc()), 90.0, 0.5);  // its stop
}

TEST(EtDevice, ObeysTheOlderGroupsToo) {
  BenchInverter inverter({.profile = Profile::et_v1});
  ASSERT_EQ(inverter.write(47515, {0x0000, 0x173B, 0x0019, 0xFF7F}), 0);
  ASSERT_EQ(inverter.write(47000, {3}), 0);
  EXPECT_NEAR(inverter.s32(35182), 2500, 2);
}

TEST(EtDevice, NeedsTheMasterSwitchOnThe745Platform) {
  BenchInverter inverter({.profile = Profile::et_745});
  ASSERT_EQ(inverter.write(47547, {0x0000, 0x173B, 0xF97F, 0xFEA2, 0x005A, 0x0FFF}), 0);
  ASSERT_EQ(inverter.write(47000, {3}), 0);
  EXPECT_GT(inverter.s32(35182), 0);
  ASSERT_EQ(inverter.write(47612, {1}), 0);
  EXPECT_NEAR(inverter.s32(35182), -3500, 2);
}

TEST(EtDevice, ResetsEmsOnAChangeOfMode) {
  BenchInverter inverter;
  ASSERT_EQ(inverter.write(47511, {12, 2000}), 0);
  ASSERT_EQ(inverter.write(47000, {3}), 0);
  EXPECT_EQ(inverter.read(47511, 2), (std::vector<std::uint16_t>{1, 0}));
}

TEST(EtDevice, ClearsItsGroupsAndLeavesEcoMode) {
  BenchInverter inverter;
  ASSERT_EQ(inverter.write(47547, charge_35_percent_all_day), 0);
  ASSERT_EQ(inverter.write(47000, {3}), 0);
  ASSERT_EQ(inverter.write(47533, {1}), 0);
  EXPECT_EQ(inverter.word(47000), 0);
  EXPECT_EQ(inverter.read(47547, 3), (std::vector<std::uint16_t>{0x3000, 0x3000, 0x0000}));
  EXPECT_GT(inverter.s32(35182), 0);
  ASSERT_EQ(inverter.write(47000, {2}), 0);
  ASSERT_EQ(inverter.write(47533, {1}), 0);
  EXPECT_EQ(inverter.word(47000), 2);
}

TEST(EtDevice, ActsOnEachLimitAndSwitch) {
  struct Row {
    const char* name;
    std::uint16_t number;
    std::uint16_t value;
    std::vector<std::uint16_t> ems;
    int lowest_battery_w;  // GoodWe's sign: + discharges
    int highest_battery_w;
  };
  for (const Row& row :
       {Row{"charge current 5 A", 45353, 50, {11, 5000}, -2150, -2000},
        Row{"charge current 0 A", 45353, 0, {11, 5000}, 0, 0},
        Row{"discharge current 5 A", 45355, 50, {12, 5000}, 2000, 2150},
        Row{"floor under EMS", 47500, 60, {12, 5000}, 0, 0}, Row{"ceiling", 47760, 40, {11, 5000}, 0, 0},
        Row{"remote stop", 47010, 1, {11, 5000}, 0, 0}, Row{"floor in general mode", 45356, 60, {1, 0}, 0, 0}}) {
    BenchInverter inverter;
    ASSERT_EQ(inverter.write(47511, row.ems), 0) << row.name;
    ASSERT_EQ(inverter.write(row.number, {row.value}), 0) << row.name;
    EXPECT_GE(inverter.s32(35182), row.lowest_battery_w) << row.name;
    EXPECT_LE(inverter.s32(35182), row.highest_battery_w) << row.name;
  }
}

TEST(EtDevice, LimitsItsExportOnlyWhileTheLimitIsOn) {
  BenchInverter inverter;
  ASSERT_EQ(inverter.write(47511, {12, 6000}), 0);
  ASSERT_EQ(inverter.write(47510, {1000}), 0);
  EXPECT_GT(inverter.s32(35139), 4000);
  ASSERT_EQ(inverter.write(47509, {1}), 0);
  EXPECT_NEAR(inverter.s32(35139), 1000, 1);
}

TEST(EtDevice, ShiftsItsBalanceByTheMeterOffset) {
  BenchInverter inverter;
  ASSERT_EQ(inverter.write(47120, {static_cast<std::uint16_t>(-200)}), 0);
  EXPECT_NEAR(inverter.s32(35139), -200, 1);
}

TEST(EtDevice, FastChargesUntilItsStopAndSwitchesItselfOff) {
  BenchInverter inverter({}, percent(70));
  ASSERT_EQ(inverter.write(47546, {80}), 0);
  ASSERT_EQ(inverter.write(47603, {30}), 0);
  ASSERT_EQ(inverter.write(47545, {1}), 0);
  EXPECT_NEAR(inverter.s32(35182), -3000, 2);
  inverter.pass(2h);
  EXPECT_EQ(inverter.word(47545), 0);
  EXPECT_GE(inverter.s32(35182), 0);
}

TEST(EtDevice, KnowsEveryEmsMode) {
  BenchInverter inverter;
  inverter.pass(12h);
  for (std::uint16_t mode = 1; mode <= 12; ++mode) EXPECT_EQ(inverter.write(47511, {mode, 2000}), 0) << mode;
  EXPECT_EQ(inverter.write(47511, {255, 0}), 0);
  EXPECT_EQ(inverter.s32(35182), 0);
  EXPECT_EQ(inverter.word(35187), 0);
  BenchInverter at_night;
  ASSERT_EQ(at_night.write(47511, {9, 2000}), 0);
  EXPECT_NEAR(at_night.s32(35139), -2000, 1);
  ASSERT_EQ(at_night.write(47511, {10, 1500}), 0);
  EXPECT_NEAR(at_night.s32(35139), 1500, 1);
  ASSERT_EQ(inverter.write(47511, {8, 0}), 0);
  EXPECT_EQ(inverter.s32(35182), 0);
}

TEST(EtDevice, RefusesWhatItDoesNotHaveOrTake) {
  BenchInverter inverter;
  EXPECT_EQ(inverter.write(60'000, {1}), 2);
  EXPECT_EQ(inverter.write(35182, {1}), 2);  // read only
  EXPECT_EQ(inverter.write(47000, {6}), 3);
  EXPECT_EQ(inverter.write(47000, {5}), 3);  // the 745 platform's
  EXPECT_EQ(inverter.write(47511, {13, 0}), 3);
  EXPECT_EQ(inverter.write(47512, {20'000}), 3);
  EXPECT_EQ(inverter.write(45356, {101}), 3);
  EXPECT_EQ(inverter.write(47547, {0x1900, 0x173B, 0xFF7F, 0xFFDD, 0x005A, 0x0000}), 3);
  EXPECT_EQ(inverter.write(47548, {0x1900}), 3);  // would make the group's end 25:00
  EXPECT_EQ(inverter.word(47548), 0x3000);
}

TEST(EtDevice, CountsAndLogsWrites) {
  BenchInverter inverter;
  EXPECT_EQ(inverter.write(47511, {2, 0}), 0);
  EXPECT_EQ(inverter.write(47511, {13, 0}), 3);
  EXPECT_TRUE(inverter.device.set_behind_the_back(47511, 1));
  EXPECT_EQ(inverter.device.write_counts().at(47511), 2U);
  EXPECT_EQ(inverter.device.write_counts().at(47512), 2U);
  ASSERT_EQ(inverter.device.write_log().size(), 2U);
  EXPECT_EQ(inverter.device.write_log()[0].exception, 0);
  EXPECT_EQ(inverter.device.write_log()[1].exception, 3);
  EXPECT_EQ(inverter.device.writes_accepted(), 1U);
}

TEST(EtDevice, CountsWritesByTheMemoryTheyGoTo) {
  BenchInverter inverter;
  const int program = inverter.s32(36901);
  ASSERT_EQ(inverter.write(47511, {11, 2500}), 0);  // EMS wears nothing
  ASSERT_EQ(inverter.write(47000, {3}), 0);
  ASSERT_EQ(inverter.write(45353, {200}), 0);
  ASSERT_EQ(inverter.write(45355, {200}), 0);
  ASSERT_EQ(inverter.write(45353, {1001}), 3);  // refused: not counted
  EXPECT_EQ(inverter.s32(36901), program);
  EXPECT_EQ(inverter.s32(36904), 1);
  EXPECT_EQ(inverter.s32(36907), 2);
  EXPECT_EQ(inverter.s32(36910), 3);

  BenchInverter wearing({.assumptions = {.ems_wear = EcoAssumptions::EmsWear::stored}});
  ASSERT_EQ(wearing.write(47511, {11, 2500}), 0);
  EXPECT_EQ(wearing.s32(36904), 1);
}

TEST(EtDevice, ChargesByItselfBelowItsRescueAndStopsAboveIt) {
  BenchInverter inverter({}, percent(4));
  inverter.pass(20s);
  EXPECT_NEAR(inverter.s32(35182), -1000, 1);
  // An order to charge goes on with its own power, standby stays standby.
  ASSERT_EQ(inverter.write(47511, {11, 3000}), 0);
  EXPECT_NEAR(inverter.s32(35182), -3000, 1);
  ASSERT_EQ(inverter.write(47511, {8, 0}), 0);
  EXPECT_EQ(inverter.s32(35182), 0);
  ASSERT_EQ(inverter.write(47511, {12, 3000}), 0);
  EXPECT_NEAR(inverter.s32(35182), -1000, 1);
  ASSERT_EQ(inverter.write(47511, {1, 0}), 0);
  inverter.pass(3h);
  EXPECT_NEAR(in_percent(inverter.house.pack().soc()), 10, 0.3);
  EXPECT_GE(inverter.s32(35182), 0);
}

TEST(EtDevice, HoldsItsDepthOfDischargeWhenAskedTo) {
  for (const bool holds : {false, true}) {
    BenchInverter inverter({}, percent(30));
    ASSERT_EQ(inverter.write(45356, {40}), 0);
    ASSERT_EQ(inverter.write(47602, {static_cast<std::uint16_t>(holds ? 1 : 0)}), 0);
    EXPECT_NEAR(inverter.s32(35182), holds ? -1000 : 0, 1);
    inverter.pass(3h);
    EXPECT_NEAR(in_percent(inverter.house.pack().soc()), holds ? 40 : 30, 0.3);
  }
}

TEST(EtDevice, TakesFromTheGridForTheBatteryWhatIsAllowed) {
  BenchInverter inverter;
  ASSERT_EQ(inverter.write(47511, {11, 5000}), 0);
  ASSERT_EQ(inverter.write(47606, {200}), 0);  // permille of 10 kW, at the AC port; it is night
  EXPECT_NEAR(inverter.s32(35182), -2000 * 0.975, 1);
}

TEST(EtDevice, HasAFloorOfItsOwnOffTheGrid) {
  plant::HouseOptions options;
  options.initial_soc = percent(50);
  options.backup_share = 0.5;
  plant::House house(warsaw(), options, friday_midnight());
  auto device = GoodweDevice::create(warsaw(), {}, house).value();
  ASSERT_TRUE(device->set_behind_the_back(47000, 1));
  EXPECT_LT(house.flows().battery, watts(-20));
  ASSERT_TRUE(device->set_behind_the_back(45358, 60));
  EXPECT_EQ(house.flows().battery, watts(0));
}

TEST(EtDevice, SetsLimitsThatFitALowVoltagePack) {
  plant::HouseOptions options;
  options.pack.cells_in_series = 16;
  plant::House house(warsaw(), options, friday_midnight());
  auto device =
      GoodweDevice::create(warsaw(), {.profile = Profile::et_745, .serial = "9010KESN000W0001"}, house).value();
  EXPECT_EQ(device->value_of(45353), 1000);
  EXPECT_EQ(device->value_of(45352), 600);
  EXPECT_NEAR(*device->value_of(35180) / 10.0, 52.5, 1.0);
  EXPECT_NEAR(*device->value_of(37022) / 1000.0, 3.29, 0.05);
}

TEST(EtDevice, ShowsNoBatteryWhereTheHouseHasNone) {
  plant::HouseOptions options;
  options.has_battery = false;
  plant::House house(warsaw(), options, friday_midnight());
  auto device = GoodweDevice::create(warsaw(), {}, house).value();
  ASSERT_TRUE(device->set_behind_the_back(47511, 11));
  ASSERT_TRUE(device->set_behind_the_back(47512, 3000));
  device->advance_to(friday_midnight() + 1h);
  for (const int number : {35180, 35182, 35183, 35184, 37007})
    EXPECT_EQ(device->value_of(static_cast<std::uint16_t>(number)), 0) << number;
  EXPECT_EQ(house.flows().battery, watts(0));
}

TEST(EtDevice, HasASecondBatteryWhereItsSerialNumberSaysSo) {
  BenchInverter plain;
  EXPECT_FALSE(plain.device.value_of(39000));
  BenchInverter tagged({.profile = Profile::et_745, .serial = "9025KETT000W0001"});
  EXPECT_TRUE(tagged.device.value_of(39000));
  EXPECT_TRUE(tagged.device.value_of(35262));
}

TEST(EtDevice, AcknowledgesAStuckRegisterWithoutEffect) {
  BenchInverter inverter;
  inverter.device.stick(47511);
  EXPECT_EQ(inverter.write(47511, {12, 3000}), 0);
  EXPECT_EQ(inverter.word(47511), 1);
  inverter.device.unstick();
  EXPECT_EQ(inverter.write(47511, {12, 3000}), 0);
  EXPECT_EQ(inverter.word(47511), 12);
}

TEST(EtDevice, AnswersItsUnitAddressOnlyAndLetsItBeChanged) {
  BenchInverter inverter;
  const auto ask = [&](std::uint8_t unit) {
    return inverter.device
        .answer({.request = goodwe::read_registers(unit, 35000, 1), .transaction = 0, .frame_size = 0},
                goodwe::Framing::rtu_over_udp)
        .has_value();
  };
  EXPECT_TRUE(ask(0xF7));
  EXPECT_FALSE(ask(0x7F));
  ASSERT_EQ(inverter.write(45127, {17}), 0);
  EXPECT_TRUE(ask(17));
  EXPECT_FALSE(ask(0xF7));
}

TEST(EtDevice, IdentifiesItselfInTheOldFrames) {
  const BenchInverter inverter({.serial = "9010KETU000W0001"});
  const auto frame = inverter.device.answer(goodwe::aa55_device_info);
  ASSERT_TRUE(frame);
  const auto answer = goodwe::examine(goodwe::aa55_device_info, *frame);
  ASSERT_EQ(answer.state, goodwe::AnswerState::complete);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(answer.data.data()) + 31, 16), "9010KETU000W0001");
  EXPECT_FALSE(inverter.device.answer(goodwe::aa55_runtime));
}

TEST(EtDevice, KeepsOffThePowersWhileItReboots) {
  BenchInverter inverter;
  inverter.device.reboot_until(friday_midnight() + 60s);
  EXPECT_TRUE(inverter.device.rebooting());
  EXPECT_EQ(inverter.house.flows().battery, watts(0));
  inverter.pass(61s);
  EXPECT_FALSE(inverter.device.rebooting());
  EXPECT_LT(inverter.house.flows().battery, watts(0));
}

}  // namespace
}  // namespace gridpilot::sim
