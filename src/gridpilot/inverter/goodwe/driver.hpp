#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "gridpilot/codec/goodwe/device_info.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/inverter/goodwe/eco_window.hpp"
#include "gridpilot/inverter/goodwe/snapshot.hpp"
#include "gridpilot/net/exchange.hpp"
#include "gridpilot/os/clock.hpp"
#include "gridpilot/ports/inverter.hpp"

/// The GoodWe ET family over Modbus RTU in UDP datagrams. Facts: docs/goodwe.md; files of this folder: README.md.
namespace gridpilot::goodwe {

struct EtOptions {
  std::string address = "127.0.0.1";  ///< numeric: nothing is resolved on the way to a decision
  std::uint16_t port = 8899;
  std::uint8_t unit = et_unit;
  Framing framing = Framing::rtu_over_udp;
  std::uint16_t longest_read = max_registers_read;
  std::chrono::milliseconds timeout{1000};  ///< of one attempt
  int attempts = 4;                         ///< in all; about 1 % of datagrams are lost in the field
  std::chrono::milliseconds pacing{100};    ///< pause between two requests to this address
  ControlMode control = ControlMode::observe;
  int registers_written_today = 0;  ///< by earlier runs, from the record
  int daily_register_budget = 200;  ///< beyond it only self-use and giving back
};

/// Nothing is written unless apply() or give_back() is called, or connect() finds a snapshot that a run before this
/// one left; and apply() writes nothing where control is `observe`.
class EtDriver final : public ports::Inverter {
 public:
  /// Over UDP. bad_input where the address is not numeric. `clock` and `snapshots` must outlive the driver; `zone` is
  /// the local time that the inverter's clock is to show.
  [[nodiscard]] static Result<std::unique_ptr<EtDriver>> create(const net::asio::any_io_executor& executor,
                                                                const EtOptions& options, const os::Clock& clock,
                                                                const TimeZone& zone, SnapshotStore& snapshots);
  /// Over any transport that carries RTU frames; address, port, timeout, attempts and pacing are then its business.
  EtDriver(std::unique_ptr<net::Exchange> exchange, const EtOptions& options, const os::Clock& clock,
           const TimeZone& zone, SnapshotStore& snapshots);
  ~EtDriver() override;

  /// Reads the device information, gives back what an earlier run left changed (that first: within 10 s of the start
  /// where the inverter answers), then probes eco groups, EMS registers and the inverter's clock. A probe is decided by
  /// an answer only; silence fails the connect, which may be called again at any time.
  [[nodiscard]] net::Awaitable<Result<ports::InverterIdentity>> connect() override;

  /// Runtime, battery and meter block. A block that the unit refuses as unknown is left out, and tried again hourly.
  [[nodiscard]] net::Awaitable<Result<Reading>> read() override;

  /// To be called at every tick with the command that holds: reads the registers concerned, writes what differs (a
  /// window is renewed when less than ten minutes of it are left) and reads back. Verdicts: pending (the registers say
  /// what was wanted), ignored (they do not take it), overridden (somebody else changed them: left alone for 15
  /// minutes), not_sent (observe). busy where the day's budget is spent.
  [[nodiscard]] net::Awaitable<Result<ports::CommandOutcome>> apply(Command command) override;

  /// timeout where the inverter is silent for 5 s; the snapshot then stays for the next start.
  [[nodiscard]] net::Awaitable<Result<void>> give_back() override;

  /// What connect() found; absent before.
  [[nodiscard]] const std::optional<DeviceInfo>& device() const;
  [[nodiscard]] const std::optional<Abilities>& abilities() const;
  /// Registers written since local midnight, giving back included.
  [[nodiscard]] int registers_written_today() const;

 private:
  class Session;
  std::unique_ptr<Session> session_;
};

}  // namespace gridpilot::goodwe
