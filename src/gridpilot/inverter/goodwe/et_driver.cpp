#include "gridpilot/codec/goodwe/reading_codec.hpp"
#include "gridpilot/inverter/goodwe/driver.hpp"

namespace gridpilot::goodwe {

/// protocol.md 5.3: what a unit has is told by what it answers, never by its silence.
net::Awaitable<Result<Abilities>> EtDriver::probe() {
  for (OptionalBlock* block : {meter_.data(), &meter_[1], &meter_[2], &battery2_, &battery2_power_, &trackers_})
    block->answered();
  const DeviceInfo& info = known_device();
  Abilities found{.rating = rated_power(info).value_or(Power{})};
  constexpr std::uint16_t group_registers = 6;
  const Result<Words> group = co_await modbus().probe(eco_v2_register, group_registers);
  if (!group) co_return group.failed();
  found.eco_format = group->size() > 0 ? EcoFormat::v2 : EcoFormat::v1;
  found.eco_type = info.is_745() && group->size() > 0 ? ScheduleType::eco_745 : ScheduleType::eco;
  // A type that stands in group 1 is kept (control.md 3.3).
  Registers registers;
  registers.set(eco_v2_register, group->span());
  if (const auto stands = registers.eco_group({.eco_format = EcoFormat::v2}, 0))
    if (stands->type() == ScheduleType::eco || stands->type() == ScheduleType::eco_745) found.eco_type = stands->type();
  const Result<Words> ems = co_await modbus().probe(ems_mode_register, 2);
  if (!ems) co_return ems.failed();
  found.has_ems = ems->size() > 0;
  const Result<Words> export_limit = co_await modbus().probe(export_enable_register, 2);
  if (!export_limit) co_return export_limit.failed();
  found.has_export_limit = export_limit->size() > 0;
  const Result<Words> currents = co_await modbus().probe(charge_current_register, 4);
  if (!currents) co_return currents.failed();
  found.has_current_limits = currents->size() > 0;
  if (info.is_745()) {
    const Result<Words> enable = co_await modbus().probe(eco_enable_register, 1);
    if (!enable) co_return enable.failed();
    found.has_eco_enable = enable->size() > 0;
  }
  co_return found;
}

net::Awaitable<Result<Reading>> EtDriver::sample() {
  const DeviceInfo& device = known_device();
  const auto runtime = co_await modbus().read_block(et_runtime_register, et_runtime_count);
  if (!runtime) co_return runtime.failed();
  const Instant time = clock().now();
  std::vector<std::uint8_t> battery;
  if (battery_mode_of(*runtime) != 0) {
    Result<std::vector<std::uint8_t>> block = co_await modbus().read_block(et_battery_register, et_battery_count);
    // Refused as unknown: without it this time, asked again at the next reading.
    if (!block && block.error().code != ErrorCode::unsupported) co_return block.failed();
    if (block) battery = std::move(*block);
  }
  std::vector<std::uint8_t> battery2;
  std::vector<std::uint8_t> battery2_power;
  if (device.second_battery) {
    Result<std::vector<std::uint8_t>> state =
        co_await read_optional(&battery2_, et_battery2_register, et_battery2_count);
    if (!state) co_return state.failed();
    Result<std::vector<std::uint8_t>> power =
        co_await read_optional(&battery2_power_, et_battery2_power_register, et_battery2_power_count);
    if (!power) co_return power.failed();
    battery2 = std::move(*state);
    battery2_power = std::move(*power);
  }
  const Result<std::vector<std::uint8_t>> meter = co_await read_meter();
  if (!meter) co_return meter.failed();
  std::vector<std::uint8_t> trackers;
  if (device.extended_meter) {
    Result<std::vector<std::uint8_t>> block =
        co_await read_optional(&trackers_, et_trackers_register, et_trackers_count);
    if (!block) co_return block.failed();
    trackers = std::move(*block);
  }
  co_return decode_et_reading({.runtime = *runtime,
                               .battery = battery,
                               .meter = *meter,
                               .battery2 = battery2,
                               .battery2_power = battery2_power,
                               .trackers = trackers},
                              device, time);
}

/// The longest meter block that the unit has: 125 registers where its model promises them, then 58, then 45. Empty
/// where it has none.
net::Awaitable<Result<std::vector<std::uint8_t>>> EtDriver::read_meter() {
  constexpr std::array<std::uint16_t, 3> lengths{et_meter_ext2_count, et_meter_ext_count, et_meter_count};
  for (std::size_t i = known_device().extended_meter ? 0 : 2; i < lengths.size(); ++i) {
    Result<std::vector<std::uint8_t>> block = co_await read_optional(&meter_[i], et_meter_register, lengths[i]);
    if (!block || !block->empty()) co_return block;
  }
  co_return std::vector<std::uint8_t>();
}

ports::MeasuredBySafety EtDriver::measures() const {
  const int phases = known_device().single_phase ? 1 : 3;
  return {.grid_phases = phases, .grid_voltages = phases};
}

}  // namespace gridpilot::goodwe
