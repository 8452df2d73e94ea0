#include "gridpilot/plant/house.hpp"

#include <algorithm>
#include <cmath>

#include "gridpilot/plant/noise.hpp"

namespace gridpilot::plant {
namespace {

// The battery stands indoors: warmer than outside in winter and cooler in summer.
Temperature room_temperature(Temperature air) {
  return celsius(17.0 + 0.3 * (in_celsius(air) - 10.0));
}

constexpr double inverter_kelvin_per_watt = 0.075;
constexpr double inverter_time_constant_hours = 0.3;

Instant following_step(Instant t) {
  const auto length = House::step.count();
  const auto seconds = t.time_since_epoch().count();
  return Instant(Seconds((seconds / length + 1) * length));
}

void count(Counters& counters, const Flows& flows, Hours length) {
  const Power none = watts(0);
  counters.pv += flows.pv * length;
  counters.load += flows.load * length;
  counters.grid_import += std::max(flows.grid, none) * length;
  counters.grid_export += std::max(-flows.grid, none) * length;
  counters.charge += std::max(flows.battery, none) * length;
  counters.discharge += std::max(-flows.battery, none) * length;
  counters.ac_out += std::max(flows.ac, none) * length;
  counters.ac_in += std::max(-flows.ac, none) * length;
  counters.losses += flows.losses * length;
}

}  // namespace

HouseOptions HouseOptions::of(const Site& site, const Battery& battery) {
  HouseOptions options;
  options.latitude_degrees = site.latitude_degrees;
  options.longitude_degrees = site.longitude_degrees;
  options.planes = site.planes;
  options.annual_consumption = site.annual_consumption;
  options.inverter.rating = site.inverter_rating;
  options.inverter.max_pv = site.inverter_rating * 1.5;
  const double conversion = options.inverter.efficiency;
  options.pack.capacity = battery.capacity;
  options.pack.max_charge = battery.max_charge * conversion * 1.08;
  options.pack.max_discharge = battery.max_discharge / conversion * 1.08;
  options.pack.charge_efficiency = std::min(1.0, battery.charge_efficiency / conversion);
  options.pack.discharge_efficiency = std::min(1.0, battery.discharge_efficiency / conversion);
  return options;
}

Weather House::weather_of(double latitude_degrees, double longitude_degrees, std::uint64_t seed) {
  return {latitude_degrees, longitude_degrees, derived_seed(seed, 1)};
}

House::House(TimeZone zone, const HouseOptions& options, Instant start)
    : zone_(zone),
      options_(options),
      weather_(weather_of(options.latitude_degrees, options.longitude_degrees, options.seed)),
      photovoltaics_(options.planes),
      household_(std::move(zone), options.annual_consumption, derived_seed(options.seed, 2)),
      pack_(options.pack, options.initial_soc, room_temperature(weather_.air_temperature(start))),
      now_(start),
      air_(weather_.air_temperature(start)),
      inverter_temperature_(air_ + celsius(6)),
      totals_(options.initial_totals) {
  next_midnight_ = zone_.start_of_day(plus_days(zone_.date_of(start), 1));
  look_around();
}

void House::advance_to(Instant t) {
  while (now_ < t) {
    run_until(std::min(t, step_end_));
    if (now_ >= next_midnight_) {
      today_ = {};
      next_midnight_ = zone_.start_of_day(plus_days(zone_.date_of(now_), 1));
    }
    if (now_ >= step_end_) {
      look_around();
    } else {
      settle_flows();
    }
  }
}

void House::set(const InverterSetting& setting) {
  setting_ = setting;
  settle_flows();
}

void House::set_soc(Soc soc) {
  pack_.set_soc(soc);
  settle_flows();
}

/// Sun and household of the step that contains now().
void House::look_around() {
  step_end_ = following_step(now_);
  const Sky sky = weather_.at(step_end_ - step);
  air_ = sky.air;
  pv_output_ = photovoltaics_.at(sky);
  load_ = household_.at(step_end_ - step);
  settle_flows();
}

void House::settle_flows() {
  const Hours rest = step_end_ - now_;
  if (!options_.has_battery) {
    flows_ = flows_under(setting_, options_.inverter, {}, pv_output_.total(), load_, load_ * options_.backup_share);
    return;
  }
  const PackLimits pack_limits = pack_.limits();
  BatteryRoom room{
      .charge = std::min(pack_limits.charge_power, pack_.charge_room(setting_.charge_stop, rest)),
      .discharge = std::min(pack_limits.discharge_power, pack_.discharge_room(setting_.discharge_stop, rest))};
  const Voltage voltage = pack_.open_circuit_voltage();
  if (setting_.charge_limit) room.charge = std::min(room.charge, *setting_.charge_limit * voltage);
  if (setting_.discharge_limit) room.discharge = std::min(room.discharge, *setting_.discharge_limit * voltage);
  flows_ = flows_under(setting_, options_.inverter, room, pv_output_.total(), load_, load_ * options_.backup_share);
}

void House::run_until(Instant t) {
  const Hours length = t - now_;
  count(totals_, flows_, length);
  count(today_, flows_, length);
  if (options_.has_battery) pack_.run(flows_.battery, length, room_temperature(air_));
  const double settled = in_celsius(air_) + 5.0 + inverter_kelvin_per_watt * in_watts(flows_.losses);
  const double decay = std::exp(-length.count() / inverter_time_constant_hours);
  inverter_temperature_ = celsius(settled + (in_celsius(inverter_temperature_) - settled) * decay);
  now_ = t;
}

}  // namespace gridpilot::plant
