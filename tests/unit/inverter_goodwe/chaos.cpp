#include <gtest/gtest.h>

#include <cmath>
#include <iostream>

#include "unit/inverter_goodwe/emulated_home.hpp"

/// A network as bad as the worst that was reported, for as long as it takes to be sure.
namespace gridpilot::goodwe {
namespace {

constexpr int readings = 10'000;

struct Unit {
  sim::Profile profile;
  sim::Transport transport;
  double exact_to_watts;  ///< what the registers round away
};

/// Whether what was read is what the house did at that moment, in every flow and state.
::testing::AssertionResult is_true_to(const Reading& reading, const plant::House& house, const Unit& unit) {
  const plant::Flows& flows = house.flows();
  const auto near = [&unit](const Measured<Power>& read, Power real) {
    return read && std::abs(in_watts(*read - real)) < unit.exact_to_watts;
  };
  if (!near(reading.pv, flows.pv)) return ::testing::AssertionFailure() << "pv " << in_watts(*reading.pv);
  if (!near(reading.grid, flows.grid)) return ::testing::AssertionFailure() << "grid " << in_watts(*reading.grid);
  if (!near(reading.load, flows.load)) return ::testing::AssertionFailure() << "load " << in_watts(*reading.load);
  if (sim::family_of(unit.profile) == Family::dt) return ::testing::AssertionSuccess();
  if (!near(reading.battery, flows.battery))
    return ::testing::AssertionFailure() << "battery " << in_watts(*reading.battery);
  if (!reading.soc || std::abs(in_percent(*reading.soc) - in_percent(house.pack().soc())) > 0.51)
    return ::testing::AssertionFailure() << "state of charge";
  return ::testing::AssertionSuccess();
}

constexpr Unit units[] = {
    {sim::Profile::et_v1, sim::Transport::udp, 5},   {sim::Profile::et_v2, sim::Transport::tcp, 5},
    {sim::Profile::et_745, sim::Transport::udp, 5},  {sim::Profile::dt, sim::Transport::udp, 60},
    {sim::Profile::dt_1ph, sim::Transport::tcp, 60}, {sim::Profile::es, sim::Transport::udp, 60},
};
class TenThousandReadings : public testing::TestWithParam<Unit> {};
INSTANTIATE_TEST_SUITE_P(Of, TenThousandReadings, testing::ValuesIn(units), [](const auto& unit) {
  std::string name(sim::name_of(unit.param.profile));
  std::erase(name, '-');
  return name + std::string(sim::name_of(unit.param.transport));
});

TEST_P(TenThousandReadings, HoldNoWrongValueOverABadNetwork) {
  const bool tcp = GetParam().transport == sim::Transport::tcp;
  Home home({.transport = GetParam().transport,
             .device = {.profile = GetParam().profile},
             .faults = sim::parse_faults("loss=0.2,duplicate=0.1,fragment=0.05,garbage=0.02").value()});
  GoodweOptions options{.link = {.port = home.emulator->port(),
                                 .transport = tcp ? Transport::tcp : Transport::udp,
                                 .timeout = std::chrono::milliseconds(2),
                                 .attempts = 8,
                                 .pacing = std::chrono::milliseconds(0)}};
  home.driver =
      GoodweInverter::create(home.io.get_executor(), home.pacers, std::move(options), home.clock, home.zone, home.store)
          .value();
  while (!home.connect()) {
  }
  int answered = 0;
  for (int i = 0; i < readings; ++i) {
    home.pass(Seconds(20));
    const auto reading = home.await(home.driver->read());
    if (!reading) {
      // A unit that was silent for long is asked who it is; it must be the same one.
      if (reading.error().code == ErrorCode::stale) {
        while (!home.connect()) {
        }
      }
      continue;
    }
    ++answered;
    ASSERT_TRUE(is_true_to(*reading, home.house, GetParam())) << "reading " << i;
  }
  const double availability = 100.0 * answered / readings;
  std::cout << "availability " << availability << " %\n";
  RecordProperty("availability_percent", std::to_string(availability));
  EXPECT_GT(availability, 90.0);  // a loaded machine answers late, which counts as lost
}

}  // namespace
}  // namespace gridpilot::goodwe
