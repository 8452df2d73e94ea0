#include "gridpilot/sim/es_device.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "gridpilot/plant/noise.hpp"
#include "gridpilot/sim/identification.hpp"

namespace gridpilot::sim {
namespace {

// AA55 registers.
constexpr std::uint16_t lowest_soc = 0x0560;  ///< 100 - depth of discharge
constexpr std::uint16_t clear_eco = 0x0700;
constexpr std::uint16_t eco_groups_v1 = 0x0701;
constexpr int eco_group_count = 4;
// Modbus registers.
constexpr std::uint16_t fast_charging = 47545;
constexpr std::uint16_t fast_charging_soc = 47546;
constexpr std::uint16_t eco_groups_v2 = 47547;

constexpr std::uint8_t acknowledge = 0x06;
constexpr std::size_t longest_logged = 16;
// As captured units send them.
constexpr std::size_t runtime_size = 133;
constexpr std::size_t settings_size = 86;

/// Numbers at offsets of a payload, clamped to their type.
class Payload {
 public:
  explicit Payload(std::size_t size) : bytes_(size, 0) {}
  void u8(std::size_t at, double value) {
    bytes_[at] = static_cast<std::uint8_t>(std::clamp(std::round(value), 0.0, 255.0));
  }
  void u16(std::size_t at, double value) {
    put(at, static_cast<std::uint16_t>(std::clamp(std::round(value), 0.0, 65535.0)));
  }
  void s16(std::size_t at, double value) {
    put(at, static_cast<std::uint16_t>(static_cast<std::int16_t>(std::clamp(std::round(value), -32768.0, 32767.0))));
  }
  void u32(std::size_t at, double value) {
    const auto whole = static_cast<std::uint32_t>(std::clamp(std::round(value), 0.0, 4294967295.0));
    put(at, static_cast<std::uint16_t>(whole >> 16U));
    put(at + 2, static_cast<std::uint16_t>(whole & 0xFFFFU));
  }
  [[nodiscard]] std::vector<std::uint8_t> take() && { return std::move(bytes_); }

