#include <gtest/gtest.h>

#include "gridpilot/codec/goodwe/reading_codec.hpp"
#include "unit/codec/goodwe/captures.hpp"

/// Readings of DT and ES units, and the further blocks of large ET units.
namespace gridpilot::goodwe {
namespace {

constexpr Instant now{Seconds{1'700'000'000}};

std::vector<std::uint8_t> payload_of(const std::vector<std::uint8_t>& aa55_answer) {
  return {aa55_answer.begin() + 7, aa55_answer.end() - 2};
}
std::vector<std::uint8_t> data_of(const std::vector<std::uint8_t>& answer) {
  return {answer.begin() + 5, answer.begin() + 5 + answer[4]};
}
void put(std::vector<std::uint8_t>& block, std::uint16_t first, std::uint16_t number, std::uint16_t value) {
  const std::size_t at = 2U * (number - first);
  block.at(at) = static_cast<std::uint8_t>(value >> 8U);
  block.at(at + 1) = static_cast<std::uint8_t>(value & 0xFFU);
}

// ---- ES ----

TEST(EsReading, OfACapturedUnitTakesTheDirectionThatFitsTheBalance) {
  GRIDPILOT_CAPTURE(answer, "es/GW5048-ESA_running_data.hex");
  const auto reading = decode_es_reading(payload_of(answer), {.family = Family::es}, now);
  ASSERT_TRUE(reading);
  EXPECT_NEAR(in_watts(*reading->pv), 7.99, 0.01);         // 111.9 V × 0 A + 79.9 V × 0.1 A
  EXPECT_NEAR(in_watts(*reading->battery), -10.72, 0.01);  // 53.6 V × 0.2 A, mode 2: it discharges
  EXPECT_EQ(reading->battery_current, Measured<Current>(amperes(-0.2)));
  EXPECT_EQ(reading->load, Measured<Power>(watts(916)));
  // Byte 80 says "exporting", but 916 W of load from 8 W of sun and 11 W of battery are bought.
  EXPECT_EQ(reading->grid, Measured<Power>(watts(807)));
  EXPECT_EQ(reading->soc, Measured<Soc>(percent(100)));
  EXPECT_EQ(reading->state_of_health, Measured<Soc>(percent(100)));
  EXPECT_EQ(reading->battery_voltage, Measured<Voltage>(volts(53.6)));
  EXPECT_EQ(reading->battery_temperature, Measured<Temperature>(celsius(25)));
  EXPECT_EQ(reading->battery_charge_limit, Measured<Current>(amperes(0)));
  EXPECT_EQ(reading->battery_discharge_limit, Measured<Current>(amperes(100)));
  EXPECT_EQ(reading->grid_voltage_l1, Measured<Voltage>(volts(231.2)));
  EXPECT_EQ(reading->inverter_temperature, Measured<Temperature>(celsius(25.1)));
}

TEST(EsReading, WithoutABatteryHasNoStateOfCharge) {
  GRIDPILOT_CAPTURE(answer, "es/GW5048-EM-no-bat_running_data.hex");
  const auto reading = decode_es_reading(payload_of(answer), {.family = Family::es}, now);
  ASSERT_TRUE(reading);
  EXPECT_FALSE(reading->soc);
  EXPECT_FALSE(reading->battery);
  EXPECT_EQ(reading->load, Measured<Power>(watts(249)));
}

TEST(EsReading, ChargesInModeThree) {
  std::vector<std::uint8_t> payload(133, 0);
  payload[10] = 0x02;  // 51.2 V
  payload[11] = 0x00;
  payload[19] = 100;  // 10.0 A
  payload[30] = 3;
  const auto reading = decode_es_reading(payload, {.family = Family::es}, now);
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->battery_current, Measured<Current>(amperes(10)));
  EXPECT_NEAR(in_watts(*reading->battery), 512, 0.1);
}

TEST(EsReading, WithoutALinkToItsBatteryManagerHasNoStateOfCharge) {
  std::vector<std::uint8_t> payload(133, 0);
  payload[30] = 1;
  payload[26] = payload[29] = 0xFF;
  const auto reading = decode_es_reading(payload, {.family = Family::es}, now);
  ASSERT_TRUE(reading);
  EXPECT_FALSE(reading->soc);
  EXPECT_FALSE(reading->state_of_health);
}

TEST(EsReading, TurnsNoDirectionByABalanceThatLacksTheBattery) {
  std::vector<std::uint8_t> payload(133, 0);
  payload[30] = 2;                                               // discharges
  payload[10] = payload[11] = payload[18] = payload[19] = 0xFF;  // with what, is not available
  payload[38] = 2000 >> 8;
  payload[39] = 2000 & 0xFF;
  payload[47] = 500 >> 8;
  payload[48] = 500 & 0xFF;
  payload[80] = 1;  // exporting
  const auto reading = decode_es_reading(payload, {.family = Family::es}, now);
  ASSERT_TRUE(reading);
  EXPECT_FALSE(reading->battery);
  EXPECT_EQ(reading->grid, Measured<Power>(watts(-2000)));
}

TEST(EsReading, BelievesTheDirectionWhereTheBalanceCannotTell) {
  std::vector<std::uint8_t> payload(133, 0);
  payload[39] = 40;  // 40 W either way
  payload[80] = 2;   // importing
  EXPECT_EQ(decode_es_reading(payload, {}, now)->grid, Measured<Power>(watts(40)));
  payload[80] = 1;
  EXPECT_EQ(decode_es_reading(payload, {}, now)->grid, Measured<Power>(watts(-40)));
}

TEST(EsReading, OfTooFewBytesIsAnError) {
  EXPECT_EQ(decode_es_reading(std::vector<std::uint8_t>(92), {}, now).error().code, ErrorCode::short_frame);
}

// ---- DT ----

TEST(DtReading, OfACapturedUnitWithoutAMeterHasSunAlone) {
  GRIDPILOT_CAPTURE(answer, "dt/GW6000-DT_running_data.hex");
  const auto reading = decode_dt_reading(data_of(answer), {}, {.family = Family::dt}, now);
  ASSERT_TRUE(reading);
  EXPECT_NEAR(in_watts(*reading->pv), 2031.6, 0.1);  // 320.8 V × 3.1 A + 324.1 V × 3.2 A; no total on this unit
  EXPECT_FALSE(reading->grid);
  EXPECT_FALSE(reading->load);
  EXPECT_FALSE(reading->battery);
  EXPECT_EQ(reading->grid_voltage_l1, Measured<Voltage>(volts(225.6)));
  EXPECT_EQ(reading->grid_voltage_l3, Measured<Voltage>(volts(231.0)));
  EXPECT_EQ(reading->inverter_temperature, Measured<Temperature>(celsius(41.3)));
  EXPECT_EQ(reading->pv_total, (Measured<Energy, double>(kilowatt_hours(13350.2))));
  EXPECT_EQ(reading->operation_mode, 1);
}

TEST(DtReading, WithAMeterHasGridAndLoad) {
  std::vector<std::uint8_t> runtime(2 * dt_runtime_count, 0);
  put(runtime, dt_runtime_register, 30128, 3000);  // delivered
  put(runtime, dt_runtime_register, 30138, 3100);  // at the inputs
  std::vector<std::uint8_t> meter(2 * dt_meter_count, 0);
  put(meter, dt_meter_register, 30196, 1200);  // + exports
  put(meter, dt_meter_register, 30209, 1);     // connected
  auto reading = decode_dt_reading(runtime, meter, {.family = Family::dt, .single_phase = true}, now);
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->pv, Measured<Power>(watts(3100)));
  EXPECT_EQ(reading->grid, Measured<Power>(watts(-1200)));
  EXPECT_EQ(reading->grid_l1, Measured<Power>(watts(-1200)));
  EXPECT_EQ(reading->load, Measured<Power>(watts(1800)));
  put(meter, dt_meter_register, 30209, 2);  // disconnected
  reading = decode_dt_reading(runtime, meter, {.family = Family::dt}, now);
  EXPECT_FALSE(reading->grid);
  EXPECT_FALSE(reading->load);
}

// ---- ET of 25 kW and more ----

TEST(EtReading, OfTwoBatteriesAddsThemUp) {
  std::vector<std::uint8_t> runtime(2 * et_runtime_count, 0);
  put(runtime, et_runtime_register, 35180, 4000);  // 400 V
  put(runtime, et_runtime_register, 35181, 100);   // 10 A out
  put(runtime, et_runtime_register, 35183, 4000);  // 4000 W out
  put(runtime, et_runtime_register, 35184, 2);
  std::vector<std::uint8_t> battery(2 * et_battery_count, 0);
  put(battery, et_battery_register, 37003, 250);  // 25 °C
  put(battery, et_battery_register, 37004, 25);
  put(battery, et_battery_register, 37005, 30);
  put(battery, et_battery_register, 37007, 60);
  std::vector<std::uint8_t> battery2(2 * et_battery2_count, 0);
  put(battery2, et_battery2_register, 39001, 480);  // 48 °C
  put(battery2, et_battery2_register, 39002, 20);
  put(battery2, et_battery2_register, 39003, 30);
  put(battery2, et_battery2_register, 39004, 0x0004);  // an error
  put(battery2, et_battery2_register, 39005, 40);
  std::vector<std::uint8_t> power(2 * et_battery2_power_count, 0);
  put(power, et_battery2_power_register, 35262, 3900);
  put(power, et_battery2_power_register, 35263, 50);
  put(power, et_battery2_power_register, 35265, 2000);
  put(power, et_battery2_power_register, 35266, 2);
  const auto reading = decode_et_reading(
      {.runtime = runtime, .battery = battery, .meter = {}, .battery2 = battery2, .battery2_power = power},
      {.rating = kilowatts(30)}, now);
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->battery, Measured<Power>(watts(-6000)));
  EXPECT_EQ(reading->battery_current, Measured<Current>(amperes(-15)));
  EXPECT_EQ(reading->soc, Measured<Soc>(percent(50)));
  EXPECT_EQ(reading->battery_charge_limit, Measured<Current>(amperes(45)));
  EXPECT_EQ(reading->battery_temperature, Measured<Temperature>(celsius(48)));  // the hotter one
  EXPECT_EQ(reading->battery_alarms, 4U);
}

TEST(EtReading, OfManyStringsTakesTheTrackersTotal) {
  std::vector<std::uint8_t> runtime(2 * et_runtime_count, 0);
  put(runtime, et_runtime_register, 35106, 5000);
  std::vector<std::uint8_t> trackers(2 * et_trackers_count, 0);
  put(trackers, et_trackers_register, 35302, 9000);
  const auto reading = decode_et_reading({.runtime = runtime, .battery = {}, .meter = {}, .trackers = trackers},
                                         {.rating = kilowatts(15)}, now);
  EXPECT_EQ(reading->pv, Measured<Power>(watts(9000)));
}

TEST(EtReading, OfTheExtendedMeterHasCurrentsWithTheirPhasesDirection) {
  std::vector<std::uint8_t> runtime(2 * et_runtime_count, 0);
  std::vector<std::uint8_t> meter(2 * et_meter_ext_count, 0);
  put(meter, et_meter_register, 36020, 500);     // L1 exports 500 W
  put(meter, et_meter_register, 36021, 0xFFFF);  // L2 imports 100 W
  put(meter, et_meter_register, 36022, 0xFF9C);
  put(meter, et_meter_register, 36055, 22);
  put(meter, et_meter_register, 36056, 6);
  const auto reading = decode_et_reading({.runtime = runtime, .battery = {}, .meter = meter}, {}, now);
  EXPECT_EQ(reading->grid_current_l1, Measured<Current>(amperes(-2.2)));
  EXPECT_EQ(reading->grid_current_l2, Measured<Current>(amperes(0.6)));
}

// ---- what device information tells ----

TEST(RatedPower, IsReadFromSerialNumberOrModel) {
  const auto of = [](std::string serial, std::string model) {
    return rated_power({.family = Family::es, .serial = std::move(serial), .model = std::move(model)});
  };
  EXPECT_EQ(of("9010KDTU000W0001", ""), kilowatts(10));
  EXPECT_EQ(of("929K9ETT000W0001", ""), kilowatts(29.9));
  EXPECT_EQ(of("95048ESA223W0000", "GW5048-ESA"), kilowatts(5));
  EXPECT_EQ(of("56000ESN00AW0000", "GW6000-ES-20"), kilowatts(6));
  EXPECT_EQ(of("00000EMU00AW0000", "GW10K-MS"), kilowatts(10));
  EXPECT_EQ(of("????", "PV unit"), std::nullopt);
  EXPECT_EQ(rated_power({.rating = kilowatts(8)}), kilowatts(8));
}

TEST(EsFirmware, TellsWhatItsEcoGroupsAre) {
  const auto es = [](std::string serial, int dsp1, int arm) {
    return DeviceInfo{.family = Family::es, .serial = std::move(serial), .dsp1_version = dsp1, .arm_version = arm};
  };
  EXPECT_TRUE(has_es_groups_v2(es("95048ESU223W0000", 22, 14)));
  EXPECT_FALSE(has_es_groups_v2(es("95048ESU223W0000", 21, 14)));
  EXPECT_FALSE(has_es_groups_v2(es("95048ESU223W0000", 22, 13)));
  EXPECT_TRUE(has_es_groups_v2(es("95048EMU223W0000", 11, 14)));
  EXPECT_TRUE(obeys_es_groups(es("95048ESU223W0000", 24, 10)));
  EXPECT_FALSE(obeys_es_groups(es("95048ESU223W0000", 18, 8)));
}

}  // namespace
}  // namespace gridpilot::goodwe
