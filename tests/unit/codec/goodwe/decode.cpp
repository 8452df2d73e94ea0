#include "gridpilot/codec/goodwe/decode.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "unit/codec/goodwe/captures.hpp"
#include "unit/codec/goodwe/hex.hpp"

namespace gridpilot::goodwe {
namespace {

using std::string_literals::operator""s;

/// A block of registers that all read 0 until they are set.
class Raw {
 public:
  Raw(Family family, std::string_view block, std::size_t registers = 0) : family_(family) {
    table_ = block_named(family, block);
    first_ = table_->first;
    bytes_.resize(2 * (registers == 0 ? table_->count : registers));
  }
  Raw& word(std::uint16_t number, std::uint16_t value) {
    const std::size_t at = 2U * (number - first_);
    bytes_.at(at) = static_cast<std::uint8_t>(value >> 8U);
    bytes_.at(at + 1) = static_cast<std::uint8_t>(value & 0xFFU);
    return *this;
  }
  Raw& words(std::uint16_t number, std::initializer_list<std::uint16_t> values) {
    for (const std::uint16_t value : values) word(number++, value);
    return *this;
  }
  [[nodiscard]] DecodedBlock decoded(const DeviceInfo* info = nullptr) const {
    return decode_block(family_, *table_, {.addressing = Addressing::modbus, .first = first_, .data = bytes_}, info);
  }

