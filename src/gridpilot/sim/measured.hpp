#pragma once

#include <array>
#include <optional>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/units.hpp"
#include "gridpilot/plant/house.hpp"

/// What the families have in common of what they measure. Numbers here are on their way into registers: volts, hertz,
/// watts.
namespace gridpilot::sim {

using Phases = std::array<double, 3>;

/// The slow wandering of mains voltage, frequency and of how the load spreads over the phases.
struct Mains {
  Phases volts{};
  double hertz = 50.0;
  Phases load_shares{};  ///< sum 1
};
/// At an instant; `first_phase` replaces the first phase's voltage.
[[nodiscard]] Mains mains_at(Instant now, std::optional<Voltage> first_phase);

/// The PV that flows, in whole watts per tracker whose sum is the whole total.
[[nodiscard]] std::array<double, 2> tracker_watts(const plant::House& house);

/// Tenths of a kWh, as counters show them: they never round up.
[[nodiscard]] double tenths_of_kwh(Energy energy);

/// Since the unit was put into service, at the beginning of 2024.
[[nodiscard]] double hours_in_service(Instant now);

}  // namespace gridpilot::sim
