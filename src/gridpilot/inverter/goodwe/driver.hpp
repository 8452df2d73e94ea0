#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gridpilot/codec/goodwe/device_info.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/verify.hpp"
#include "gridpilot/inverter/goodwe/aa55_access.hpp"
#include "gridpilot/inverter/goodwe/control.hpp"
#include "gridpilot/inverter/goodwe/dt_registers.hpp"
#include "gridpilot/inverter/goodwe/link.hpp"
#include "gridpilot/inverter/goodwe/register_access.hpp"
#include "gridpilot/inverter/goodwe/snapshot.hpp"
#include "gridpilot/net/exchange.hpp"
#include "gridpilot/os/clock.hpp"
#include "gridpilot/ports/inverter.hpp"

/// Drivers of the GoodWe families over any transport. Facts: docs/goodwe.md; files of this folder: README.md.
namespace gridpilot::goodwe {

struct DriverOptions {
  Transport transport = Transport::udp;
  std::uint8_t unit = et_unit;                      ///< Modbus address
  std::uint16_t longest_read = max_registers_read;  ///< longer blocks are read in pieces
  DtLimitUnit dt_limit_unit = DtLimitUnit::unknown;
  ControlMode control = ControlMode::observe;
  int registers_written_today = 0;  ///< by earlier runs, from the record
  int daily_register_budget = 200;  ///< beyond it only self-use, safety and giving back
};

/// A block that not every unit has: asked for until it is refused as unknown twice in a row, and again an hour later.
class OptionalBlock {
 public:
  static constexpr Seconds reprobe_interval{3600};

  [[nodiscard]] bool wanted(Instant now) const { return !refused_at_ || now - *refused_at_ >= reprobe_interval; }
  void refused(Instant now) { refused_at_ = now; }
  void answered() { refused_at_.reset(); }

 private:
  std::optional<Instant> refused_at_;
};

/// What the families have in common. Nothing is written unless apply() or give_back() is called, or connect() finds a
/// snapshot that a run before this one left; and apply() writes nothing where control is `observe`.
class Driver : public ports::Inverter {
 public:
  /// Reads the device information, gives back what an earlier run left changed (that first: within 10 s of the start
  /// where the inverter answers), then finds out what the unit has and compares its clock. Only answers decide; silence
  /// fails the connect, which may be called again at any time.
  [[nodiscard]] net::Awaitable<Result<ports::InverterIdentity>> connect() final;

  /// A block that the unit refuses as unknown is left out, and tried again hourly.
  [[nodiscard]] net::Awaitable<Result<Reading>> read() final;

  /// To be called at every tick with the command that holds: reads the registers concerned, writes what differs (a
  /// window is renewed when less than ten minutes of it are left) and reads back. Verdicts: pending (the registers say
  /// what was wanted), ignored (they do not take it), overridden (somebody else changed them: left alone for 15
  /// minutes), not_sent (observe). busy where the day's budget is spent or the unit refuses writes.
  [[nodiscard]] net::Awaitable<Result<ports::CommandOutcome>> apply(Command command) final;

  /// timeout where the inverter is silent for 5 s; the snapshot then stays for the next start.
  [[nodiscard]] net::Awaitable<Result<void>> give_back() final { return control_.give_back(); }

  /// What connect() found; absent before.
  [[nodiscard]] const std::optional<DeviceInfo>& device() const { return device_; }
  [[nodiscard]] const std::optional<Abilities>& abilities() const { return abilities_; }
  /// Registers written since local midnight, giving back included.
  [[nodiscard]] int registers_written_today() const { return control_.budget().written(); }

 protected:
  /// `clock` and `snapshots` must outlive the driver; `zone` is the local time that the inverter's clock is to show.
  Driver(Family family, std::shared_ptr<net::Exchange> exchange, const DriverOptions& options, const os::Clock& clock,
         const TimeZone& zone, SnapshotStore& snapshots);

