#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "gridpilot/codec/goodwe/device_info.hpp"
#include "gridpilot/inverter/goodwe/control.hpp"
#include "gridpilot/inverter/goodwe/driver.hpp"
#include "gridpilot/inverter/goodwe/register_access.hpp"

namespace gridpilot::goodwe {

/// A block that not every unit has: asked for until it is refused as unknown, and again an hour later.
class OptionalBlock {
 public:
  static constexpr Seconds reprobe_interval{3600};

  [[nodiscard]] bool wanted(Instant now) const { return !refused_at_ || now - *refused_at_ >= reprobe_interval; }
  void refused(Instant now) { refused_at_ = now; }
  void answered() { refused_at_.reset(); }

 private:
  std::optional<Instant> refused_at_;
};

/// What stands behind EtDriver: one unit, its registers and their control. Contracts as there.
class EtDriver::Session {
 public:
  Session(std::unique_ptr<net::Exchange> exchange, const EtOptions& options, const os::Clock& clock,
          const TimeZone& zone, SnapshotStore& snapshots);

  [[nodiscard]] net::Awaitable<Result<ports::InverterIdentity>> connect();
  [[nodiscard]] net::Awaitable<Result<Reading>> read();
  [[nodiscard]] net::Awaitable<Result<ports::CommandOutcome>> apply(Command command);
  [[nodiscard]] net::Awaitable<Result<void>> give_back() { return control_.give_back(); }

  [[nodiscard]] const std::optional<DeviceInfo>& device() const { return device_; }
  [[nodiscard]] const std::optional<Abilities>& abilities() const { return abilities_; }
  [[nodiscard]] int registers_written_today() const { return control_.budget().written(); }

 private:
  enum class MeterBlock { any, short_only };

  [[nodiscard]] net::Awaitable<Result<Abilities>> probe(DeviceInfo info);
  [[nodiscard]] net::Awaitable<Result<std::vector<std::uint8_t>>> read_meter(MeterBlock allowed);

  std::unique_ptr<net::Exchange> exchange_;
  ControlMode mode_;
  const os::Clock& clock_;
  RegisterAccess registers_;
  Control control_;
  std::optional<DeviceInfo> device_;
  std::optional<Abilities> abilities_;
  std::array<OptionalBlock, 3> meter_;  ///< of 125, 58 and 45 registers
};

}  // namespace gridpilot::goodwe
