#pragma once

#include <algorithm>
#include <vector>

#include "gridpilot/control/guard.hpp"

namespace gridpilot::control {

inline const Instant start = parse_rfc3339("2026-05-01T10:00:00Z").value();
inline const BatteryProfile& hv() {
  return *battery_profile_named("hv-20kwh");
}

/// A home at rest: everything measured, everything well.
struct Home {
  Battery battery{.max_charge = kilowatts(5), .max_discharge = kilowatts(5)};
  Site site{.import_limit = kilowatts(10), .export_limit = kilowatts(6)};
  const BatteryProfile* profile = &hv();
  std::vector<Action> actions{all_actions.begin(), all_actions.end()};
  bool can_limit_export = true;
  bool can_block_charging = true;
  MeasuredBySafety measures;
  bool clock_is_trusted = true;
  bool write_budget_left = true;
  Instant now = start;
  Reading reading;
  Guard guard;

  Home() {
    reading.time = now - Seconds(20);
    reading.soc = percent(50);
    reading.pv = watts(0);
    reading.load = watts(1000);
    reading.battery = watts(0);
    reading.grid = watts(1000);
    reading.battery_voltage = volts(420);
    reading.battery_temperature = celsius(20);
    reading.battery_charge_limit = amperes(30);
    reading.battery_discharge_limit = amperes(30);
    reading.grid_voltage_l1 = reading.grid_voltage_l2 = reading.grid_voltage_l3 = volts(230);
    reading.grid_current_l1 = reading.grid_current_l2 = reading.grid_current_l3 = amperes(1.5);
  }
  [[nodiscard]] GuardInput input() const {
    return {.now = now,
            .reading = &reading,
            .battery = battery,
            .site = site,
            .profile = profile,
            .unit = {.actions = actions,
                     .can_limit_export = can_limit_export,
                     .can_block_charging = can_block_charging,
                     .measures = measures},
            .clock_is_trusted = clock_is_trusted,
            .write_budget_left = write_budget_left};
  }
  [[nodiscard]] Guarded ask(const Command& wanted) { return guard.check(wanted, input()); }
  [[nodiscard]] Guarded ask(Action action, double power_w, Soc stop_soc = percent(0)) {
    if (action == Action::charge) stop_soc = percent(100);
    return ask({.action = action, .power = watts(power_w), .stop_soc = stop_soc});
  }
  [[nodiscard]] Guarded own_rule() { return ask(Command{}); }
  void pass(Seconds length) {
    now += length;
    reading.time = now;
  }
};

}  // namespace gridpilot::control
