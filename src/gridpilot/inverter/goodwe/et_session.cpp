#include "gridpilot/inverter/goodwe/et_session.hpp"

#include <utility>

#include "gridpilot/codec/goodwe/reading_codec.hpp"

namespace gridpilot::goodwe {
namespace {

constexpr std::uint16_t device_info_register = 35000;
constexpr std::uint16_t device_info_count = 33;

[[nodiscard]] ports::InverterIdentity identity_of(const DeviceInfo& device, const Abilities& abilities) {
  return {.family = std::string(name_of(Family::et)),
          .model = device.model,
          .serial = device.serial,
          .firmware = device.arm_firmware.empty() ? device.firmware : device.arm_firmware,
          .rating = abilities.rating,
          .actions = supported_actions(abilities),
          .lapsing = lapsing_actions(abilities),
          .can_limit_export = abilities.has_export_limit,
          .can_block_charging = abilities.has_current_limits};
}

}  // namespace

EtDriver::Session::Session(std::unique_ptr<net::Exchange> exchange, const EtOptions& options, const os::Clock& clock,
                           const TimeZone& zone, SnapshotStore& snapshots)
    : exchange_(std::move(exchange)),
      mode_(options.control),
      clock_(clock),
      registers_(*exchange_, {.unit = options.unit, .framing = options.framing, .longest_read = options.longest_read}),
      control_(registers_, snapshots, clock, zone,
               WriteBudget(zone, options.daily_register_budget, options.registers_written_today, clock.now())) {}

net::Awaitable<Result<ports::InverterIdentity>> EtDriver::Session::connect() {
  const auto data = co_await registers_.read_block(device_info_register, device_info_count);
  if (!data && data.error().code == ErrorCode::unsupported)
    co_return failure(ErrorCode::unsupported, "no inverter of the ET family: it has no device information at 35000");
  if (!data) co_return data.failed();
  Result<DeviceInfo> info = parse_device_info(Family::et, *data);
  if (!info) co_return info.failed();

  // First of all what an earlier run left changed: its time limit counts from the start of the program.
  const Result<void> given_back = co_await control_.give_back_leftover(info->serial);
  if (!given_back) co_return std::unexpected(Error(given_back.error()).in("giving the owner's settings back"));
  const Result<Abilities> abilities = co_await probe(*info);
  if (!abilities) co_return abilities.failed();
  control_.begin(info->serial, *abilities);
  const Result<void> compared = co_await control_.compare_clock(Control::SetClock::no);
  if (!compared && compared.error().code != ErrorCode::unsupported) co_return compared.failed();

  for (OptionalBlock& block : meter_) block.answered();
  ports::InverterIdentity identity = identity_of(*info, *abilities);
  abilities_ = *abilities;
  device_ = std::move(*info);
  co_return identity;
}

net::Awaitable<Result<Reading>> EtDriver::Session::read() {
  if (!device_) co_return failure(ErrorCode::bug, "the inverter is read before it is connected");
  const DeviceInfo device = *device_;
  const auto runtime = co_await registers_.read_block(et_runtime_register, et_runtime_count);
  if (!runtime) co_return runtime.failed();
  const Instant time = clock_.now();
  std::vector<std::uint8_t> battery;
  if (battery_mode_of(*runtime) != 0) {
    Result<std::vector<std::uint8_t>> block = co_await registers_.read_block(et_battery_register, et_battery_count);
    // Refused as unknown: without it this time, asked again at the next reading.
    if (!block && block.error().code != ErrorCode::unsupported) co_return block.failed();
    if (block) battery = std::move(*block);
  }
  const Result<std::vector<std::uint8_t>> meter =
      co_await read_meter(device.extended_meter ? MeterBlock::any : MeterBlock::short_only);
  if (!meter) co_return meter.failed();
  Result<Reading> reading = decode_et_reading({.runtime = *runtime, .battery = battery, .meter = *meter}, device, time);
  if (reading) control_.observe(*reading);
  co_return reading;
}

net::Awaitable<Result<ports::CommandOutcome>> EtDriver::Session::apply(Command command) {
  if (!device_) co_return failure(ErrorCode::bug, "a command is given before the inverter is connected");
  if (mode_ == ControlMode::observe)
    co_return ports::CommandOutcome{
        .verdict = Verdict::not_sent, .registers_written = 0, .detail = "control is observe"};
  co_return co_await control_.apply(command);
}

/// protocol.md 5.3: what a unit has is told by what it answers, never by its silence.
net::Awaitable<Result<Abilities>> EtDriver::Session::probe(DeviceInfo info) {
  Abilities found{.rating = info.rating.value_or(Power{})};
  constexpr std::uint16_t group_registers = 6;
  const Result<Words> group = co_await registers_.probe(eco_v2_register, group_registers);
  if (!group) co_return group.failed();
  found.eco_format = group->size() > 0 ? EcoFormat::v2 : EcoFormat::v1;
  found.eco_type = info.is_745() && group->size() > 0 ? ScheduleType::eco_745 : ScheduleType::eco;
  // A type that stands in group 1 is kept (control.md 3.3).
  Registers registers;
  registers.set(eco_v2_register, group->span());
  if (const auto stands = registers.eco_group({.eco_format = EcoFormat::v2}, 0))
    if (stands->type() == ScheduleType::eco || stands->type() == ScheduleType::eco_745) found.eco_type = stands->type();
  const Result<Words> ems = co_await registers_.probe(ems_mode_register, 2);
  if (!ems) co_return ems.failed();
  found.has_ems = ems->size() > 0;
  const Result<Words> export_limit = co_await registers_.probe(export_enable_register, 2);
  if (!export_limit) co_return export_limit.failed();
  found.has_export_limit = export_limit->size() > 0;
  const Result<Words> currents = co_await registers_.probe(charge_current_register, 4);
  if (!currents) co_return currents.failed();
  found.has_current_limits = currents->size() > 0;
  if (info.is_745()) {
    const Result<Words> enable = co_await registers_.probe(eco_enable_register, 1);
    if (!enable) co_return enable.failed();
    found.has_eco_enable = enable->size() > 0;
  }
  co_return found;
}

/// The longest meter block that the unit has: 125 registers where its model promises them, then 58, then 45. Empty
/// where it has none.
net::Awaitable<Result<std::vector<std::uint8_t>>> EtDriver::Session::read_meter(MeterBlock allowed) {
  constexpr std::array<std::uint16_t, 3> lengths{et_meter_ext2_count, et_meter_ext_count, et_meter_count};
  for (std::size_t i = allowed == MeterBlock::any ? 0 : 2; i < lengths.size(); ++i) {
    if (!meter_[i].wanted(clock_.now())) continue;
    Result<std::vector<std::uint8_t>> block = co_await registers_.read_block(et_meter_register, lengths[i]);
    if (block) meter_[i].answered();
    if (block || block.error().code != ErrorCode::unsupported) co_return block;
    meter_[i].refused(clock_.now());
  }
  co_return std::vector<std::uint8_t>();
}

}  // namespace gridpilot::goodwe
