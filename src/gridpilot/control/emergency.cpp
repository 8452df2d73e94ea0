#include "gridpilot/control/emergency.hpp"

#include <algorithm>
#include <cmath>

namespace gridpilot::control {
namespace {

constexpr std::array all_emergencies{Emergency::battery_alarm,
                                     Emergency::battery_too_hot,
                                     Emergency::battery_too_cold_to_discharge,
                                     Emergency::battery_too_cold_to_charge,
                                     Emergency::battery_voltage,
                                     Emergency::grid_voltage};
static_assert(all_emergencies.size() == emergency_count);

std::string whole(double value) {
  return std::to_string(std::lround(value));
}

template <class Q>
Sight below(Measured<Q> value, Q most, Q hysteresis) {
  if (!value) return Sight::none;
  if (*value > most) return Sight::bad;
  return *value > most - hysteresis ? Sight::between : Sight::good;
}

template <class Q>
Sight above(Measured<Q> value, Q least, Q hysteresis) {
  if (!value) return Sight::none;
  if (*value < least) return Sight::bad;
  return *value < least + hysteresis ? Sight::between : Sight::good;
}

/// The worse of two; what is not measured says nothing beside what is.
Sight worse(Sight a, Sight b) {
  if (a == Sight::none) return b;
  if (b == Sight::none) return a;
  return std::min(a, b);
}

std::array<Measured<Voltage>, 3> phase_voltages(const Reading& reading) {
  return {reading.grid_voltage_l1, reading.grid_voltage_l2, reading.grid_voltage_l3};
}

Temperature most_temperature(const BatteryProfile& profile) {
  return std::min(profile.most_charging_temperature, profile.most_discharging_temperature);
}

Sight sight_of(Emergency emergency, const Reading& reading, const BatteryProfile& profile) {
  constexpr Temperature kelvins = celsius(temperature_hysteresis_kelvin);
  switch (emergency) {
    case Emergency::battery_alarm: return reading.battery_alarms != 0 ? Sight::bad : Sight::good;
    case Emergency::battery_too_hot: return below(reading.battery_temperature, most_temperature(profile), kelvins);
    case Emergency::battery_too_cold_to_discharge:
      return above(reading.battery_temperature, profile.least_discharging_temperature, kelvins);
    case Emergency::battery_too_cold_to_charge:
      return above(reading.battery_temperature, profile.least_charging_temperature, kelvins);
    case Emergency::battery_voltage:
      return worse(below(reading.battery_voltage, profile.most_voltage, voltage_hysteresis),
                   above(reading.battery_voltage, profile.least_voltage, voltage_hysteresis));
    case Emergency::grid_voltage: {
      Sight worst = Sight::none;
      for (const Measured<Voltage> voltage : phase_voltages(reading)) {
        worst = worse(worst, below(voltage, most_grid_voltage, voltage_hysteresis));
        worst = worse(worst, above(voltage, least_grid_voltage, voltage_hysteresis));
      }
      return worst;
    }
  }
  return Sight::none;
}

}  // namespace

std::string describe(Emergency emergency, const BatteryProfile& profile) {
  switch (emergency) {
    case Emergency::battery_alarm: return "battery alarm of the BMS";
    case Emergency::battery_too_hot:
      return "battery too hot (above " + whole(in_celsius(most_temperature(profile))) + " °C)";
    case Emergency::battery_too_cold_to_discharge:
      return "battery too cold to discharge (below " + whole(in_celsius(profile.least_discharging_temperature)) +
             " °C)";
    case Emergency::battery_too_cold_to_charge:
      return "battery too cold to charge (below " + whole(in_celsius(profile.least_charging_temperature)) + " °C)";
    case Emergency::battery_voltage:
      return "battery voltage (not " + whole(in_volts(profile.least_voltage)) + " to " +
             whole(in_volts(profile.most_voltage)) + " V)";
    case Emergency::grid_voltage:
      return "grid voltage (not " + whole(in_volts(least_grid_voltage)) + " to " + whole(in_volts(most_grid_voltage)) +
             " V)";
  }
  return {};
}

void EmergencyLatch::look(Sight sight, Instant measured_at) {
  if (sight == Sight::bad) active_ = true;
  if (sight != Sight::good) {
    good_since_.reset();
    return;
  }
  // A clock that went back measures no minute.
  if (!good_since_ || *good_since_ > measured_at) good_since_ = measured_at;
  if (measured_at - *good_since_ >= emergency_clears_after) active_ = false;
}

void EmergencyLatch::reset() {
  active_ = false;
  good_since_.reset();
}

void Emergencies::look(const Reading* reading, const BatteryProfile& profile) {
  for (const Emergency emergency : all_emergencies) {
    EmergencyLatch& one = latches_[static_cast<std::size_t>(emergency)];
    if (reading == nullptr)
      one.look_away();
    else if (emergency == Emergency::grid_voltage && is_outage(*reading))
      one.reset();
    else
      one.look(sight_of(emergency, *reading, profile), reading->time);
  }
}

std::optional<Emergency> Emergencies::standing_still() const {
  for (const Emergency emergency : all_emergencies)
    if (emergency != Emergency::battery_too_cold_to_charge && is_active(emergency)) return emergency;
  return std::nullopt;
}

bool is_outage(const Reading& reading) {
  bool is_measured = false;
  for (const Measured<Voltage> voltage : phase_voltages(reading)) {
    if (!voltage) continue;
    if (*voltage >= no_grid_voltage) return false;
    is_measured = true;
  }
  return is_measured;
}

namespace {

/// Of no limit could be said whether it is kept.
bool has_endless_value(const Reading& reading) {
  const auto is_endless = [](const auto& value) { return value && !std::isfinite((*value).raw()); };
  return is_endless(reading.soc) || is_endless(reading.pv) || is_endless(reading.load) || is_endless(reading.grid) ||
         is_endless(reading.battery) || is_endless(reading.battery_voltage) ||
         is_endless(reading.battery_temperature) || is_endless(reading.battery_charge_limit) ||
         is_endless(reading.battery_discharge_limit) || is_endless(reading.grid_current_l1) ||
         is_endless(reading.grid_current_l2) || is_endless(reading.grid_current_l3) || is_endless(reading.grid_l1) ||
         is_endless(reading.grid_l2) || is_endless(reading.grid_l3);
}

}  // namespace

std::optional<std::string> missing_for_safety(const Reading& reading, const MeasuredBySafety& measures) {
  if (has_endless_value(reading)) return "reading with a value that is no finite number";
  // Without a state of charge there is no battery, and no flow of one.
  if (measures.state_of_charge && !complete(reading))
    return "reading without state of charge or one of the four powers";
  if (measures.battery_voltage && !reading.battery_voltage) return "reading without battery voltage";
  if (measures.battery_temperature && !reading.battery_temperature) return "reading without battery temperature";
  if (measures.battery_limits && (!reading.battery_charge_limit || !reading.battery_discharge_limit))
    return "reading without the BMS's current limits";
  const auto voltages = phase_voltages(reading);
  for (int phase = 0; phase < std::min(measures.grid_voltages, 3); ++phase)
    if (!voltages[static_cast<std::size_t>(phase)]) return "reading without grid voltage";
  return std::nullopt;
}

}  // namespace gridpilot::control
