#include <algorithm>
#include <cmath>
#include <optional>

#include "gridpilot/codec/goodwe/reading_codec.hpp"

namespace gridpilot::goodwe {
namespace {

// Every sensor lies in the first 93 bytes; what follows varies with the firmware.
constexpr std::size_t least_payload = 93;
constexpr int charging = 3;
constexpr int no_battery = 0;
constexpr int importing = 2;
constexpr int exporting = 1;

/// Numbers at byte offsets; all ones is "not available".
class Payload {
 public:
  explicit Payload(Bytes bytes) : bytes_(bytes) {}
  [[nodiscard]] std::optional<double> word(std::size_t at) const {
    const std::uint16_t raw = u16_at(bytes_, at);
    return raw == 0xFFFF ? std::nullopt : std::optional<double>(raw);
  }
  [[nodiscard]] std::optional<double> long_word(std::size_t at) const {
    const std::uint32_t raw = u32_at(bytes_, at);
    return raw == 0xFFFF'FFFFU ? std::nullopt : std::optional<double>(raw);
  }
  [[nodiscard]] int s16(std::size_t at) const { return static_cast<std::int16_t>(u16_at(bytes_, at)); }
  [[nodiscard]] int byte(std::size_t at) const { return bytes_[at]; }
  [[nodiscard]] Measured<Voltage> voltage(std::size_t at) const {
    const auto raw = word(at);
    return raw ? Measured<Voltage>(volts(*raw / 10.0)) : Measured<Voltage>();
  }
  [[nodiscard]] Measured<Temperature> temperature(std::size_t at) const {
    const std::uint16_t raw = u16_at(bytes_, at);
    if (raw == 0xFFFF || raw == 0x7FFF) return {};
    return celsius(s16(at) / 10.0);
  }
  [[nodiscard]] Measured<Energy, double> energy(std::size_t at) const {
    const auto raw = long_word(at);
    return raw ? Measured<Energy, double>(kilowatt_hours(*raw / 10.0)) : Measured<Energy, double>();
  }

 private:
  Bytes bytes_;
};

[[nodiscard]] Measured<Power> pv_power(const Payload& p) {
  std::optional<double> sum;
  constexpr std::size_t strings[] = {0, 5};
  for (const std::size_t at : strings) {
    const auto tenths_of_volts = p.word(at);
    const auto tenths_of_amperes = p.word(at + 2);
    if (tenths_of_volts && tenths_of_amperes) sum = sum.value_or(0.0) + *tenths_of_volts * *tenths_of_amperes / 100.0;
  }
  return sum ? Measured<Power>(watts(*sum)) : Measured<Power>();
}

void read_battery(const Payload& p, Reading& reading) {
  const int mode = p.byte(30);
  if (mode == no_battery) return;
  reading.battery_voltage = p.voltage(10);
  const auto magnitude = p.word(18);
  if (magnitude) reading.battery_current = amperes(mode == charging ? *magnitude / 10.0 : -*magnitude / 10.0);
  if (reading.battery_voltage && reading.battery_current)
    reading.battery = *reading.battery_voltage * *reading.battery_current;
  // Without a link to the battery manager all ones stand there; no share is above a hundred.
  constexpr int whole = 100;
  if (p.byte(26) <= whole) reading.soc = percent(p.byte(26));
  if (p.byte(29) > 0 && p.byte(29) <= whole) reading.state_of_health = percent(p.byte(29));
  if (const auto limit = p.word(20)) reading.battery_charge_limit = amperes(*limit);
  if (const auto limit = p.word(22)) reading.battery_discharge_limit = amperes(*limit);
  reading.battery_temperature = p.temperature(16);
  reading.battery_alarms = static_cast<std::uint32_t>(p.word(24).value_or(0.0));
}

/// Import positive.
[[nodiscard]] Power grid_power(const Payload& p, const Reading& reading) {
  const Power magnitude = watts(std::abs(p.s16(38)));
  const int direction = p.byte(80);
  const Power told = direction == importing ? magnitude : -magnitude;
  const bool battery_unknown = p.byte(30) != no_battery && !reading.battery;
  if (!reading.pv || !reading.load || battery_unknown) return told;
  const Power balance = *reading.load + reading.battery.value_or(Power{}) - *reading.pv;
  const auto miss = [&balance](Power grid) { return std::abs(in_watts(balance - grid)); };
  constexpr double too_close_to_tell = 100.0;
  const bool tells = std::abs(miss(magnitude) - miss(-magnitude)) > too_close_to_tell;
  if (!tells && (direction == importing || direction == exporting)) return told;
  return miss(magnitude) < miss(-magnitude) ? magnitude : -magnitude;
}

}  // namespace

Result<Reading> decode_es_reading(Bytes payload, const DeviceInfo&, Instant time) {
  if (payload.size() < least_payload)
    return failure(ErrorCode::short_frame, "runtime data: " + std::to_string(payload.size()) + " bytes");
  const Payload p(payload);
  Reading reading{.time = time};
  reading.pv = pv_power(p);
  read_battery(p, reading);
  const auto port = p.word(47);
  const auto backup = p.word(81);
  if (backup) reading.backup = watts(*backup);
  if (port) reading.load = watts(*port + backup.value_or(0.0));
  reading.grid = grid_power(p, reading);
  reading.grid_l1 = reading.grid;
  reading.grid_voltage_l1 = p.voltage(34);
  reading.inverter_temperature = p.temperature(53);
  reading.pv_total = p.energy(59);
  reading.load_total = p.energy(71);
  reading.inverter_faults = static_cast<std::uint32_t>(p.long_word(55).value_or(0.0));
  reading.operation_mode = static_cast<std::uint16_t>(p.byte(42));
  return reading;
}

}  // namespace gridpilot::goodwe
