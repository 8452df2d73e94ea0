#include "gridpilot/inverter/goodwe/eco_window.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <initializer_list>

namespace gridpilot::goodwe {
namespace {

using namespace std::chrono_literals;

/// Wednesday, 25 November 2026.
InverterTime wednesday(int hour, int minute) {
  return {.local = {.date = 2026y / 11 / 25, .hour = hour, .minute = minute, .second = 0}};
}

Registers general_mode() {
  Registers registers;
  registers.set(work_mode_register, 0);
  registers.set(ems_mode_register, Words{1, 0}.span());
  registers.set(charge_current_register, Words{250, 4800, 250, 10}.span());
  registers.set(export_enable_register, Words{0, 10000}.span());
  for (int group = 0; group < eco_groups; ++group)
    registers.set(eco_group_register({}, group),
                  encode_eco_group(unused_eco_group(EcoFormat::v2, ScheduleType::eco)).span());
  return registers;
}

Situation at(InverterTime time, Registers present = general_mode()) {
  return {.abilities = {.has_ems = true, .has_export_limit = true, .has_current_limits = true, .rating = kilowatts(10)},
          .present = std::move(present),
          .time = time};
}

Command charge(Power power = watts(3500), Soc stop = percent(90)) {
  return {.action = Action::charge, .power = power, .stop_soc = stop, .until = {}};
}
Command sell(Power power = watts(2500), Soc stop = percent(20)) {
  return {.action = Action::sell, .power = power, .stop_soc = stop, .until = {}};
}

/// What is left to write, as "first:values".
std::string differences(const Command& command, const Situation& s) {
  const auto wanted = wanted_registers(command, s);
  EXPECT_TRUE(wanted.has_value());
  std::string text;
  for (const RegisterSpan& span : wanted->spans) {
    const auto part = differing(span, s.present);
    if (!part) continue;
    text += (text.empty() ? "" : " ") + std::to_string(part->first) + ":";
    FrameBuffer bytes;
    for (const std::uint16_t value : part->values.span()) bytes.append_u16(value);
    text += to_hex(bytes);
  }
  return text;
}

/// The registers once the command has been carried out.
Registers after(const Command& command, const Situation& s) {
  Registers present = s.present;
  const auto wanted = wanted_registers(command, s);
  for (const RegisterSpan& span : wanted->spans) present.set(span.first, span.values.span());
  return present;
}

TEST(ChargeWindow, IsAGroupOfTodayThenEconomicMode) {
  // 12:05 to 12:37 on Wednesdays (bit 3), −35 %, to 90 %.
  EXPECT_EQ(differences(charge(), at(wednesday(12, 7))), "47547:0C050C25FF08FFDD005A 47000:0003");
}

TEST(SellWindow, CarriesTheRealMinimumAsItsSoc) {
  Situation s = at(wednesday(12, 7));
  EXPECT_EQ(differences(sell(), s), "47547:0C050C25FF0800190014 47000:0003");
  // Selling down to 5 % on a unit whose own minimum is 10 %.
  EXPECT_EQ(differences(sell(watts(2500), percent(5)), s), "47547:0C050C25FF080019000A 47000:0003");
}

TEST(ChargeWindow, OnThe745PlatformIsPermilleOfThisMonthWithTheEnableFlag) {
  Situation s = at(wednesday(12, 7));
  s.abilities.eco_type = ScheduleType::eco_745;
  s.abilities.has_eco_enable = true;
  s.present.set(eco_enable_register, 0);
  // 333 ‰ of 10 kW; November is bit 10.
  EXPECT_EQ(differences(charge(watts(3333)), s), "47547:0C050C25F908FEB3005A0400 47612:0001 47000:0003");
}

TEST(ChargeWindow, OfV1HasNoSoc) {
  Situation s = at(wednesday(12, 7));
  s.abilities.eco_format = EcoFormat::v1;
  Registers present;
  present.set(work_mode_register, 0);
  present.set(ems_mode_register, Words{1, 0}.span());
  for (int group = 0; group < eco_groups; ++group)
    present.set(eco_group_register(s.abilities, group),
                encode_eco_group(unused_eco_group(EcoFormat::v1, ScheduleType::eco)).span());
  s.present = present;
  EXPECT_EQ(differences(charge(), s), "47515:0C050C25FFDDFF08 47000:0003");
}

TEST(ChargeWindow, SwitchesTheOwnersGroupsOffAndKeepsTheirDays) {
  Situation s = at(wednesday(12, 7));
  s.present.set(eco_group_register({}, 1), Words{0x1200, 0x1500, 0xFF7F, 25, 20, 0}.span());
  EXPECT_EQ(differences(charge(), s), "47555:007F 47547:0C050C25FF08FFDD005A 47000:0003");
}

TEST(ChargeWindow, ThatStandsIsLeftAloneUntilTenMinutesRemain) {
  const Registers present = after(charge(), at(wednesday(12, 7)));
  for (const int minute : {7, 12, 20, 27}) EXPECT_EQ(differences(charge(), at(wednesday(12, minute), present)), "");
}

TEST(ChargeWindow, IsRenewedByItsEndAlone) {
  const Registers present = after(charge(), at(wednesday(12, 7)));
  EXPECT_EQ(differences(charge(), at(wednesday(12, 28), present)), "47548:0C3A");
}

TEST(ChargeWindow, OfAnotherPowerChangesThePowerAlone) {
  const Registers present = after(charge(), at(wednesday(12, 7)));
  EXPECT_EQ(differences(charge(watts(2000)), at(wednesday(12, 10), present)), "47550:FFEC");
}

TEST(ChargeWindow, EndsWithTheCommand) {
  Situation s = at(wednesday(12, 7));
  s.minutes_until_lapse = 8;
  EXPECT_EQ(differences(charge(), s), "47547:0C050C0FFF08FFDD005A 47000:0003");
  // And is not rewritten while the command's own end is nearer than the renewal.
  Situation later = at(wednesday(12, 13), after(charge(), s));
  later.minutes_until_lapse = 2;
  EXPECT_EQ(differences(charge(), later), "");
}

TEST(ChargeWindow, NeverCrossesMidnight) {
  const Situation evening = at(wednesday(23, 45));
  EXPECT_EQ(differences(charge(), evening), "47547:172B173BFF08FFDD005A 47000:0003");  // 23:43 to 23:59
  Registers present = after(charge(), evening);
  EXPECT_EQ(differences(charge(), at(wednesday(23, 58), present)), "");
  InverterTime midnight{.local = {.date = 2026y / 11 / 26, .hour = 0, .minute = 0, .second = 5}};
  EXPECT_EQ(differences(charge(), at(midnight, present)), "47547:0000001EFF10");  // Thursday: bit 4
}

TEST(ChargeWindow, KeepsOutOfTheRepeatedHour) {
  InverterTime before = wednesday(1, 50);
  before.minutes_to_repeated_hour = 10;
  EXPECT_EQ(differences(charge(), at(before)), "47547:01300200FF08FFDD005A 47000:0003");  // 01:48 to 02:00
  InverterTime inside = wednesday(2, 10);
  inside.repeated_hour = true;
  EXPECT_EQ(differences(charge(), at(inside)), "");
  EXPECT_EQ(wanted_registers(charge(), at(inside))->carrier, "self-use: no window inside the repeated autumn hour");
  InverterTime behind = wednesday(3, 0);
  behind.earliest_start = 180;
  EXPECT_EQ(differences(charge(), at(behind)), "47547:0300031EFF08FFDD005A 47000:0003");
}

TEST(ChargeWindow, EndsAnEmsModeThatIsInForce) {
  Situation s = at(wednesday(12, 7));
  s.present.set(ems_mode_register, Words{2, 0}.span());
  EXPECT_EQ(differences(charge(), s), "47547:0C050C25FF08FFDD005A 47000:0003 47511:0001");
}

TEST(ChargeWindow, ReplacesAGroupThatActsAllDay) {
  Situation s = at(wednesday(12, 7));
  s.present.set(work_mode_register, 3);
  s.present.set(eco_group_register({}, 0), Words{0x0000, 0x173B, 0xFF7F, 0xFFDD, 90, 0}.span());
  EXPECT_EQ(differences(charge(), s), "47547:0C050C25FF08");
}

TEST(SelfUse, SwitchesTheRunningWindowOffByOneRegister) {
  const Registers present = after(charge(), at(wednesday(12, 7)));
  EXPECT_EQ(differences({.action = Action::self_use}, at(wednesday(12, 15), present)), "47549:0008");
}

TEST(SelfUse, LetsAWindowThatIsOverBe) {
  const Registers present = after(charge(), at(wednesday(12, 7)));
  EXPECT_EQ(differences({.action = Action::self_use}, at(wednesday(12, 37), present)), "");
  InverterTime thursday{.local = {.date = 2026y / 11 / 26, .hour = 12, .minute = 10, .second = 0}};
  EXPECT_EQ(differences({.action = Action::self_use}, at(thursday, present)), "");
  InverterTime next_week{.local = {.date = 2026y / 12 / 2, .hour = 12, .minute = 10, .second = 0}};
  EXPECT_EQ(differences({.action = Action::self_use}, at(next_week, present)), "47549:0008");
}

TEST(SelfUse, LeavesEconomicModeWhereSeveralGroupsAct) {
  Situation s = at(wednesday(12, 7));
  s.present.set(work_mode_register, 3);
  s.present.set(eco_group_register({}, 0), Words{0x0000, 0x173B, 0xFF7F, 0xFFDD, 90, 0}.span());
  s.present.set(eco_group_register({}, 1), Words{0x0C00, 0x0D00, 0xFF7F, 25, 20, 0}.span());
  EXPECT_EQ(differences({.action = Action::self_use}, s), "47000:0000");
}

TEST(SelfUse, LeavesBackupPeakShavingAndOffGridMode) {
  for (const std::uint16_t mode : std::initializer_list<std::uint16_t>{1, 2, 4}) {
    Situation s = at(wednesday(12, 7));
    s.present.set(work_mode_register, mode);
    EXPECT_EQ(differences({.action = Action::self_use}, s), "47000:0000") << mode;
  }
  Situation s = at(wednesday(12, 7));
  s.present.set(work_mode_register, work_mode_self_use);
  EXPECT_EQ(differences({.action = Action::self_use}, s), "");
}

TEST(Hold, IsEmsModeTwoWithPowerZeroWrittenTogether) {
  EXPECT_EQ(differences({.action = Action::hold}, at(wednesday(12, 7))), "47511:0002");
  Situation stale = at(wednesday(12, 7));
  stale.present.set(ems_power_register, 2500);  // a power that somebody left behind
  EXPECT_EQ(differences({.action = Action::hold}, stale), "47511:00020000");
  const Registers charging = after(charge(), at(wednesday(12, 7)));
  EXPECT_EQ(differences({.action = Action::hold}, at(wednesday(12, 15), charging)), "47549:0008 47511:0002");
}

TEST(Hold, IsADischargeLimitOfZeroWithoutEms) {
  Situation s = at(wednesday(12, 7));
  s.abilities.has_ems = false;
  EXPECT_EQ(differences({.action = Action::hold}, s), "45355:0000");
  s.present.set(discharge_current_register, 0);
  s.owners = {{discharge_current_register, 250}};
  EXPECT_EQ(differences({.action = Action::self_use}, s), "45355:00FA");
}

TEST(Standby, IsEmsModeEightOrNoCurrentOrImpossible) {
  EXPECT_EQ(differences({.action = Action::standby}, at(wednesday(12, 7))), "47511:0008");
  Situation s = at(wednesday(12, 7));
  s.abilities.has_ems = false;
  EXPECT_EQ(differences({.action = Action::standby}, s), "45353:0000 45355:0000");
  s.abilities.has_current_limits = false;
  s.abilities.has_export_limit = false;
  EXPECT_EQ(wanted_registers({.action = Action::standby}, s).error().code, ErrorCode::unsupported);
  EXPECT_EQ(wanted_registers({.action = Action::curtail}, s).error().code, ErrorCode::unsupported);
  s.abilities.rating = Power{};
  EXPECT_EQ(wanted_registers(charge(), s).error().code, ErrorCode::unsupported);
}

TEST(Curtail, IsSelfUseUnderAnExportLimit) {
  const Command none_out{.action = Action::curtail, .export_limit = Power{}};
  Situation s = at(wednesday(12, 7));
  EXPECT_EQ(differences(none_out, s), "47509:00010000");
  EXPECT_EQ(wanted_registers(none_out, s)->carrier, "self-use, export limit 0 W");
  // Undone by the next action, whatever that is.
  s.present = after(none_out, s);
  s.owners = {{export_enable_register, 0}, {export_limit_register, 10000}};
  EXPECT_EQ(differences({.action = Action::self_use}, s), "47509:00002710");
  EXPECT_EQ(differences({.action = Action::hold}, s), "47509:00002710 47511:0002");
}

TEST(AnExportLimit, GoesBesideAnyActionAndNeverAboveTheOwners) {
  Command command = charge();
  command.export_limit = watts(2000);
  EXPECT_EQ(differences(command, at(wednesday(12, 7))).substr(0, 14), "47509:000107D0");
  Situation strict = at(wednesday(12, 7));
  strict.present.set(export_enable_register, Words{1, 1500}.span());
  EXPECT_EQ(differences({.action = Action::curtail, .export_limit = watts(2000)}, strict), "");
}

TEST(BlockedCharging, IsAChargingCurrentOfNoneBesideAnyAction) {
  const Command blocked{.action = Action::self_use, .charging = Charging::blocked};
  Situation s = at(wednesday(12, 7));
  EXPECT_EQ(differences(blocked, s), "45353:0000");
  s.present = after(blocked, s);
  s.owners = {{charge_current_register, 250}};
  EXPECT_EQ(differences({.action = Action::self_use}, s), "45353:00FA");
  s.abilities.has_current_limits = false;
  EXPECT_EQ(wanted_registers(blocked, s).error().code, ErrorCode::unsupported);
}

TEST(AChargeCap, IsALimitNeverAboveTheOwners) {
  Situation s = at(wednesday(12, 7), after(charge(), at(wednesday(12, 7))));
  s.charge_current_cap = 85;
  EXPECT_EQ(differences(charge(), s), "45353:0055");
  s.charge_current_cap = 400;
  EXPECT_EQ(differences(charge(), s), "");
}

TEST(LapsingActions, AreThoseOfWindows) {
  const Abilities abilities{.has_ems = true, .has_export_limit = true, .has_current_limits = true};
  EXPECT_EQ(lapsing_actions(abilities), (std::vector{Action::charge, Action::sell}));
  EXPECT_EQ(supported_actions(abilities).size(), all_actions.size());
}

RC_GTEST_PROP(AnyWindow, HoldsNowForAtMostHalfAnHourWithinTheDay, ()) {
  InverterTime time{.local = {.date = 2026y / 11 / *rc::gen::inRange(1, 31),
                              .hour = *rc::gen::inRange(0, 24),
                              .minute = *rc::gen::inRange(0, 60),
                              .second = *rc::gen::inRange(0, 60)}};
  Situation s = at(time);
  s.minutes_until_lapse = *rc::gen::inRange(1, 31);
  const Command command = *rc::gen::arbitrary<bool>() ? charge(watts(*rc::gen::inRange(100, 12000)))
                                                      : sell(watts(*rc::gen::inRange(100, 12000)));
  const auto group = after(command, s).eco_group(s.abilities, 0);
  const int start = group->start_hour * 60 + group->start_minute;
  int end = group->end_hour * 60 + group->end_minute;
  RC_ASSERT(group->has_window());
  if (end == 1439) end = 1440;
  const int now = time.local.minute_of_day();
  RC_ASSERT(start <= now && now < end && end - now <= window_minutes);
  RC_ASSERT(group->weekdays == (1U << std::chrono::weekday(std::chrono::sys_days(time.local.date)).c_encoding()));
  RC_ASSERT(group->power >= -100 && group->power <= 100 && group->power != 0);
  // Carried out once, the command asks for nothing more.
  Situation settled = s;
  settled.present = after(command, s);
  RC_ASSERT(differences(command, settled).empty());
}

}  // namespace
}  // namespace gridpilot::goodwe
