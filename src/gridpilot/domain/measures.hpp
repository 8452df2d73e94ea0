#pragma once

namespace gridpilot {

/// The values that safety rests on: which of them a unit measures at all. One that it has and does not deliver is
/// missing; one that it has not is not.
struct MeasuredBySafety {
  bool state_of_charge = true;
  bool battery_voltage = true;
  bool battery_temperature = true;
  bool battery_limits = true;  ///< charge and discharge current that the BMS allows
  int grid_phases = 3;         ///< phases of which power or current at the meter is known: 0, 1 or 3
  int grid_voltages = 3;       ///< phases of which the grid's voltage is known: 0, 1 or 3
};

}  // namespace gridpilot