 private:
  Family family_;
  const BlockTable* table_;
  std::uint16_t first_;
  std::vector<std::uint8_t> bytes_;
};

Raw et_runtime() {
  return {Family::et, "runtime"};
}

/// A single setting, read alone.
DecodedBlock setting(Family family, std::uint16_t first, std::string_view hex) {
  const auto bytes = from_hex(hex);
  const BlockTable* block = block_of_read(family, first, static_cast<std::uint16_t>(bytes.size() / 2));
  EXPECT_NE(block, nullptr);
  return decode_block(family, *block, {.addressing = Addressing::modbus, .first = first, .data = bytes}, nullptr);
}

void expect_number(const DecodedBlock& block, std::string_view id, double value) {
  const Datum* datum = block.find(id);
  ASSERT_NE(datum, nullptr) << id;
  ASSERT_TRUE(std::holds_alternative<double>(*datum)) << id;
  EXPECT_DOUBLE_EQ(std::get<double>(*datum), value) << id;
}
void expect_text(const DecodedBlock& block, std::string_view id, std::string_view text) {
  const Datum* datum = block.find(id);
  ASSERT_NE(datum, nullptr) << id;
  ASSERT_TRUE(std::holds_alternative<std::string>(*datum)) << id;
  EXPECT_EQ(std::get<std::string>(*datum), text) << id;
}
void expect_absent(const DecodedBlock& block, std::string_view id) {
  const Datum* datum = block.find(id);
  ASSERT_NE(datum, nullptr) << id;
  EXPECT_TRUE(std::holds_alternative<std::monostate>(*datum)) << id;
}

// ---- one test a type: raw value, unit, result; and its "not available" ----

TEST(DecodedUint16, IsUnsignedAndAbsentAtAllOnes) {
  expect_number(et_runtime().word(35177, 40000).decoded(), "function_bit", 40000);
  expect_absent(et_runtime().word(35177, 0xFFFF).decoded(), "function_bit");
}

TEST(DecodedUint32, IsUnsignedAndAbsentAtAllOnes) {
  expect_number(et_runtime().words(35197, {0x0001, 0x86A0}).decoded(), "h_total", 100000);
  expect_absent(et_runtime().words(35197, {0xFFFF, 0xFFFF}).decoded(), "h_total");
}

TEST(DecodedVoltage, IsTenthsOfAVolt) {
  expect_number(et_runtime().word(35103, 3326).decoded(), "vpv1", 332.6);
  expect_absent(et_runtime().word(35103, 0xFFFF).decoded(), "vpv1");
}

TEST(DecodedCurrent, IsTenthsOfAnAmpereAndSignedOnlyAtTheBattery) {
  expect_number(et_runtime().word(35104, 51).decoded(), "ipv1", 5.1);
  expect_absent(et_runtime().word(35104, 0xFFFF).decoded(), "ipv1");
  expect_number(et_runtime().word(35181, 0xFF9E).word(35184, 3).decoded(), "ibattery1", -9.8);
}

TEST(DecodedFrequency, IsHundredthsOfAHertz) {
  expect_number(et_runtime().word(35123, 4999).decoded(), "fgrid", 49.99);
  expect_absent(et_runtime().word(35123, 0xFFFF).decoded(), "fgrid");
}

TEST(DecodedPower, IsSignedInThePhasesAndUnsignedAtThePanels) {
  expect_number(et_runtime().word(35140, 0xFFFD).decoded(), "active_power", -3);
  expect_number(et_runtime().words(35105, {0x0001, 0x0000}).decoded(), "ppv1", 65536);
  expect_absent(et_runtime().words(35105, {0xFFFF, 0xFFFF}).decoded(), "ppv1");
  expect_number(et_runtime().words(35182, {0xFFFF, 0xF630}).word(35184, 3).decoded(), "pbattery1", -2512);
  expect_number(Raw(Family::et, "mppt").word(35337, 65000).decoded(), "pmppt1", 65000);
}

TEST(DecodedApparentAndReactivePower, AreSigned) {
  const auto block = et_runtime().word(35142, 0xF98E).word(35144, 8865).decoded();
  expect_number(block, "reactive_power", -1650);
  expect_number(block, "apparent_power", 8865);
  const auto meter = Raw(Family::et, "meter").words(36027, {0xFFFF, 0xFE6E}).words(36035, {0, 402}).decoded();
  expect_number(meter, "meter_reactive_power1", -402);
  expect_number(meter, "meter_apparent_power1", 402);
}

TEST(DecodedEnergy, HasFourUnits) {
  expect_number(et_runtime().word(35199, 98).decoded(), "e_day_exp", 9.8);
  expect_number(et_runtime().words(35191, {0x0000, 0xEDB5}).decoded(), "e_total", 6085.3);
  expect_absent(et_runtime().word(35199, 0xFFFF).decoded(), "e_day_exp");
  expect_absent(et_runtime().words(35191, {0xFFFF, 0xFFFF}).decoded(), "e_total");
  expect_number(Raw(Family::dt, "meter").words(30197, {0x0001, 0xE240}).decoded(), "meter_e_total_exp", 123.456);
  const auto long_meter = Raw(Family::et, "meter_ext2").words(36120, {0, 0, 0x0001, 0xE240}).decoded();
  expect_number(long_meter, "meter_e_total_imp", 1234.56);
  expect_absent(Raw(Family::et, "meter_ext2").words(36092, {0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF}).decoded(),
                "meter_e_total_exp1");
}

TEST(DecodedTemperature, IsSignedTenthsWithTwoFillers) {
  expect_number(et_runtime().word(35175, 0xFF9C).decoded(), "temperature_module", -10);
  expect_absent(et_runtime().word(35175, 0x7FFF).decoded(), "temperature_module");
  expect_absent(et_runtime().word(35175, 0xFFFF).decoded(), "temperature_module");
}

TEST(DecodedCellVoltage, IsMillivolts) {
  expect_number(Raw(Family::et, "battery").word(37022, 3345).decoded(), "battery_max_cell_voltage", 3.345);
  expect_absent(Raw(Family::et, "battery").word(37022, 0xFFFF).decoded(), "battery_max_cell_voltage");
}

TEST(DecodedLeakageCurrent, IsTenthsOfAMilliampereAndLeftOutOfTheShortRead) {
  expect_number(Raw(Family::dt, "meter").word(30210, 0xFFF6).decoded(), "leakage_current", -1);
  EXPECT_EQ(Raw(Family::dt, "meter", 15).decoded().find("leakage_current"), nullptr);
}

TEST(DecodedDecimal, IsSignedByItsScale) {
  expect_number(Raw(Family::dt, "runtime").word(30139, 999).decoded(), "power_factor", 0.999);
  expect_absent(Raw(Family::dt, "runtime").word(30139, 0xFFFF).decoded(), "power_factor");
  expect_number(setting(Family::et, 45482, "0063"), "power_factor", 0.99);
}

TEST(DecodedFloat, IsWattHoursAsKilowattHours) {
  // 0x462449 80 is 10514.375 Wh, 0x4A46A2F9 is 3254462.25 Wh.
  const auto block = Raw(Family::et, "meter").words(36015, {0x4624, 0x4980}).words(36017, {0x4A46, 0xA2F9}).decoded();
  expect_number(block, "meter_e_total_exp", 10.514);
  expect_number(block, "meter_e_total_imp", 3254.462);
  expect_absent(Raw(Family::et, "meter").words(36015, {0x7F80, 0x0000}).decoded(), "meter_e_total_exp");
  expect_absent(Raw(Family::et, "meter").words(36015, {0xFFFF, 0xFFFF}).decoded(), "meter_e_total_exp");
}

TEST(DecodedBytes, AreTheSignedHalvesOfARegister) {
  const auto block = et_runtime().word(35119, 0x0201).decoded();
  expect_number(block, "pv4_mode", 2);
  expect_text(block, "pv4_mode_label", "PV panels connected, producing power");
  expect_number(block, "pv3_mode", 1);
  expect_text(block, "pv3_mode_label", "PV panels connected, no power");
  // A switch's 0xFF means on, not "not available".
  expect_number(setting(Family::et, 47549, "FF7F"), "eco_mode_1_switch", -1);
}

TEST(DecodedEnumeration, IsALabelAndAbsentForUnknownCodes) {
  expect_text(et_runtime().word(35184, 3).decoded(), "battery_mode_label", "Charge");
  expect_absent(et_runtime().word(35184, 77).decoded(), "battery_mode_label");
  expect_absent(et_runtime().word(35184, 0xFFFF).decoded(), "battery_mode_label");
  expect_absent(et_runtime().word(35184, 0xFFFF).decoded(), "battery_mode");
}

TEST(DecodedBitmap, JoinsLabelsOfSetBits) {
  // Bits 0, 2 (reserved), 9 and 31.
  expect_text(et_runtime().words(35189, {0x8000, 0x0205}).decoded(), "errors",
              "GFCI Device Check Failure, Utility Loss, Internal Communication Failure");
  expect_text(et_runtime().decoded(), "errors", "");
  expect_absent(et_runtime().words(35189, {0xFFFF, 0xFFFF}).decoded(), "errors");
  // Bit 29 of the diagnosis word is in no table.
  expect_text(et_runtime().words(35220, {0x2000, 0x0001}).decoded(), "diagnose_result_label",
              "Battery voltage low, err29");
}

TEST(DecodedTwoRegisterBitmap, PutsTheHighRegisterAboveTheLow) {
  const auto block = Raw(Family::et, "battery").word(37006, 0x0001).word(37012, 0x0001).decoded();
  expect_text(block, "battery_error", "Charging over-voltage 2, err16");
  expect_text(Raw(Family::et, "battery").word(37006, 0x0200).decoded(), "battery_error", "Battery lock");
  expect_text(Raw(Family::et, "battery").word(37010, 0x0100).word(37013, 0xFFFF).decoded(), "battery_warning",
              "Cell imbalance");
  expect_absent(Raw(Family::et, "battery").word(37010, 0xFFFF).word(37013, 0xFFFF).decoded(), "battery_warning");
}

TEST(DecodedTimestamp, IsTheInvertersLocalTime) {
  expect_text(et_runtime().words(35100, {0x1508, 0x160B, 0x0B0C}).decoded(), "timestamp", "2021-08-22T11:11:12");
  expect_absent(et_runtime().words(35100, {0x1502, 0x1E0B, 0x0B0C}).decoded(), "timestamp");  // 30 February
  expect_absent(et_runtime().words(35100, {0x1508, 0x1618, 0x0B0C}).decoded(), "timestamp");  // hour 24
  expect_text(setting(Family::et, 45200, "1A 0B 19 01 1E 00"), "time", "2026-11-25T01:30:00");
}

TEST(DecodedText, IsAsciiOrWideOrHex) {
  const auto info = [](std::initializer_list<std::uint16_t> model) {
    return Raw(Family::et, "device_info").words(35011, model).decoded();
  };
  expect_text(info({0x4757, 0x3130, 0x4B2D, 0x4554, 0x2020}), "model_name", "GW10K-ET");
  expect_text(info({0x0047, 0x0057, 0x0036, 0x0020, 0x0000}), "model_name", "GW6 ");  // blanks first, then the NULs
  expect_text(info({0x0047, 0x0057, 0x0036, 0x0020, 0x0020}), "model_name", "GW6");
  expect_text(info({0x4757, 0x3180, 0x4B2D, 0x4554, 0x2020}), "model_name", "475731804b2d45542020");
  expect_text(info({0, 0, 0, 0, 0}), "model_name", "");
  expect_absent(info({0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF}), "model_name");
}

TEST(DecodedEcoGroup, IsLowerCaseHex) {
  const auto v2 = setting(Family::et, 47547, "00 00 17 3B FF 7F FF DD 00 5A 00 00");
  EXPECT_EQ(v2.block, "settings_fw19");
  expect_text(v2, "eco_mode_1", "0000173bff7fffdd005a0000");
  expect_text(setting(Family::et, 47515, "00 00 17 3B FF DD FF 7F"), "eco_mode_1", "0000173bffddff7f");
}

// ---- computed values ----

TEST(ComputedSum, AddsWhatIsThereAndIsAbsentWhenNothingIs) {
  auto raw = et_runtime().words(35105, {0, 857}).words(35109, {0, 691});
  raw.words(35113, {0xFFFF, 0xFFFF}).words(35117, {0xFFFF, 0xFFFF});
  expect_number(raw.decoded(), "ppv", 1548);
  raw.words(35105, {0xFFFF, 0xFFFF}).words(35109, {0xFFFF, 0xFFFF});
  expect_absent(raw.decoded(), "ppv");
  expect_absent(raw.decoded(), "house_consumption");
}

TEST(ComputedHouseConsumption, IsGenerationAndDischargeLessExport) {
  const auto block = et_runtime()
                         .words(35105, {0, 1695})
                         .words(35109, {0, 1761})
                         .words(35182, {0xFFFF, 0xF630})
                         .word(35184, 3)
                         .word(35140, 0xFFFD)
                         .decoded();
  expect_number(block, "house_consumption", 1695 + 1761 - 2512 + 3);
}

TEST(ComputedGridDirection, HasItsThresholds) {
  expect_number(et_runtime().word(35140, 90).decoded(), "grid_in_out", 1);
  expect_number(et_runtime().word(35140, 89).decoded(), "grid_in_out", 0);
  expect_number(et_runtime().word(35140, static_cast<std::uint16_t>(-90)).decoded(), "grid_in_out", 0);
  expect_number(et_runtime().word(35140, static_cast<std::uint16_t>(-91)).decoded(), "grid_in_out", 2);
  expect_text(et_runtime().word(35140, 500).decoded(), "grid_in_out_label", "Exporting");
}

TEST(ComputedPowerFactor, IsActiveByApparentPowerWhateverTheRegisterSays) {
  const auto block = Raw(Family::et, "meter")
                         .word(36010, 0x1234)
                         .words(36019, {0xFFFF, 0xFFC7})  // −57 W
                         .words(36035, {0x0000, 0x0192})  // 402 VA
                         .decoded();
  expect_number(block, "meter_power_factor1", -0.142);
  expect_absent(block, "meter_power_factor2");  // apparent power 0
}

TEST(ComputedProduct, IsRoundedToTheWattHalfToEven) {
  // 25.0 V × 2.5 A = 62.5 W, 35.0 V × 2.5 A = 87.5 W
  const auto block = Raw(Family::dt, "runtime").words(30103, {250, 25, 350, 25}).decoded();
  expect_number(block, "ppv1", 62);
  expect_number(block, "ppv2", 88);
  expect_number(block, "ppv", 150);
  expect_absent(Raw(Family::dt, "runtime").words(30103, {0xFFFF, 25}).decoded(), "ppv1");
}

TEST(ComputedAcrossBlocks, IsLeftOutOfOneBlock) {
  EXPECT_EQ(Raw(Family::dt, "meter").decoded().find("house_consumption"), nullptr);
}

// ---- "not available" of values whose -1 is a reading too ----

TEST(PhaseFillers, AreAbsentOnlyWhenTheWholePhaseReadsOnes) {
  auto raw = et_runtime().word(35130, 0xFFFF);
  expect_number(raw.word(35127, 13).word(35128, 4999).decoded(), "pgrid2", -1);
  expect_absent(raw.word(35127, 0xFFFF).word(35128, 0xFFFF).decoded(), "pgrid2");
}

TEST(BatteryCurrentFiller, IsAbsentWithoutABattery) {
  expect_number(et_runtime().word(35181, 0xFFFF).word(35184, 1).word(35180, 4000).decoded(), "ibattery1", -0.1);
  expect_absent(et_runtime().word(35181, 0xFFFF).word(35184, 0).word(35180, 4000).decoded(), "ibattery1");
}

TEST(ActivePowerOfMinusOneWatt, IsAReading) {
  expect_number(et_runtime().word(35140, 0xFFFF).decoded(), "active_power", -1);
}

// ---- models and windows ----

TEST(WidePowers, TakeTheHighWordOnlyAbove30Kilowatts) {
  DeviceInfo large{.rating = kilowatts(40)};
  DeviceInfo small{.rating = kilowatts(10)};
  const auto raw = et_runtime().words(35139, {0x0000, 0x9C40});  // 40 000 W
  expect_number(raw.decoded(&large), "active_power", 40000);
  expect_number(raw.decoded(&small), "active_power", 40000 - 65536);
  expect_number(raw.decoded(), "active_power", 40000 - 65536);
  // A filler in the high word is no sign extension.
  expect_number(et_runtime().words(35139, {0x7FFF, 0x0064}).decoded(&large), "active_power", 100);
}

TEST(SinglePhaseUnit, ShowsNeitherSecondNorThirdPhase) {
  DeviceInfo info{.single_phase = true};
  const auto block = et_runtime().decoded(&info);
  EXPECT_NE(block.find("pgrid"), nullptr);
  for (const char* id : {"pgrid2", "vgrid3", "backup_p2", "load_mode3", "vpv3", "ppv4"})
    EXPECT_EQ(block.find(id), nullptr) << id;
  EXPECT_NE(block.find("ppv2"), nullptr);
}

TEST(MeterBlock, YieldsMoreTheLongerItIsRead) {
  EXPECT_EQ(Raw(Family::et, "meter").decoded().find("meter_voltage1"), nullptr);
  EXPECT_NE(Raw(Family::et, "meter", 58).decoded().find("meter_voltage1"), nullptr);
  const auto longest = Raw(Family::et, "meter", 125).words(36104, {0, 0, 0, 500}).decoded();
  expect_number(longest, "meter_e_total_exp", 5.0);  // the long counter, not the float at 36015
  EXPECT_EQ(std::ranges::count(longest.values, "meter_e_total_exp", &DecodedValue::id), 1);
}

TEST(MpptBlock, LeavesOutWhat61RegistersDoNotReach) {
  const auto block = Raw(Family::et, "mppt").decoded();
  EXPECT_NE(block.find("apparent_power1"), nullptr);
  EXPECT_EQ(block.find("apparent_power2"), nullptr);
  EXPECT_EQ(block.find("apparent_power3"), nullptr);
  EXPECT_NE(Raw(Family::et, "mppt", 64).decoded().find("apparent_power3"), nullptr);
}

TEST(DtExportLimit, IsTheWideOneWhereTwoRegistersWereRead) {
  expect_number(setting(Family::dt, 40328, "0000 1770"), "grid_export_limit", 6000);
  expect_number(setting(Family::dt, 40336, "0064"), "grid_export_limit", 100);
}

// ---- whole answers ----

Result<DecodedBlock> answered(Family family, std::string_view answer, std::string_view request,
                              std::string_view block = {}) {
  const auto bytes = from_hex(answer);
  const auto asked = from_hex(request);
  DecodeQuestion question{.family = family, .answer = bytes, .block = block};
  if (!request.empty()) question.request = asked;
  return decode_answer(question);
}

TEST(DecodedAnswer, NamesTheBlockByTheRequest) {
  const auto block = answered(Family::et, "AA55F70304000109C43A3F", "F703B9970002442D");
  ASSERT_TRUE(block);
  EXPECT_EQ(block->block, "settings");
  expect_number(*block, "ems_mode", 1);
  expect_number(*block, "ems_power_limit", 2500);
  // The same registers over TCP.
  const auto tcp = answered(Family::et, "000100000007F70304000109C4", "000100000006F703B9970002");
  ASSERT_TRUE(tcp);
  expect_number(*tcp, "ems_power_limit", 2500);
}

TEST(DecodedAnswer, NamesEachFault) {
  const auto fault = [](std::string_view answer, std::string_view request = "F703B9970002442D") {
    const auto block = answered(Family::et, answer, request);
    return block ? std::pair(ErrorCode::bug, ""s) : std::pair(block.error().code, block.error().message);
  };
  EXPECT_EQ(fault("AA55F70304000109C43A40"), std::pair(ErrorCode::checksum, "checksum"s));
  EXPECT_EQ(fault("AA55F703040001"), std::pair(ErrorCode::short_frame, "short frame"s));
  EXPECT_EQ(fault("AA55F7830220C3"), std::pair(ErrorCode::rejected, "exception 2 (ILLEGAL DATA ADDRESS)"s));
  EXPECT_EQ(fault("AA55F70302000109C4").second, "answer does not belong to the request");
  EXPECT_EQ(fault("AA55F70304000109C43A3F", "AA55C07F0106000245").second, "answer does not belong to the request");
  EXPECT_EQ(fault("AA557FC0018602BADD0000", "AA55C07F0102000241").second, "answer does not belong to the request");
  EXPECT_EQ(fault("AA55F70304000109C43A3F", "F703B9970002442E").first, ErrorCode::bad_input);
  EXPECT_EQ(fault("", "").first, ErrorCode::short_frame);
}

TEST(DecodedAnswer, NeedsToBeToldTheBlock) {
  EXPECT_EQ(answered(Family::et, "AA55F70304000109C43A3F", "").error().code, ErrorCode::bad_input);
  EXPECT_EQ(answered(Family::et, "AA55F70304000109C43A3F", "", "settings").error().code, ErrorCode::bad_input);
  EXPECT_EQ(answered(Family::et, "AA55F70304000109C43A3F", "", "no_such").error().code, ErrorCode::bad_input);
  EXPECT_TRUE(answered(Family::et, "AA55F70304000109C43A3F", "", "running_data"));
}

// ---- captured frames; values worked out by hand from their bytes ----

TEST(CapturedEt, RuntimeOfA10KilowattUnit) {
  GRIDPILOT_CAPTURE(answer, "et/GW10K-ET_running_data.hex");
  const auto block = decode_answer({.family = Family::et, .answer = answer, .block = "runtime"});
  ASSERT_TRUE(block);
  expect_text(*block, "timestamp", "2021-08-22T11:11:12");  // 15 08 16 0b 0b 0c
  expect_number(*block, "vpv1", 332.6);                     // 0cfe
  expect_number(*block, "ppv1", 1695);                      // 0000069f
  expect_number(*block, "ppv2", 1761);                      // 000006e1
  expect_number(*block, "ppv", 3456);
  expect_number(*block, "vgrid", 239.3);      // 0959
  expect_number(*block, "fgrid", 49.99);      // 1387
  expect_number(*block, "pgrid", 336);        // 0150
  expect_number(*block, "active_power", -3);  // fffd
  expect_number(*block, "ibattery1", -9.8);   // ff9e
  expect_number(*block, "pbattery1", -2512);  // fffff630
  expect_text(*block, "battery_mode_label", "Charge");
  expect_number(*block, "e_total", 6085.3);
  expect_number(*block, "house_consumption", 947);
}

TEST(CapturedEt, RuntimeOfASinglePhaseUnitWithoutBattery) {
  GRIDPILOT_CAPTURE(answer, "et/GW6000_EH_running_data.hex");
  const auto block = decode_answer({.family = Family::et, .answer = answer, .block = "runtime"});
  ASSERT_TRUE(block);
  expect_number(*block, "ppv", 1548);  // 857 + 691; the other two read all ones
  for (const char* id :
       {"vgrid2", "igrid2", "fgrid2", "pgrid2", "pgrid3", "backup_f2", "backup_p3", "load_p2", "load_p3",
        "reactive_power", "apparent_power", "temperature_module", "nbus_voltage", "operation_mode"})
    expect_absent(*block, id);
  expect_number(*block, "active_power", -164);  // ff5c
  expect_text(*block, "battery_mode_label", "No battery");
}

TEST(CapturedEt, MeterBlock) {
  GRIDPILOT_CAPTURE(answer, "et/GW10K-ET_meter_data.hex");
  const auto block = decode_answer({.family = Family::et, .answer = answer, .block = "meter_data"});
  ASSERT_TRUE(block);
  expect_number(*block, "meter_active_power_total", -110);  // ffffff92
  expect_number(*block, "meter_e_total_exp", 10.514);       // 46244980: 10 514.375 Wh
  expect_number(*block, "meter_e_total_imp", 3254.462);     // 4a46a2f9: 3 254 462.25 Wh
  expect_number(*block, "meter_apparent_power1", -402);     // fffffe6e
  expect_number(*block, "meter_power_factor1", 0.142);      // −57 / −402
  expect_number(*block, "meter_freq", 50.05);               // 138d
}

TEST(CapturedEt, DeviceInfoTellsPlatformAndAbilities) {
  GRIDPILOT_CAPTURE(answer, "et/GW6000-ES-20_device_info.hex");
  const auto data = result_of(examine(read_registers(et_unit, 35000, 33), answer, Framing::rtu_over_udp));
  ASSERT_TRUE(data);
  const auto info = parse_device_info(Family::et, *data);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->serial, "56000ESN00AW0000");
  EXPECT_EQ(info->model, "GW6000ES20");
  EXPECT_EQ(info->platform, Platform::p745_lv);
  EXPECT_TRUE(info->single_phase);
  EXPECT_TRUE(info->extended_meter);
  EXPECT_EQ(info->rating, watts(6050));
  EXPECT_EQ(info->firmware, "");  // reads all ones
}

TEST(CapturedDt, ThreePhaseRuntime) {
  GRIDPILOT_CAPTURE(answer, "dt/GW6000-DT_running_data.hex");
  const auto block = decode_answer({.family = Family::dt, .answer = answer, .block = "runtime"});
  ASSERT_TRUE(block);
  expect_text(*block, "timestamp", "2021-08-31T12:03:02");  // 15 08 1f 0c 03 02
  expect_number(*block, "ppv1", 994);                       // 320.8 V × 3.1 A = 994.48 W
  expect_number(*block, "ppv2", 1037);                      // 324.1 V × 3.2 A = 1037.12 W
  expect_number(*block, "ppv", 2031);
  expect_number(*block, "total_inverter_power", 1835);  // 0000072b
  for (const char* id : {"vpv3", "ppv3", "apparent_power", "reactive_power", "temperature_heatsink", "derating_mode"})
    expect_absent(*block, id);
  expect_text(*block, "safety_country_label", "NL-A");  // 0014
}

TEST(CapturedDt, RuntimeOverTcp) {
  GRIDPILOT_CAPTURE(answer, "dt/GW10K-MS-30_tcp_running_data.hex");
  const auto block = decode_answer({.family = Family::dt, .answer = answer, .block = "runtime"});
  ASSERT_TRUE(block);
  expect_number(*block, "vpv1", 400.6);  // 0fa6
  expect_number(*block, "reactive_power", -6);
  expect_absent(*block, "fgrid2");
}

TEST(CapturedEs, RuntimeWithItsSignsElsewhere) {
  GRIDPILOT_CAPTURE(answer, "es/GW5048-EM_running_data.hex");
  const auto block = decode_answer({.family = Family::es, .answer = answer});
  ASSERT_TRUE(block);
  EXPECT_EQ(block->block, "runtime");
  expect_number(*block, "vbattery1", 52.9);
  expect_number(*block, "ibattery1", 18.5);  // 00b9, mode 2: discharging
  expect_number(*block, "pbattery1", 979);   // 52.9 V × 18.5 A = 978.65 W
  expect_number(*block, "battery_soc", 97);
  expect_number(*block, "ppv", 39 + 102);
  expect_number(*block, "house_consumption", 39 + 102 + 979 - 2);
}

TEST(CapturedEs, DeviceInfoReadsItsFirmwareDigits) {
  GRIDPILOT_CAPTURE(answer, "es/GW5048-ESA_device_info.hex");
  const auto block = decode_answer({.family = Family::es, .answer = answer});
  ASSERT_TRUE(block);
  expect_text(*block, "firmware", "1717A");
  expect_number(*block, "dsp1_version", 17);
  expect_number(*block, "dsp2_version", 17);
  expect_number(*block, "arm_version", 10);
}

// ---- the tables themselves ----

TEST(RegisterTables, HaveWhatTheReferenceCounts) {
  const auto rows = [](Family family, auto belongs) {
    std::size_t count = 0;
    for (const BlockTable& block : blocks_of(family))
      if (belongs(block.name)) count += block.rows.size();
    return count;
  };
  const auto settings = [](std::string_view name) { return name.starts_with("settings"); };
  const auto device_info = [](std::string_view name) { return name.starts_with("device_info"); };
  const auto sensors = [&](std::string_view name) { return !settings(name) && !name.ends_with("_info"); };
  EXPECT_EQ(rows(Family::et, sensors), 250U);
  EXPECT_EQ(rows(Family::et, settings), 92U);
  EXPECT_EQ(rows(Family::et, device_info), 12U);
  EXPECT_EQ(rows(Family::dt, sensors), 62U);
  EXPECT_EQ(rows(Family::dt, settings), 13U);
  EXPECT_EQ(rows(Family::es, sensors), 57U);
  EXPECT_EQ(rows(Family::es, settings), 38U);
}

TEST(RegisterTables, KeepEveryReferenceInsideItsBlock) {
  for (const Family family : {Family::et, Family::dt, Family::es})
    for (const BlockTable& block : blocks_of(family))
      for (const RegisterRow& row : block.rows) {
        for (const std::uint16_t other : row.together.span()) EXPECT_LT(other, block.rows.size()) << row.id;
        for (const std::uint16_t other : row.operands.span()) EXPECT_LT(other, block.rows.size()) << row.id;
        EXPECT_TRUE(row.formula != Formula::none || row.address != no_address) << row.id;
      }
}

TEST(RegisterTables, NeverShowAFillerAsANumber) {
  // A block that reads nothing but ones has no numbers, apart from switches (0xFF is "on") and the counter that only
  // a computed value hides.
  for (const char* name : {"runtime", "battery", "battery2", "meter_ext2", "mppt", "device_info"}) {
    const BlockTable* table = block_named(Family::et, name);
    const std::vector<std::uint8_t> ones(250, 0xFF);
    const auto block = decode_block(Family::et, *table,
                                    {.addressing = Addressing::modbus, .first = table->first, .data = ones}, nullptr);
    EXPECT_FALSE(block.values.empty());
    for (const DecodedValue& value : block.values)
      EXPECT_TRUE(std::holds_alternative<std::monostate>(value.value)) << name << " " << value.id;
  }
}

TEST(SerialNumbers, TellTheFamily) {
  EXPECT_EQ(family_of_serial("9010KETU000W0001"), Family::et);
  EXPECT_EQ(family_of_serial("95048ESA223W0000"), Family::es);
  EXPECT_EQ(family_of_serial("5010KMSC000W0000"), Family::dt);
  EXPECT_EQ(family_of_serial("56000ESN00AW0000"), Family::et);
  EXPECT_EQ(family_of_serial("1234567890"), std::nullopt);
}

RC_GTEST_PROP(DecodedBlockOfAnyBytes, HasEachIdOnceAndNeverFails, (const std::vector<std::uint8_t>& bytes)) {
  for (const Family family : {Family::et, Family::dt, Family::es})
    for (const BlockTable& table : blocks_of(family)) {
      const std::uint16_t first = table.addressing == Addressing::aa55_payload ? std::uint16_t{0}
                                  : table.count > 0                            ? table.first
                                                                               : table.rows.front().address;
      const auto block =
          decode_block(family, table, {.addressing = table.addressing, .first = first, .data = bytes}, nullptr);
      std::set<std::string_view> ids;
      for (const DecodedValue& value : block.values) RC_ASSERT(ids.insert(value.id).second);
    }
}

}  // namespace
}  // namespace gridpilot::goodwe
