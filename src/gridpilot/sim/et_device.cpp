#include "gridpilot/sim/et_device.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "gridpilot/sim/et_image.hpp"
#include "gridpilot/sim/et_settings.hpp"
#include "gridpilot/sim/identification.hpp"

namespace gridpilot::sim {

EtDevice::EtDevice(TimeZone zone, DeviceOptions options, plant::House& house)
    : GoodweDevice(std::move(zone), std::move(options), house) {
  lay_out_registers();
  begin();
}

std::string EtDevice::usual_serial(Profile profile, Power rating) {
  return serial_of(rating, profile == Profile::et_745 ? "ETT" : "ETU");
}

void EtDevice::lay_out_registers() {
  const Power rating = house_.options().inverter.rating;
  et::add_read_only_areas_below_settings(registers_, options_.profile, rating, options_.serial);
  et::add_setting_areas(registers_, options_.profile);
  et::write_device_info(registers_, options_.profile, rating, options_.serial);
  et::write_factory_settings(registers_, options_.profile, house_, battery_inputs());
}

std::uint8_t EtDevice::unit() const {
  return static_cast<std::uint8_t>(registers_.u16(et::comm_address));
}

/// "02000": units of this family answer with text that is no firmware of theirs.
std::vector<std::uint8_t> EtDevice::identification() const {
  return identification_of(
      {.firmware = "02000", .model = et::model_name(house_.options().inverter.rating), .serial = options_.serial});
}

void EtDevice::reset_behind_the_back() {
  if (registers_.u16(et::work_mode) != et::general) static_cast<void>(set_behind_the_back(et::work_mode, et::general));
  if (registers_.u16(et::ems_mode) != et::ems_auto) static_cast<void>(set_behind_the_back(et::ems_mode, et::ems_auto));
}

std::uint8_t EtDevice::judge_write(std::uint16_t first, std::span<const std::uint16_t> values) const {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::optional<bool> accepted =
        et::accepts(options_.profile, static_cast<std::uint16_t>(first + i), values[i]);
    if (!accepted) return goodwe::illegal_address;
    if (!*accepted) return goodwe::illegal_value;
  }
  // The clock is one value in three registers.
  const int last = first + static_cast<int>(values.size()) - 1;
  if (first < et::clock + 3 && last >= et::clock && (first != et::clock || values.size() != 3 || !clock_in(values)))
    return goodwe::illegal_value;
  if (!groups_stay_valid(registers_, et::eco_groups_of(options_.profile), first, values)) return goodwe::illegal_value;
  return 0;
}

void EtDevice::take_effect(std::uint16_t first, std::span<const std::uint16_t> before) {
  const auto touches = [&](std::uint16_t number) { return number >= first && number < first + before.size(); };
  if (touches(et::clock)) {
    const std::array<std::uint16_t, 3> words{registers_.u16(et::clock), registers_.u16(et::clock + 1),
                                             registers_.u16(et::clock + 2)};
    if (const auto civil = clock_in(words)) set_own_clock(*civil);
  }
  // Every change of the operation mode resets EMS to auto with power 0.
  if (touches(et::work_mode) && registers_.u16(et::work_mode) != before[et::work_mode - first]) {
    registers_.set_u16(et::ems_mode, et::ems_auto);
    registers_.set_u16(et::ems_power, 0);
  }
  bool system = false;
  bool battery = false;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const et::Memory memory = et::memory_of(static_cast<std::uint16_t>(first + i), options_.assumptions);
    system = system || memory == et::Memory::system;
    battery = battery || memory == et::Memory::battery;
  }
  written_.system += system ? 1 : 0;
  written_.battery += battery ? 1 : 0;
  if (touches(et::clear_eco) && registers_.u16(et::clear_eco) == 1) clear_eco_groups();
}

/// Clears the groups and leaves the economic mode; other modes stay as they are.
void EtDevice::clear_eco_groups() {
  clear_groups(registers_, et::eco_groups_of(options_.profile));
  if (registers_.u16(et::work_mode) == et::eco) registers_.set_u16(et::work_mode, et::general);
  registers_.set_u16(et::clear_eco, 0);
}

int EtDevice::battery_inputs() const {
  return et::has_second_battery(house_.options().inverter.rating, options_.serial) ? 2 : 1;
}

plant::InverterSetting EtDevice::common_setting() const {
  plant::InverterSetting setting;
  setting.charge_stop = percent(registers_.u16(et::soc_upper_limit));
  setting.discharge_stop = percent(registers_.u16(et::lowest_soc));
  // Each battery has an input of its own with this limit.
  const int inputs = battery_inputs();
  setting.charge_limit = amperes(registers_.u16(et::charge_current) / 10.0 * inputs);
  setting.discharge_limit = amperes(registers_.u16(et::discharge_current) / 10.0 * inputs);
  if (registers_.u16(et::export_limited) == 1) setting.export_limit = watts(registers_.u16(et::export_limit));
  if (registers_.has(et::grid_charge_permille) && registers_.u16(et::grid_charge_permille) < 1000)
    setting.grid_charge_limit = house_.options().inverter.rating * (registers_.u16(et::grid_charge_permille) / 1000.0);
  // Negative shifts the balance towards import.
  setting.meter_target = watts(-static_cast<double>(static_cast<std::int16_t>(registers_.u16(et::meter_offset))));
  // The back-up stage draws about 30 W while it is on.
  if (registers_.u16(et::backup_supply) == 1) setting.standing_extra = watts(30);
  return setting;
}

