#include "gridpilot/codec/goodwe/reading_codec.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "gridpilot/codec/goodwe/register_block.hpp"

namespace gridpilot::goodwe {
namespace {

/// A power whose low word is at `number` (protocol.md 7.2): 32 bits only on units above 30 kW that extend the sign.
[[nodiscard]] double wide_power(const RegisterBlock& block, std::uint16_t number, const DeviceInfo& info) {
  const std::uint16_t high = block.u16(static_cast<std::uint16_t>(number - 1));
  const bool wide = info.rating && *info.rating > kilowatts(30) && (high == 0 || high == 0xFFFF);
  return wide ? block.s32(static_cast<std::uint16_t>(number - 1)) : block.s16(number);
}

[[nodiscard]] Measured<Power> pv_power(const RegisterBlock& runtime) {
  std::optional<double> sum;
  constexpr std::array<std::uint16_t, 4> strings{35105, 35109, 35113, 35117};
  for (const std::uint16_t number : strings)
    if (const auto raw = runtime.long_word(number)) sum = sum.value_or(0.0) + *raw;
  return sum ? Measured<Power>(watts(*sum)) : Measured<Power>();
}

/// Export positive, as the device has it; absent where the device has no such total.
[[nodiscard]] std::optional<double> export_power(const RegisterBlock& runtime, const DeviceInfo& info) {
  const bool lacks = runtime.reads_ones(35140) && runtime.reads_ones(35142) && runtime.reads_ones(35144);
  return lacks ? std::nullopt : std::optional(wide_power(runtime, 35140, info));
}

/// A total and its three phases all at "not available" is a value that the unit lacks.
[[nodiscard]] std::optional<double> total_power(const RegisterBlock& runtime, std::uint16_t total,
                                                std::uint16_t first_phase, std::uint16_t phase_step,
                                                const DeviceInfo& info) {
  bool lacks = runtime.reads_ones(total);
  for (unsigned phase = 0; phase < 3 && lacks; ++phase)
    lacks = runtime.reads_ones(static_cast<std::uint16_t>(first_phase + phase * phase_step));
  return lacks ? std::nullopt : std::optional(wide_power(runtime, total, info));
}

void read_battery_side(const RegisterBlock& runtime, Reading& reading) {
  const bool lacks = runtime.u16(35184) == 0 ||
                     (runtime.reads_ones(35180) && runtime.reads_ones(35181) && runtime.u32(35182) == 0xFFFF'FFFFU);
  if (lacks) return;
  reading.battery = watts(-static_cast<double>(runtime.s32(35182)));  // discharge positive → charge positive
  reading.battery_current = amperes(-static_cast<double>(runtime.s16(35181)) / 10.0);
  reading.battery_voltage = runtime.voltage(35180);
}

void read_house(const RegisterBlock& runtime, const DeviceInfo& info, Reading& reading) {
  const auto exported = export_power(runtime, info);
  if (exported) reading.grid = watts(-*exported);
  const auto load = total_power(runtime, 35172, 35164, 2, info);
  const auto backup = total_power(runtime, 35170, 35150, 6, info);
  if (backup) reading.backup = watts(*backup);
  if (load && backup) {
    // Meters are not sampled at one instant: at low load the sum may come out below nothing.
    reading.load = watts(std::max(*load + *backup, 0.0));
  } else if (reading.pv && reading.grid) {
    const Power from_battery = reading.battery ? -*reading.battery : Power{};
    reading.load = std::max(*reading.pv + from_battery + *reading.grid, Power{});
  }
}

void read_phases(const RegisterBlock& runtime, const DeviceInfo& info, Reading& reading) {
  reading.grid_voltage_l1 = runtime.voltage(35121);
  if (info.single_phase) return;
  reading.grid_voltage_l2 = runtime.voltage(35126);
  reading.grid_voltage_l3 = runtime.voltage(35131);
}

void read_battery_block(const RegisterBlock& battery, Reading& reading) {
  if (const auto soc = battery.word(37007)) reading.soc = percent(*soc);
  if (const auto health = battery.word(37008)) reading.state_of_health = percent(*health);
  if (const auto limit = battery.word(37004)) reading.battery_charge_limit = amperes(*limit);
  if (const auto limit = battery.word(37005)) reading.battery_discharge_limit = amperes(*limit);
  reading.battery_temperature = battery.temperature(37003);
  const std::uint32_t high = battery.reads_ones(37012) ? 0U : battery.u16(37012);
  const std::uint32_t low = battery.reads_ones(37006) ? 0U : battery.u16(37006);
  reading.battery_alarms = (high << 16U) | low;
}

/// Power of one phase at the meter, import positive; absent where power, reactive and apparent power all read ones.
[[nodiscard]] Measured<Power> meter_phase(const RegisterBlock& meter, std::uint16_t phase) {
  const auto at = [phase](std::uint16_t first) { return static_cast<std::uint16_t>(first + 2 * phase); };
  const bool lacks = meter.u32(at(36019)) == 0xFFFF'FFFFU && meter.u32(at(36027)) == 0xFFFF'FFFFU &&
                     meter.u32(at(36035)) == 0xFFFF'FFFFU;
  if (lacks) return {};
  return watts(-static_cast<double>(meter.s32(at(36019))));
}

/// IEEE-754 single, Wh.
[[nodiscard]] Measured<Energy, double> float_energy(const RegisterBlock& meter, std::uint16_t number) {
  const auto wh = static_cast<double>(std::bit_cast<float>(meter.u32(number)));
  if (!std::isfinite(wh)) return {};
  return watt_hours(wh);
}

/// The second battery beside the first: powers and limits add up; of the two temperatures the one that is further from
/// comfortable, of the states of charge the mean.
void read_second_battery(const RegisterBlock& power, const RegisterBlock& battery, Reading& reading) {
  const bool lacks = power.reads_ones(35262) && power.reads_ones(35263) && power.u32(35264) == 0xFFFF'FFFFU;
  if (lacks || power.u16(35266) == 0) return;
  const auto sum = [](auto first, auto second) {
    return first ? decltype(first)(*first + second) : decltype(first)(second);
  };
  reading.battery = sum(reading.battery, watts(-static_cast<double>(power.s32(35264))));
  reading.battery_current = sum(reading.battery_current, amperes(-static_cast<double>(power.s16(35263)) / 10.0));
  if (!reading.battery_voltage) reading.battery_voltage = power.voltage(35262);
  if (const auto soc = battery.word(39005))
    reading.soc = reading.soc ? Measured<Soc>((*reading.soc + percent(*soc)) / 2.0) : Measured<Soc>(percent(*soc));
  if (const auto limit = battery.word(39002))
    reading.battery_charge_limit = sum(reading.battery_charge_limit, amperes(*limit));
  if (const auto limit = battery.word(39003))
    reading.battery_discharge_limit = sum(reading.battery_discharge_limit, amperes(*limit));
  const Measured<Temperature> degrees = battery.temperature(39001);
  constexpr double comfortable = 22.0;
  const auto strain = [](Temperature t) { return std::abs(in_celsius(t) - comfortable); };
  if (degrees && (!reading.battery_temperature || strain(*degrees) > strain(*reading.battery_temperature)))
    reading.battery_temperature = degrees;
  const std::uint32_t high = battery.reads_ones(39010) ? 0U : battery.u16(39010);
  const std::uint32_t low = battery.reads_ones(39004) ? 0U : battery.u16(39004);
  reading.battery_alarms |= (high << 16U) | low;
}

/// Amperes of a phase at the meter, which tells no direction: that of the phase's power.
[[nodiscard]] Measured<Current> meter_current(const RegisterBlock& meter, std::uint16_t phase,
                                              const Measured<Power>& power) {
  const auto raw = meter.word(static_cast<std::uint16_t>(36055 + phase));
  if (!raw || !power) return {};
  return amperes(*power < Power{} ? -*raw / 10.0 : *raw / 10.0);
}

void read_meter_block(const RegisterBlock& meter, std::size_t registers, const DeviceInfo& info, Reading& reading) {
  reading.grid_l1 = meter_phase(meter, 0);
  if (!info.single_phase) {
    reading.grid_l2 = meter_phase(meter, 1);
    reading.grid_l3 = meter_phase(meter, 2);
  }
  if (registers >= et_meter_ext_count) {
    reading.grid_current_l1 = meter_current(meter, 0, reading.grid_l1);
    reading.grid_current_l2 = meter_current(meter, 1, reading.grid_l2);
    reading.grid_current_l3 = meter_current(meter, 2, reading.grid_l3);
  }
  reading.export_total = float_energy(meter, 36015);
  reading.import_total = float_energy(meter, 36017);
  if (registers < et_meter_ext2_count) return;
  // 36015 and 36017 stay 0 on the 745 platform; the long block counts in 10 Wh.
  const auto counted = [&meter](std::uint16_t number) {
    const std::uint64_t raw = meter.u64(number);
    return raw == ~std::uint64_t{0} ? Measured<Energy, double>()
                                    : Measured<Energy, double>(kilowatt_hours(static_cast<double>(raw) / 100.0));
  };
  const auto exported = counted(36104);
  const auto imported = counted(36120);
  if (!exported || !imported || (*exported == Energy{} && *imported == Energy{})) return;
  reading.export_total = exported;
  reading.import_total = imported;
}

}  // namespace

std::uint16_t battery_mode_of(Bytes runtime) {
  return RegisterBlock(runtime, et_runtime_register).u16(35184);
}

Result<Reading> decode_et_reading(const EtBlocks& blocks, const DeviceInfo& info, Instant time) {
  if (blocks.runtime.size() / 2 < et_runtime_count)
    return failure(ErrorCode::short_frame, "runtime block: " + std::to_string(blocks.runtime.size()) + " bytes");
  const RegisterBlock runtime(blocks.runtime, et_runtime_register);
  Reading reading{.time = time};
  reading.pv = pv_power(runtime);
  read_battery_side(runtime, reading);
  if (blocks.battery.size() / 2 >= et_battery_count)
    read_battery_block(RegisterBlock(blocks.battery, et_battery_register), reading);
  if (blocks.battery2.size() / 2 >= et_battery2_count && blocks.battery2_power.size() / 2 >= et_battery2_power_count)
    read_second_battery(RegisterBlock(blocks.battery2_power, et_battery2_power_register),
                        RegisterBlock(blocks.battery2, et_battery2_register), reading);
  // On units of several strings a tracker the strings' own powers are wrong (protocol.md 7.5); this total is not.
  if (blocks.trackers.size() / 2 >= et_trackers_count)
    if (const auto total = RegisterBlock(blocks.trackers, et_trackers_register).long_word(35301))
      reading.pv = watts(*total);
  const std::size_t meter_registers = blocks.meter.size() / 2;
  const RegisterBlock meter(blocks.meter, et_meter_register);
  if (meter_registers >= et_meter_count && !export_power(runtime, info)) reading.grid = meter_phase(meter, 3);
  read_house(runtime, info, reading);
  read_phases(runtime, info, reading);
  if (meter_registers >= et_meter_count) read_meter_block(meter, meter_registers, info, reading);

  reading.inverter_temperature = runtime.temperature(35176);
  if (!reading.inverter_temperature) reading.inverter_temperature = runtime.temperature(35174);
  reading.pv_total = runtime.energy(35191);
  reading.load_total = runtime.energy(35203);
  reading.charge_total = runtime.energy(35206);
  reading.discharge_total = runtime.energy(35209);
  reading.inverter_faults = runtime.u32(35189) == 0xFFFF'FFFFU ? 0U : runtime.u32(35189);
  reading.operation_mode = runtime.u16(35187);
  return reading;
}

}  // namespace gridpilot::goodwe
