#include "gridpilot/codec/goodwe/reading_codec.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace gridpilot::goodwe {
namespace {

/// Registers of one block by their number; the size of the block has been checked.
class Block {
 public:
  Block(Bytes data, std::uint16_t first) : data_(data), first_(first) {}

  [[nodiscard]] std::uint16_t u16(std::uint16_t number) const { return u16_at(data_, offset(number)); }
  [[nodiscard]] std::int16_t s16(std::uint16_t number) const { return static_cast<std::int16_t>(u16(number)); }
  [[nodiscard]] std::uint32_t u32(std::uint16_t number) const { return u32_at(data_, offset(number)); }
  [[nodiscard]] std::int32_t s32(std::uint16_t number) const { return static_cast<std::int32_t>(u32(number)); }
  [[nodiscard]] std::uint64_t u64(std::uint16_t number) const {
    return (static_cast<std::uint64_t>(u32(number)) << 32U) | u32(static_cast<std::uint16_t>(number + 2));
  }
  [[nodiscard]] bool reads_ones(std::uint16_t number) const { return u16(number) == 0xFFFF; }

  // Unsigned: all ones is "not available".
  [[nodiscard]] std::optional<double> word(std::uint16_t number) const {
    return reads_ones(number) ? std::nullopt : std::optional<double>(u16(number));
  }
  [[nodiscard]] std::optional<double> long_word(std::uint16_t number) const {
    return u32(number) == 0xFFFF'FFFFU ? std::nullopt : std::optional<double>(u32(number));
  }
  [[nodiscard]] Measured<Voltage> voltage(std::uint16_t number) const {
    const auto raw = word(number);
    return raw ? Measured<Voltage>(volts(*raw / 10.0)) : Measured<Voltage>();
  }
  [[nodiscard]] Measured<Energy, double> energy(std::uint16_t number) const {
    const auto raw = long_word(number);
    return raw ? Measured<Energy, double>(kilowatt_hours(*raw / 10.0)) : Measured<Energy, double>();
  }
  [[nodiscard]] Measured<Temperature> temperature(std::uint16_t number) const {
    if (reads_ones(number) || u16(number) == 0x7FFF) return {};
    return celsius(s16(number) / 10.0);
  }

 private:
  [[nodiscard]] std::size_t offset(std::uint16_t number) const { return 2 * static_cast<std::size_t>(number - first_); }
  Bytes data_;
  std::uint16_t first_;
};

/// A power whose low word is at `number` (protocol.md 7.2): 32 bits only on units above 30 kW that extend the sign.
[[nodiscard]] double wide_power(const Block& block, std::uint16_t number, const DeviceInfo& info) {
  const std::uint16_t high = block.u16(static_cast<std::uint16_t>(number - 1));
  const bool wide = info.rating && *info.rating > kilowatts(30) && (high == 0 || high == 0xFFFF);
  return wide ? block.s32(static_cast<std::uint16_t>(number - 1)) : block.s16(number);
}

[[nodiscard]] Measured<Power> pv_power(const Block& runtime) {
  std::optional<double> sum;
  constexpr std::array<std::uint16_t, 4> strings{35105, 35109, 35113, 35117};
  for (const std::uint16_t number : strings)
    if (const auto raw = runtime.long_word(number)) sum = sum.value_or(0.0) + *raw;
  return sum ? Measured<Power>(watts(*sum)) : Measured<Power>();
}

/// Export positive, as the device has it; absent where the device has no such total.
[[nodiscard]] std::optional<double> export_power(const Block& runtime, const DeviceInfo& info) {
  const bool lacks = runtime.reads_ones(35140) && runtime.reads_ones(35142) && runtime.reads_ones(35144);
  return lacks ? std::nullopt : std::optional(wide_power(runtime, 35140, info));
}

/// A total and its three phases all at "not available" is a value that the unit lacks.
[[nodiscard]] std::optional<double> total_power(const Block& runtime, std::uint16_t total, std::uint16_t first_phase,
                                                std::uint16_t phase_step, const DeviceInfo& info) {
  bool lacks = runtime.reads_ones(total);
  for (unsigned phase = 0; phase < 3 && lacks; ++phase)
    lacks = runtime.reads_ones(static_cast<std::uint16_t>(first_phase + phase * phase_step));
  return lacks ? std::nullopt : std::optional(wide_power(runtime, total, info));
}

void read_battery_side(const Block& runtime, Reading& reading) {
  const bool lacks = runtime.u16(35184) == 0 ||
                     (runtime.reads_ones(35180) && runtime.reads_ones(35181) && runtime.u32(35182) == 0xFFFF'FFFFU);
  if (lacks) return;
  reading.battery = watts(-static_cast<double>(runtime.s32(35182)));  // discharge positive → charge positive
  reading.battery_current = amperes(-static_cast<double>(runtime.s16(35181)) / 10.0);
  reading.battery_voltage = runtime.voltage(35180);
}

void read_house(const Block& runtime, const DeviceInfo& info, Reading& reading) {
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

void read_phases(const Block& runtime, const DeviceInfo& info, Reading& reading) {
  reading.grid_voltage_l1 = runtime.voltage(35121);
  if (info.single_phase) return;
  reading.grid_voltage_l2 = runtime.voltage(35126);
  reading.grid_voltage_l3 = runtime.voltage(35131);
}

void read_battery_block(const Block& battery, Reading& reading) {
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
[[nodiscard]] Measured<Power> meter_phase(const Block& meter, std::uint16_t phase) {
  const auto at = [phase](std::uint16_t first) { return static_cast<std::uint16_t>(first + 2 * phase); };
  const bool lacks = meter.u32(at(36019)) == 0xFFFF'FFFFU && meter.u32(at(36027)) == 0xFFFF'FFFFU &&
                     meter.u32(at(36035)) == 0xFFFF'FFFFU;
  if (lacks) return {};
  return watts(-static_cast<double>(meter.s32(at(36019))));
}

/// IEEE-754 single, Wh.
[[nodiscard]] Measured<Energy, double> float_energy(const Block& meter, std::uint16_t number) {
  const auto wh = static_cast<double>(std::bit_cast<float>(meter.u32(number)));
  if (!std::isfinite(wh)) return {};
  return watt_hours(wh);
}

void read_meter_block(const Block& meter, std::size_t registers, const DeviceInfo& info, Reading& reading) {
  reading.grid_l1 = meter_phase(meter, 0);
  if (!info.single_phase) {
    reading.grid_l2 = meter_phase(meter, 1);
    reading.grid_l3 = meter_phase(meter, 2);
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
  return Block(runtime, et_runtime_register).u16(35184);
}

Result<Reading> decode_et_reading(const EtBlocks& blocks, const DeviceInfo& info, Instant time) {
  if (blocks.runtime.size() / 2 < et_runtime_count)
    return failure(ErrorCode::short_frame, "runtime block: " + std::to_string(blocks.runtime.size()) + " bytes");
  const Block runtime(blocks.runtime, et_runtime_register);
  Reading reading{.time = time};
  reading.pv = pv_power(runtime);
  read_battery_side(runtime, reading);
  if (blocks.battery.size() / 2 >= et_battery_count)
    read_battery_block(Block(blocks.battery, et_battery_register), reading);
  const std::size_t meter_registers = blocks.meter.size() / 2;
  const Block meter(blocks.meter, et_meter_register);
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
