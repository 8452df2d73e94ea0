#include "gridpilot/inverter/goodwe/control.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/inverter_goodwe/scripted_inverter.hpp"

namespace gridpilot::goodwe {
namespace {

using namespace std::chrono_literals;

const Instant noon = local(2026, 11, 25, 12, 0);

/// A connected bench.
struct Controlled : Bench {
  explicit Controlled(ControlMode control = ControlMode::active, int written_today = 0)
      : Bench(noon, control, written_today) {
    EXPECT_TRUE(connect());
  }
  ports::CommandOutcome done(Action action, Power power = {}, Soc stop = percent(100)) {
    auto outcome = apply(action, power, stop);
    EXPECT_TRUE(outcome.has_value()) << (outcome ? "" : outcome.error().message);
    inverter.requests.clear();
    return outcome ? *outcome : ports::CommandOutcome{};
  }
};

// ---- carrying out ----

TEST(ACommand, IsWrittenOnceAndReadBack) {
  Controlled bench;
  const auto first = bench.done(Action::charge, watts(3500), percent(90));
  EXPECT_EQ(first.verdict, Verdict::pending);
  EXPECT_EQ(first.detail, "eco window 11:58-12:30, charge 35 % to 90 %");
  // The owner's evening group off, group 1 as far as it differs, economic mode.
  EXPECT_EQ(bench.inverter.written(), "47555x1 47547x5 47000x1");
  EXPECT_EQ(first.registers_written, 7);
  EXPECT_EQ(bench.inverter.get(47547, 6), (std::vector<std::uint16_t>{0x0B3A, 0x0C1E, 0xFF08, 0xFFDD, 90, 0}));
  EXPECT_EQ(bench.driver->registers_written_today(), 7);

  bench.pass(20s);
  const auto second = bench.done(Action::charge, watts(3500), percent(90));
  EXPECT_EQ(second.verdict, Verdict::pending);
  EXPECT_EQ(second.registers_written, 0);
}

TEST(ACommand, InObserveWritesAndAsksNothing) {
  Controlled bench(ControlMode::observe);
  bench.inverter.requests.clear();
  const auto outcome = bench.apply(Action::charge, watts(3500));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->verdict, Verdict::not_sent);
  EXPECT_TRUE(bench.inverter.requests.empty());
}

TEST(ACommand, ThatHasLapsedIsSelfUse) {
  Controlled bench;
  const auto outcome =
      run(bench.io, bench.driver->apply({.action = Action::charge, .power = watts(3000), .until = noon}));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->detail, "self-use");
  EXPECT_TRUE(bench.inverter.writes.empty());
}

TEST(Hold, IsSetAfterTheModeThatWouldResetIt) {
  Controlled bench;
  bench.inverter.set(47000, {2});  // backup mode
  const auto outcome = bench.done(Action::hold);
  EXPECT_EQ(bench.inverter.written(), "47000x1 47511x1");
  EXPECT_EQ(bench.inverter.get(47511, 2), (std::vector<std::uint16_t>{2, 0}));
  EXPECT_EQ(outcome.detail, "EMS mode 2, power 0");
}

TEST(Hold, IsSetAgainWhenTheModeChangeHasResetIt) {
  Controlled bench;
  bench.inverter.set(47000, {2});
  bench.inverter.set(47511, {2, 0});  // looks right before the mode is changed
  bench.done(Action::hold);
  EXPECT_EQ(bench.inverter.written(), "47000x1 47511x1");
  EXPECT_EQ(bench.inverter.get(47511, 2), (std::vector<std::uint16_t>{2, 0}));
}

TEST(ChargingAfterHold, EndsTheEmsMode) {
  Controlled bench;
  bench.done(Action::hold);
  bench.done(Action::charge, watts(3000));
  EXPECT_EQ(bench.inverter.get(47511, 1), (std::vector<std::uint16_t>{1}));
  const auto back = bench.done(Action::self_use);
  EXPECT_EQ(back.registers_written, 1);  // the group's switch
  EXPECT_EQ(bench.inverter.get(47549, 1), (std::vector<std::uint16_t>{0x0008}));
}

