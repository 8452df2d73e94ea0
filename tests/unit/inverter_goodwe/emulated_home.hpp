#pragma once

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>

#include "gridpilot/inverter/goodwe/goodwe_inverter.hpp"
#include "gridpilot/sim/goodwe_emulator.hpp"
#include "unit/inverter_goodwe/scripted_inverter.hpp"
#include "unit/sim/test_house.hpp"

namespace gridpilot::goodwe {

/// What a house with a unit of this profile is like; 10 kW, half full.
inline plant::House house_of(sim::Profile profile, Instant start) {
  plant::HouseOptions options = sim::ten_kilowatt_house().options();
  options.has_battery = sim::family_of(profile) != Family::dt;
  if (sim::family_of(profile) == Family::es) options.pack.cells_in_series = 16;
  return {warsaw(), options, start};
}

/// The driver over real sockets on loopback against an emulated inverter and its house, in a time that the test moves.
class Home {
 public:
  explicit Home(sim::GoodweEmulatorOptions chosen = {}, Instant start = sim::friday_midnight() + std::chrono::hours(10))
      : options(std::move(chosen)),
        clock(start),
        house(house_of(options.device.profile, start)),
        emulator(sim::GoodweEmulator::create(io, clock, warsaw(), options, house).value()) {
    restart();
  }
  /// A new run of the program: nothing is known but what is on disk.
  void restart(ControlMode control = ControlMode::active) {
    const bool tcp = options.transport == sim::Transport::tcp;
    GoodweOptions chosen{
        .link = {.port = emulator->port(),
                 .transport = tcp ? Transport::tcp : Transport::udp,
                 .timeout = std::chrono::milliseconds(20),
                 .attempts = 8,
                 .pacing = std::chrono::milliseconds(0)},
        .dt_limit_unit = options.device.profile == sim::Profile::dt_1ph ? DtLimitUnit::watts : DtLimitUnit::percent,
        .control = control};
    driver = GoodweInverter::create(io.get_executor(), pacers, std::move(chosen), clock, zone, store).value();
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
  Result<ports::InverterIdentity> connect() { return await(driver->connect()); }
  Result<ports::CommandOutcome> apply(Command command) {
    command.until = clock.now() + std::chrono::hours(2);
    return await(driver->apply(command));
  }
  Result<ports::CommandOutcome> apply(Action action, Power power = {}, Soc stop = percent(100)) {
    return apply(Command{.action = action, .power = power, .stop_soc = stop});
  }
  void pass(Seconds time) { clock.advance_to(clock.now() + time); }
  /// A reading some seconds later.
  Reading read_after(Seconds time) {
    pass(time);
    auto reading = await(driver->read());
    EXPECT_TRUE(reading.has_value()) << (reading ? "" : reading.error().message);
    return reading ? *reading : Reading{};
  }

  sim::GoodweEmulatorOptions options;
  net::asio::io_context io;
  net::Pacers pacers{io.get_executor()};
  os::ManualClock clock;
  TimeZone zone = warsaw();
  plant::House house;
  MemorySnapshotStore store;
  std::unique_ptr<sim::GoodweEmulator> emulator;
  std::unique_ptr<GoodweInverter> driver;
};

}  // namespace gridpilot::goodwe