 private:
  void put(std::size_t at, std::uint16_t value) {
    bytes_[at] = static_cast<std::uint8_t>(value >> 8U);
    bytes_[at + 1] = static_cast<std::uint8_t>(value & 0xFFU);
  }
  std::vector<std::uint8_t> bytes_;
};

double tenths(Energy energy) {
  return std::floor(in_kilowatt_hours(energy) * 10.0 + 1e-9);
}

/// DSP1, DSP2 and, to the base of 36, ARM: what the eco groups hang on (protocol.md 5.4).
std::string_view firmware_of(Profile profile) {
  switch (profile) {
    case Profile::es_v1: return "2424A";   // ARM 10: groups as AA55 registers
    case Profile::es_old: return "18185";  // ARM 5
    default: return "2424J";               // ARM 19: groups and fast charging over Modbus
  }
}

}  // namespace

EsDevice::EsDevice(TimeZone zone, DeviceOptions options, plant::House& house)
    : GoodweDevice(std::move(zone), std::move(options), house) {
  aa55_registers_.add_area(lowest_soc, 1);
  aa55_registers_.put_u16(lowest_soc, in_percent(house_.setting().discharge_stop));
  if (options_.profile != Profile::es_old) aa55_registers_.add_area(clear_eco, 1 + 4 * eco_group_count);
  if (options_.profile == Profile::es) {
    registers_.add_area(fast_charging, 2 + 6 * eco_group_count);
    registers_.put_u16(fast_charging_soc, 100);
  }
  clear_eco_groups();
  begin();
}

std::string EsDevice::usual_serial(Profile, Power rating) {
  return serial_of(rating, "ESU");
}

std::vector<std::uint8_t> EsDevice::identification() const {
  char model[24];
  std::snprintf(model, sizeof model, "GW%.0f-ES", std::round(in_watts(house_.options().inverter.rating)));
  return identification_of({.firmware = firmware_of(options_.profile),
                            .model = model,
                            .serial = options_.serial,
                            .arm_firmware = "410-04025-23"});
}

void EsDevice::reset_behind_the_back() {
  mode_ = Mode::general;
  begin();
}

void EsDevice::clear_eco_groups() {
  const auto fill = [](RegisterMap& map, std::uint16_t first, EcoFormat format) {
    for (int group = 0; group < eco_group_count; ++group)
      for (const std::uint16_t word : unused_eco_group(format, false)) map.put_u16(first++, word);
  };
  fill(aa55_registers_, eco_groups_v1, EcoFormat::v1);
  fill(registers_, eco_groups_v2, EcoFormat::v2);
}

// ---- Modbus ----

std::uint8_t EsDevice::judge_write(std::uint16_t first, std::span<const std::uint16_t> values) const {
  if (!registers_.has(first, static_cast<std::uint16_t>(values.size()))) return goodwe::illegal_address;
  const int last = first + static_cast<int>(values.size()) - 1;
  for (int group = 0; group < eco_group_count; ++group) {
    const int begin = eco_groups_v2 + 6 * group;
    if (last < begin || first >= begin + 6) continue;
    std::array<std::uint16_t, 6> after{};
    for (int i = 0; i < 6; ++i) {
      const int number = begin + i;
      const bool written = number >= first && number <= last;
      after[static_cast<std::size_t>(i)] = written ? values[static_cast<std::size_t>(number - first)]
                                                   : registers_.u16(static_cast<std::uint16_t>(number));
    }
    if (!is_valid_eco_group(EcoFormat::v2, after)) return goodwe::illegal_value;
  }
  const auto exceeds = [&](std::uint16_t number, std::uint16_t most) {
    return number >= first && number <= last && values[static_cast<std::size_t>(number - first)] > most;
  };
  return exceeds(fast_charging, 1) || exceeds(fast_charging_soc, 100) ? goodwe::illegal_value : std::uint8_t{0};
}

void EsDevice::take_effect(std::uint16_t, std::span<const std::uint16_t>) {}

// ---- AA55 ----

std::optional<std::vector<std::uint8_t>> EsDevice::answer_aa55(const goodwe::Aa55Command& command) {
  const std::vector<std::uint8_t> done{acknowledge};
  if (command.control == 0x01 && command.function == 0x06) return runtime_payload();
  if (command.control == 0x01 && command.function == 0x09) return settings_payload();
  if (command.control == 0x01 && command.function == 0x1A) return read_aa55_registers(command.data);
  const bool writes = command.control == 0x02 && command.function == 0x39;
  const bool executes = command.control == 0x03;
  if (!writes && !executes) return std::nullopt;
  const bool taken = writes ? write_aa55_registers(command.data) : execute(command.function, command.data);
  goodwe::Words logged;
  for (const std::uint8_t byte : command.data.first(std::min(command.data.size(), longest_logged))) logged.append(byte);
  const auto code = static_cast<std::uint16_t>((static_cast<unsigned>(command.control) << 8U) | command.function);
  if (executes) log_write(code, logged, taken ? std::uint8_t{0} : goodwe::illegal_value);
  begin();
  return taken ? std::optional(done) : std::nullopt;
}

std::optional<std::vector<std::uint8_t>> EsDevice::read_aa55_registers(goodwe::Bytes data) const {
  if (data.size() != 3 || data[2] == 0) return std::nullopt;
  const goodwe::Bytes bytes = aa55_registers_.read(goodwe::u16_at(data, 0), data[2]);
  if (bytes.empty()) return std::nullopt;
  return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
}

/// One register (`reg16 01 value16`), or a whole eco group (`reg16 08` and 8 bytes).
bool EsDevice::write_aa55_registers(goodwe::Bytes data) {
  if (data.size() < 5) return false;
  const std::uint16_t first = goodwe::u16_at(data, 0);
  const std::size_t count = data[2] == 1 ? 1 : data[2] / 2U;
  if (count == 0 || data.size() != 3 + 2 * count) return false;
  if (!aa55_registers_.has(first, static_cast<std::uint16_t>(count))) return false;
  if (first == lowest_soc && goodwe::u16_at(data, 3) > 100) return false;
  goodwe::Words words;
  for (std::size_t i = 0; i < count; ++i) words.append(goodwe::u16_at(data, 3 + 2 * i));
  if (count == 4 && !is_valid_eco_group(EcoFormat::v1, words.span())) return false;
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = static_cast<std::uint16_t>(first + i);
    if (!is_stuck(number)) aa55_registers_.set_u16(number, words[i]);
  }
  log_write(first, words, 0);
  if (first == clear_eco) clear_eco_groups();
  return true;
}

