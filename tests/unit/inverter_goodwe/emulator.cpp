#include <gtest/gtest.h>

#include "unit/inverter_goodwe/emulated_home.hpp"

/// The drivers of every family, firmware profile and transport over real sockets on loopback.
namespace gridpilot::goodwe {
namespace {

using namespace std::chrono_literals;

struct Unit {
  sim::Profile profile;
  sim::Transport transport;
};

sim::GoodweEmulatorOptions emulated(const Unit& unit, std::string_view faults = "") {
  return {
      .transport = unit.transport, .device = {.profile = unit.profile}, .faults = sim::parse_faults(faults).value()};
}

std::string name_of_unit(const testing::TestParamInfo<Unit>& info) {
  std::string name(sim::name_of(info.param.profile));
  std::erase(name, '-');
  return name + std::string(sim::name_of(info.param.transport));
}

constexpr Unit units_with_battery[] = {
    {sim::Profile::et_v1, sim::Transport::udp},  {sim::Profile::et_v2, sim::Transport::udp},
    {sim::Profile::et_745, sim::Transport::udp}, {sim::Profile::et_v1, sim::Transport::tcp},
    {sim::Profile::et_v2, sim::Transport::tcp},  {sim::Profile::et_745, sim::Transport::tcp},
    {sim::Profile::es, sim::Transport::udp},     {sim::Profile::es_v1, sim::Transport::udp},
};
constexpr Unit units_without_battery[] = {
    {sim::Profile::dt, sim::Transport::udp},
    {sim::Profile::dt, sim::Transport::tcp},
    {sim::Profile::dt_1ph, sim::Transport::udp},
};

class UnitWithBattery : public testing::TestWithParam<Unit> {};
INSTANTIATE_TEST_SUITE_P(Every, UnitWithBattery, testing::ValuesIn(units_with_battery), name_of_unit);
class UnitWithoutBattery : public testing::TestWithParam<Unit> {};
INSTANTIATE_TEST_SUITE_P(Every, UnitWithoutBattery, testing::ValuesIn(units_without_battery), name_of_unit);

TEST_P(UnitWithBattery, IsFoundOutAndReadsTheHousesFlows) {
  Home home(emulated(GetParam()));
  const auto identity = home.connect();
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->family, name_of(sim::family_of(GetParam().profile)));
  EXPECT_EQ(identity->serial, home.emulator->device().options().serial);
  EXPECT_EQ(identity->rating, kilowatts(10));
  const Reading reading = home.read_after(20s);
  ASSERT_TRUE(complete(reading));
  const plant::Flows flows = home.house.flows();
  EXPECT_NEAR(in_watts(*reading.pv), in_watts(flows.pv), 60);
  EXPECT_NEAR(in_watts(*reading.battery), in_watts(flows.battery), 60);
  EXPECT_NEAR(in_watts(*reading.grid), in_watts(flows.grid), 60);
  EXPECT_NEAR(in_watts(*reading.load), in_watts(flows.load), 60);
  const double losses = in_watts(*reading.grid + *reading.pv - *reading.load - *reading.battery);
  EXPECT_LT(std::abs(losses), 400);
}

TEST_P(UnitWithBattery, ChargesAndSellsAndGoesBackToSelfUse) {
  Home home(emulated(GetParam()));
  ASSERT_TRUE(home.connect());

  auto outcome = home.apply(Action::charge, kilowatts(4), percent(90));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->verdict, Verdict::pending) << outcome->detail;
  EXPECT_NEAR(in_watts(*home.read_after(20s).battery), 4000, 250);

  outcome = home.apply(Action::sell, kilowatts(3), percent(20));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->verdict, Verdict::pending) << outcome->detail;
  EXPECT_NEAR(in_watts(*home.read_after(20s).battery), -3000, 250);

  outcome = home.apply(Action::self_use);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_LT(std::abs(in_watts(*home.read_after(20s).grid)), 300);

  ASSERT_TRUE(home.await(home.driver->give_back()));
  EXPECT_FALSE(home.store.text);
}

