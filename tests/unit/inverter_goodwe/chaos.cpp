#include <gtest/gtest.h>

#include <cmath>
#include <iostream>

#include "unit/inverter_goodwe/emulated_home.hpp"

/// A network as bad as the worst that was reported, for as long as it takes to be sure.
namespace gridpilot::goodwe {
namespace {

constexpr int readings = 10'000;

/// Whether what was read is what the house did at that moment, in every flow and state.
::testing::AssertionResult is_true_to(const Reading& reading, const plant::House& house) {
  const plant::Flows& flows = house.flows();
  const auto near = [](const Measured<Power>& read, Power real) {
    return read && std::abs(in_watts(*read - real)) < 5.0;
  };
  if (!near(reading.pv, flows.pv)) return ::testing::AssertionFailure() << "pv " << in_watts(*reading.pv);
  if (!near(reading.grid, flows.grid)) return ::testing::AssertionFailure() << "grid " << in_watts(*reading.grid);
  if (!near(reading.battery, flows.battery))
    return ::testing::AssertionFailure() << "battery " << in_watts(*reading.battery);
  if (!near(reading.load, flows.load)) return ::testing::AssertionFailure() << "load " << in_watts(*reading.load);
  if (!reading.soc || std::abs(in_percent(*reading.soc) - in_percent(house.pack().soc())) > 0.51)
    return ::testing::AssertionFailure() << "state of charge";
  return ::testing::AssertionSuccess();
}

TEST(TenThousandReadingsOverABadNetwork, HoldNoWrongValue) {
  Home home({.faults = sim::parse_faults("loss=0.2,duplicate=0.1,fragment=0.05,garbage=0.02").value()});
  GoodweOptions options{.link = {.port = home.emulator->port(),
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
      ASSERT_NE(reading.error().code, ErrorCode::stale) << reading.error().message;
      continue;
    }
    ++answered;
    ASSERT_TRUE(is_true_to(*reading, home.house)) << "reading " << i;
  }
  const double availability = 100.0 * answered / readings;
  std::cout << "availability " << availability << " %\n";
  RecordProperty("availability_percent", std::to_string(availability));
  EXPECT_GT(availability, 90.0);  // a loaded machine answers late, which counts as lost
}

}  // namespace
}  // namespace gridpilot::goodwe
