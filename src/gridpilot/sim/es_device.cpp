#include "gridpilot/sim/es_device.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "gridpilot/sim/identification.hpp"

namespace gridpilot::sim {
namespace {

// AA55 registers.
constexpr std::uint16_t lowest_soc = 0x0560;  ///< 100 - depth of discharge
constexpr std::uint16_t clear_eco = 0x0700;
constexpr EcoGroups groups_in_aa55{.format = EcoFormat::v1, .first = 0x0701, .count = 4};
// Modbus registers.
constexpr std::uint16_t fast_charging = 47545;
constexpr std::uint16_t fast_charging_soc = 47546;
constexpr EcoGroups groups_in_modbus{.format = EcoFormat::v2, .first = 47547, .count = 4};

constexpr std::uint8_t acknowledge = 0x06;
constexpr std::size_t longest_logged = 16;
constexpr Seconds restart_time{60};

/// DSP1, DSP2 and, to the base of 36, ARM: what the eco groups hang on (protocol.md 5.4).
std::string_view firmware_of(Profile profile) {
  switch (profile) {
    case Profile::es_v1: return "2424A";   // ARM 10: groups as AA55 registers
    case Profile::es_old: return "18185";  // ARM 5
    default: return "2424J";               // ARM 19: groups and fast charging over Modbus
  }
}

EcoGroups groups_of(Profile profile) {
  switch (profile) {
    case Profile::es_v1: return groups_in_aa55;
    case Profile::es_old: return {};  // hazard 11: eco groups are not obeyed
    default: return groups_in_modbus;
  }
}

}  // namespace

EsDevice::EsDevice(TimeZone zone, DeviceOptions options, plant::House& house)
    : GoodweDevice(std::move(zone), std::move(options), house), groups_(groups_of(options_.profile)) {
  aa55_registers_.add_area(lowest_soc, 1);
  aa55_registers_.put_u16(lowest_soc, in_percent(house_.setting().discharge_stop));
  if (options_.profile != Profile::es_old) {
    aa55_registers_.add_area(clear_eco, 1 + 4 * groups_in_aa55.count);
    clear_groups(aa55_registers_, groups_in_aa55);
  }
  if (options_.profile == Profile::es) {
    registers_.add_area(fast_charging, 2 + 6 * groups_in_modbus.count);
    registers_.put_u16(fast_charging_soc, 100);
    clear_groups(registers_, groups_in_modbus);
  }
  // The limit's switch cannot be written, so it is on from the beginning, at what the unit can deliver.
  export_limit_w_ = static_cast<std::uint16_t>(std::clamp(in_watts(house_.options().inverter.rating), 0.0, 65535.0));
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
  mode_ = es::Mode::general;
  off_grid_ = false;
  begin();
}

const RegisterMap& EsDevice::map_of_groups() const {
  return groups_.format == EcoFormat::v1 ? aa55_registers_ : registers_;
}

// ---- Modbus ----

std::uint8_t EsDevice::judge_write(std::uint16_t first, std::span<const std::uint16_t> values) const {
  if (!registers_.has(first, static_cast<std::uint16_t>(values.size()))) return goodwe::illegal_address;
  if (!groups_stay_valid(registers_, groups_in_modbus, first, values)) return goodwe::illegal_value;
  const auto exceeds = [&](std::uint16_t number, std::uint16_t most) {
    const bool written = number >= first && number < first + values.size();
    return written && values[static_cast<std::size_t>(number - first)] > most;
  };
  return exceeds(fast_charging, 1) || exceeds(fast_charging_soc, 100) ? goodwe::illegal_value : std::uint8_t{0};
}

void EsDevice::take_effect(std::uint16_t, std::span<const std::uint16_t>) {}

/// Nothing that is measured stands in Modbus registers.
void EsDevice::refresh_registers() {}

// ---- AA55 ----

std::optional<std::uint16_t> EsDevice::value_of(std::uint16_t number) const {
  return aa55_registers_.has(number) ? std::optional(aa55_registers_.u16(number)) : GoodweDevice::value_of(number);
}

bool EsDevice::set_behind_the_back(std::uint16_t number, std::uint16_t value) {
  if (!aa55_registers_.has(number)) return GoodweDevice::set_behind_the_back(number, value);
  const std::span<const std::uint16_t> values(&value, 1);
  if (judge_aa55_write(number, values) != 0) return false;
  set_aa55_registers(number, values);
  begin();
  return true;
}

std::optional<std::vector<std::uint8_t>> EsDevice::answer_aa55(const goodwe::Aa55Command& command) {
  if (command.control == 0x01) {
    if (command.function == 0x1A) return read_aa55_registers(command.data);
    if (!command.data.empty()) return std::nullopt;
    if (command.function == 0x06) return es::runtime_data(house_, image_context());
    if (command.function == 0x09) return es::settings_data(house_, image_context());
    return std::nullopt;
  }
  const bool writes = command.control == 0x02 && command.function == 0x39;
  const bool taken = writes                    ? write_aa55_registers(command.data)
                     : command.control == 0x03 ? execute(command.function, command.data)
                                               : false;
  if (!taken) return std::nullopt;
  begin();
  return std::vector<std::uint8_t>{acknowledge};
}

es::ImageContext EsDevice::image_context() const {
  return {.now = now_,
          .mode = mode_,
          .lowest_soc_percent = aa55_registers_.u16(lowest_soc),
          .export_limit_w = export_limit_w_,
          .relay = relay_,
          .overrides = overrides()};
}

std::optional<std::vector<std::uint8_t>> EsDevice::read_aa55_registers(goodwe::Bytes data) const {
  if (data.size() != 3 || data[2] == 0) return std::nullopt;
  const goodwe::Bytes bytes = aa55_registers_.read(goodwe::u16_at(data, 0), data[2]);
  if (bytes.empty()) return std::nullopt;
  return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
}

std::uint8_t EsDevice::judge_aa55_write(std::uint16_t first, std::span<const std::uint16_t> values) const {
  if (!aa55_registers_.has(first, static_cast<std::uint16_t>(values.size()))) return goodwe::illegal_address;
  if (first == lowest_soc) return values[0] > 100 ? goodwe::illegal_value : std::uint8_t{0};
  if (first == clear_eco && values[0] > 1) return goodwe::illegal_value;
  return groups_stay_valid(aa55_registers_, groups_in_aa55, first, values) ? std::uint8_t{0} : goodwe::illegal_value;
}

/// One register (`reg16 01 value16`), or a whole eco group (`reg16 08` and 8 bytes).
bool EsDevice::write_aa55_registers(goodwe::Bytes data) {
  if (data.size() != 5 && data.size() != 11) return false;
  const std::size_t count = data.size() == 5 ? 1 : 4;
  if (data[2] != (count == 1 ? 1 : 8)) return false;
  const std::uint16_t first = goodwe::u16_at(data, 0);
  goodwe::Words words;
  for (std::size_t i = 0; i < count; ++i) words.append(goodwe::u16_at(data, 3 + 2 * i));
  const std::uint8_t refused = judge_aa55_write(first, words.span());
  log_write(first, words, refused);
  if (refused == 0) set_aa55_registers(first, words.span());
  return refused == 0;
}

/// They exist and have been judged.
void EsDevice::set_aa55_registers(std::uint16_t first, std::span<const std::uint16_t> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto number = static_cast<std::uint16_t>(first + i);
    if (!is_stuck(number)) aa55_registers_.set_u16(number, values[i]);
  }
  if (!aa55_registers_.has(clear_eco) || aa55_registers_.u16(clear_eco) != 1) return;
  clear_groups(aa55_registers_, groups_in_aa55);
  if (!registers_.empty()) clear_groups(registers_, groups_in_modbus);
  aa55_registers_.set_u16(clear_eco, 0);
}

