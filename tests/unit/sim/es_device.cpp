#include <cmath>
#include <string>

#include "unit/sim/test_house.hpp"

namespace gridpilot::sim {
namespace {

using namespace std::chrono_literals;
using Bytes = std::vector<std::uint8_t>;

plant::HouseOptions five_kilowatts(Soc soc = percent(50)) {
  plant::HouseOptions options = ten_kilowatts(soc);
  options.inverter.rating = kilowatts(5);
  options.inverter.max_pv = kilowatts(7.5);
  options.pack.capacity = kilowatt_hours(10);
  options.pack.max_charge = options.pack.max_discharge = kilowatts(5.4);
  options.pack.cells_in_series = 16;
  return options;
}

/// An ES of 5 kW with a pack of the 48 V class.
class BenchEs : public BenchInverter {
 public:
  explicit BenchEs(Profile profile = Profile::es, Soc soc = percent(50))
      : BenchInverter({.profile = profile}, five_kilowatts(soc)) {}
  [[nodiscard]] double battery() const { return in_watts(house.flows().battery); }
  Bytes runtime() { return command(0x01, 0x06).value(); }
  Bytes settings() { return command(0x01, 0x09).value(); }
  static int u16(const Bytes& data, std::size_t at) { return goodwe::u16_at(data, at); }
  static int s16(const Bytes& data, std::size_t at) { return static_cast<std::int16_t>(goodwe::u16_at(data, at)); }
};

// Every day, v1: charge 40 %, discharge 20 %.
const Bytes charge_40{0x00, 0x00, 0x17, 0x3B, 0xFF, 0xD8, 0xFF, 0x7F};
const Bytes discharge_20{0x00, 0x00, 0x17, 0x3B, 0x00, 0x14, 0xFF, 0x7F};

Bytes group_write(std::uint8_t low_address, const Bytes& group) {
  Bytes data{0x07, low_address, 0x08};
  data.insert(data.end(), group.begin(), group.end());
  return data;
}

TEST(EsDevice, IdentifiesItselfInAa55Frames) {
  BenchInverter inverter({.profile = Profile::es, .serial = "9005KESU000W0042"}, five_kilowatts());
  const auto info = inverter.command(0x01, 0x02);
  ASSERT_TRUE(info);
  EXPECT_EQ(std::string(info->begin(), info->begin() + 15), "2424JGW5000-ES ");
  EXPECT_EQ(std::string(info->begin() + 31, info->begin() + 47), "9005KESU000W0042");
  EXPECT_EQ(std::string(info->begin() + 51, info->begin() + 63), "410-04025-23");
  for (const auto& [profile, firmware] : {std::pair{Profile::es_v1, "2424A"}, std::pair{Profile::es_old, "18185"}}) {
    BenchEs other(profile);
    const auto data = other.command(0x01, 0x02);
    ASSERT_TRUE(data);
    EXPECT_EQ(std::string(data->begin(), data->begin() + 5), firmware);
  }
}

TEST(EsDevice, ReportsTheHousesFlowsWithTheirDirections) {
  BenchEs inverter(Profile::es, percent(90));
  ASSERT_EQ(inverter.write(47545, {1}), 0);  // from the grid, by night
  bool imported = false;
  bool exported = false;
  bool charged = false;
  bool discharged = false;
  for (int i = 0; i < 300; ++i) {
    inverter.pass(311s);
    const Bytes data = inverter.runtime();
    const plant::Flows& flows = inverter.house.flows();
    // The rules of the computed values: a byte tells the direction.
    const double grid = BenchEs::s16(data, 38) * (data[80] == 2 ? -1.0 : 1.0);
    EXPECT_NEAR(grid, -in_watts(flows.grid), 0.51);
    const double amperes = BenchEs::u16(data, 18) / 10.0 * (data[30] == 3 ? -1.0 : 1.0);
    EXPECT_NEAR(BenchEs::u16(data, 10) / 10.0 * amperes, -in_watts(flows.battery), 6.0);
    // A current is told to 0.1 A, a string has less than 640 V.
    EXPECT_NEAR(BenchEs::u16(data, 0) / 10.0 * BenchEs::u16(data, 2) / 10.0 +
                    BenchEs::u16(data, 5) / 10.0 * BenchEs::u16(data, 7) / 10.0,
                in_watts(flows.pv), 64.0);
    EXPECT_NEAR(BenchEs::u16(data, 47) + BenchEs::u16(data, 81), in_watts(flows.load), 1.0);
    EXPECT_NEAR(BenchEs::s16(data, 75), in_watts(flows.ac), 0.51);
    EXPECT_EQ(data[26], std::round(in_percent(inverter.house.pack().soc())));
    imported |= data[80] == 2;
    exported |= data[80] == 1;
    charged |= data[30] == 3;
    discharged |= data[30] == 2;
  }
  EXPECT_TRUE(imported && exported && charged && discharged);
}

TEST(EsDevice, ShowsAPackOfThe48VoltClass) {
  BenchEs inverter;
  const Bytes data = inverter.runtime();
  EXPECT_GT(BenchEs::u16(data, 10), 480);
  EXPECT_LT(BenchEs::u16(data, 10), 580);
  // 5.4 kW at about 52.5 V, in whole amperes.
  EXPECT_NEAR(BenchEs::u16(data, 22), 5400 / 52.5, 3);
  EXPECT_EQ(data[29], 99);
}

TEST(EsDevice, CountsWhatFlows) {
  BenchEs inverter;
  inverter.pass(30h);
  const Bytes data = inverter.runtime();
  EXPECT_NEAR(goodwe::u32_at(data, 59) / 10.0, in_kilowatt_hours(inverter.house.totals().pv), 0.1);
  EXPECT_NEAR(BenchEs::u16(data, 67) / 10.0, in_kilowatt_hours(inverter.house.today().pv), 0.1);
  EXPECT_NEAR(BenchEs::u16(data, 69) / 10.0, in_kilowatt_hours(inverter.house.today().load), 0.1);
  EXPECT_NEAR(goodwe::u32_at(data, 71) / 10.0, in_kilowatt_hours(inverter.house.totals().load), 0.1);
}

TEST(EsDevice, BeginsWithItsExportLimitOnAtItsRating) {
  BenchEs inverter;
  const Bytes data = inverter.settings();
  EXPECT_EQ(BenchEs::u16(data, 18), 1);
  EXPECT_EQ(BenchEs::u16(data, 52), 5000);
  EXPECT_EQ(BenchEs::u16(data, 32), 10);
  EXPECT_EQ(BenchEs::u16(data, 66), 0);
  EXPECT_NEAR(BenchEs::u16(data, 22), 10'000 / 51.2, 1);
}

TEST(EsDevice, LimitsItsExport) {
  BenchEs inverter(Profile::es_v1);
  ASSERT_TRUE(inverter.order(0x02, 0x39, group_write(0x01, {0x00, 0x00, 0x17, 0x3B, 0x00, 0x50, 0xFF, 0x7F})));
  ASSERT_TRUE(inverter.order(0x03, 0x59, {3}));
  EXPECT_LT(inverter.house.flows().grid, watts(-2500));
  ASSERT_TRUE(inverter.order(0x03, 0x35, {0x03, 0xE8}));
  EXPECT_NEAR(in_watts(inverter.house.flows().grid), -1000, 1);
  EXPECT_EQ(BenchEs::u16(inverter.settings(), 52), 1000);
  EXPECT_EQ(BenchEs::u16(inverter.settings(), 18), 1);
}

TEST(EsDevice, ObeysItsOlderGroupsOverAa55) {
  BenchEs inverter(Profile::es_v1);
  EXPECT_EQ(inverter.exception_of_read(47547, 6), 2);
  ASSERT_TRUE(inverter.order(0x02, 0x39, group_write(0x01, charge_40)));
  EXPECT_EQ(inverter.command(0x01, 0x1A, {0x07, 0x01, 4}), charge_40);
  EXPECT_LT(inverter.battery(), 0);  // still in its own rule
  ASSERT_TRUE(inverter.order(0x03, 0x59, {3}));
  EXPECT_NEAR(inverter.battery(), 2000, 1e-6);
  ASSERT_TRUE(inverter.order(0x02, 0x39, group_write(0x01, discharge_20)));
  EXPECT_NEAR(inverter.battery(), -1000, 1e-6);
  // Its switch, high byte of the last register.
  ASSERT_TRUE(inverter.order(0x02, 0x39, {0x07, 0x04, 0x01, 0x00, 0x7F}));
  EXPECT_NE(inverter.battery(), -1000);
  EXPECT_EQ(BenchEs::u16(inverter.settings(), 66), 3);
}

TEST(EsDevice, OpensAndClosesItsWindowsByItsOwnClock) {
  BenchEs inverter(Profile::es_v1);
  // 02:00 to 03:00, charge 30 %; the clock is set an hour ahead.
  ASSERT_TRUE(inverter.order(0x02, 0x39, group_write(0x05, {0x02, 0x00, 0x03, 0x00, 0xFF, 0xE2, 0xFF, 0x7F})));
  ASSERT_TRUE(inverter.order(0x03, 0x59, {3}));
  ASSERT_TRUE(inverter.order(0x03, 0x02, {26, 4, 10, 1, 0, 0}));
  inverter.pass(59min);
  EXPECT_LT(inverter.battery(), 0);
  inverter.pass(1min);
  EXPECT_NEAR(inverter.battery(), 1500, 1e-6);
  inverter.pass(1h);
  EXPECT_LT(inverter.battery(), 0);
  EXPECT_NEAR(in_kilowatt_hours(inverter.house.totals().charge), 1.5, 0.001);
}

TEST(EsDevice, ObeysItsNewerGroupsOverModbus) {
  BenchEs inverter;
  ASSERT_EQ(inverter.write(47547, {0x0000, 0x173B, 0xFF7F, 0xFFD8, 0x0037, 0x0000}), 0);  // 40 % to 55 %
  ASSERT_TRUE(inverter.order(0x03, 0x59, {3}));
  EXPECT_NEAR(inverter.battery(), 2000, 1e-6);
  inverter.pass(1h);
  EXPECT_NEAR(in_percent(inverter.house.pack().soc()), 55, 0.5);
  // Groups in AA55 registers are kept and mean nothing to this firmware.
  ASSERT_TRUE(inverter.order(0x02, 0x39, group_write(0x01, discharge_20)));
  EXPECT_NEAR(inverter.battery(), 0, 100);
  EXPECT_EQ(inverter.write(47548, {0x1900}), 3);
}

TEST(EsDevice, ClearsItsGroups) {
  for (const Profile profile : {Profile::es, Profile::es_v1}) {
    BenchEs inverter(profile);
    if (profile == Profile::es)
      ASSERT_EQ(inverter.write(47547, {0x0000, 0x173B, 0xFF7F, 0xFFD8, 0x0064, 0x0000}), 0);
    else
      ASSERT_TRUE(inverter.order(0x02, 0x39, group_write(0x01, charge_40)));
    ASSERT_TRUE(inverter.order(0x03, 0x59, {3}));
    EXPECT_NEAR(inverter.battery(), 2000, 1e-6);
    ASSERT_TRUE(inverter.order(0x02, 0x39, {0x07, 0x00, 0x01, 0x00, 0x01}));
    EXPECT_LT(inverter.battery(), 0);
    EXPECT_EQ(inverter.command(0x01, 0x1A, {0x07, 0x01, 4}), (Bytes{0x30, 0x00, 0x30, 0x00, 0x00, 0x64, 0x00, 0x00}));
  }
}

TEST(EsDevice, StopsDischargingAtItsDepthOfDischarge) {
  BenchEs inverter;
  EXPECT_LT(inverter.battery(), -50);
  ASSERT_TRUE(inverter.order(0x02, 0x39, {0x05, 0x60, 0x01, 0x00, 60}));  // 40 % deep
  EXPECT_EQ(inverter.battery(), 0);
  EXPECT_EQ(BenchEs::u16(inverter.settings(), 32), 60);
  EXPECT_EQ(inverter.command(0x01, 0x1A, {0x05, 0x60, 1}), (Bytes{0, 60}));
  EXPECT_FALSE(inverter.order(0x02, 0x39, {0x05, 0x60, 0x01, 0x00, 101}));
}

TEST(EsDevice, KnowsItsWorkModes) {
  BenchEs inverter;
  ASSERT_TRUE(inverter.order(0x03, 0x59, {2}));  // back-up: never discharges
  EXPECT_EQ(inverter.battery(), 0);
  EXPECT_EQ(inverter.runtime()[77], 2);
  ASSERT_TRUE(inverter.order(0x03, 0x59, {1}));
  EXPECT_EQ(inverter.house.setting().rule, plant::Rule::off_grid);
  EXPECT_EQ(inverter.runtime()[52], 4);
  ASSERT_TRUE(inverter.order(0x03, 0x59, {0}));
  ASSERT_TRUE(inverter.order(0x03, 0x36, {1}));
  EXPECT_EQ(inverter.house.setting().rule, plant::Rule::off_grid);
  ASSERT_TRUE(inverter.order(0x03, 0x36, {0}));
  EXPECT_LT(inverter.battery(), -50);
  EXPECT_EQ(inverter.runtime()[52], 2);
}

TEST(EsDevice, FastChargesUntilItsStopAndSwitchesItselfOff) {
  BenchEs inverter(Profile::es, percent(60));
  ASSERT_EQ(inverter.write(47546, {65}), 0);
  ASSERT_EQ(inverter.write(47545, {1}), 0);
  EXPECT_GT(inverter.battery(), 4000);
  for (int i = 0; i < 60 && inverter.word(47545) == 1; ++i) inverter.pass(20s);
  EXPECT_EQ(inverter.word(47545), 0);
  EXPECT_NEAR(in_percent(inverter.house.pack().soc()), 64.5, 0.6);
  EXPECT_EQ(inverter.write(47545, {2}), 3);
  EXPECT_EQ(inverter.write(47546, {101}), 3);
  BenchEs older(Profile::es_v1);
  EXPECT_EQ(older.write(47545, {1}), 2);
}

TEST(EsDevice, WithOldFirmwareHasNoEcoGroups) {
  BenchEs inverter(Profile::es_old);
  const double before = inverter.battery();
  ASSERT_TRUE(inverter.order(0x03, 0x59, {3}));
  EXPECT_EQ(inverter.battery(), before);
  EXPECT_FALSE(inverter.order(0x02, 0x39, group_write(0x01, charge_40)));
  EXPECT_FALSE(inverter.command(0x01, 0x1A, {0x07, 0x01, 4}));
  EXPECT_EQ(inverter.exception_of_read(47545, 1), 2);
  EXPECT_TRUE(inverter.order(0x02, 0x39, {0x05, 0x60, 0x01, 0x00, 20}));
}

TEST(EsDevice, InterruptsTheSupplyOnAReset) {
  BenchEs inverter;
  ASSERT_TRUE(inverter.order(0x03, 0x1D));
  EXPECT_TRUE(inverter.device.rebooting());
  EXPECT_EQ(inverter.battery(), 0);
  inverter.pass(61s);
  EXPECT_FALSE(inverter.device.rebooting());
  EXPECT_LT(inverter.battery(), -50);
}

TEST(EsDevice, DoesNotAnswerWhatItDoesNotTake) {
  struct Row {
    const char* name;
    std::uint8_t control;
    std::uint8_t function;
    Bytes data;
  };
  BenchEs inverter;
  for (const Row& row : {Row{"identification with data", 0x01, 0x02, {0}},
                         Row{"runtime with data", 0x01, 0x06, {0}},
                         Row{"settings with data", 0x01, 0x09, {0}},
                         Row{"unknown read", 0x01, 0x07, {}},
                         Row{"unknown control code", 0x04, 0x59, {3}},
                         Row{"unknown command", 0x03, 0x5A, {3}},
                         Row{"mode 4", 0x03, 0x59, {4}},
                         Row{"mode without a value", 0x03, 0x59, {}},
                         Row{"limit of one byte", 0x03, 0x35, {1}},
                         Row{"clock with a 13th month", 0x03, 0x02, {26, 13, 1, 0, 0, 0}},
                         Row{"clock without seconds", 0x03, 0x02, {26, 12, 1, 0, 0}},
                         Row{"window of 101 %", 0x03, 0x2C, {0, 0, 23, 59, 101}},
                         Row{"off-grid flag 2", 0x03, 0x36, {2}},
                         Row{"reset with data", 0x03, 0x1D, {1}},
                         Row{"read of no register", 0x01, 0x1A, {0x07, 0x01, 0}},
                         Row{"read past the end", 0x01, 0x1A, {0x07, 0x0D, 5}},
                         Row{"read of an unknown register", 0x01, 0x1A, {0x12, 0x34, 1}},
                         Row{"write of an unknown register", 0x02, 0x39, {0x12, 0x34, 0x01, 0, 1}},
                         Row{"payload offset as register", 0x02, 0x39, {0x00, 18, 0x01, 0, 1}},
                         Row{"write without a value", 0x02, 0x39, {0x05, 0x60, 0x01}},
                         Row{"two registers at once", 0x02, 0x39, {0x07, 0x01, 0x02, 0, 1, 0, 1}},
                         Row{"count that contradicts the size", 0x02, 0x39, {0x05, 0x60, 0x08, 0, 1}},
                         Row{"group that ends at 25:00", 0x02, 0x39, {0x07, 0x02, 0x01, 0x19, 0x00}},
                         Row{"group across two", 0x02, 0x39, {0x07, 0x02, 8, 0x17, 0x3B, 0, 1, 0xFF, 0x7F, 0x19, 0}}})
    EXPECT_FALSE(inverter.command(row.control, row.function, row.data)) << row.name;
  EXPECT_EQ(inverter.device.writes_accepted(), 0U);
  EXPECT_EQ(inverter.house.setting().rule, plant::Rule::self_use);
}

TEST(EsDevice, CountsAndLogsCommandsAndRegisters) {
  BenchEs inverter(Profile::es_v1);
  ASSERT_TRUE(inverter.order(0x02, 0x39, group_write(0x01, charge_40)));
  ASSERT_TRUE(inverter.order(0x03, 0x59, {3}));
  EXPECT_FALSE(inverter.order(0x03, 0x59, {9}));
  EXPECT_EQ(inverter.device.write_counts().at(0x0701), 1U);
  EXPECT_EQ(inverter.device.write_counts().at(0x0704), 1U);
  EXPECT_EQ(inverter.device.write_counts().at(0x0359), 2U);
  EXPECT_FALSE(inverter.device.write_counts().contains(0x035A));
  ASSERT_EQ(inverter.device.write_log().size(), 3U);
  EXPECT_EQ(inverter.device.write_log()[1].first, 0x0359);
  EXPECT_NE(inverter.device.write_log()[2].exception, 0);
  EXPECT_EQ(inverter.device.writes_accepted(), 2U);
}

TEST(EsDevice, AcknowledgesStuckRegistersAndCommandsWithoutEffect) {
  BenchEs inverter;
  inverter.device.stick(0x0560);
  inverter.device.stick(0x0335);
  EXPECT_TRUE(inverter.order(0x02, 0x39, {0x05, 0x60, 0x01, 0x00, 60}));
  EXPECT_TRUE(inverter.order(0x03, 0x35, {0, 0}));
  EXPECT_EQ(BenchEs::u16(inverter.settings(), 32), 10);
  EXPECT_EQ(BenchEs::u16(inverter.settings(), 52), 5000);
}

TEST(EsDevice, ShowsTheMeasurementsItIsTold) {
  BenchEs inverter;
  inverter.device.override_measurements({.battery_temperature = celsius(-5.0),
                                         .battery_voltage = volts(44.4),
                                         .grid_voltage = volts(251),
                                         .battery_alarms = 0x20});
  const Bytes data = inverter.runtime();
  EXPECT_EQ(BenchEs::s16(data, 16), -50);
  EXPECT_EQ(BenchEs::u16(data, 10), 444);
  EXPECT_EQ(BenchEs::u16(data, 34), 2510);
  EXPECT_EQ(BenchEs::u16(data, 24), 0x20);
  inverter.device.override_measurements({});
  EXPECT_NE(BenchEs::u16(inverter.runtime(), 10), 444);
}

}  // namespace
}  // namespace gridpilot::sim
