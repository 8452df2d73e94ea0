#include "gridpilot/app/commands/inverter/report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string_view>
#include <vector>

namespace gridpilot::app {
namespace {

void put(std::string& out, std::string_view name, std::string_view value) {
  out += fmt::format("{:<28}{}\n", name, value);
}

std::string watts_text(Power power) {
  return fmt::format("{:.0f} W", in_watts(power));
}

/// Magnitude and direction in words: signs are a matter of who looks.
std::string directed(Power power, std::string_view positive, std::string_view negative) {
  const std::string_view direction = power >= Power{} ? positive : negative;
  return fmt::format("{:.0f} W {}", std::abs(in_watts(power)), direction);
}

void put_power(std::string& out, std::string_view name, const Measured<Power>& power) {
  if (power) put(out, name, watts_text(*power));
}

void put_directed(std::string& out, std::string_view name, const Measured<Power>& power, std::string_view positive,
                  std::string_view negative) {
  if (power) put(out, name, directed(*power, positive, negative));
}

void put_voltage(std::string& out, std::string_view name, const Measured<Voltage>& voltage) {
  if (voltage) put(out, name, fmt::format("{:.1f} V", in_volts(*voltage)));
}

void put_current(std::string& out, std::string_view name, const Measured<Current>& current) {
  if (current) put(out, name, fmt::format("{:.1f} A", in_amperes(*current)));
}

void put_temperature(std::string& out, std::string_view name, const Measured<Temperature>& temperature) {
  if (temperature) put(out, name, fmt::format("{:.1f} °C", in_celsius(*temperature)));
}

void put_energy(std::string& out, std::string_view name, const Measured<Energy, double>& energy) {
  if (energy) put(out, name, fmt::format("{:.1f} kWh", in_kilowatt_hours(*energy)));
}

void put_flows(std::string& out, const Reading& r) {
  put_power(out, "sun", r.pv);
  put_power(out, "house", r.load);
  put_power(out, "of it on the back-up output", r.backup);
  put_directed(out, "grid", r.grid, "bought", "sold");
  put_directed(out, "grid L1", r.grid_l1, "bought", "sold");
  put_directed(out, "grid L2", r.grid_l2, "bought", "sold");
  put_directed(out, "grid L3", r.grid_l3, "bought", "sold");
  put_directed(out, "battery", r.battery, "in", "out");
}

void put_battery(std::string& out, const Reading& r) {
  if (r.soc) put(out, "state of charge", fmt::format("{:.0f} %", in_percent(*r.soc)));
  if (r.state_of_health) put(out, "state of health", fmt::format("{:.0f} %", in_percent(*r.state_of_health)));
  put_voltage(out, "battery voltage", r.battery_voltage);
  put_current(out, "battery current (+ charges)", r.battery_current);
  put_current(out, "BMS allows to charge", r.battery_charge_limit);
  put_current(out, "BMS allows to discharge", r.battery_discharge_limit);
  put_temperature(out, "battery temperature", r.battery_temperature);
  if (r.battery_alarms != 0) put(out, "battery alarms", fmt::format("0x{:08x}", r.battery_alarms));
}

std::string_view name_of(Plausibility plausibility) {
  switch (plausibility) {
    case Plausibility::plausible: return "yes";
    case Plausibility::implausible: return "NO: the flows contradict each other";
    case Plausibility::unchecked: break;
  }
  return "not checked yet";
}

std::string joined_names(const std::vector<Action>& actions) {
  std::string out;
  for (const Action action : actions) out += (out.empty() ? "" : ", ") + std::string(name_of(action));
  return out.empty() ? "none" : out;
}

}  // namespace

std::string describe_reading(const Reading& r, const TimeZone& zone) {
  std::string out;
  put(out, "time", to_iso(zone.date_of(r.time)) + " " + clock_text(zone, r.time));
  put_flows(out, r);
  put_battery(out, r);
  put_voltage(out, "grid voltage L1", r.grid_voltage_l1);
  put_voltage(out, "grid voltage L2", r.grid_voltage_l2);
  put_voltage(out, "grid voltage L3", r.grid_voltage_l3);
  put_current(out, "grid current L1 (+ bought)", r.grid_current_l1);
  put_current(out, "grid current L2 (+ bought)", r.grid_current_l2);
  put_current(out, "grid current L3 (+ bought)", r.grid_current_l3);
  put_temperature(out, "inverter temperature", r.inverter_temperature);
  put_energy(out, "sun, in all", r.pv_total);
  put_energy(out, "house, in all", r.load_total);
  put_energy(out, "bought, in all", r.import_total);
  put_energy(out, "sold, in all", r.export_total);
  put_energy(out, "battery in, in all", r.charge_total);
  put_energy(out, "battery out, in all", r.discharge_total);
  if (r.inverter_faults != 0) put(out, "inverter faults", fmt::format("0x{:08x}", r.inverter_faults));
  if (r.plausibility != Plausibility::unchecked) put(out, "plausible", name_of(r.plausibility));
  return out;
}

std::string reading_line(const Reading& r, const TimeZone& zone) {
  const auto seconds = std::chrono::duration_cast<Seconds>(r.time.time_since_epoch()).count() % 60;
  std::string out = clock_text(zone, r.time) + fmt::format(":{:02}", seconds);
  if (r.pv) out += fmt::format("  sun {:>6}", watts_text(*r.pv));
  if (r.load) out += fmt::format("  house {:>6}", watts_text(*r.load));
  if (r.grid) out += fmt::format("  grid {:>12}", directed(*r.grid, "bought", "sold"));
  if (r.battery) out += fmt::format("  battery {:>10}", directed(*r.battery, "in", "out"));
  if (r.soc) out += fmt::format("  {:.0f} %", in_percent(*r.soc));
  return out;
}

std::string describe_identity(const ports::InverterIdentity& identity) {
  std::string out;
  put(out, "family", identity.family);
  put(out, "model", identity.model);
  put(out, "serial number", identity.serial);
  put(out, "firmware", identity.firmware);
  if (identity.rating > Power{}) put(out, "rated power", watts_text(identity.rating));
  put(out, "can", joined_names(identity.actions));
  put(out, "ends by the unit's clock", joined_names(identity.lapsing));
  put(out, "can limit export", identity.can_limit_export ? "yes" : "no");
  put(out, "can block charging", identity.can_block_charging ? "yes" : "no");
  return out;
}

}  // namespace gridpilot::app