TEST_P(UnitWithBattery, HoldsStandsByAndBlocksTheChargeOrSaysThatItCannot) {
  Home home(emulated(GetParam()));
  const auto identity = home.connect();
  ASSERT_TRUE(identity);
  const auto can = [&identity](Action action) { return std::ranges::count(identity->actions, action) == 1; };

  auto outcome = home.apply(Action::hold);
  ASSERT_EQ(outcome.has_value(), can(Action::hold));
  if (outcome) {
    EXPECT_GE(in_watts(*home.read_after(20s).battery), -20);
  }
  outcome = home.apply(Action::standby);
  ASSERT_EQ(outcome.has_value(), can(Action::standby));
  if (outcome) {
    EXPECT_LT(std::abs(in_watts(*home.read_after(20s).battery)), 20);
  }
  outcome = home.apply(Command{.action = Action::self_use, .charging = Charging::blocked});
  ASSERT_EQ(outcome.has_value(), identity->can_block_charging);
  if (outcome) {
    EXPECT_LE(in_watts(*home.read_after(20s).battery), 20);
  } else {
    EXPECT_EQ(outcome.error().code, ErrorCode::unsupported);
  }
}

TEST_P(UnitWithBattery, ThrottlesItsSunToAnExportLimit) {
  Home home(emulated(GetParam()), sim::friday_midnight() + 12h);
  const auto identity = home.connect();
  ASSERT_TRUE(identity);
  if (!identity->can_limit_export) GTEST_SKIP() << "this unit's owner has not switched the limit on";
  home.emulator->device().set_soc(percent(100));
  ASSERT_LT(in_watts(*home.read_after(20s).grid), -600);  // noon with a full battery
  const auto outcome = home.apply(Command{.action = Action::curtail, .export_limit = watts(200)});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_NEAR(in_watts(*home.read_after(20s).grid), -200, 60);
  ASSERT_TRUE(home.await(home.driver->give_back()));
  EXPECT_LT(in_watts(*home.read_after(20s).grid), -600);
}

TEST_P(UnitWithBattery, LetsAWindowLapseWhenTheProgramIsGone) {
  Home home(emulated(GetParam()));
  ASSERT_TRUE(home.connect());
  ASSERT_TRUE(home.apply(Action::charge, kilowatts(4), percent(95)));
  EXPECT_NEAR(in_watts(*home.read_after(60s).battery), 4000, 250);
  home.pass(31min);
  EXPECT_LT(std::abs(in_watts(*home.read_after(20s).grid)), 300);  // self-use: the grid is not asked for anything
}

TEST_P(UnitWithBattery, GetsItsOwnersSettingsBackAtTheNextStart) {
  Home home(emulated(GetParam()));
  ASSERT_TRUE(home.connect());
  ASSERT_TRUE(home.apply(Action::charge, kilowatts(4), percent(95)));
  ASSERT_TRUE(home.store.text);
  for (int kill = 0; kill < 2; ++kill) home.restart(ControlMode::observe);
  ASSERT_TRUE(home.connect());
  EXPECT_FALSE(home.store.text);
  EXPECT_LT(std::abs(in_watts(*home.read_after(20s).grid)), 300);
}

TEST_P(UnitWithBattery, KeepsToTheTruthOverABadNetwork) {
  const bool tcp = GetParam().transport == sim::Transport::tcp;
  Home home(
      emulated(GetParam(), tcp ? "loss=0.1,fragment=0.2,garbage=0.2,wrong_length=0.2,growing_garbage=0.2,close=0.1"
                               : "loss=0.2,duplicate=0.1,fragment=0.05,garbage=0.05"));
  while (!home.connect()) {
  }
  int answered = 0;
  for (int tick = 0; tick < 30; ++tick) {
    home.pass(20s);
    const auto reading = home.await(home.driver->read());
    if (!reading) continue;
    ++answered;
    ASSERT_TRUE(complete(*reading));
    EXPECT_NEAR(in_watts(*reading->battery), in_watts(home.house.flows().battery), 60);
    EXPECT_NEAR(in_watts(*reading->grid), in_watts(home.house.flows().grid), 60);
  }
  EXPECT_GT(answered, 20);
}

