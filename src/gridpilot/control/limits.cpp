#include "gridpilot/control/limits.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace gridpilot::control {
namespace {

constexpr Voltage usual_grid_voltage = volts(230);

NamedLimit lower(NamedLimit a, NamedLimit b) {
  return b.power < a.power ? std::move(b) : std::move(a);
}

/// A current of the battery as power at its present voltage; at the lowest it may have where that is not measured.
Power at_battery(Current current, const GuardInput& input) {
  return std::max(input.reading->battery_voltage.value_or(input.profile->least_voltage) * current, Power{});
}

NamedLimit battery_limit(const GuardInput& input, Measured<Current> of_bms, Power configured, const char* direction) {
  NamedLimit most{.power = configured, .name = std::string("battery ") + direction + " power"};
  most = lower(std::move(most),
               {.power = at_battery(input.profile->most_current, input), .name = "current of the battery profile"});
  // What the unit does not measure does not bind; where it should be measured and is not, nothing is forced at all.
  if (!of_bms) return most;
  return lower(std::move(most),
               {.power = at_battery(*of_bms, input), .name = std::string("BMS ") + direction + " current"});
}

struct Phase {
  Measured<Current> current;
  Measured<Power> power;
  Voltage voltage;
};

std::array<Phase, 3> phases_of(const Reading& r) {
  return {{{r.grid_current_l1, r.grid_l1, r.grid_voltage_l1.value_or(usual_grid_voltage)},
           {r.grid_current_l2, r.grid_l2, r.grid_voltage_l2.value_or(usual_grid_voltage)},
           {r.grid_current_l3, r.grid_l3, r.grid_voltage_l3.value_or(usual_grid_voltage)}}};
}

/// The charging power at which the fullest phase reaches the fuse. The inverter loads its phases alike; what the
/// battery does already is in the measured currents.
NamedLimit fuse_limit(const GuardInput& input, Current fuse) {
  const Reading& reading = *input.reading;
  const Current usable = fuse - fuse_margin;
  NamedLimit most{.power = {}, .name = "house fuse"};
  const int count = input.unit.measures.grid_phases;
  if (count == 0) {
    // Not known how the house spreads over its phases: as if it were all on one.
    most.power = *reading.battery + usual_grid_voltage * usable - *reading.grid;
    return most;
  }
  const auto phases = phases_of(reading);
  Power least_room = watts(1e9);
  for (std::size_t i = 0; i < static_cast<std::size_t>(std::min(count, 3)); ++i) {
    const Phase& phase = phases[i];
    if (phase.current)
      least_room = std::min(least_room, phase.voltage * (usable - *phase.current));
    else if (phase.power)
      least_room = std::min(least_room, phase.voltage * usable - *phase.power);
    else
      return {.power = {}, .name = "house fuse: reading without the current of each phase"};
  }
  most.power = *reading.battery + least_room * static_cast<double>(count);
  return most;
}

}  // namespace

Power stepped_down(Power power) {
  return power_step * std::floor(power / power_step);
}

NamedLimit most_charge(const GuardInput& input) {
  const Reading& reading = *input.reading;
  NamedLimit most = battery_limit(input, reading.battery_charge_limit, input.battery.max_charge, "charge");
  const Power surplus = *reading.pv - *reading.load;
  if (input.site.grid_charging)
    most = lower(std::move(most), {.power = input.site.import_limit + surplus, .name = "import limit"});
  else
    most = lower(std::move(most), {.power = surplus, .name = "no charging from the grid"});
  if (input.site.fuse) most = lower(std::move(most), fuse_limit(input, *input.site.fuse));
  return most;
}

NamedLimit most_sale(const GuardInput& input) {
  const Reading& reading = *input.reading;
  NamedLimit most = battery_limit(input, reading.battery_discharge_limit, input.battery.max_discharge, "discharge");
  const Power deficit = *reading.load - *reading.pv;
  if (input.site.battery_export) {
    most = lower(std::move(most), {.power = input.site.export_limit + deficit, .name = "export limit"});
  } else {
    most = lower(std::move(most), {.power = deficit, .name = "no feeding from the battery"});
  }
  // A phase may have no load of its own: what the inverter gives there goes all through its fuse.
  if (input.site.fuse)
    most = lower(std::move(most), {.power = least_grid_voltage * (*input.site.fuse - fuse_margin) *
                                                static_cast<double>(std::max(input.unit.measures.grid_phases, 1)) -
                                            *reading.pv,
                                   .name = "house fuse"});
  return most;
}

}  // namespace gridpilot::control
