#include "gridpilot/inverter/goodwe/driver.hpp"

#include <utility>

#include "gridpilot/inverter/goodwe/detect.hpp"

namespace gridpilot::goodwe {
namespace {

[[nodiscard]] ports::InverterIdentity identity_of(const DeviceInfo& device, const Abilities& abilities,
                                                  const ports::MeasuredBySafety& measures) {
  return {.family = std::string(name_of(device.family)),
          .model = device.model,
          .serial = device.serial,
          .firmware = device.arm_firmware.empty() ? device.firmware : device.arm_firmware,
          .rating = abilities.rating,
          .actions = supported_actions(abilities),
          .lapsing = lapsing_actions(abilities),
          .can_limit_export = abilities.has_export_limit,
          .can_block_charging = abilities.has_current_limits,
          .measures = measures};
}

}  // namespace

Driver::Driver(Family family, std::shared_ptr<net::Exchange> exchange, const DriverOptions& options,
               const os::Clock& clock, const TimeZone& zone, SnapshotStore& snapshots)
    : family_(family),
      exchange_(std::move(exchange)),
      options_(options),
      clock_(clock),
      modbus_(*exchange_,
              {.unit = options.unit, .framing = framing_of(options.transport), .longest_read = options.longest_read}),
      control_(modbus_, snapshots, clock, zone,
               WriteBudget(zone, options.daily_register_budget, options.registers_written_today, clock.now())) {}

net::Awaitable<Result<ports::InverterIdentity>> Driver::connect() {
  connected_ = false;
  Detector detector(*exchange_, options_.transport);
  Result<DeviceInfo> device = co_await detector.read_device_info(family_, options_.unit);
  if (!device) co_return std::move(device).failed();
  device_ = std::move(*device);
  translated_ = translation();
  control_.use(translated_ ? *translated_ : modbus_);

  // First of all what an earlier run left changed: its time limit counts from the start of the program.
  const Result<void> given_back = co_await control_.give_back_leftover(device_->serial);
  if (!given_back) co_return std::unexpected(Error(given_back.error()).in("giving the owner's settings back"));
  const Result<Abilities> abilities = co_await probe();
  if (!abilities) co_return abilities.failed();
  control_.begin(device_->serial, *abilities);
  const Result<void> compared = co_await control_.compare_clock(Control::SetClock::no);
  if (!compared && compared.error().code != ErrorCode::unsupported) co_return compared.failed();
  abilities_ = *abilities;
  connected_ = true;
  co_return identity_of(*device_, *abilities_, measures());
}

net::Awaitable<Result<Reading>> Driver::read() {
  if (!connected_) co_return failure(ErrorCode::bug, "the inverter is read before it is connected");
  Result<Reading> reading = co_await sample();
  if (reading) control_.observe(*reading);
  co_return reading;
}

net::Awaitable<Result<ports::CommandOutcome>> Driver::apply(Command command) {
  if (!connected_) co_return failure(ErrorCode::bug, "a command is given before the inverter is connected");
  if (options_.control == ControlMode::observe)
    co_return ports::CommandOutcome{
        .verdict = Verdict::not_sent, .registers_written = 0, .detail = "control is observe"};
  co_return co_await control_.apply(command);
}

net::Awaitable<Result<std::vector<std::uint8_t>>> Driver::read_optional(OptionalBlock* block, std::uint16_t first,
                                                                        std::uint16_t count) {
  if (!block->wanted(clock_.now())) co_return std::vector<std::uint8_t>();
  // "Illegal data address" was seen now and then on units that have the block.
  for (int asked = 0; asked < 2; ++asked) {
    Result<std::vector<std::uint8_t>> data = co_await modbus_.read_block(first, count);
    if (data) block->answered();
    if (data || data.error().code != ErrorCode::unsupported) co_return data;
  }
  block->refused(clock_.now());
  co_return std::vector<std::uint8_t>();
}

std::unique_ptr<Driver> make_driver(Family family, std::shared_ptr<net::Exchange> exchange,
                                    const DriverOptions& options, const os::Clock& clock, const TimeZone& zone,
                                    SnapshotStore& snapshots) {
  switch (family) {
    case Family::et: return std::make_unique<EtDriver>(std::move(exchange), options, clock, zone, snapshots);
    case Family::dt: return std::make_unique<DtDriver>(std::move(exchange), options, clock, zone, snapshots);
    case Family::es: break;
  }
  return std::make_unique<EsDriver>(std::move(exchange), options, clock, zone, snapshots);
}

}  // namespace gridpilot::goodwe
