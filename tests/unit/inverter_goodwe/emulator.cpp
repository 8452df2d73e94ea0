#include <gtest/gtest.h>

#include "gridpilot/sim/goodwe_emulator.hpp"
#include "unit/inverter_goodwe/scripted_inverter.hpp"
#include "unit/sim/test_house.hpp"

/// The driver over real datagrams on loopback against the emulated inverter and its house.
namespace gridpilot::goodwe {
namespace {

using namespace std::chrono_literals;

class Home {
 public:
  explicit Home(sim::GoodweEmulatorOptions options = {}, Instant start = sim::friday_midnight() + 10h)
      : clock(start),
        house(sim::ten_kilowatt_house(percent(50), start)),
        emulator(sim::GoodweEmulator::create(io, clock, warsaw(), std::move(options), house).value()) {
    restart();
  }
  void restart(ControlMode control = ControlMode::active) {
    EtOptions options{.address = "127.0.0.1", .port = emulator->port(), .timeout = 20ms, .attempts = 8, .pacing = 0ms};
    options.control = control;
    driver = EtDriver::create(io.get_executor(), options, clock, warsaw(), store).value();
  }
  template <class T>
  T await(net::Awaitable<T> operation) {
    std::optional<T> result;
    net::asio::co_spawn(io, std::move(operation),
                        [&](std::exception_ptr, T value) { result.emplace(std::move(value)); });
    io.restart();
    while (!result && io.run_one() > 0) {
    }
    return std::move(*result);
  }
  Result<ports::CommandOutcome> apply(Action action, Power power = {}, Soc stop = percent(100)) {
    return await(driver->apply({.action = action, .power = power, .stop_soc = stop, .until = clock.now() + 2h}));
  }
  /// A reading some seconds later.
  Reading read_after(Seconds time) {
    clock.advance_to(clock.now() + time);
    auto reading = await(driver->read());
    EXPECT_TRUE(reading.has_value()) << (reading ? "" : reading.error().message);
    return reading ? *reading : Reading{};
  }

  net::asio::io_context io;
  os::ManualClock clock;
  plant::House house;
  MemorySnapshotStore store;
  std::unique_ptr<sim::GoodweEmulator> emulator;
  std::unique_ptr<EtDriver> driver;
};

sim::GoodweEmulatorOptions with_profile(sim::Profile profile) {
  sim::GoodweEmulatorOptions options;
  options.device.profile = profile;
  return options;
}

class EveryProfile : public testing::TestWithParam<sim::Profile> {};
INSTANTIATE_TEST_SUITE_P(Firmware, EveryProfile,
                         testing::Values(sim::Profile::et_v1, sim::Profile::et_v2, sim::Profile::et_745),
                         [](const testing::TestParamInfo<sim::Profile>& info) {
                           return info.param == sim::Profile::et_v1   ? "EtV1"
                                  : info.param == sim::Profile::et_v2 ? "EtV2"
                                                                        : "Et745";
                         });

TEST_P(EveryProfile, ReadsTheHousesFlows) {
  Home home(with_profile(GetParam()));
  ASSERT_TRUE(home.await(home.driver->connect()));
  const Reading reading = home.read_after(20s);
  ASSERT_TRUE(complete(reading));
  const plant::Flows flows = home.house.flows();
  EXPECT_NEAR(in_watts(*reading.pv), in_watts(flows.pv), 200);
  EXPECT_NEAR(in_watts(*reading.battery), in_watts(flows.battery), 200);
  const double losses = in_watts(*reading.grid + *reading.pv - *reading.load - *reading.battery);
  EXPECT_LT(std::abs(losses), 400);
}

TEST_P(EveryProfile, ChargesSellsHoldsAndGoesBackToSelfUse) {
  Home home(with_profile(GetParam()));
  ASSERT_TRUE(home.await(home.driver->connect()));

  auto outcome = home.apply(Action::charge, kilowatts(4), percent(90));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->verdict, Verdict::pending) << outcome->detail;
  EXPECT_NEAR(in_watts(*home.read_after(20s).battery), 4000, 250);

  outcome = home.apply(Action::sell, kilowatts(3), percent(20));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->verdict, Verdict::pending) << outcome->detail;
  EXPECT_NEAR(in_watts(*home.read_after(20s).battery), -3000, 250);

  outcome = home.apply(Action::hold);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->verdict, Verdict::pending) << outcome->detail;
  EXPECT_GE(in_watts(*home.read_after(20s).battery), -20);

  outcome = home.apply(Action::self_use);
  ASSERT_TRUE(outcome) << outcome.error().message;
  const Reading balanced = home.read_after(20s);
  EXPECT_LT(std::abs(in_watts(*balanced.grid)), 300);

  ASSERT_TRUE(home.await(home.driver->give_back()));
  EXPECT_FALSE(home.store.text);
}

TEST(AnEmulatedWindow, LapsesByItselfWhenTheProgramIsGone) {
  Home home;
  ASSERT_TRUE(home.await(home.driver->connect()));
  ASSERT_TRUE(home.apply(Action::charge, kilowatts(4), percent(95)));
  EXPECT_NEAR(in_watts(*home.read_after(60s).battery), 4000, 250);
  home.clock.advance_to(home.clock.now() + 31min);
  const Reading after = home.read_after(20s);
  EXPECT_LT(std::abs(in_watts(*after.grid)), 300);  // self-use: the grid is not asked for anything
}

TEST(AnEmulatedHold, IsUndoneByTheNextStart) {
  Home home;
  ASSERT_TRUE(home.await(home.driver->connect()));
  ASSERT_TRUE(home.apply(Action::hold));
  ASSERT_TRUE(home.store.text);
  home.restart(ControlMode::observe);  // killed, and started again
  ASSERT_TRUE(home.await(home.driver->connect()));
  EXPECT_FALSE(home.store.text);
  home.clock.advance_to(home.clock.now() + 12h);  // night: the battery carries the load again
  EXPECT_LT(in_watts(*home.read_after(20s).battery), 0);
}

TEST(AWindowedDay, StaysFarBelowTheBudget) {
  Home home;
  ASSERT_TRUE(home.await(home.driver->connect()));
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
    home.clock.advance_to(home.clock.now() + 20s);
  }
  EXPECT_LT(written, 60);
  EXPECT_GT(written, 15);
}

TEST(ALossyNetwork, CostsTimeButNoWrongValueAndNoWrongRegister) {
  sim::GoodweEmulatorOptions options;
  options.faults = sim::parse_faults("loss=0.2,duplicate=0.1,fragment=0.05,garbage=0.05").value();
  Home home(std::move(options));
  while (!home.await(home.driver->connect())) {
  }
  int answered = 0;
  for (int tick = 0; tick < 40; ++tick) {
    home.clock.advance_to(home.clock.now() + 20s);
    const auto reading = home.await(home.driver->read());
    if (reading) {
      ++answered;
      EXPECT_TRUE(complete(*reading));
      EXPECT_NEAR(in_watts(*reading->battery), in_watts(home.house.flows().battery), 300);
    }
    const auto outcome = home.apply(tick < 20 ? Action::charge : Action::hold, kilowatts(3), percent(95));
    if (outcome) {
      EXPECT_EQ(outcome->verdict, Verdict::pending) << outcome->detail;
    }
  }
  EXPECT_GT(answered, 30);
}

}  // namespace
}  // namespace gridpilot::goodwe
