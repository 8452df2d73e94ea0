#include "gridpilot/codec/goodwe/encode.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "gridpilot/codec/goodwe/eco_group_text.hpp"
#include "unit/codec/goodwe/hex.hpp"

namespace gridpilot::goodwe {
namespace {

const RegisterRow& setting(std::string_view block, std::string_view id) {
  return *row_named(*block_named(Family::et, block), id);
}

std::string hex_of(const Result<Words>& words) {
  if (!words) return words.error().message;
  FrameBuffer bytes;
  for (const std::uint16_t word : words->span()) bytes.append_u16(word);
  return to_hex(bytes);
}

std::string encoded(std::string_view id, std::string_view text, const Words& present = {},
                    std::string_view block = "settings") {
  return hex_of(encode_setting(setting(block, id), text, present));
}

std::string group_hex(std::string_view text, EcoFormat format, ScheduleType type) {
  const auto group = parse_eco_group(text, format, type);
  return group ? hex_of(encode_eco_group(*group)) : group.error().message;
}

// ---- eco groups as text: the worked examples of the protocol ----

TEST(EcoGroupText, WritesTheWorkedExamples) {
  EXPECT_EQ(group_hex("00:00-23:59 charge 35 %", EcoFormat::v1, ScheduleType::eco), "0000173BFFDDFF7F");
  EXPECT_EQ(group_hex("00:00-23:59 charge 35 % to 90 %", EcoFormat::v2, ScheduleType::eco), "0000173BFF7FFFDD005A0000");
  EXPECT_EQ(group_hex("00:00-23:59 discharge 25%", EcoFormat::v2, ScheduleType::eco_745), "0000173BF97F00FA00640FFF");
  EXPECT_EQ(group_hex("06:30-08:00 Mon-Fri Jan-Mar charge 20% to 85%", EcoFormat::v2, ScheduleType::eco_745),
            "061E0800F93EFF3800550007");
  EXPECT_EQ(group_hex("off", EcoFormat::v2, ScheduleType::eco_745), "30003000060003E800640000");
}

TEST(EcoGroupText, ReadsTheWorkedExamples) {
  const auto text = [](EcoFormat format, std::string_view hex) {
    return to_text(decode_eco_group(format, from_hex(hex)).value());
  };
  EXPECT_EQ(text(EcoFormat::v2, "061E0800F93EFF3800550007"), "06:30-08:00 Mon-Fri Jan-Mar charge 20 % to 85 %");
  EXPECT_EQ(text(EcoFormat::v1, "0000173B0019FF7F"), "00:00-23:59 discharge 25 %");
  EXPECT_EQ(text(EcoFormat::v1, "0000173B0019007F"), "00:00-23:59 discharge 25 % (off)");
  EXPECT_EQ(text(EcoFormat::v2, "300030000000006400640000"), "unused");
  EXPECT_EQ(text(EcoFormat::v2, "0000173BFC7F00C800320000"), "00:00-23:59 peak shaving 200");
}

TEST(EcoGroupText, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"", "6:30-8:00 charge 20", "08:00-06:00 charge 20", "06:00-08:00", "06:00-08:00 charge 120",
        "06:00-08:00 charge 20 to 101", "06:00-08:00 Mon-Xyz charge 20", "06:00-24:00 charge 20",
        "06:00-08:00 charge 20 x"})
    EXPECT_EQ(parse_eco_group(text, EcoFormat::v2, ScheduleType::eco).error().code, ErrorCode::bad_input) << text;
  EXPECT_FALSE(parse_eco_group("06:00-08:00 charge 20 to 90", EcoFormat::v1, ScheduleType::eco));
  EXPECT_FALSE(parse_eco_group("06:00-08:00 Jan charge 20", EcoFormat::v1, ScheduleType::eco));
}

RC_GTEST_PROP(AnEcoGroup, IsReadBackFromItsText, ()) {
  const bool v1 = *rc::gen::arbitrary<bool>();
  const ScheduleType type = !v1 && *rc::gen::arbitrary<bool>() ? ScheduleType::eco_745 : ScheduleType::eco;
  const EcoFormat format = v1 ? EcoFormat::v1 : EcoFormat::v2;
  const int start = *rc::gen::inRange(0, 1439);
  const int end = *rc::gen::inRange(start + 1, 1440);
  const int most = type == ScheduleType::eco_745 ? 1000 : 100;
  EcoGroup group{.format = format,
                 .start_hour = static_cast<std::uint8_t>(start / 60),
                 .start_minute = static_cast<std::uint8_t>(start % 60),
                 .end_hour = static_cast<std::uint8_t>(end / 60),
                 .end_minute = static_cast<std::uint8_t>(end % 60),
                 .on_off = on_byte(format, type),
                 .weekdays = static_cast<std::uint8_t>(*rc::gen::inRange(1, 128)),
                 .power = static_cast<std::int16_t>(*rc::gen::inRange(-most, most + 1)),
                 .soc = static_cast<std::uint16_t>(v1 ? 100 : *rc::gen::inRange(0, 101)),
                 .months = static_cast<std::uint16_t>(v1 ? 0 : *rc::gen::inRange(1, 0x1000))};
  if (type == ScheduleType::eco && group.months == every_month) group.months = 0;
  const auto read = parse_eco_group(to_text(group), format, type);
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == group);
}