TEST(ASellWindow, AsksForTheUnitsMinimumSoc) {
  Controlled bench;
  bench.inverter.set(45356, {15});
  bench.done(Action::sell, watts(2500), percent(5));
  EXPECT_EQ(bench.inverter.get(47551, 1), (std::vector<std::uint16_t>{15}));
}

TEST(An745Unit, GetsItsEnableFlagAndPermille) {
  Bench bench(noon);
  bench.inverter.set(35006, {0x4554, 0x5430});  // "…ETT0…"
  bench.inverter.set(47549, {0x0600});
  bench.inverter.set(47612, {0});
  ASSERT_TRUE(bench.connect());
  ASSERT_TRUE(bench.apply(Action::charge, watts(3330), percent(90)));
  EXPECT_EQ(bench.inverter.get(47612, 1), (std::vector<std::uint16_t>{1}));
  EXPECT_EQ(bench.inverter.get(47549, 2), (std::vector<std::uint16_t>{0xF908, static_cast<std::uint16_t>(-333)}));
}

TEST(AnExportLimit, OfAUnitWithoutOneIsUnsupported) {
  Bench bench(noon);
  bench.inverter.registers.erase(47509);
  ASSERT_TRUE(bench.connect());
  EXPECT_EQ(bench.apply(Action::curtail).error().code, ErrorCode::unsupported);
  EXPECT_TRUE(bench.inverter.writes.empty());
}

TEST(Curtailing, IsUndoneByTheNextActionAndByGivingBack) {
  Controlled bench;
  const auto before = bench.inverter.registers;
  ASSERT_TRUE(bench.apply(Command{.action = Action::curtail, .export_limit = Power{}}));
  EXPECT_EQ(bench.inverter.get(47509, 2), (std::vector<std::uint16_t>{1, 0}));
  ASSERT_TRUE(bench.apply(Command{.action = Action::self_use}));
  EXPECT_EQ(bench.inverter.registers, before);
  ASSERT_TRUE(bench.apply(Command{.action = Action::standby, .export_limit = Power{}, .charging = Charging::blocked}));
  EXPECT_EQ(bench.inverter.get(45353, 1), (std::vector<std::uint16_t>{0}));
  bench.start();  // killed here
  ASSERT_TRUE(bench.connect());
  EXPECT_EQ(bench.inverter.registers, before);
}

// ---- windows whose power is ignored (hazard 4) ----

/// The battery takes this much, at 400 V.
void charges(ScriptedInverter& inverter, std::uint16_t watts_taken) {
  const auto negative = static_cast<std::uint16_t>(-watts_taken);
  inverter.set(35180, {4000, static_cast<std::uint16_t>(-watts_taken / 40), 0xFFFF, negative});
}

TEST(FirmwareThatIgnoresAWindowsPower, IsKeptToItByTheCurrentLimit) {
  Controlled bench;
  bench.done(Action::charge, watts(3500));
  charges(bench.inverter, 9000);
  bench.pass(20s);
  ASSERT_TRUE(bench.read());
  EXPECT_EQ(bench.done(Action::charge, watts(3500)).registers_written, 0);  // it may still be settling
  bench.pass(60s);
  ASSERT_TRUE(bench.read());
  EXPECT_EQ(bench.done(Action::charge, watts(3500)).registers_written, 1);
  EXPECT_EQ(bench.inverter.get(45353, 1), (std::vector<std::uint16_t>{87}));  // 3500 W at 400 V
  charges(bench.inverter, 3400);
  bench.done(Action::self_use);
  EXPECT_EQ(bench.inverter.get(45353, 1), (std::vector<std::uint16_t>{250}));
}

