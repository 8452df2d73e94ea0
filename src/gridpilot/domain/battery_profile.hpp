#pragma once

#include <span>
#include <string_view>

#include "gridpilot/core/units.hpp"

namespace gridpilot {

/// The limits of a kind of battery, at its DC terminals. They hold beside the BMS's own: the smaller one rules.
struct BatteryProfile {
  std::string_view name;  ///< static text
  Voltage least_voltage;
  Voltage most_voltage;
  Current most_current;  ///< either direction
  Temperature least_charging_temperature;
  Temperature most_charging_temperature;
  Temperature least_discharging_temperature;
  Temperature most_discharging_temperature;
  Temperature warning_temperature;  ///< from here on the owner is warned; nothing is limited yet
};

/// What the program knows (docs/guard.md says where the numbers come from and which are assumed).
[[nodiscard]] std::span<const BatteryProfile> battery_profiles() noexcept;
/// Null where there is none of this name.
[[nodiscard]] const BatteryProfile* battery_profile_named(std::string_view name) noexcept;

}  // namespace gridpilot
