#include "gridpilot/inverter/goodwe/goodwe_inverter.hpp"

#include <utility>

namespace gridpilot::goodwe {
namespace {

[[nodiscard]] std::unexpected<Error> not_connected() {
  return failure(ErrorCode::unreachable, "the inverter has not been reached yet");
}

[[nodiscard]] bool is_same_unit(const DeviceInfo& a, const DeviceInfo& b) {
  return a.serial == b.serial && a.firmware == b.firmware && a.arm_firmware == b.arm_firmware &&
         a.dsp1_version == b.dsp1_version && a.dsp2_version == b.dsp2_version && a.arm_version == b.arm_version;
}

}  // namespace

Result<std::unique_ptr<GoodweInverter>> GoodweInverter::create(const net::asio::any_io_executor& executor,
                                                               net::Pacers& pacers, GoodweOptions options,
                                                               const os::Clock& clock, const TimeZone& zone,
                                                               SnapshotStore& snapshots) {
  Result<std::unique_ptr<net::Exchange>> exchange = open_link(executor, pacers, options.link);
  if (!exchange) return std::move(exchange).failed();
  return std::make_unique<GoodweInverter>(std::move(*exchange), std::move(options), clock, zone, snapshots);
}

net::Awaitable<Result<void>> GoodweInverter::detect_family() {
  Detector detector(*exchange_, options_.link.transport);
  const Result<Detected> detected = co_await detector.detect(options_.hints);
  if (!detected) co_return detected.failed();
  unit_ = detected->unit;
  const int written = driver_ ? driver_->registers_written_today() : options_.registers_written_today();
  driver_ = make_driver(detected->device.family, exchange_,
                        {.transport = options_.link.transport,
                         .unit = unit_,
                         .longest_read = options_.longest_read,
                         .dt_limit_unit = options_.dt_limit_unit,
                         .control = options_.control,
                         .registers_written_today = written,
                         .daily_register_budget = options_.daily_register_budget},
                        clock_, zone_, snapshots_);
  co_return Result<void>();
}

net::Awaitable<Result<ports::InverterIdentity>> GoodweInverter::connect() {
  if (!driver_ || !identified_at_) {
    const Result<void> detected = co_await detect_family();
    if (!detected) co_return detected.failed();
  }
  Result<ports::InverterIdentity> identity = co_await driver_->connect();
  // Whom this driver does not reach may be another by now, so the next call finds out anew.
  identified_at_.reset();
  if (identity) {
    identified_at_ = clock_.now();
    searched_at_.reset();
    failed_reads_ = 0;
  }
  co_return identity;
}

net::Awaitable<Result<Reading>> GoodweInverter::read() {
  if (!driver_) co_return not_connected();
  Result<Reading> reading = co_await driver_->read();
  if (!reading) {
    ++failed_reads_;
    if (failed_reads_ < failures_before_doubt) co_return reading;
    const Result<void> looked = co_await look_who_answers();
    if (!looked) co_return looked.failed();
    co_return reading;
  }
  searched_at_.reset();
  const Instant now = clock_.now();
  const bool in_doubt = failed_reads_ >= failures_before_doubt;
  if (!in_doubt && identified_at_ && now - *identified_at_ < identity_interval && now >= *identified_at_) {
    failed_reads_ = 0;
    co_return reading;
  }
  const Result<void> looked = co_await look_at_identity();
  if (!looked && looked.error().code == ErrorCode::stale) co_return looked.failed();
  // The look itself may be lost on the way: it is taken again at the next reading, and this reading holds.
  if (looked) failed_reads_ = 0;
  co_return reading;
}

net::Awaitable<Result<void>> GoodweInverter::look_at_identity() {
  const std::optional<DeviceInfo>& known = driver_->device();
  if (!known) co_return Result<void>();
  Detector detector(*exchange_, options_.link.transport);
  const Result<DeviceInfo> device = co_await detector.read_device_info(known->family, unit_);
  if (!device) co_return device.failed();
  if (is_same_unit(*device, *known)) {
    identified_at_ = clock_.now();
    co_return Result<void>();
  }
  co_return become_another(*known, *device);
}

/// A unit of another family does not answer what this driver asks. Only another one is a failure here; silence is not.
net::Awaitable<Result<void>> GoodweInverter::look_who_answers() {
  const Instant now = clock_.now();
  if (searched_at_ && now >= *searched_at_ && now - *searched_at_ < identity_interval) co_return Result<void>();
  searched_at_ = now;
  const std::optional<DeviceInfo>& known = driver_->device();
  if (!known) co_return Result<void>();
  Detector detector(*exchange_, options_.link.transport);
  const Result<Detected> detected = co_await detector.detect(options_.hints);
  const bool another =
      detected && (detected->device.family != known->family || !is_same_unit(detected->device, *known));
  if (another) co_return become_another(*known, detected->device);
  co_return Result<void>();
}

/// The next connect() finds out everything anew.
std::unexpected<Error> GoodweInverter::become_another(const DeviceInfo& before, const DeviceInfo& now) {
  const auto text = [](const DeviceInfo& unit) {
    return std::string(name_of(unit.family)) + " " + unit.serial + " firmware " + unit.firmware;
  };
  identified_at_.reset();
  return failure(ErrorCode::stale,
                 "the inverter has become another: " + text(before) + " before, " + text(now) + " now");
}

net::Awaitable<Result<ports::CommandOutcome>> GoodweInverter::apply(Command command) {
  if (!driver_) co_return not_connected();
  co_return co_await driver_->apply(command);
}

net::Awaitable<Result<void>> GoodweInverter::give_back() {
  if (!driver_) co_return Result<void>();
  co_return co_await driver_->give_back();
}

}  // namespace gridpilot::goodwe
