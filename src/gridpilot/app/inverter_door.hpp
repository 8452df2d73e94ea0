#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gridpilot/config/configuration.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/inverter/goodwe/goodwe_inverter.hpp"
#include "gridpilot/net/pacers.hpp"
#include "gridpilot/os/clock.hpp"
#include "gridpilot/ports/inverter.hpp"

namespace gridpilot::app {

/// The inverter that the configuration names: the one place that knows which driver belongs to which make. A host
/// name is looked up once, when the connection is first made, and never on the way to a decision.
class InverterDoor final : public ports::Inverter {
 public:
  struct Options {
    config::InverterSettings inverter;
    ControlMode control = ControlMode::observe;
    int daily_register_budget = 200;
    /// Registers written today by earlier runs; asked when the connection is first made.
    std::function<int()> registers_written_today = [] { return 0; };
  };
  /// Clock, zone and snapshots outlive it.
  InverterDoor(net::asio::any_io_executor executor, Options options, const os::Clock& clock, const TimeZone& zone,
               goodwe::SnapshotStore& snapshots);

  [[nodiscard]] net::Awaitable<Result<ports::InverterIdentity>> connect() override;
  /// unreachable before connect() has once found the address.
  [[nodiscard]] net::Awaitable<Result<Reading>> read() override;
  [[nodiscard]] net::Awaitable<Result<ports::CommandOutcome>> apply(Command command) override;
  /// Nothing was ever written where there never was a connection.
  [[nodiscard]] net::Awaitable<Result<void>> give_back() override;

 private:
  [[nodiscard]] net::Awaitable<Result<void>> open();

  net::asio::any_io_executor executor_;
  Options options_;
  const os::Clock& clock_;
  const TimeZone& zone_;
  goodwe::SnapshotStore& snapshots_;
  net::Pacers pacers_;
  std::unique_ptr<goodwe::GoodweInverter> driver_;
};

/// How the inverter of a configuration is reached, at a numeric address.
[[nodiscard]] goodwe::LinkOptions link_options(const config::InverterSettings& settings, std::string address);
[[nodiscard]] goodwe::DetectionHints detection_hints(const config::InverterSettings& settings);
/// Looks a host name up; numeric addresses are themselves. unreachable where the name is not known.
[[nodiscard]] net::Awaitable<Result<std::string>> numeric_address(std::string host);

}  // namespace gridpilot::app