bool EsDevice::execute(std::uint8_t function, goodwe::Bytes data) {
  const auto has = [&data](std::size_t size) { return data.size() == size; };
  switch (function) {
    case 0x02: {  // clock
      if (!has(6)) return false;
      const std::array<std::uint16_t, 3> words{goodwe::u16_at(data, 0), goodwe::u16_at(data, 2),
                                               goodwe::u16_at(data, 4)};
      const auto time = clock_in(words);
      if (time) set_own_clock(*time);
      return time.has_value();
    }
    case 0x26: return has(1);  // store mode
    case 0x27: return has(2);  // relay
    case 0x2C:                 // charge window
    case 0x2D: return has(5) && data[4] <= 100;
    case 0x35:
      if (!has(2)) return false;
      export_limit_w_ = goodwe::u16_at(data, 0);
      return true;
    case 0x36:
      if (!has(1) || data[0] > 1) return false;
      off_grid_ = data[0] == 1;
      return true;
    case 0x59:
      if (!has(1) || data[0] > 3) return false;
      mode_ = static_cast<Mode>(data[0]);
      return true;
    default: return false;
  }
}

// ---- what the house is told ----

std::optional<EcoOrder> EsDevice::eco_order() const {
  if (options_.profile == Profile::es_old) return std::nullopt;  // hazard 11: not obeyed
  const bool v2 = options_.profile == Profile::es;
  const EcoFormat format = v2 ? EcoFormat::v2 : EcoFormat::v1;
  const RegisterMap& map = v2 ? registers_ : aa55_registers_;
  std::uint16_t number = v2 ? eco_groups_v2 : eco_groups_v1;
  const auto words = eco_group_words(format);
  for (int group = 0; group < eco_group_count; ++group) {
    std::array<std::uint16_t, 6> values{};
    for (std::size_t i = 0; i < words; ++i) values[i] = map.u16(number++);
    if (const auto order = eco_order_at(format, std::span(values).first(words), own_clock())) return order;
  }
  return std::nullopt;
}

plant::InverterSetting EsDevice::setting_now() {
  using plant::Rule;
  plant::InverterSetting setting;
  if (rebooting()) {
    setting.rule = Rule::stopped;
    return setting;
  }
  setting.discharge_stop = percent(aa55_registers_.u16(lowest_soc));
  if (export_limit_w_) setting.export_limit = watts(*export_limit_w_);
  const Power rating = house_.options().inverter.rating;
  if (registers_.has(fast_charging) && registers_.u16(fast_charging) == 1) {
    const Soc stop = percent(registers_.u16(fast_charging_soc));
    if (house_.pack().soc() < stop - percent(0.5)) {
      setting.rule = Rule::charge;
      setting.power = rating;
      setting.charge_stop = stop;
      return setting;
    }
    registers_.set_u16(fast_charging, 0);
  }
  if (off_grid_ || mode_ == Mode::off_grid) setting.rule = Rule::off_grid;
  if (mode_ == Mode::backup) setting.rule = Rule::charge_from_pv;
  if (mode_ != Mode::eco) return setting;
  const auto order = eco_order();
  if (!order || order->power_percent == 0.0) return setting;
  setting.power = rating * (std::abs(order->power_percent) / 100.0);
  setting.rule = order->power_percent < 0.0 ? Rule::charge : Rule::discharge;
  if (setting.rule == Rule::charge) setting.charge_stop = std::min(setting.charge_stop, order->soc);
  const bool floor = options_.assumptions.discharge_soc == EcoAssumptions::DischargeSoc::floor;
  if (setting.rule == Rule::discharge && floor) setting.discharge_stop = std::max(setting.discharge_stop, order->soc);
  return setting;
}

void EsDevice::refresh_registers() {}