  /// What the unit has; device() is known.
  [[nodiscard]] virtual net::Awaitable<Result<Abilities>> probe() = 0;
  [[nodiscard]] virtual net::Awaitable<Result<Reading>> sample() = 0;
  [[nodiscard]] virtual ports::MeasuredBySafety measures() const = 0;
  /// The unit's settings under the numbers of the ET family; null where they are there already.
  [[nodiscard]] virtual std::unique_ptr<ControlRegisters> translation() { return nullptr; }

  [[nodiscard]] net::Exchange& exchange() { return *exchange_; }
  [[nodiscard]] RegisterAccess& modbus() { return modbus_; }
  [[nodiscard]] const os::Clock& clock() const { return clock_; }
  [[nodiscard]] const DriverOptions& options() const { return options_; }
  /// Once connect() has read it.
  [[nodiscard]] const DeviceInfo& known_device() const {
    GRIDPILOT_VERIFY(device_.has_value());
    return *device_;
  }
  /// The block's data; empty where the unit has none, by two refusals. Other failures pass.
  [[nodiscard]] net::Awaitable<Result<std::vector<std::uint8_t>>> read_optional(OptionalBlock* block,
                                                                                std::uint16_t first,
                                                                                std::uint16_t count);

 private:
  Family family_;
  std::shared_ptr<net::Exchange> exchange_;
  DriverOptions options_;
  const os::Clock& clock_;
  RegisterAccess modbus_;
  std::unique_ptr<ControlRegisters> translated_;
  Control control_;
  std::optional<DeviceInfo> device_;
  std::optional<Abilities> abilities_;
  bool connected_ = false;
};

class EtDriver final : public Driver {
 public:
  EtDriver(std::shared_ptr<net::Exchange> exchange, const DriverOptions& options, const os::Clock& clock,
           const TimeZone& zone, SnapshotStore& snapshots)
      : Driver(Family::et, std::move(exchange), options, clock, zone, snapshots) {}

 protected:
  [[nodiscard]] net::Awaitable<Result<Abilities>> probe() override;
  [[nodiscard]] net::Awaitable<Result<Reading>> sample() override;
  [[nodiscard]] ports::MeasuredBySafety measures() const override;

 private:
  [[nodiscard]] net::Awaitable<Result<std::vector<std::uint8_t>>> read_meter();

  std::array<OptionalBlock, 3> meter_;  ///< of 125, 58 and 45 registers
  OptionalBlock battery2_;
  OptionalBlock battery2_power_;
  OptionalBlock trackers_;
};

/// PV and meter; of the actions an export limit, where the owner has said in which unit the model counts it.
class DtDriver final : public Driver {
 public:
  DtDriver(std::shared_ptr<net::Exchange> exchange, const DriverOptions& options, const os::Clock& clock,
           const TimeZone& zone, SnapshotStore& snapshots)
      : Driver(Family::dt, std::move(exchange), options, clock, zone, snapshots) {}

 protected:
  [[nodiscard]] net::Awaitable<Result<Abilities>> probe() override;
  [[nodiscard]] net::Awaitable<Result<Reading>> sample() override;
  [[nodiscard]] ports::MeasuredBySafety measures() const override;
  [[nodiscard]] std::unique_ptr<ControlRegisters> translation() override;

 private:
  OptionalBlock meter_;
};

class EsDriver final : public Driver {
 public:
  EsDriver(std::shared_ptr<net::Exchange> exchange, const DriverOptions& options, const os::Clock& clock,
           const TimeZone& zone, SnapshotStore& snapshots)
      : Driver(Family::es, std::move(exchange), options, clock, zone, snapshots), aa55_(Driver::exchange()) {}

 protected:
  [[nodiscard]] net::Awaitable<Result<Abilities>> probe() override;
  [[nodiscard]] net::Awaitable<Result<Reading>> sample() override;
  [[nodiscard]] ports::MeasuredBySafety measures() const override;
  [[nodiscard]] std::unique_ptr<ControlRegisters> translation() override;

 private:
  Aa55Access aa55_;
};

/// The driver of a family.
[[nodiscard]] std::unique_ptr<Driver> make_driver(Family family, std::shared_ptr<net::Exchange> exchange,
                                                  const DriverOptions& options, const os::Clock& clock,
                                                  const TimeZone& zone, SnapshotStore& snapshots);

}  // namespace gridpilot::goodwe
