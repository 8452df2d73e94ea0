#include "gridpilot/codec/goodwe/reading_codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/codec/goodwe/captures.hpp"

namespace gridpilot::goodwe {
namespace {

const DeviceInfo ten_kilowatts{.rating = kilowatts(10)};
constexpr Instant now{Seconds{1'700'000'000}};

std::vector<std::uint8_t> zeros(std::size_t registers) {
  return std::vector<std::uint8_t>(2 * registers);
}
void put(std::vector<std::uint8_t>& block, std::uint16_t first, std::uint16_t number, std::uint16_t value) {
  const std::size_t at = 2U * (number - first);
  block.at(at) = static_cast<std::uint8_t>(value >> 8U);
  block.at(at + 1) = static_cast<std::uint8_t>(value & 0xFFU);
}
void put_runtime(std::vector<std::uint8_t>& block, std::uint16_t number, std::uint16_t value) {
  put(block, et_runtime_register, number, value);
}
void put_meter(std::vector<std::uint8_t>& block, std::uint16_t number, std::uint16_t value) {
  put(block, et_meter_register, number, value);
}

Bytes data_of(const std::vector<std::uint8_t>& answer) {
  return Bytes(answer).subspan(5, answer[4]);
}

TEST(EtReading, OfACapturedUnitHasTheHousesSigns) {
  GRIDPILOT_CAPTURE(runtime, "et/GW10K-ET_running_data.hex");
  GRIDPILOT_CAPTURE(battery, "et/GW10K-ET_battery_info.hex");
  GRIDPILOT_CAPTURE(meter, "et/GW10K-ET_meter_data.hex");
  const auto reading = decode_et_reading(
      {.runtime = data_of(runtime), .battery = data_of(battery), .meter = data_of(meter)}, ten_kilowatts, now);
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->time, now);
  EXPECT_EQ(reading->pv, Measured<Power>(watts(3456)));       // 1695 + 1761
  EXPECT_EQ(reading->grid, Measured<Power>(watts(3)));        // −3 exported is 3 imported
  EXPECT_EQ(reading->battery, Measured<Power>(watts(2512)));  // −2512 discharged is 2512 charged
  EXPECT_EQ(reading->battery_current, Measured<Current>(amperes(9.8)));
  EXPECT_EQ(reading->load, Measured<Power>(watts(834)));  // 522 + 312 at the back-up output
  EXPECT_EQ(reading->backup, Measured<Power>(watts(312)));
  EXPECT_EQ(reading->soc, Measured<Soc>(percent(68)));
  EXPECT_EQ(reading->state_of_health, Measured<Soc>(percent(99)));
  EXPECT_EQ(reading->battery_temperature, Measured<Temperature>(celsius(35)));
  EXPECT_EQ(reading->battery_charge_limit, Measured<Current>(amperes(25)));
  EXPECT_EQ(reading->inverter_temperature, Measured<Temperature>(celsius(58.7)));
  EXPECT_EQ(reading->grid_l1, Measured<Power>(watts(57)));
  EXPECT_EQ(reading->grid_voltage_l2, Measured<Voltage>(volts(241.5)));
  EXPECT_EQ(reading->pv_total, (Measured<Energy, double>(kilowatt_hours(6085.3))));
  EXPECT_NEAR(in_kilowatt_hours(*reading->import_total), 3254.462, 1e-3);
  EXPECT_NEAR(in_kilowatt_hours(*reading->export_total), 10.514, 1e-3);
  EXPECT_EQ(reading->inverter_faults, 0U);
  EXPECT_EQ(reading->operation_mode, 1);
}

TEST(EtReading, BalancesToTheInvertersLosses) {
  for (const char* name :
       {"et/GW10K-ET_running_data.hex", "et/GW10K-ET_running_data_fw1023.hex", "et/GEH10-1U-10_running_data.hex"}) {
    GRIDPILOT_CAPTURE(runtime, name);
    const auto reading = decode_et_reading({.runtime = data_of(runtime)}, ten_kilowatts, now);
    ASSERT_TRUE(reading) << name;
    const double losses = in_watts(*reading->grid + *reading->pv - *reading->load - *reading->battery);
    const double largest = std::max(in_watts(*reading->pv), std::abs(in_watts(*reading->battery)));
    EXPECT_GE(losses, -20.0) << name;
    EXPECT_LE(losses, 50.0 + 0.05 * largest) << name;
  }
}

TEST(EtReading, OfAUnitWithoutBatteryHasNone) {
  GRIDPILOT_CAPTURE(runtime, "et/GW6000_EH_running_data.hex");
  const DeviceInfo info{.rating = kilowatts(6), .single_phase = true};
  const auto reading = decode_et_reading({.runtime = data_of(runtime)}, info, now);
  ASSERT_TRUE(reading);
  EXPECT_FALSE(reading->battery);
  EXPECT_FALSE(reading->battery_current);
  EXPECT_FALSE(reading->soc);
  EXPECT_FALSE(reading->grid_voltage_l2);
  EXPECT_EQ(reading->pv, Measured<Power>(watts(1548)));
  EXPECT_EQ(reading->grid, Measured<Power>(watts(164)));
  EXPECT_EQ(reading->load, Measured<Power>(watts(1725)));
  EXPECT_FALSE(complete(*reading));
}

TEST(EtReading, TakesTheBalanceWhereLoadsAreNotReported) {
  auto runtime = zeros(et_runtime_count);
  put_runtime(runtime, 35106, 2000);
  put_runtime(runtime, 35140, static_cast<std::uint16_t>(-300));
  put_runtime(runtime, 35183, 500);
  put_runtime(runtime, 35184, 2);
  for (const int number : {35172, 35164, 35166, 35168})
    put_runtime(runtime, static_cast<std::uint16_t>(number), 0xFFFF);
  const auto reading = decode_et_reading({.runtime = runtime}, ten_kilowatts, now);
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->load, Measured<Power>(watts(2000 + 500 + 300)));
}

TEST(EtReading, UsesTheMetersTotalWhereTheRuntimeBlockLacksIt) {
  auto runtime = zeros(et_runtime_count);
  for (const int number : {35140, 35142, 35144}) put_runtime(runtime, static_cast<std::uint16_t>(number), 0xFFFF);
  auto meter = zeros(et_meter_count);
  put_meter(meter, 36026, 1234);
  const auto with_meter = decode_et_reading({.runtime = runtime, .meter = meter}, ten_kilowatts, now);
  EXPECT_EQ(with_meter->grid, Measured<Power>(watts(-1234)));
  const auto without = decode_et_reading({.runtime = runtime}, ten_kilowatts, now);
  EXPECT_FALSE(without->grid);
}

TEST(EtReading, PrefersTheLongMeterCountersUnlessTheyStandStill) {
  auto meter = zeros(et_meter_ext2_count);
  put_meter(meter, 36015, 0x4624);
  put_meter(meter, 36016, 0x4980);
  const auto runtime = zeros(et_runtime_count);
  const auto floats = decode_et_reading({.runtime = runtime, .meter = meter}, ten_kilowatts, now);
  EXPECT_NEAR(in_kilowatt_hours(*floats->export_total), 10.514, 1e-3);
  put_meter(meter, 36107, 4321);
  put_meter(meter, 36123, 100);
  const auto counters = decode_et_reading({.runtime = runtime, .meter = meter}, ten_kilowatts, now);
  EXPECT_EQ(counters->export_total, (Measured<Energy, double>(kilowatt_hours(43.21))));
  EXPECT_EQ(counters->import_total, (Measured<Energy, double>(kilowatt_hours(1.0))));
}

TEST(EtReading, CombinesBmsAlarmsOfBothRegisters) {
  auto battery = zeros(et_battery_count);
  put(battery, et_battery_register, 37012, 0x0001);
  put(battery, et_battery_register, 37006, 0x0200);
  const auto runtime = zeros(et_runtime_count);
  const auto reading = decode_et_reading({.runtime = runtime, .battery = battery}, ten_kilowatts, now);
  EXPECT_EQ(reading->battery_alarms, 0x0001'0200U);
}

TEST(EtReading, NeedsAWholeRuntimeBlock) {
  const auto torn = zeros(et_runtime_count - 1);
  EXPECT_EQ(decode_et_reading({.runtime = torn}, ten_kilowatts, now).error().code, ErrorCode::short_frame);
}

RC_GTEST_PROP(EtReading, OfAnyBytesKeepsPvAndLoadAtZeroOrAbove, ()) {
  const auto block = [](std::size_t registers) {
    return *rc::gen::container<std::vector<std::uint8_t>>(2 * registers, rc::gen::arbitrary<std::uint8_t>());
  };
  const auto runtime = block(et_runtime_count);
  const auto battery = block(et_battery_count);
  const auto meter = block(et_meter_ext2_count);
  const auto reading = decode_et_reading({.runtime = runtime, .battery = battery, .meter = meter}, ten_kilowatts, now);
  RC_ASSERT(reading.has_value());
  RC_ASSERT(!reading->pv || *reading->pv >= Power{});
  RC_ASSERT(!reading->load || *reading->load >= Power{});
}

}  // namespace
}  // namespace gridpilot::goodwe