std::vector<std::uint8_t> EsDevice::runtime_payload() const {
  const plant::Flows& f = house_.flows();
  const plant::Pack& pack = house_.pack();
  const MeasuredOverrides& o = overrides();
  Payload p(runtime_size);
  const double pv = std::round(in_watts(f.pv));
  const double available = in_watts(house_.pv_output().total());
  const double first = available > 0.0 ? std::round(pv * in_watts(house_.pv_output().trackers[0]) / available) : 0.0;
  const std::array<double, 2> strings{first, pv - first};
  for (std::size_t i = 0; i < strings.size(); ++i) {
    const double volts = in_volts(house_.pv_output().voltages[i]);
    p.u16(5 * i, volts * 10.0);
    p.u16(5 * i + 2, volts > 0.0 ? strings[i] / volts * 10.0 : 0.0);
    p.u8(5 * i + 4, strings[i] > 0.0 ? 2 : volts > 0.0 ? 1 : 0);
  }
  const double battery_volts = in_volts(o.battery_voltage.value_or(pack.voltage_at(f.battery)));
  const double charging = in_watts(f.battery);
  const plant::PackLimits limits = pack.limits();
  p.u16(10, battery_volts * 10.0);
  p.u16(14, 80);
  p.s16(16, in_celsius(o.battery_temperature.value_or(pack.temperature())) * 10.0);
  p.u16(18, battery_volts > 0.0 ? std::abs(charging) / battery_volts * 10.0 : 0.0);
  p.u16(20, in_amperes(limits.charge));
  p.u16(22, in_amperes(limits.discharge));
  p.u16(24, o.battery_alarms);
  p.u8(26, in_percent(pack.soc()));
  p.u8(29, 99);
  p.u8(30, charging > 30.0 ? 3 : charging < -30.0 ? 2 : 1);

  const double minutes = static_cast<double>(now_.time_since_epoch().count()) / 60.0;
  const double mains =
      o.grid_voltage ? in_volts(*o.grid_voltage) : 233.0 + 7.0 * (plant::smooth_noise(0x4553, minutes / 11.0) - 0.5);
  const double grid = in_watts(f.grid);
  const double backup = in_watts(house_.backup());
  p.u8(33, 1);
  p.u16(34, mains * 10.0);
  p.u16(36, std::abs(in_watts(f.ac)) / std::max(mains, 1.0) * 10.0);
  p.s16(38, std::abs(grid));
  p.s16(40, 5000.0);
  p.u8(42, f.pv > watts(0) || charging != 0.0 ? 1 : 0);
  p.u16(43, mains * 10.0);
  p.u16(45, backup / std::max(mains, 1.0) * 10.0);
  p.u16(47, in_watts(f.load) - backup);
  p.s16(49, 5000.0);
  p.u8(51, 1);
  p.u8(52, house_.setting().rule == plant::Rule::off_grid ? 4 : 2);
  p.s16(53, in_celsius(house_.inverter_temperature()) * 10.0);
  p.u32(59, tenths(house_.totals().pv));
  p.u32(63, 4000.0);
  p.u16(67, tenths(house_.today().pv));
  p.u16(69, tenths(house_.today().load));
  p.u32(71, tenths(house_.totals().load));
  p.s16(75, in_watts(f.ac));
  p.u8(77, static_cast<double>(mode_));
  p.u8(80, grid < -10.0 ? 1 : grid > 10.0 ? 2 : 0);
  p.u16(81, backup);
  p.s16(83, 1000.0);
  return std::move(p).take();
}

std::vector<std::uint8_t> EsDevice::settings_payload() const {
  Payload p(settings_size);
  const plant::PackLimits limits = house_.pack().limits();
  p.u16(12, 1);
  p.u16(18, export_limit_w_ ? 1 : 0);
  p.u16(22, in_kilowatt_hours(house_.pack().options().capacity) * 1000.0 / 51.2);
  p.u16(24, 568.0);
  p.u16(26, in_amperes(limits.charge));
  p.u16(28, in_amperes(limits.discharge));
  p.u16(30, 440.0);
  p.u16(32, aa55_registers_.u16(lowest_soc));
  p.u16(34, 1);
  p.u16(42, 100);
  p.u16(52, export_limit_w_ ? static_cast<double>(*export_limit_w_) : in_watts(house_.options().inverter.rating));
  p.u16(56, 1);
  p.u16(66, static_cast<double>(mode_));
  return std::move(p).take();
}

}  // namespace gridpilot::sim