TEST_P(UnitWithoutBattery, ReadsSunHouseAndGrid) {
  Home home(emulated(GetParam()));
  const auto identity = home.connect();
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->family, "DT");
  EXPECT_FALSE(identity->measures.state_of_charge);
  const Reading reading = home.read_after(20s);
  const plant::Flows flows = home.house.flows();
  EXPECT_NEAR(in_watts(*reading.pv), in_watts(flows.pv), 60);
  EXPECT_NEAR(in_watts(*reading.grid), in_watts(flows.grid), 60);
  EXPECT_NEAR(in_watts(*reading.load), in_watts(flows.load), 60);
  EXPECT_FALSE(reading.battery);
  EXPECT_FALSE(reading.soc);
}

TEST_P(UnitWithoutBattery, ThrottlesItsSunAndCanDoNothingElse) {
  Home home(emulated(GetParam()), sim::friday_midnight() + 12h);
  const auto identity = home.connect();
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->actions, (std::vector{Action::self_use, Action::curtail}));
  ASSERT_LT(in_watts(*home.read_after(20s).grid), -600);
  auto outcome = home.apply(Command{.action = Action::curtail, .export_limit = watts(300)});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->verdict, Verdict::pending) << outcome->detail;
  EXPECT_NEAR(in_watts(*home.read_after(20s).grid), -300, 60);
  outcome = home.apply(Command{.action = Action::curtail, .export_limit = watts(300)});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->registers_written, 0);
  EXPECT_EQ(home.apply(Action::charge, kilowatts(2)).error().code, ErrorCode::unsupported);
  EXPECT_EQ(home.apply(Action::hold).error().code, ErrorCode::unsupported);
  ASSERT_TRUE(home.await(home.driver->give_back()));
  EXPECT_LT(in_watts(*home.read_after(20s).grid), -600);
}

TEST(AnOldEs, IsReadAndSaysWhatItCannot) {
  Home home(emulated({sim::Profile::es_old, sim::Transport::udp}));
  const auto identity = home.connect();
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_TRUE(complete(home.read_after(20s)));
  EXPECT_EQ(std::ranges::count(identity->actions, Action::charge), 0);
  const auto charged = home.apply(Action::charge, kilowatts(2));
  ASSERT_FALSE(charged);
  EXPECT_EQ(charged.error().code, ErrorCode::unsupported);
  EXPECT_EQ(charged.error().message, "this inverter has no windows that its firmware obeys");
}

TEST(ADtWhoseLimitUnitNobodyHasTold, IsNotWrittenTo) {
  Home home(emulated({sim::Profile::dt, sim::Transport::udp}));
  home.driver = GoodweInverter::create(home.io.get_executor(), home.pacers,
                                       {.link = {.port = home.emulator->port(), .pacing = std::chrono::milliseconds(0)},
                                        .control = ControlMode::active},
                                       home.clock, home.zone, home.store)
                    .value();
  const auto identity = home.connect();
  ASSERT_TRUE(identity);
  EXPECT_FALSE(identity->can_limit_export);
  EXPECT_EQ(home.apply(Command{.action = Action::curtail, .export_limit = Power{}}).error().code,
            ErrorCode::unsupported);
  EXPECT_TRUE(home.emulator->device().write_log().empty());
}

TEST(AnEmulatedHold, IsUndoneByTheNextStart) {
  Home home;
  ASSERT_TRUE(home.connect());
  ASSERT_TRUE(home.apply(Action::hold));
  ASSERT_TRUE(home.store.text);
  home.restart(ControlMode::observe);  // killed, and started again
  ASSERT_TRUE(home.connect());
  EXPECT_FALSE(home.store.text);
  home.pass(12h);  // night: the battery carries the load again
  EXPECT_LT(in_watts(*home.read_after(20s).battery), 0);
}

