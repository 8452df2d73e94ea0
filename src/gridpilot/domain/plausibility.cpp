#include "gridpilot/domain/plausibility.hpp"

#include <algorithm>
#include <cmath>

namespace gridpilot {
namespace {

constexpr Power magnitude(Power power) {
  return power < Power{} ? -power : power;
}

std::string in_whole_watts(Power power) {
  return std::to_string(std::llround(in_watts(power))) + " W";
}

std::optional<std::string> what_cannot_be(const Reading& reading, const BatteryProfile* profile) {
  if (reading.soc && (*reading.soc < percent(0) || *reading.soc > percent(100)))
    return "a state of charge of " + std::to_string(std::llround(in_percent(*reading.soc))) + " % cannot be";
  if (profile == nullptr || !reading.battery) return std::nullopt;
  // A voltage that cannot be must not excuse a power that cannot be.
  const Voltage voltage = std::min(reading.battery_voltage.value_or(profile->most_voltage), profile->most_voltage);
  if (magnitude(*reading.battery) > voltage * (profile->most_current + PlausibilityCheck::spare_current))
    return "a battery power of " + in_whole_watts(*reading.battery) + " is more than the battery can carry";
  return std::nullopt;
}

}  // namespace

PlausibilityCheck::Outcome PlausibilityCheck::judge(const Reading& reading, const BatteryProfile* profile) {
  if (const auto why = what_cannot_be(reading, profile))
    return {.plausibility = Plausibility::implausible, .why = *why};
  if (!samples_.empty() && (reading.time <= samples_.back().time || reading.time - samples_.back().time > longest_gap))
    samples_.clear();
  if (!reading.pv || !reading.load || !reading.grid || !reading.battery) return {};
  samples_.push_back({.time = reading.time,
                      .pv = *reading.pv,
                      .load = *reading.load,
                      .grid = *reading.grid,
                      .battery = *reading.battery});
  while (samples_.size() > fewest_readings && reading.time - samples_.front().time >= window) samples_.pop_front();
  if (samples_.size() < fewest_readings) return {};
  return compare();
}

PlausibilityCheck::Outcome PlausibilityCheck::compare() const {
  Sample sum;
  for (const Sample& sample : samples_) {
    sum.pv += sample.pv;
    sum.load += sample.load;
    sum.grid += sample.grid;
    sum.battery += sample.battery;
  }
  const auto count = static_cast<double>(samples_.size());
  const Power balance = (sum.pv + sum.grid - sum.battery) / count;
  const Power load = sum.load / count;
  const Power largest =
      std::max({magnitude(sum.pv), magnitude(sum.load), magnitude(sum.grid), magnitude(sum.battery)}) / count;
  const Power tolerance = std::max(least_tolerance, largest * tolerated_share);
  if (magnitude(balance - load) <= tolerance) return {.plausibility = Plausibility::plausible, .why = {}};
  return {.plausibility = Plausibility::implausible,
          .why = "over a minute the load is " + in_whole_watts(load) + ", but PV, grid and battery leave " +
                 in_whole_watts(balance)};
}

}  // namespace gridpilot