// ---- settings ----

TEST(ASetting, IsWrittenInItsUnitAndScale) {
  EXPECT_EQ(encoded("battery_charge_current", "25"), "00FA");
  EXPECT_EQ(encoded("battery_charge_current", "4.5 A"), "002D");
  EXPECT_EQ(encoded("battery_charge_voltage", "438.9V"), "1125");
  EXPECT_EQ(encoded("battery_discharge_depth", "90 %"), "005A");
  EXPECT_EQ(encoded("modbus_baud_rate", "115200"), "0001C200");
  EXPECT_EQ(encoded("grid_export_limit", "0x1770"), "1770");
  EXPECT_EQ(encoded("time", "2031-03-02T04:05:06"), "1F0302040506");
}

TEST(ASetting, OfHalfARegisterKeepsTheOtherHalf) {
  EXPECT_EQ(encoded("eco_mode_1_switch", "-1", Words{0x007F}), "FF7F");
  EXPECT_EQ(encoded("eco_mode_1_switch", "0", Words{0xFF7F}), "007F");
}

TEST(ASetting, OfAnEcoGroupKeepsItsType) {
  EXPECT_EQ(encoded("eco_mode_1", "00:00-23:59 charge 35 % to 90 %",
                    Words{0x3000, 0x3000, 0x0600, 0x03E8, 0x0064, 0x0000}, "settings_fw19"),
            "0000173BF97FFEA2005A0FFF");
  EXPECT_NE(encoded("eco_mode_1", "off", Words{0, 0x173B, 0xFC7F, 200, 50, 0}, "settings_fw19").find("peak shaving"),
            std::string::npos);
}

TEST(ASetting, OutOfItsRangeNamesWhatIsAllowed) {
  EXPECT_EQ(encoded("battery_charge_current", "-1"),
            "battery_charge_current '-1': expected a number from 0 to 6553.4 (in A) in steps of 0.1");
  EXPECT_EQ(encoded("battery_charge_current", "4.55"),
            "battery_charge_current '4.55': expected a number from 0 to 6553.4 (in A) in steps of 0.1");
  for (const auto& [id, text] : {std::pair{"work_mode", "eco"},
                                 {"work_mode", "65535"},
                                 {"work_mode", "0x12345"},
                                 {"battery_discharge_depth", "300"},
                                 {"time", "2026-02-30T00:00:00"},
                                 {"time", "now"}})
    EXPECT_EQ(encode_setting(setting("settings", id), text, {}).error().code, ErrorCode::bad_input) << id << text;
}

TEST(ASetting, OfTheGridCodeOrOfABatteryManagerIsLeftAlone) {
  const auto reason = [](std::string_view id) { return reason_not_to_write(Family::et, setting("settings", id)); };
  EXPECT_FALSE(reason("power_factor").empty());
  EXPECT_FALSE(reason("sensitivity_check").empty());
  EXPECT_FALSE(reason("bms_bat_soc").empty());
  EXPECT_TRUE(reason("battery_charge_current").empty());
  EXPECT_TRUE(reason("work_mode").empty());
  EXPECT_FALSE(reason_not_to_write(Family::es, *row_named(*block_named(Family::es, "settings"), "work_mode")).empty());
}

/// Every number that may be written is shown as it was given.
RC_GTEST_PROP(AWrittenNumber, IsShownAgain, ()) {
  const BlockTable& block = *block_named(Family::et, "settings");
  const RegisterRow& row = setting("settings", *rc::gen::element("battery_charge_current", "battery_charge_voltage",
                                                                 "work_mode", "grid_export_limit", "modbus_baud_rate"));
  const double scale = row.decimals == 1 ? 10.0 : 1.0;
  const double value = *rc::gen::inRange(0, 65535) / scale;
  const Words words = encode_setting(row, std::to_string(value), {}).value();
  FrameBuffer bytes;
  for (const std::uint16_t word : words.span()) bytes.append_u16(word);
  const DecodedBlock decoded = decode_block(Family::et, block, {.first = row.address, .data = bytes}, nullptr);
  RC_ASSERT(decoded.find(row.id) != nullptr);
  RC_ASSERT(std::get<double>(*decoded.find(row.id)) == value);
}

}  // namespace
}  // namespace gridpilot::goodwe
