#include "gridpilot/inverter/goodwe/setting_editor.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/inverter_goodwe/scripted_inverter.hpp"

namespace gridpilot::goodwe {
namespace {

struct Edited {
  ScriptedInverter inverter = et_v2(local(2026, 11, 25, 12, 0));
  ScriptedExchange exchange{inverter};
  RegisterAccess registers{exchange, {}};
  DeviceInfo device{.family = Family::et, .rating = kilowatts(10)};
  SettingEditor editor{registers, nullptr, device};
  net::asio::io_context io;

  Result<SettingValue> read(std::string id) { return run(io, editor.read(std::move(id))); }
  Result<WriteReport> set(const SettingValue& present, std::string_view text) {
    const Result<Words> words = editor.encoded(present, text);
    if (!words) return words.failed();
    return run(io, editor.write(present, *words));
  }
};

TEST(ASetting, IsReadWithItsUnit) {
  Edited unit;
  EXPECT_EQ(unit.read("battery_charge_current")->text, "25 A");
  EXPECT_EQ(unit.read("time")->text, "2026-11-25T12:00:00");
}

TEST(ASetting, OfTwoFirmwareGenerationsIsTheNewerOneTheUnitHas) {
  Edited unit;
  EXPECT_EQ(unit.read("eco_mode_2")->text, "18:00-21:00 discharge 25 % to 20 %");
  for (std::uint16_t number = 47547; number < 47571; ++number) unit.inverter.registers.erase(number);
  unit.inverter.set(47519, {0x0600, 0x0800, 0xFFEC, 0xFF7F});
  EXPECT_EQ(unit.read("eco_mode_2")->text, "06:00-08:00 charge 20 %");
}

TEST(ASetting, IsWrittenAndReadBack) {
  Edited unit;
  const auto written = unit.set(unit.read("battery_charge_current").value(), "18.5");
  ASSERT_TRUE(written);
  EXPECT_EQ(written->taken, WriteReport::Taken::yes);
  EXPECT_EQ(unit.inverter.written(), "45353x1");
  EXPECT_EQ(unit.read("battery_charge_current")->text, "18.5 A");
  ASSERT_TRUE(unit.set(unit.read("eco_mode_2").value(), "off"));
  EXPECT_EQ(unit.read("eco_mode_2")->text, "unused");
}

TEST(ASetting, ThatDoesNotTakeTheValueSaysSo) {
  Edited unit;
  unit.inverter.stuck = {45353};
  const auto written = unit.set(unit.read("battery_charge_current").value(), "18.5");
  ASSERT_TRUE(written);
  EXPECT_EQ(written->taken, WriteReport::Taken::no);
  EXPECT_EQ(written->detail, "register 45353: wrote 185, reads 250");
}

TEST(ASetting, UnknownNamesTheNearest) {
  Edited unit;
  const auto unknown = unit.read("batery_charge_current");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
  EXPECT_NE(unknown.error().message.find("'battery_charge_current'"), std::string::npos) << unknown.error().message;
  EXPECT_EQ(unit.read("eco_mode_enable").error().message, "this inverter has no eco_mode_enable");
}

TEST(AllSettings, LeaveOutWhatTheUnitHasNot) {
  Edited unit;
  const auto all = run(unit.io, unit.editor.read_all());
  ASSERT_TRUE(all);
  const auto has = [&all](std::string_view id) {
    return std::ranges::count(*all, id, [](const SettingValue& value) { return value.setting.row->id; });
  };
  EXPECT_EQ(has("work_mode"), 1);
  EXPECT_EQ(has("eco_mode_1"), 1);
  EXPECT_EQ(has("dred"), 0);
  EXPECT_TRUE(std::ranges::is_sorted(*all, {}, [](const SettingValue& value) { return value.setting.row->address; }));
}

TEST(AllSettings, OfASilentUnitAreAnError) {
  Edited unit;
  unit.inverter.silent = true;
  EXPECT_EQ(run(unit.io, unit.editor.read_all()).error().code, ErrorCode::timeout);
}

}  // namespace
}  // namespace gridpilot::goodwe
