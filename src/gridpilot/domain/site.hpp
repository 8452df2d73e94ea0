#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gridpilot/core/units.hpp"

namespace gridpilot {

/// A battery as the planner and the guard know it. Powers are at the AC side.
struct Battery {
  Energy capacity = kilowatt_hours(10);
  Soc reserve = percent(10);  ///< never planned below, except when found below
  Power max_charge = kilowatts(5);
  Power max_discharge = kilowatts(5);
  double charge_efficiency = 0.95;               ///< AC in → stored, (0, 1]
  double discharge_efficiency = 0.95;            ///< stored → AC out, (0, 1]
  ValuePerEnergy wear = per_kilowatt_hour(0.0);  ///< per kWh of stored energy moved, either direction
};

/// One plane of PV modules.
struct PvPlane {
  Power peak = kilowatts(5);     ///< at standard test conditions
  double tilt_degrees = 35;      ///< 0 is flat, 90 upright
  double azimuth_degrees = 180;  ///< compass: 90 east, 180 south, 270 west
};

/// The home and what its connection permits.
struct Site {
  std::string name = "home";
  double latitude_degrees = 50.06;   ///< north positive
  double longitude_degrees = 19.94;  ///< east positive
  std::vector<PvPlane> planes;
  Energy annual_consumption = kilowatt_hours(4000);
  Power inverter_rating = kilowatts(10);
  Power import_limit = kilowatts(17);
  Power export_limit = kilowatts(10);
  bool grid_charging = true;                   ///< the battery may be charged from the grid
  bool battery_export = true;                  ///< the battery may feed the grid
  bool curtailment = false;                    ///< PV may be throttled
  std::optional<Current> fuse = std::nullopt;  ///< of the house, per phase; absent where it is not told
};

}  // namespace gridpilot
