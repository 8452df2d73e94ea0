#include "gridpilot/control/guard.hpp"

#include <algorithm>
#include <cmath>

namespace gridpilot::control {
namespace {

constexpr Power power_step = watts(100);

Guarded fall_back(const Command& wanted, std::string limit) {
  return {.command = {.action = Action::self_use, .power = {}, .stop_soc = percent(100), .until = wanted.until},
          .bound_by = std::move(limit)};
}

/// Why nothing may be forced now; absent where it may.
std::optional<std::string> reason_not_to_force(const GuardInput& input) {
  if (input.reading == nullptr) return "no reading of the inverter yet";
  if (input.now - input.reading->time > oldest_reading) return "reading older than 60 s";
  if (!complete(*input.reading)) return "reading without state of charge or one of the four powers";
  if (!input.clock_is_trusted) return "host clock not trusted";
  if (!input.write_budget_left) return "register writes of the day are spent";
  if (input.reading->battery_alarms != 0) return "battery alarm";
  return std::nullopt;
}

/// A power together with the limit it comes from.
struct NamedLimit {
  Power power;
  const char* name;
};

NamedLimit lower(NamedLimit a, NamedLimit b) {
  return b.power < a.power ? b : a;
}

NamedLimit bms_limit(const Measured<Current>& current, const Reading& reading, const char* name) {
  // A BMS that reports no limit does not bind; its voltage is needed to make watts of its amperes.
  if (!current || !reading.battery_voltage) return {.power = watts(1e9), .name = name};
  return {.power = *reading.battery_voltage * *current, .name = name};
}

Guarded limited(const Command& wanted, NamedLimit most, Action without_power) {
  if (wanted.power <= most.power) return {.command = wanted, .bound_by = std::nullopt};
  Guarded guarded{.command = wanted, .bound_by = most.name};
  guarded.command.power = watts(std::floor(in_watts(most.power) / in_watts(power_step)) * in_watts(power_step));
  if (guarded.command.power < power_step) {
    guarded.command.action = without_power;
    guarded.command.power = Power{};
  }
  return guarded;
}

Guarded guard_charge(const Command& wanted, const GuardInput& input) {
  const Reading& reading = *input.reading;
  if (*reading.soc >= wanted.stop_soc) {
    Guarded full{.command = wanted, .bound_by = "state of charge reached"};
    full.command.action = Action::hold;
    full.command.power = Power{};
    return full;
  }
  const Power surplus = *reading.pv - *reading.load;
  NamedLimit most{.power = input.battery.max_charge, .name = "battery charge power"};
  most = lower(most, bms_limit(reading.battery_charge_limit, reading, "BMS charge current"));
  if (input.site.grid_charging)
    most = lower(most, {.power = input.site.import_limit + surplus, .name = "import limit"});
  else
    most = lower(most, {.power = surplus, .name = "no charging from the grid"});
  return limited(wanted, most, Action::hold);
}

Guarded guard_sell(Command wanted, const GuardInput& input) {
  const Reading& reading = *input.reading;
  wanted.stop_soc = std::max(wanted.stop_soc, input.battery.reserve);
  if (*reading.soc <= wanted.stop_soc) return fall_back(wanted, "reserve of the battery");
  const Power deficit = *reading.load - *reading.pv;
  NamedLimit most{.power = input.battery.max_discharge, .name = "battery discharge power"};
  most = lower(most, bms_limit(reading.battery_discharge_limit, reading, "BMS discharge current"));
  if (input.site.battery_export)
    most = lower(most, {.power = input.site.export_limit + deficit, .name = "export limit"});
  else
    most = lower(most, {.power = deficit, .name = "no feeding from the battery"});
  return limited(wanted, most, Action::self_use);
}

}  // namespace

Guarded guard(const Command& wanted, const GuardInput& input) {
  if (wanted.action == Action::self_use) return {.command = wanted, .bound_by = std::nullopt};
  if (std::optional<std::string> limit = reason_not_to_force(input)) return fall_back(wanted, std::move(*limit));
  switch (wanted.action) {
    case Action::charge: return guard_charge(wanted, input);
    case Action::sell: return guard_sell(wanted, input);
    case Action::self_use:
    case Action::hold:
    case Action::curtail:
    case Action::standby: break;
  }
  return {.command = wanted, .bound_by = std::nullopt};
}

}  // namespace gridpilot::control
