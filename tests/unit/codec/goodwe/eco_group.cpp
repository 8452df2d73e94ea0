#include "gridpilot/codec/goodwe/eco_group.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/codec/goodwe/hex.hpp"

namespace gridpilot::goodwe {
namespace {

std::string hex_of(const EcoGroup& group) {
  FrameBuffer bytes;
  for (const std::uint16_t word : encode_eco_group(group).span()) bytes.append_u16(word);
  return to_hex(bytes);
}

EcoGroup decoded(EcoFormat format, std::string_view hex) {
  return decode_eco_group(format, from_hex(hex)).value();
}

EcoGroup all_day(EcoFormat format, ScheduleType type, std::int16_t power, std::uint16_t soc) {
  return {.format = format,
          .start_hour = 0,
          .start_minute = 0,
          .end_hour = 23,
          .end_minute = 59,
          .on_off = on_byte(format, type),
          .weekdays = every_weekday,
          .power = power,
          .soc = soc,
          .months = type == ScheduleType::eco_745 ? every_month : std::uint16_t{0}};
}

TEST(EcoGroupV1, IsTheWorkedExample) {
  EXPECT_EQ(hex_of(all_day(EcoFormat::v1, ScheduleType::eco, -35, 100)), "0000173BFFDDFF7F");
  EXPECT_EQ(hex_of(all_day(EcoFormat::v1, ScheduleType::eco, 25, 100)), "0000173B0019FF7F");
  EXPECT_EQ(hex_of(unused_eco_group(EcoFormat::v1, ScheduleType::eco)), "3000300000640000");
}

TEST(EcoGroupV2, IsTheWorkedExample) {
  EXPECT_EQ(hex_of(all_day(EcoFormat::v2, ScheduleType::eco, -35, 90)), "0000173BFF7FFFDD005A0000");
  EXPECT_EQ(hex_of(all_day(EcoFormat::v2, ScheduleType::eco, 25, 100)), "0000173BFF7F001900640000");
  EXPECT_EQ(hex_of(unused_eco_group(EcoFormat::v2, ScheduleType::eco)), "300030000000006400640000");
  EXPECT_EQ(hex_of(unused_eco_group(EcoFormat::v2, ScheduleType::peak_shaving)), "300030000300000A00640000");
}

TEST(EcoGroup745, IsTheWorkedExample) {
  EXPECT_EQ(hex_of(all_day(EcoFormat::v2, ScheduleType::eco_745, -350, 90)), "0000173BF97FFEA2005A0FFF");
  EXPECT_EQ(hex_of(all_day(EcoFormat::v2, ScheduleType::eco_745, 250, 100)), "0000173BF97F00FA00640FFF");
  EXPECT_EQ(hex_of(unused_eco_group(EcoFormat::v2, ScheduleType::eco_745)), "30003000060003E800640000");
  const EcoGroup morning{.format = EcoFormat::v2,
                         .start_hour = 6,
                         .start_minute = 30,
                         .end_hour = 8,
                         .end_minute = 0,
                         .on_off = 0xF9,
                         .weekdays = 0x3E,
                         .power = -200,
                         .soc = 85,
                         .months = 0x0007};
  EXPECT_EQ(hex_of(morning), "061E0800F93EFF3800550007");
}

TEST(EcoGroup, TellsWhatItAsksFor) {
  const EcoGroup charge = decoded(EcoFormat::v2, "0000173BF97FFEA2005A0FFF");
  EXPECT_TRUE(charge.enabled());
  EXPECT_EQ(charge.type(), ScheduleType::eco_745);
  EXPECT_DOUBLE_EQ(charge.power_share().value(), -0.35);
  EXPECT_TRUE(charge.is_all_day_forced());
  EXPECT_FALSE(decoded(EcoFormat::v2, "300030000000006400640000").enabled());
  EXPECT_FALSE(decoded(EcoFormat::v2, "300030000000006400640000").has_window());
  EXPECT_FALSE(decoded(EcoFormat::v2, "061E0800F93EFF3800550007").is_all_day_forced());
  // A peak-shaving group is on at 0xFC and steers no battery power.
  const EcoGroup shaving = decoded(EcoFormat::v2, "0000173BFC7F000A00640000");
  EXPECT_TRUE(shaving.enabled());
  EXPECT_EQ(shaving.type(), ScheduleType::peak_shaving);
  EXPECT_FALSE(shaving.power_share());
  // Not set: percent where it fits, permille otherwise.
  EXPECT_FALSE(decoded(EcoFormat::v2, "0000173B557FFFDD005A0000").enabled());
  EXPECT_DOUBLE_EQ(decoded(EcoFormat::v2, "0000173B557FFFDD005A0000").power_share().value(), -0.35);
  EXPECT_DOUBLE_EQ(decoded(EcoFormat::v2, "0000173B557FFEA2005A0000").power_share().value(), -0.35);
}

TEST(EcoGroup, NeedsAllItsBytes) {
  EXPECT_FALSE(decode_eco_group(EcoFormat::v2, from_hex("0000173BFF7FFFDD005A00")));
  EXPECT_FALSE(decode_eco_group(EcoFormat::v1, from_hex("0000173BFFDDFF")));
}

RC_GTEST_PROP(EcoGroup, ComesBackAsItWentInWhateverTheBytes, ()) {
  for (const EcoFormat format : {EcoFormat::v1, EcoFormat::v2}) {
    const auto bytes =
        *rc::gen::container<std::vector<std::uint8_t>>(2 * registers_of(format), rc::gen::arbitrary<std::uint8_t>());
    RC_ASSERT(hex_of(decode_eco_group(format, bytes).value()) == to_hex(bytes));
  }
}

TEST(EmsPayload, CarriesModeAndPowerTogether) {
  EXPECT_EQ(to_hex(encode(write_registers(et_unit, 47511, ems_words(EmsMode::automatic, Power{}).span()),
                          Framing::rtu_over_udp)),
            "F710B99700020400010000A8F9");
  EXPECT_EQ(ems_words(EmsMode::charge_pv, watts(2500)), (Words{2, 2500}));
  EXPECT_EQ(ems_words(EmsMode::battery_standby, watts(-5)), (Words{8, 0}));
}

}  // namespace
}  // namespace gridpilot::goodwe