/// h1 m1 h2 m2 percent.
bool EsDevice::set_window(Window& window, goodwe::Bytes data) {
  if (data.size() != 5 || data[0] > 23 || data[1] > 59 || data[2] > 23 || data[3] > 59 || data[4] > 100) return false;
  window = {.start_minute = data[0] * 60 + data[1], .end_minute = data[2] * 60 + data[3], .power_percent = data[4]};
  return true;
}

bool EsDevice::Window::is_open_at(int minute) const {
  const int end = end_minute == 23 * 60 + 59 ? 24 * 60 : end_minute;
  return power_percent > 0 && minute >= start_minute && minute < end;
}

/// A command may be stuck as a register may: by its control and function code.
bool EsDevice::execute(std::uint8_t function, goodwe::Bytes data) {
  const auto code = static_cast<std::uint16_t>(0x0300U | function);
  goodwe::Words logged;
  for (const std::uint8_t byte : data.first(std::min(data.size(), longest_logged))) logged.append(byte);
  const bool taken = is_stuck(code) || carry_out(function, data);
  log_command(code, logged, taken ? std::uint8_t{0} : goodwe::illegal_value);
  return taken;
}

bool EsDevice::carry_out(std::uint8_t function, goodwe::Bytes data) {
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
    case 0x1D:  // reset; interrupts the supply (hazard 8)
      if (has(0)) reboot_until(now_ + restart_time);
      return has(0);
    case 0x26: return has(1);  // store mode; taken, without effect on the house
    case 0x27:                 // relay; shown, likewise without effect
      if (has(2)) relay_ = goodwe::u16_at(data, 0);
      return has(2);
    case 0x2C: return set_window(charge_window_, data);
    case 0x2D: return set_window(discharge_window_, data);
    case 0x35:
      if (has(2)) export_limit_w_ = goodwe::u16_at(data, 0);
      return has(2);
    case 0x36:
      if (!has(1) || data[0] > 1) return false;
      off_grid_ = data[0] == 1;
      return true;
    case 0x59:
      if (!has(1) || data[0] > 3) return false;
      mode_ = static_cast<es::Mode>(data[0]);
      return true;
    default: return false;
  }
}

