#include <cmath>
#include <initializer_list>
#include <string>

#include "unit/sim/test_house.hpp"

namespace gridpilot::sim {
namespace {

using namespace std::chrono_literals;

plant::HouseOptions house_without_battery() {
  plant::HouseOptions options = ten_kilowatts();
  options.has_battery = false;
  return options;
}

/// A DT at noon of a day on which it has sun to spare.
class SunnyDt : public BenchInverter {
 public:
  explicit SunnyDt(Profile profile = Profile::dt)
      : BenchInverter({.profile = profile}, house_without_battery(), friday_midnight()) {
    while (house.flows().grid > watts(-1500)) pass(20s);
  }
  [[nodiscard]] double exported() const { return -in_watts(house.flows().grid); }
};

std::string text_of(const std::vector<std::uint16_t>& words) {
  std::string text;
  for (const std::uint16_t word : words) {
    text += static_cast<char>(word >> 8);
    text += static_cast<char>(word & 0xFF);
  }
  return text;
}

TEST(DtDevice, HasTheBlocksOfItsFamilyAndNoBattery) {
  BenchInverter inverter({.profile = Profile::dt}, house_without_battery());
  EXPECT_EQ(inverter.device.unit(), 0x7F);
  EXPECT_EQ(inverter.read(30001, 40).size(), 40U);
  EXPECT_EQ(inverter.read(30063, 20).size(), 20U);
  EXPECT_EQ(inverter.read(30100, 73).size(), 73U);
  EXPECT_EQ(inverter.read(30195, 16).size(), 16U);
  for (const std::uint16_t number : std::initializer_list<std::uint16_t>{35000, 35100, 37000, 30041, 30173, 40316})
    EXPECT_EQ(inverter.exception_of_read(number, 1), 2) << number;
  inverter.pass(12h);
  EXPECT_EQ(inverter.house.totals().charge, kilowatt_hours(0));
  EXPECT_EQ(inverter.house.totals().discharge, kilowatt_hours(0));
}

TEST(DtDevice, TellsSerialNumberModelAndFirmware) {
  BenchInverter inverter({.profile = Profile::dt, .serial = "9010KDTU000W0007"}, house_without_battery());
  EXPECT_EQ(text_of(inverter.read(30004, 13)), "9010KDTU000W0007GW10K-DT  ");
  EXPECT_EQ(inverter.read(30034, 3), (std::vector<std::uint16_t>{14, 14, 16}));
  const auto info = inverter.command(0x01, 0x02);
  ASSERT_TRUE(info);
  EXPECT_EQ(std::string(info->begin() + 31, info->begin() + 47), "9010KDTU000W0007");
  EXPECT_FALSE(inverter.command(0x01, 0x06));
}

TEST(DtDevice, ReportsTheHousesFlowsWithExportPositive) {
  SunnyDt inverter;
  for (int i = 0; i < 50; ++i) {
    inverter.pass(97s);
    const plant::Flows& flows = inverter.house.flows();
    EXPECT_EQ(inverter.s32(30195), -std::round(in_watts(flows.grid)));
    EXPECT_EQ(inverter.s32(30137), std::round(in_watts(flows.pv)));
    EXPECT_EQ(inverter.s32(30150) + inverter.s32(30152), inverter.s32(30137));
    EXPECT_EQ(inverter.s32(30127), std::round(in_watts(flows.ac)));
    double phases = 0.0;
    for (std::uint16_t phase = 0; phase < 3; ++phase)
      phases += inverter.word(static_cast<std::uint16_t>(30118 + phase)) / 10.0 *
                inverter.word(static_cast<std::uint16_t>(30121 + phase)) / 10.0;
    EXPECT_NEAR(phases, in_watts(flows.ac), 3 * 12.5);
    // A current is told to 0.1 A, a string has less than 640 V.
    EXPECT_NEAR(inverter.word(30103) / 10.0 * inverter.word(30104) / 10.0, inverter.s32(30150), 32.0);
  }
  EXPECT_EQ(inverter.word(30129), 1);
  EXPECT_EQ(inverter.word(30209), 1);
}

TEST(DtDevice, ReportsAnImportAsNegativeAndNoPowerByNight) {
  BenchInverter inverter({.profile = Profile::dt}, house_without_battery());
  EXPECT_LT(inverter.s32(30195), -50);
  EXPECT_EQ(inverter.s32(30127), 0);
  EXPECT_EQ(inverter.s32(30137), 0);
  EXPECT_EQ(inverter.word(30129), 0);
}

TEST(DtDevice, CountsWhatFlows) {
  BenchInverter inverter({.profile = Profile::dt}, house_without_battery());
  inverter.pass(30h);
  const plant::Counters& totals = inverter.house.totals();
  EXPECT_NEAR(inverter.s32(30145) / 10.0, in_kilowatt_hours(totals.pv), 0.1);
  EXPECT_NEAR(inverter.word(30144) / 10.0, in_kilowatt_hours(inverter.house.today().pv), 0.1);
  EXPECT_NEAR(inverter.s32(30197), in_watt_hours(totals.grid_export), 1.0);
  EXPECT_NEAR(inverter.s32(30199), in_watt_hours(totals.grid_import), 1.0);
  EXPECT_GT(inverter.s32(30199), 1000);
}

TEST(DtDevice, LimitsItsExportInPercentOfItsRatingOnlyWhileTheLimitIsOn) {
  SunnyDt inverter;
  const double before = inverter.exported();
  ASSERT_EQ(inverter.write(40336, {5}), 0);
  EXPECT_NEAR(inverter.exported(), before, 1e-6);
  ASSERT_EQ(inverter.write(40327, {1}), 0);
  EXPECT_NEAR(inverter.exported(), 500, 1);
  EXPECT_NEAR(inverter.s32(30195), 500, 1);
  EXPECT_LT(inverter.house.flows().pv, inverter.house.flows().pv_available);
  ASSERT_EQ(inverter.write(40336, {0}), 0);
  EXPECT_NEAR(inverter.exported(), 0, 1);
  ASSERT_EQ(inverter.write(40327, {0}), 0);
  EXPECT_NEAR(inverter.exported(), before, 1e-6);
}

TEST(DtDevice, LimitsItsExportInWattsOnOnePhase) {
  SunnyDt inverter(Profile::dt_1ph);
  ASSERT_EQ(inverter.write(40328, {0, 750}), 0);
  ASSERT_EQ(inverter.write(40327, {1}), 0);
  EXPECT_NEAR(inverter.exported(), 750, 1);
  ASSERT_EQ(inverter.write(40328, {1, 0}), 0);  // 65536 W: no limit to this unit
  EXPECT_GT(inverter.exported(), 1000);
}

TEST(DtDevice, LeavesOutTheOtherPhasesWhereItHasOne) {
  SunnyDt inverter(Profile::dt_1ph);
  for (const std::uint16_t number :
       std::initializer_list<std::uint16_t>{30116, 30117, 30119, 30120, 30122, 30123, 30125, 30126})
    EXPECT_EQ(inverter.word(number), 0xFFFF) << number;
  EXPECT_NEAR(inverter.word(30118) / 10.0 * inverter.word(30121) / 10.0, in_watts(inverter.house.flows().ac), 12.5);
  EXPECT_EQ(text_of(inverter.read(30012, 5)), "GW10000-NS");
  EXPECT_NE(inverter.device.options().serial.find("DSN"), std::string::npos);
}

TEST(DtDevice, IsSwitchedOffOnAndRestarted) {
  SunnyDt inverter;
  ASSERT_EQ(inverter.write(40331, {0}), 0);
  EXPECT_EQ(inverter.house.flows().pv, watts(0));
  EXPECT_EQ(inverter.word(30129), 0);
  ASSERT_EQ(inverter.write(40330, {0}), 0);
  EXPECT_GT(inverter.house.flows().pv, watts(1000));
  ASSERT_EQ(inverter.write(40332, {0}), 0);
  EXPECT_TRUE(inverter.device.rebooting());
  EXPECT_EQ(inverter.house.flows().pv, watts(0));
  inverter.pass(91s);
  EXPECT_FALSE(inverter.device.rebooting());
  EXPECT_GT(inverter.house.flows().pv, watts(500));
}

TEST(DtDevice, DoesNothingOnAStuckSwitch) {
  SunnyDt inverter;
  inverter.device.stick(40331);
  ASSERT_EQ(inverter.write(40331, {0}), 0);
  EXPECT_GT(inverter.house.flows().pv, watts(1000));
}

TEST(DtDevice, ShowsItsOwnClockAndLetsItBeSet) {
  BenchInverter inverter({.profile = Profile::dt, .clock_offset = 90s}, house_without_battery());
  inverter.pass(10h);
  EXPECT_EQ(inverter.read(40313, 3), (std::vector<std::uint16_t>{0x1A04, 0x0A0A, 0x011E}));
  EXPECT_EQ(inverter.read(30100, 3), inverter.read(40313, 3));
  EXPECT_EQ(inverter.write(40313, {0x1A04, 0x0A0C, 0x0000}), 0);
  inverter.pass(60s);
  EXPECT_EQ(inverter.read(30100, 3), (std::vector<std::uint16_t>{0x1A04, 0x0A0C, 0x0100}));
  EXPECT_EQ(inverter.write(40313, {0x1A0D, 0x0A0C, 0x0000}), 3);
  EXPECT_EQ(inverter.write(40314, {0x0A0C}), 3);
}

TEST(DtDevice, RefusesWhatItDoesNotHaveOrTake) {
  BenchInverter inverter({.profile = Profile::dt}, house_without_battery());
  EXPECT_EQ(inverter.write(47511, {1}), 2);
  EXPECT_EQ(inverter.write(30127, {1}), 2);
  EXPECT_EQ(inverter.write(40336, {201}), 3);
  EXPECT_EQ(inverter.write(40327, {2}), 3);
  EXPECT_EQ(inverter.write(40331, {1}), 3);
  EXPECT_EQ(inverter.word(40336), 100);
}

TEST(DtDevice, ShowsTheGridVoltageItIsTold) {
  SunnyDt inverter;
  inverter.device.override_measurements({.grid_voltage = volts(257.3)});
  EXPECT_EQ(inverter.word(30118), 2573);
  EXPECT_NEAR(inverter.word(30119), 2330, 60);
}

}  // namespace
}  // namespace gridpilot::sim