TEST(AWindowThatIsObeyed, NeedsNoCurrentLimit) {
  Controlled bench;
  bench.done(Action::charge, watts(3500));
  charges(bench.inverter, 3600);
  bench.pass(120s);
  ASSERT_TRUE(bench.read());
  EXPECT_EQ(bench.done(Action::charge, watts(3500)).registers_written, 0);
}

// ---- losses and refusals ----

TEST(AWrite, LostOnTheWayIsSentAgain) {
  Controlled bench;
  bench.inverter.mishaps_at[47000] = {Mishap::none, Mishap::silent};  // the read, then the write
  const auto outcome = bench.done(Action::charge, watts(3500));
  EXPECT_EQ(outcome.verdict, Verdict::pending);
  EXPECT_EQ(bench.inverter.get(47000, 1), (std::vector<std::uint16_t>{3}));
}

TEST(AWrite, WhoseAnswerIsLostIsNotRepeated) {
  Controlled bench;
  bench.inverter.mishaps_at[47000] = {Mishap::none, Mishap::lost_answer};
  EXPECT_EQ(bench.done(Action::charge, watts(3500)).verdict, Verdict::pending);
  EXPECT_EQ(bench.inverter.written(), "47555x1 47547x4 47000x1");
}

TEST(AWrite, IntoSilenceIsAnErrorAndStillCounted) {
  Controlled bench;
  bench.inverter.mishaps_at[47000] = {Mishap::none, Mishap::silent, Mishap::silent};
  const auto failed = bench.apply(Action::charge, watts(3500));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::timeout);
  const auto outcome = bench.done(Action::charge, watts(3500));
  EXPECT_EQ(outcome.verdict, Verdict::pending);
  EXPECT_EQ(outcome.registers_written, 7);  // five before the silence, the mode twice
}

TEST(ARefusedGroup, IsNotFollowedByEconomicMode) {
  Controlled bench;
  bench.inverter.mishaps_at[47547] = {Mishap::none, Mishap::exception_3};
  const auto outcome = bench.done(Action::charge, watts(3500));
  EXPECT_EQ(outcome.verdict, Verdict::ignored);
  EXPECT_NE(outcome.detail.find("exception 3"), std::string::npos);
  EXPECT_EQ(bench.inverter.get(47000, 1), (std::vector<std::uint16_t>{0}));
}

TEST(ARegisterThatDoesNotTakeIt, IsToldAsIgnored) {
  Controlled bench;
  bench.inverter.stuck = {47511};
  const auto outcome = bench.done(Action::hold);
  EXPECT_EQ(outcome.verdict, Verdict::ignored);
  EXPECT_EQ(outcome.detail, "register 47511: wrote 2, reads 1");
}

TEST(AUnitThatRefusesEveryWrite, IsOnlyReadForAWhile) {
  Controlled bench;
  bench.inverter.mishaps_at[47511] = {};
  const auto refuse = [&bench] {
    bench.inverter.mishaps_at[47511] = {Mishap::exception_4, Mishap::none, Mishap::exception_4, Mishap::none};
    const auto refused = bench.apply(Action::hold);
    EXPECT_EQ(refused.error().code, ErrorCode::busy);
    EXPECT_NE(refused.error().message.find("exception 4"), std::string::npos) << refused.error().message;
  };
  for (int attempt = 0; attempt < Control::refusals_before_pause; ++attempt) refuse();
  const int written = bench.driver->registers_written_today();
  bench.pass(300s);
  EXPECT_EQ(bench.apply(Action::hold).error().message, "the inverter refuses to be written to; left alone until 12:15");
  EXPECT_EQ(bench.driver->registers_written_today(), written);
  EXPECT_TRUE(bench.read());
  // Safety is tried at any time.
  EXPECT_TRUE(bench.apply(Command{.action = Action::standby, .priority = Priority::safety}));
}

// ---- other writers ----