// ---- what the house is told ----

/// Fast charging switches itself off when its state of charge is reached.
bool EsDevice::fast_charges(Soc& stop) {
  if (!registers_.has(fast_charging) || registers_.u16(fast_charging) == 0) return false;
  stop = percent(registers_.u16(fast_charging_soc));
  if (house_.pack().soc() < stop - percent(0.5)) return true;
  registers_.set_u16(fast_charging, 0);
  return false;
}

std::optional<EcoOrder> EsDevice::window_order() const {
  if (options_.assumptions.es_windows == EcoAssumptions::EsWindows::ignored) return std::nullopt;
  const int minute = own_clock().minute_of_day();
  if (charge_window_.is_open_at(minute))
    return EcoOrder{.power_percent = -static_cast<double>(charge_window_.power_percent)};
  if (discharge_window_.is_open_at(minute))
    return EcoOrder{.power_percent = static_cast<double>(discharge_window_.power_percent), .soc = percent(0)};
  return std::nullopt;
}

void EsDevice::follow(const EcoOrder& order, plant::InverterSetting& setting) const {
  if (order.power_percent == 0.0) return;
  setting.power = house_.options().inverter.rating * (std::abs(order.power_percent) / 100.0);
  if (order.power_percent < 0.0) {
    setting.rule = plant::Rule::charge;
    setting.charge_stop = std::min(setting.charge_stop, order.soc);
    return;
  }
  setting.rule = plant::Rule::discharge;
  if (options_.assumptions.discharge_soc == EcoAssumptions::DischargeSoc::floor)
    setting.discharge_stop = std::max(setting.discharge_stop, order.soc);
}

plant::InverterSetting EsDevice::setting_now() {
  using plant::Rule;
  plant::InverterSetting setting;
  if (rebooting()) {
    setting.rule = Rule::stopped;
    return setting;
  }
  setting.discharge_stop = percent(aa55_registers_.u16(lowest_soc));
  setting.export_limit = watts(export_limit_w_);
  if (Soc stop; fast_charges(stop)) {
    setting.rule = Rule::charge;
    setting.power = house_.options().inverter.rating;
    setting.charge_stop = stop;
    return setting;
  }
  if (off_grid_ || mode_ == es::Mode::off_grid) {
    setting.rule = Rule::off_grid;
    return setting;
  }
  if (mode_ == es::Mode::backup) {
    // With a charge window, as older firmware is sent it together with this mode, the grid helps.
    setting.rule = Rule::charge_from_pv;
    if (const auto window = window_order(); window && window->power_percent < 0.0)
      setting.power = house_.options().inverter.rating * (-window->power_percent / 100.0);
    return setting;
  }
  std::optional<EcoOrder> order;
  if (mode_ == es::Mode::eco) order = order_of(map_of_groups(), groups_, own_clock());
  if (!order) order = window_order();
  if (order) follow(*order, setting);
  return setting;
}

}  // namespace gridpilot::sim
