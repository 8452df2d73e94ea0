#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "gridpilot/inverter/goodwe/detect.hpp"
#include "gridpilot/inverter/goodwe/driver.hpp"

namespace gridpilot::goodwe {

struct GoodweOptions {
  LinkOptions link{};
  DetectionHints hints{};
  std::uint16_t longest_read = max_registers_read;
  DtLimitUnit dt_limit_unit = DtLimitUnit::unknown;
  ControlMode control = ControlMode::observe;
  /// Registers written today by earlier runs; asked when the connection is first made.
  std::function<int()> registers_written_today = [] { return 0; };
  int daily_register_budget = 200;
};

/// A GoodWe inverter of whatever family: finds out which one it is, and again when it has become another. Updates
/// change firmware without notice (control.md 9, hazard 16), so its device information is looked at now and then.
class GoodweInverter final : public ports::Inverter {
 public:
  static constexpr Seconds identity_interval{600};
  /// So many readings in a row that failed, and the unit may have been exchanged or updated meanwhile.
  static constexpr int failures_before_doubt = 3;

  /// bad_input where the address is not numeric. Everything given by reference must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<GoodweInverter>> create(const net::asio::any_io_executor& executor,
                                                                      net::Pacers& pacers, GoodweOptions options,
                                                                      const os::Clock& clock, const TimeZone& zone,
                                                                      SnapshotStore& snapshots);
  /// Over any exchange that carries frames of `options.link.transport`.
  GoodweInverter(std::shared_ptr<net::Exchange> exchange, GoodweOptions options, const os::Clock& clock,
                 const TimeZone& zone, SnapshotStore& snapshots)
      : exchange_(std::move(exchange)),
        options_(std::move(options)),
        clock_(clock),
        zone_(zone),
        snapshots_(snapshots) {}

  [[nodiscard]] net::Awaitable<Result<ports::InverterIdentity>> connect() override;
  [[nodiscard]] net::Awaitable<Result<Reading>> read() override;
  [[nodiscard]] net::Awaitable<Result<ports::CommandOutcome>> apply(Command command) override;
  [[nodiscard]] net::Awaitable<Result<void>> give_back() override;

  /// Null before connect() has found one.
  [[nodiscard]] const Driver* driver() const { return driver_.get(); }

 private:
  [[nodiscard]] net::Awaitable<Result<void>> detect_family();
  [[nodiscard]] net::Awaitable<Result<void>> look_at_identity();
  [[nodiscard]] net::Awaitable<Result<void>> look_who_answers();
  [[nodiscard]] std::unexpected<Error> become_another(const DeviceInfo& before, const DeviceInfo& now);

  std::shared_ptr<net::Exchange> exchange_;
  GoodweOptions options_;
  const os::Clock& clock_;
  const TimeZone& zone_;
  SnapshotStore& snapshots_;
  std::unique_ptr<Driver> driver_;
  std::uint8_t unit_ = et_unit;
  std::optional<Instant> identified_at_;
  std::optional<Instant> searched_at_;  ///< while nothing is read: when it was last asked who is there
  int failed_reads_ = 0;
};

}  // namespace gridpilot::goodwe
