#include "gridpilot/plant/battery.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace gridpilot::plant {
namespace {

// Of the pack of 128 cells; fewer cells carry more current, in parallel strings.
constexpr double inner_resistance_ohm = 0.22;
constexpr double reference_cells = 128.0;
// Heat capacity and loss to the room of a tower of modules of about 120 kg: it warms slowly and cools in hours.
constexpr double heat_capacity_wh_per_kelvin = 33.0;
constexpr double cooling_w_per_kelvin = 9.0;

struct CurvePoint {
  double soc_percent;
  double voltage_v;
};
// 128 cells in series: steep at the ends, flat between, as the chemistry is.
constexpr std::array<CurvePoint, 8> voltage_curve{
    {{0, 320}, {5, 388}, {12, 408}, {30, 418}, {60, 422}, {88, 428}, {97, 440}, {100, 480}}};

double whole_amperes(double amperes) {
  return std::floor(std::max(0.0, amperes) + 1e-9);
}

}  // namespace

Power charge_taper(Soc soc, Power max_charge) {
  const double percent_full = in_percent(soc);
  const double kilowatts_of_reference = percent_full < 50.0   ? 10.8
                                        : percent_full < 70.0 ? 8.9
                                        : percent_full < 90.0 ? 4.5
                                                              : 2.5;
  return max_charge * (kilowatts_of_reference / 10.8);
}

Pack::Pack(const PackOptions& options, Soc initial, Temperature initial_temperature)
    : options_(options), temperature_(initial_temperature) {
  set_soc(initial);
}

void Pack::set_soc(Soc soc) {
  stored_ = stored_at(std::clamp(soc, percent(0), percent(100)), options_.capacity);
}

Voltage Pack::open_circuit_voltage() const {
  const double at = in_percent(soc());
  const double scale = options_.cells_in_series / reference_cells;
  for (std::size_t i = 1; i < voltage_curve.size(); ++i) {
    const CurvePoint left = voltage_curve[i - 1];
    const CurvePoint right = voltage_curve[i];
    if (at > right.soc_percent) continue;
    const double part = (at - left.soc_percent) / (right.soc_percent - left.soc_percent);
    return volts((left.voltage_v + (right.voltage_v - left.voltage_v) * std::clamp(part, 0.0, 1.0)) * scale);
  }
  return volts(voltage_curve.back().voltage_v * scale);
}

Voltage Pack::voltage_at(Power power) const {
  const double scale = options_.cells_in_series / reference_cells;
  const double open = in_volts(open_circuit_voltage());
  const double drop = inner_resistance_ohm * scale * scale * in_watts(power) / open;
  return volts(std::clamp(open + drop, 320.0 * scale, 480.0 * scale));
}

PackLimits Pack::limits() const {
  const double open = in_volts(open_circuit_voltage());
  const double full = in_percent(soc());
  const double charge_w = full >= 100.0 ? 0.0 : in_watts(charge_taper(soc(), options_.max_charge));
  const double discharge_w = full <= 0.0   ? 0.0
                             : full <= 4.0 ? in_watts(options_.max_discharge) * 0.25
                                           : in_watts(options_.max_discharge);
  PackLimits limits;
  limits.charge = amperes(whole_amperes(charge_w / open));
  limits.discharge = amperes(whole_amperes(discharge_w / open));
  limits.charge_power = limits.charge * volts(open);
  limits.discharge_power = limits.discharge * volts(open);
  return limits;
}

Power Pack::charge_room(Soc ceiling, Hours length) const {
  const Energy room = stored_at(std::min(ceiling, percent(100)), options_.capacity) - stored_;
  return std::max(watts(0), room / options_.charge_efficiency / length);
}

Power Pack::discharge_room(Soc floor, Hours length) const {
  const Energy room = stored_ - stored_at(std::max(floor, percent(0)), options_.capacity);
  return std::max(watts(0), room * options_.discharge_efficiency / length);
}

void Pack::run(Power power, Hours length, Temperature surroundings) {
  const bool charges = power > watts(0);
  const Energy through = power * length;
  const Energy change = charges ? through * options_.charge_efficiency : through / options_.discharge_efficiency;
  const Energy heat = through - change;
  stored_ = std::clamp(stored_ + change, kilowatt_hours(0), options_.capacity);
  const Energy standing = std::min(options_.standing * length, stored_);
  stored_ -= standing;
  standing_loss_ += standing;
  const double over = in_celsius(temperature_) - in_celsius(surroundings);
  const double steady = (in_watts(heat / length) + in_watts(options_.standing)) / cooling_w_per_kelvin;
  const double decay = std::exp(-length.count() * cooling_w_per_kelvin / heat_capacity_wh_per_kelvin);
  temperature_ = celsius(in_celsius(surroundings) + steady + (over - steady) * decay);
}

}  // namespace gridpilot::plant