TEST(AWindowedDay, StaysFarBelowTheBudget) {
  Home home;
  ASSERT_TRUE(home.connect());
  int written = 0;
  for (int tick = 0; tick < 24 * 180; ++tick) {  // a day of ticks at 20 s, four sessions of different kinds
    const int hour = tick / 180;
    const Action action = hour < 3   ? Action::charge
                          : hour < 6 ? Action::hold
                          : hour < 8 ? Action::sell
                                     : Action::self_use;
    const auto outcome = home.apply(action, kilowatts(2), action == Action::sell ? percent(15) : percent(100));
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->verdict, Verdict::pending) << outcome->detail;
    written += outcome->registers_written;
    home.pass(20s);
  }
  EXPECT_LT(written, 60);
  EXPECT_GT(written, 15);
}

TEST(AnEs, IsNeverSentTheResetThatInterruptsItsSupply) {
  Home home(emulated({sim::Profile::es, sim::Transport::udp}));
  ASSERT_TRUE(home.connect());
  ASSERT_TRUE(home.apply(Action::charge, kilowatts(2)));
  ASSERT_TRUE(home.apply(Action::self_use));
  ASSERT_TRUE(home.await(home.driver->give_back()));
  constexpr std::uint16_t reset = 0x031D;
  for (const sim::WriteRecord& write : home.emulator->device().write_log()) EXPECT_NE(write.first, reset);
}

TEST(AnEsOwnersGroups, AreKeptOverTheClearingOfAModeChange) {
  Home home(emulated({sim::Profile::es, sim::Transport::udp}));
  // 18:00 to 21:00, discharge 25 % to 20 %.
  const std::uint16_t evening[] = {0x1200, 0x1500, 0xFF7F, 0x0019, 0x0014, 0x0000};
  for (std::uint16_t i = 0; i < 6; ++i)
    ASSERT_TRUE(home.emulator->device().set_behind_the_back(static_cast<std::uint16_t>(47553 + i), evening[i]));
  ASSERT_TRUE(home.connect());
  ASSERT_TRUE(home.apply(Action::charge, kilowatts(2)));
  ASSERT_TRUE(home.await(home.driver->give_back()));
  for (std::uint16_t i = 0; i < 6; ++i)
    EXPECT_EQ(home.emulator->device().value_of(static_cast<std::uint16_t>(47553 + i)), evening[i]) << i;
}

TEST(AUnitThatWasExchanged, IsFoundOutAnew) {
  Home home;
  ASSERT_TRUE(home.connect());
  const auto port = home.emulator->port();
  home.emulator.reset();
  home.emulator = sim::GoodweEmulator::create(home.io, home.clock, warsaw(),
                                              {.port = port, .device = {.profile = sim::Profile::es}}, home.house)
                      .value();
  // An ES has nothing of what an ET is asked; after some failures it is asked who it is.
  ErrorCode last = ErrorCode::timeout;
  for (int i = 0; i < GoodweInverter::failures_before_doubt; ++i) {
    EXPECT_NE(last, ErrorCode::stale);
    const auto failed = home.await(home.driver->read());
    ASSERT_FALSE(failed);
    last = failed.error().code;
  }
  EXPECT_EQ(last, ErrorCode::stale);
  const auto es = home.connect();
  ASSERT_TRUE(es) << es.error().message;
  EXPECT_EQ(es->family, "ES");
  EXPECT_TRUE(home.await(home.driver->read()));
}

TEST(AUnitWithAnotherSerialNumber, IsFoundOutAnew) {
  Home home;
  ASSERT_TRUE(home.connect());
  const auto port = home.emulator->port();
  home.pass(GoodweInverter::identity_interval + 1s);
  home.emulator.reset();
  home.emulator = sim::GoodweEmulator::create(home.io, home.clock, warsaw(),
                                              {.port = port, .device = {.serial = "9010KETU000W4711"}}, home.house)
                      .value();
  const auto other = home.await(home.driver->read());
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::stale);
  const auto identity = home.connect();
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->serial, "9010KETU000W4711");
  EXPECT_TRUE(home.await(home.driver->read()));
}

}  // namespace
}  // namespace gridpilot::goodwe
