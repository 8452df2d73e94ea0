#include "gridpilot/sim/dt_device.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "gridpilot/sim/identification.hpp"
#include "gridpilot/sim/measured.hpp"

namespace gridpilot::sim {
namespace {

constexpr std::uint16_t clock_register = 40313;
constexpr std::uint16_t export_switch = 40327;
constexpr std::uint16_t export_limit_watts = 40328;  ///< uint32, units of one phase
constexpr std::uint16_t power_on = 40330;
constexpr std::uint16_t power_off = 40331;
constexpr std::uint16_t restart = 40332;
constexpr std::uint16_t export_limit_percent = 40336;
constexpr Seconds restart_time{90};

/// Writable registers with their ranges; those without effect are kept and read back.
struct Setting {
  std::uint16_t number;
  std::uint16_t lowest;
  std::uint16_t highest;
  std::uint16_t factory;
};
constexpr std::uint16_t any = 0xFFFF;
constexpr std::array settings{
    Setting{40313, 0, any, 0},   Setting{40314, 0, any, 0}, Setting{40315, 0, any, 0},  // clock
    Setting{40326, 0, 1, 0},                                                            // shadow scan PV1
    Setting{40327, 0, 1, 0},                                                            // export limit on
    Setting{40328, 0, any, 0},   Setting{40329, 0, any, 0},                             // export limit, W
    Setting{40330, 0, 0, 1},     Setting{40331, 0, 0, 1},   Setting{40332, 0, any, 1},  // on, off, restart
    Setting{40336, 0, 200, 100},                                                        // export limit, %
    Setting{40345, 0, 1, 0},                                                            // hardware export limit
    Setting{40347, 0, any, 0},                                                          // shadow scan time
    Setting{40352, 0, 1, 0},     Setting{40362, 0, 1, 0},                               // shadow scan PV2, PV3
};

}  // namespace

DtDevice::DtDevice(TimeZone zone, DeviceOptions options, plant::House& house)
    : GoodweDevice(std::move(zone), std::move(options), house) {
  lay_out_registers();
  begin();
}

std::string DtDevice::usual_serial(Profile profile, Power rating) {
  return serial_of(rating, profile == Profile::dt_1ph ? "DSN" : "DTU");
}

std::string DtDevice::model_name() const {
  char text[24];
  const double kilowatts = in_kilowatts(house_.options().inverter.rating);
  std::snprintf(text, sizeof text, single_phase() ? "GW%.0f-NS" : "GW%.0fK-DT",
                std::round(single_phase() ? kilowatts * 1000.0 : kilowatts));
  return text;
}

void DtDevice::lay_out_registers() {
  registers_.add_area(30001, 40);
  registers_.add_area(30063, 20);
  registers_.add_area(30100, 73);
  registers_.add_area(30195, 16);
  registers_.add_area(40173, 8);
  registers_.add_area(40313, 3);
  registers_.add_area(40326, 7);
  registers_.add_area(40336, 1);
  registers_.add_area(40345, 1);
  registers_.add_area(40347, 1);
  registers_.add_area(40352, 1);
  registers_.add_area(40362, 1);
  registers_.put_text(30004, 16, options_.serial, ' ');
  registers_.put_text(30012, 10, model_name(), ' ');
  registers_.put_u16(30034, 14);
  registers_.put_u16(30035, 14);
  registers_.put_u16(30036, 16);
  registers_.put_u16(30037, 120);
  registers_.put_u16(30038, 121);
  registers_.put_u16(30063, 100);
  registers_.put_text(30075, 14, "GM3000-0000001", ' ');
  registers_.put_text(40173, 16, model_name(), '\0');
  for (const Setting& setting : settings) registers_.set_u16(setting.number, setting.factory);
  registers_.put_u32(export_limit_watts, in_watts(house_.options().inverter.rating));
}

std::vector<std::uint8_t> DtDevice::identification() const {
  return identification_of({.firmware = "1414G", .model = model_name(), .serial = options_.serial});
}

/// The only setting that another client could have an interest in.
void DtDevice::reset_behind_the_back() {
  if (registers_.u16(export_switch) != 0) static_cast<void>(set_behind_the_back(export_switch, 0));
}

std::uint8_t DtDevice::judge_write(std::uint16_t first, std::span<const std::uint16_t> values) const {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto number = static_cast<std::uint16_t>(first + i);
    const auto* const found = std::ranges::find(settings, number, &Setting::number);
    if (found == settings.end()) return goodwe::illegal_address;
    if (values[i] < found->lowest || values[i] > found->highest) return goodwe::illegal_value;
  }
  const bool touches_clock = first < clock_register + 3 && first + values.size() > clock_register;
  const bool whole_clock = first == clock_register && values.size() == 3 && clock_in(values);
  return touches_clock && !whole_clock ? goodwe::illegal_value : std::uint8_t{0};
}