TEST(AnotherWriter, YieldsToSafety) {
  Controlled bench;
  bench.done(Action::hold);
  bench.inverter.set(47511, {11, 5000});
  bench.pass(20s);
  EXPECT_EQ(bench.done(Action::hold).verdict, Verdict::overridden);
  const auto safety = bench.apply(Command{.action = Action::standby, .priority = Priority::safety});
  ASSERT_TRUE(safety);
  EXPECT_EQ(safety->verdict, Verdict::pending);
  EXPECT_EQ(bench.inverter.get(47511, 1), (std::vector<std::uint16_t>{8}));
}

TEST(AnotherWriter, IsLeftAloneForAWhile) {
  Controlled bench;
  bench.done(Action::charge, watts(3500));
  bench.inverter.set(47000, {0});
  bench.inverter.writes.clear();
  bench.pass(20s);
  const auto noticed = bench.done(Action::charge, watts(3500));
  EXPECT_EQ(noticed.verdict, Verdict::overridden);
  EXPECT_EQ(noticed.detail, "register 47000 was changed by somebody else; left alone until 12:15");
  bench.pass(600s);
  EXPECT_EQ(bench.done(Action::charge, watts(3500)).verdict, Verdict::overridden);
  EXPECT_TRUE(bench.inverter.writes.empty());
  bench.pass(300s);
  EXPECT_EQ(bench.done(Action::charge, watts(3500)).verdict, Verdict::pending);
  EXPECT_EQ(bench.inverter.get(47000, 1), (std::vector<std::uint16_t>{3}));
}

TEST(TheResetOfEmsByOurOwnModeChange, IsNobodysOverride) {
  Controlled bench;
  bench.done(Action::hold);
  bench.done(Action::charge, watts(3500));
  bench.pass(20s);
  EXPECT_EQ(bench.done(Action::charge, watts(3500)).verdict, Verdict::pending);
}

// ---- the owner's settings ----

TEST(TheOwnersSettings, AreOnDiskBeforeTheFirstWrite) {
  Controlled bench;
  bool on_disk_before_every_write = true;
  bench.inverter.on_write = [&] { on_disk_before_every_write &= bench.store.text.has_value(); };
  bench.done(Action::charge, watts(3500));
  EXPECT_TRUE(on_disk_before_every_write);
  const auto kept = parse_snapshot(*bench.store.text);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->serial, "9010KETU000W0001");
  EXPECT_EQ(kept->registers.at(47000), 0);
  EXPECT_EQ(kept->registers.at(47510), 10000);
  EXPECT_EQ(kept->registers.at(47511), 1);
  EXPECT_EQ(kept->registers.at(45353), 250);
  EXPECT_EQ(kept->registers.at(45356), 10);
  EXPECT_EQ(kept->registers.at(47553), 0x1200);
  EXPECT_TRUE(kept->touched.contains(47555));
}

TEST(TheOwnersSettings, ThatCannotBeKeptForbidWriting) {
  Controlled bench;
  bench.store.broken = true;
  EXPECT_EQ(bench.apply(Action::charge, watts(3500)).error().code, ErrorCode::io_failure);
  EXPECT_TRUE(bench.inverter.writes.empty());
}

TEST(TheOwnersSettings, AreSavedOncePerNewRegisterOnly) {
  Controlled bench;
  bench.done(Action::charge, watts(3500));
  const int saves = bench.store.saves;
  bench.done(Action::charge, watts(2000));
  EXPECT_EQ(bench.store.saves, saves);
  bench.done(Action::hold);
  EXPECT_EQ(bench.store.saves, saves + 1);
}

TEST(GivingBack, RestoresEveryTouchedRegister) {
  Controlled bench;
  const auto before = bench.inverter.registers;
  bench.done(Action::charge, watts(3500));
  bench.done(Action::hold);
  ASSERT_NE(bench.inverter.registers, before);
  ASSERT_TRUE(bench.give_back());
  EXPECT_EQ(bench.inverter.registers, before);
  EXPECT_FALSE(bench.store.text);
  // Nothing is left to be given back.
  bench.inverter.requests.clear();
  ASSERT_TRUE(bench.give_back());
  EXPECT_TRUE(bench.inverter.requests.empty());
}

