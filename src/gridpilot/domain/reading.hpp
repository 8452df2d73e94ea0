#pragma once

#include <cstdint>
#include <optional>

#include "gridpilot/core/measured.hpp"
#include "gridpilot/core/time.hpp"
#include "gridpilot/core/units.hpp"

namespace gridpilot {

/// Whether a sample agrees with independent measurements of the same flows (domain/plausibility.hpp).
enum class Plausibility : std::uint8_t {
  unchecked,    ///< nothing independent to compare with, or not enough of it yet
  plausible,    ///< agrees
  implausible,  ///< contradicts them: shown, and not acted upon
};

/// One sample of the inverter. Signs are the house's view (docs/sign-convention.md): pv and load >= 0, battery positive
/// when it charges, grid positive when energy is imported, so grid + pv = load + battery to the inverter's own losses.
/// What a family does not report, or reports as "not available", is absent.
struct Reading {
  Instant time{};

  Measured<Soc> soc;
  Measured<Soc> state_of_health;
  Measured<Power> pv;
  Measured<Power> load;  ///< whole house, back-up output included
  Measured<Power> grid;
  Measured<Power> battery;
  Measured<Power> backup;
  Measured<Power> grid_l1, grid_l2, grid_l3;
  Measured<Current> grid_current_l1, grid_current_l2, grid_current_l3;  ///< positive when energy is imported
  Measured<Voltage> grid_voltage_l1, grid_voltage_l2, grid_voltage_l3;
  Measured<Voltage> battery_voltage;
  Measured<Current> battery_current;          ///< positive when it charges
  Measured<Current> battery_charge_limit;     ///< what the BMS allows now
  Measured<Current> battery_discharge_limit;  ///< what the BMS allows now
  Measured<Temperature> battery_temperature;
  Measured<Temperature> inverter_temperature;

  // Counters since installation.
  Measured<Energy, double> pv_total;
  Measured<Energy, double> load_total;
  Measured<Energy, double> import_total;
  Measured<Energy, double> export_total;
  Measured<Energy, double> charge_total;
  Measured<Energy, double> discharge_total;

  std::uint32_t battery_alarms = 0;   ///< bits of the BMS's alarms; 0 = none reported
  std::uint32_t inverter_faults = 0;  ///< bits of the inverter's errors; 0 = none reported
  std::uint16_t operation_mode = 0;   ///< the family's own code, for display only
  Plausibility plausibility = Plausibility::unchecked;

  [[nodiscard]] friend bool operator==(const Reading&, const Reading&) = default;
};

/// True where the five values that control rests on are all there.
[[nodiscard]] constexpr bool complete(const Reading& r) {
  return r.soc && r.pv && r.load && r.grid && r.battery;
}

}  // namespace gridpilot