plant::InverterSetting EtDevice::ems_setting(plant::InverterSetting common) const {
  using plant::Rule;
  plant::InverterSetting setting = common;
  setting.power = watts(registers_.u16(et::ems_power));
  if (options_.assumptions.ems_floor == EcoAssumptions::EmsFloor::soc_protection)
    setting.discharge_stop = percent(registers_.u16(et::soc_protection));
  switch (registers_.u16(et::ems_mode)) {
    case 2: setting.rule = Rule::charge_from_pv; break;
    case 3: setting.rule = Rule::discharge_beside_pv; break;
    case 4: setting.rule = Rule::import_at_ac; break;
    case 5: setting.rule = Rule::export_at_ac; break;
    case 6: setting.rule = Rule::conserve; break;
    case 7: setting.rule = Rule::off_grid; break;
    case 8: setting.rule = Rule::standby; break;
    case 9: setting.meter_target = setting.power; break;
    case 10: setting.meter_target = -setting.power; break;
    case 11: setting.rule = Rule::charge; break;
    case 12: setting.rule = Rule::discharge; break;
    default: setting.rule = Rule::stopped; break;
  }
  return setting;
}

std::optional<EcoOrder> EtDevice::eco_order() const {
  if (options_.profile == Profile::et_745 && registers_.u16(et::eco_enabled) == 0) return std::nullopt;
  return order_of(registers_, et::eco_groups_of(options_.profile), own_clock());
}

/// Outside every window, and at 0 %, the inverter behaves as in general mode.
plant::InverterSetting EtDevice::eco_setting(plant::InverterSetting common) const {
  plant::InverterSetting setting = common;
  const std::optional<EcoOrder> order = eco_order();
  if (!order || order->power_percent == 0.0) return setting;
  setting.power = house_.options().inverter.rating * (std::abs(order->power_percent) / 100.0);
  if (order->power_percent < 0.0) {
    setting.rule = plant::Rule::charge;
    setting.charge_stop = std::min(setting.charge_stop, order->soc);
    return setting;
  }
  setting.rule = plant::Rule::discharge;
  if (options_.assumptions.discharge_soc == EcoAssumptions::DischargeSoc::floor)
    setting.discharge_stop = std::max(setting.discharge_stop, order->soc);
  return setting;
}

/// Fast charging switches itself off when its state of charge is reached.
bool EtDevice::fast_charges(Soc& stop) {
  if (!registers_.has(et::fast_charging) || registers_.u16(et::fast_charging) == 0) return false;
  stop = percent(registers_.u16(et::fast_charging_soc));
  if (house_.pack().soc() < stop - percent(0.5)) return true;
  registers_.set_u16(et::fast_charging, 0);
  return false;
}

/// Below a state of charge of its own the inverter charges with about 1 kW, whatever the mode, and with 47602 also back
/// to the depth of discharge. It leaves alone what charges already, and what is switched off.
void EtDevice::look_after_the_pack(plant::InverterSetting& setting) {
  using plant::Rule;
  const Soc soc = house_.pack().soc();
  const Soc end = percent(registers_.u16(et::rescue_end));
  const bool holds = registers_.has(et::depth_holding) && registers_.u16(et::depth_holding) == 1;
  if (rescued_to_ && soc >= *rescued_to_ - percent(0.05)) rescued_to_.reset();
  if (!rescued_to_ && soc < percent(registers_.u16(et::rescue_begin)) && soc < end) rescued_to_ = end;
  if (!rescued_to_ && holds && soc < setting.discharge_stop - percent(1)) rescued_to_ = setting.discharge_stop;
  if (!rescued_to_) return;
  switch (setting.rule) {
    case Rule::charge:
    case Rule::charge_from_pv:
    case Rule::import_at_ac:
      if (setting.power > watts(0)) return;
      break;
    case Rule::standby:
    case Rule::off_grid:
    case Rule::stopped: return;
    default: break;
  }
  setting.rule = Rule::charge;
  setting.power = watts(1000);
  setting.charge_stop = *rescued_to_;
}

plant::InverterSetting EtDevice::setting_now() {
  plant::InverterSetting setting = ordered_setting();
  if (setting.rule == plant::Rule::off_grid) setting.discharge_stop = percent(registers_.u16(et::lowest_soc_off_grid));
  look_after_the_pack(setting);
  return setting;
}

plant::InverterSetting EtDevice::ordered_setting() {
  plant::InverterSetting setting = common_setting();
  if (rebooting() || registers_.u16(et::remote_stop) == 1) {
    setting.rule = plant::Rule::stopped;
    return setting;
  }
  if (Soc stop; fast_charges(stop)) {
    setting.rule = plant::Rule::charge;
    setting.power = house_.options().inverter.rating * (registers_.u16(et::fast_charging_power) / 100.0);
    setting.charge_stop = stop;
    return setting;
  }
  if (registers_.u16(et::ems_mode) != et::ems_auto) return ems_setting(setting);
  switch (registers_.u16(et::work_mode)) {
    case et::off_grid: setting.rule = plant::Rule::off_grid; break;
    case et::backup: setting.rule = plant::Rule::charge_from_pv; break;
    case et::eco: return eco_setting(setting);
    case et::peak_shaving:
      setting.rule = plant::Rule::peak_shaving;
      setting.power =
          watts(registers_.u16(et::peak_shaving_power) * 65536.0 + registers_.u16(et::peak_shaving_power + 1));
      break;
    default: break;
  }
  return setting;
}

void EtDevice::refresh_registers() {
  const plant::Rule rule = house_.setting().rule;
  write_clock(registers_, et::clock, own_clock());
  et::write_measurements(registers_, house_,
                         {.now = now_,
                          .own_clock = own_clock(),
                          .off_grid = rule == plant::Rule::off_grid,
                          .stopped = rule == plant::Rule::stopped,
                          .export_limited = house_.setting().export_limit.has_value(),
                          .written = written_,
                          .single_phase = et::is_single_phase(options_.serial),
                          .overrides = overrides()});
}

}  // namespace gridpilot::sim