TEST(GivingBack, LeavesWhatTheOwnerChangedElsewhereMeanwhile) {
  Controlled bench;
  bench.done(Action::charge, watts(3500));
  bench.inverter.set(45356, {30});
  ASSERT_TRUE(bench.give_back());
  EXPECT_EQ(bench.inverter.get(45356, 1), (std::vector<std::uint16_t>{30}));
}

TEST(GivingBack, OfAForcedModeIsSelfUse) {
  Controlled bench;
  bench.inverter.set(47511, {11, 4000});
  bench.done(Action::self_use);
  ASSERT_TRUE(bench.give_back());
  EXPECT_EQ(bench.inverter.get(47511, 1), (std::vector<std::uint16_t>{1}));
}

TEST(GivingBack, ToASilentInverterKeepsTheSnapshot) {
  Controlled bench;
  bench.done(Action::hold);
  bench.inverter.silent = true;
  EXPECT_EQ(bench.give_back().error().code, ErrorCode::timeout);
  EXPECT_TRUE(bench.store.text);
}

TEST(AfterACrash, ConnectingGivesBackBeforeAnythingElse) {
  Controlled bench;
  const auto before = bench.inverter.registers;
  bench.done(Action::hold);
  bench.inverter.writes.clear();
  bench.start();  // the program died and runs again
  ASSERT_TRUE(bench.connect());
  EXPECT_EQ(bench.inverter.registers, before);
  EXPECT_FALSE(bench.store.text);
  // Even where it only observes now.
  bench.done(Action::hold);
  bench.options.control = ControlMode::observe;
  bench.start();
  ASSERT_TRUE(bench.connect());
  EXPECT_EQ(bench.inverter.registers, before);
}

TEST(AfterACrash, GivingBackGoesOnAtTheNextConnectWhereItWasCutOff) {
  Controlled bench;
  const auto before = bench.inverter.registers;
  bench.done(Action::charge, watts(3500));
  bench.start();
  bench.inverter.mishaps_at[47000] = {Mishap::silent};
  EXPECT_FALSE(bench.connect());
  EXPECT_TRUE(bench.store.text);
  bench.start();  // died again
  ASSERT_TRUE(bench.connect());
  EXPECT_EQ(bench.inverter.registers, before);
}

TEST(AfterACrash, AnUnreadableSnapshotMeansSelfUse) {
  Bench bench(noon);
  bench.inverter.set(47000, {3});
  bench.inverter.set(47511, {8, 0});
  bench.store.text = "{ torn";
  ASSERT_TRUE(bench.connect());
  EXPECT_EQ(bench.inverter.get(47000, 1), (std::vector<std::uint16_t>{0}));
  EXPECT_EQ(bench.inverter.get(47511, 2), (std::vector<std::uint16_t>{1, 0}));
  EXPECT_FALSE(bench.store.text);
}

TEST(AfterACrash, AnotherUnitsSnapshotIsNotForThisOne) {
  Bench bench(noon);
  bench.store.text = to_json({.serial = "somebody else", .registers = {{47000, 2}}, .touched = {47000}});
  ASSERT_TRUE(bench.connect());
  EXPECT_TRUE(bench.inverter.writes.empty());
}

// ---- the day's budget ----

TEST(TheBudget, OnceSpentLeavesSelfUseAndGivingBack) {
  Controlled bench(ControlMode::active, 195);
  EXPECT_EQ(bench.apply(Action::charge, watts(3500)).error().code, ErrorCode::busy);
  EXPECT_TRUE(bench.inverter.writes.empty());
  bench.done(Action::hold);
  EXPECT_EQ(bench.driver->registers_written_today(), 196);
  for (int i = 0; i < 4; ++i) bench.done(i % 2 == 0 ? Action::standby : Action::hold);
  EXPECT_EQ(bench.driver->registers_written_today(), 200);
  EXPECT_EQ(bench.apply(Action::standby).error().code, ErrorCode::busy);
  EXPECT_EQ(bench.done(Action::self_use).registers_written, 1);
  ASSERT_TRUE(bench.give_back());
}