void DtDevice::take_effect(std::uint16_t first, std::span<const std::uint16_t> before) {
  const auto touches = [&](std::uint16_t number) { return number >= first && number < first + before.size(); };
  if (touches(clock_register)) {
    const std::array<std::uint16_t, 3> words{registers_.u16(clock_register), registers_.u16(clock_register + 1),
                                             registers_.u16(clock_register + 2)};
    if (const auto civil = clock_in(words)) set_own_clock(*civil);
  }
  const auto acts = [&](std::uint16_t number) { return touches(number) && !is_stuck(number); };
  if (acts(power_on)) powered_ = true;
  if (acts(power_off)) powered_ = false;
  if (acts(restart)) reboot_until(now_ + restart_time);
  // Action registers keep nothing.
  for (const std::uint16_t action : {power_on, power_off, restart}) registers_.set_u16(action, 1);
}

plant::InverterSetting DtDevice::setting_now() {
  plant::InverterSetting setting;
  // There is no battery port: a pack that the house may have stands unconnected.
  setting.charge_limit = amperes(0);
  setting.discharge_limit = amperes(0);
  if (rebooting() || !powered_) {
    setting.rule = plant::Rule::stopped;
    return setting;
  }
  if (registers_.u16(export_switch) == 0) return setting;
  const Power rating = house_.options().inverter.rating;
  const double watts_wanted = registers_.u16(export_limit_watts) * 65536.0 + registers_.u16(export_limit_watts + 1);
  setting.export_limit = single_phase() ? watts(watts_wanted) : rating * (registers_.u16(export_limit_percent) / 100.0);
  return setting;
}

void DtDevice::refresh_registers() {
  write_clock(registers_, 30100, own_clock());
  write_clock(registers_, clock_register, own_clock());
  write_strings();
  write_ac();
  write_state();
  write_meter();
}

void DtDevice::write_strings() {
  const std::array<double, 2> strings = tracker_watts(house_);
  for (std::uint16_t i = 0; i < 2; ++i) {
    const double volts = in_volts(house_.pv_output().voltages[i]);
    const auto string = static_cast<std::uint16_t>(30103 + 2 * i);
    registers_.put_u16(string, volts * 10.0);
    registers_.put_u16(static_cast<std::uint16_t>(string + 1), volts > 0.0 ? strings[i] / volts * 10.0 : 0.0);
    registers_.put_u32(static_cast<std::uint16_t>(30150 + 2 * i), strings[i]);
  }
  // Strings 3 to 6 are not there.
  for (std::uint16_t number = 30107; number <= 30114; ++number) registers_.put_u16(number, any);
  for (std::uint16_t number = 30154; number <= 30157; ++number) registers_.put_u16(number, any);
  registers_.put_u32(30137, strings[0] + strings[1]);
}

/// The unit draws its standing power from the grid by night; what it shows is then 0.
void DtDevice::write_ac() {
  const Mains mains = mains_at(now_, overrides().grid_voltage);
  const double ac = std::max(0.0, std::round(in_watts(house_.flows().ac)));
  const int phases = single_phase() ? 1 : 3;
  for (int phase = 0; phase < 3; ++phase) {
    const auto at = [phase](int number) { return static_cast<std::uint16_t>(number + phase); };
    if (phase >= phases) {
      for (const int number : {30115, 30118, 30121, 30124}) registers_.put_u16(at(number), any);
      continue;
    }
    const auto i = static_cast<std::size_t>(phase);
    const double volts = mains.volts[i];
    // Between this phase and the next: the phases stand at 120 degrees.
    const double next = mains.volts[(i + 1) % 3];
    const double line = single_phase() ? volts : std::sqrt(volts * volts + next * next + volts * next);
    registers_.put_u16(at(30115), line * 10.0);
    registers_.put_u16(at(30118), volts * 10.0);
    registers_.put_u16(at(30121), volts > 1.0 ? ac / phases / volts * 10.0 : 0.0);
    registers_.put_s16(at(30124), mains.hertz * 100.0);
  }
  registers_.put_u32(30127, ac);
  registers_.put_s32(30133, ac);
  registers_.put_s32(30135, 0);
  registers_.put_s16(30139, 1000.0);
}

void DtDevice::write_state() {
  const bool feeds = house_.setting().rule != plant::Rule::stopped && house_.flows().pv > watts(0);
  registers_.put_u16(30129, feeds ? 1 : 0);
  registers_.put_u32(30130, 0);
  registers_.put_u16(30132, 0);
  registers_.put_s16(30141, in_celsius(house_.inverter_temperature()) * 10.0);
  registers_.put_s16(30142, (in_celsius(house_.inverter_temperature()) + 2.0) * 10.0);
  registers_.put_u16(30144, tenths_of_kwh(house_.today().pv));
  registers_.put_u32(30145, tenths_of_kwh(house_.totals().pv));
  registers_.put_u32(30147, hours_in_service(now_));
  registers_.put_u16(30149, 128);  // Poland
  registers_.put_u16(30163, 6400.0);
  registers_.put_u16(30164, 3200.0);
  registers_.put_u32(30165, 0);
  registers_.put_u16(30172, 80);
}

void DtDevice::write_meter() {
  registers_.put_s32(30195, -std::round(in_watts(house_.flows().grid)));
  registers_.put_u32(30197, in_watt_hours(house_.totals().grid_export));
  registers_.put_u32(30199, in_watt_hours(house_.totals().grid_import));
  registers_.put_u16(30209, 1);
  registers_.put_s16(30210, 12.0);
}

}  // namespace gridpilot::sim
