#include "gridpilot/domain/battery_profile.hpp"

#include <algorithm>
#include <array>

namespace gridpilot {
namespace {

// The 48 V ranges: 16 lithium iron phosphate cells at 2.5 V to 3.75 V. Currents: what the family's largest unit moves.
constexpr std::array profiles{
    BatteryProfile{.name = "hv-20kwh",
                   .least_voltage = volts(320),
                   .most_voltage = volts(480),
                   .most_current = amperes(32),
                   .least_charging_temperature = celsius(0),
                   .most_charging_temperature = celsius(53),
                   .least_discharging_temperature = celsius(-20),
                   .most_discharging_temperature = celsius(53),
                   .warning_temperature = celsius(50)},
    BatteryProfile{.name = "lv-es",
                   .least_voltage = volts(40),
                   .most_voltage = volts(60),
                   .most_current = amperes(100),
                   .least_charging_temperature = celsius(0),
                   .most_charging_temperature = celsius(50),
                   .least_discharging_temperature = celsius(-10),
                   .most_discharging_temperature = celsius(50),
                   .warning_temperature = celsius(45)},
    BatteryProfile{.name = "lv-745",
                   .least_voltage = volts(40),
                   .most_voltage = volts(60),
                   .most_current = amperes(120),
                   .least_charging_temperature = celsius(0),
                   .most_charging_temperature = celsius(50),
                   .least_discharging_temperature = celsius(-10),
                   .most_discharging_temperature = celsius(50),
                   .warning_temperature = celsius(45)},
};

}  // namespace

std::span<const BatteryProfile> battery_profiles() noexcept {
  return profiles;
}

const BatteryProfile* battery_profile_named(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(profiles, name, &BatteryProfile::name);
  return found == profiles.end() ? nullptr : found;
}

}  // namespace gridpilot
