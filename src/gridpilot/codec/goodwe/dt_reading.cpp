#include <algorithm>
#include <optional>

#include "gridpilot/codec/goodwe/reading_codec.hpp"
#include "gridpilot/codec/goodwe/register_block.hpp"

namespace gridpilot::goodwe {
namespace {

constexpr std::uint16_t meter_connected = 1;

/// A string's voltage times its current; absent where one is "not available".
[[nodiscard]] std::optional<double> string_power(const RegisterBlock& runtime, int string) {
  const auto first = static_cast<std::uint16_t>(30103 + 2 * string);
  const auto tenths_of_volts = runtime.word(first);
  const auto tenths_of_amperes = runtime.word(static_cast<std::uint16_t>(first + 1));
  if (!tenths_of_volts || !tenths_of_amperes) return std::nullopt;
  return *tenths_of_volts * *tenths_of_amperes / 100.0;
}

[[nodiscard]] Measured<Power> pv_power(const RegisterBlock& runtime, const DeviceInfo& info) {
  if (const auto total = runtime.long_word(30137)) return watts(*total);
  std::optional<double> sum;
  for (int string = 0; string < std::max(info.trackers, 2); ++string)
    if (const auto power = string_power(runtime, string)) sum = sum.value_or(0.0) + *power;
  return sum ? Measured<Power>(watts(*sum)) : Measured<Power>();
}

[[nodiscard]] Measured<Energy, double> watt_hours_at(const RegisterBlock& meter, std::uint16_t number) {
  const auto raw = meter.long_word(number);
  return raw ? Measured<Energy, double>(watt_hours(*raw)) : Measured<Energy, double>();
}

void read_meter(const RegisterBlock& meter, Reading& reading) {
  reading.export_total = watt_hours_at(meter, 30197);
  reading.import_total = watt_hours_at(meter, 30199);
  // -1 W is a reading too: it is "not available" only together with the counters.
  const bool lacks = meter.u32(30195) == 0xFFFF'FFFFU && !reading.export_total && !reading.import_total;
  if (lacks || meter.u16(30209) != meter_connected) return;
  reading.grid = watts(-static_cast<double>(meter.s32(30195)));
}

}  // namespace

Result<Reading> decode_dt_reading(Bytes runtime_bytes, Bytes meter_bytes, const DeviceInfo& info, Instant time) {
  if (runtime_bytes.size() / 2 < dt_runtime_count)
    return failure(ErrorCode::short_frame, "runtime block: " + std::to_string(runtime_bytes.size()) + " bytes");
  const RegisterBlock runtime(runtime_bytes, dt_runtime_register);
  Reading reading{.time = time};
  reading.pv = pv_power(runtime, info);
  if (meter_bytes.size() / 2 >= dt_meter_count) read_meter(RegisterBlock(meter_bytes, dt_meter_register), reading);
  const auto delivered = runtime.long_word(30127);
  // Meter and inverter are not sampled at one instant: at low load the sum may come out below nothing.
  if (delivered && reading.grid) reading.load = std::max(watts(*delivered) + *reading.grid, Power{});
  reading.grid_voltage_l1 = runtime.voltage(30118);
  if (!info.single_phase) {
    reading.grid_voltage_l2 = runtime.voltage(30119);
    reading.grid_voltage_l3 = runtime.voltage(30120);
  } else {
    reading.grid_l1 = reading.grid;
  }
  reading.inverter_temperature = runtime.temperature(30141);
  reading.pv_total = runtime.energy(30145);
  reading.inverter_faults = static_cast<std::uint32_t>(runtime.long_word(30130).value_or(0.0));
  reading.operation_mode = runtime.u16(30129);
  return reading;
}

}  // namespace gridpilot::goodwe