TEST(TheBudget, BeginsAnewAtLocalMidnight) {
  Controlled bench(ControlMode::active, 200);
  EXPECT_EQ(bench.apply(Action::hold).error().code, ErrorCode::busy);
  bench.pass(12h - 1s);
  EXPECT_EQ(bench.apply(Action::hold).error().code, ErrorCode::busy);
  bench.pass(1s);
  EXPECT_EQ(bench.done(Action::hold).registers_written, 1);
}

// ---- the inverter's clock ----

TEST(TheInvertersClock, IsSetBeforeTheFirstWindowWhereItIsOff) {
  Bench bench(noon);
  bench.inverter.set(45201, {0x190B});  // 11:00 instead of 12:00
  ASSERT_TRUE(bench.connect());
  const auto outcome = bench.apply(Action::charge, watts(3500));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(bench.inverter.written(), "45200x3 47555x1 47547x4 47000x1");
  EXPECT_EQ(outcome->registers_written, 9);
  EXPECT_EQ(bench.inverter.get(45200, 3), (std::vector<std::uint16_t>{0x1A0B, 0x190C, 0x0000}));
}

TEST(TheInvertersClock, IsLeftWithinAMinuteAndLookedAtDaily) {
  Controlled bench;
  bench.inverter.set(45202, {0x0032});  // 50 s ahead
  bench.done(Action::charge, watts(3500));
  EXPECT_EQ(bench.inverter.writes.front().first, 47555);
  bench.inverter.set(45202, {0x1400});
  bench.pass(3600s);
  bench.done(Action::charge, watts(3500));
  EXPECT_EQ(std::ranges::count(bench.inverter.writes, clock_register, &ModbusRequest::first), 0);
  bench.pass(23h);
  bench.done(Action::charge, watts(3500));
  EXPECT_EQ(std::ranges::count(bench.inverter.writes, clock_register, &ModbusRequest::first), 1);
}

TEST(TheInvertersClock, ThatCannotBeSetShiftsTheWindows) {
  Bench bench(noon);
  bench.inverter.set(45202, {0x1400});  // 20 minutes ahead
  bench.inverter.stuck = {45200, 45201, 45202};
  ASSERT_TRUE(bench.connect());
  const auto outcome = bench.apply(Action::charge, watts(3500), percent(90));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->detail, "eco window 12:18-12:50, charge 35 % to 90 %");
}

TEST(TheInvertersClock, IsLookedAtAgainAfterTheChangeOfSummerTime) {
  Bench bench(local(2026, 3, 29, 1, 30));
  ASSERT_TRUE(bench.connect());
  ASSERT_TRUE(bench.apply(Action::charge, watts(3500)));
  EXPECT_EQ(std::ranges::count(bench.inverter.writes, clock_register, &ModbusRequest::first), 0);
  bench.pass(3600s);                    // 03:30 by the wall
  bench.inverter.set(45201, {0x1D02});  // 02:30 by the inverter
  bench.inverter.set(45202, {0x1E00});
  ASSERT_TRUE(bench.apply(Action::charge, watts(3500)));
  EXPECT_EQ(std::ranges::count(bench.inverter.writes, clock_register, &ModbusRequest::first), 1);
  EXPECT_EQ(bench.inverter.get(45201, 1), (std::vector<std::uint16_t>{0x1D03}));
}

TEST(TheInvertersClock, IsNotSetByObservingOrConnecting) {
  Bench bench(noon, ControlMode::observe);
  bench.inverter.set(45201, {0x190B});
  ASSERT_TRUE(bench.connect());
  ASSERT_TRUE(bench.apply(Action::charge, watts(3500)));
  EXPECT_TRUE(bench.inverter.writes.empty());
}

}  // namespace
}  // namespace gridpilot::goodwe
