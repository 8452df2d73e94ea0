#pragma once

#include <optional>

#include "gridpilot/core/units.hpp"
#include "gridpilot/plant/battery.hpp"

namespace gridpilot::plant {

/// What the inverter makes its battery do. The names in brackets are the EMS modes of GoodWe's ET family; X is
/// InverterSetting::power.
enum class Rule {
  self_use,             ///< [1, 9, 10] the battery keeps the meter at `meter_target`
  charge,               ///< [11] the battery charges at X, PV first and the grid for the rest
  discharge,            ///< [12] the battery discharges at X, before PV; load first and the rest exported
  charge_from_pv,       ///< [2] all PV into the battery and up to X from the grid; never discharges
  discharge_beside_pv,  ///< [3] the battery adds up to X to PV; PV first where the feed-in is limited
  import_at_ac,         ///< [4] X from the grid into the battery first, PV beside it as far as there is room
  export_at_ac,         ///< [5] X out of the AC port, PV first and the battery for what lacks; PV throttled to X
  conserve,             ///< [6] as charge_from_pv with X = 0
  off_grid,             ///< [7] PV and battery feed the back-up output alone
  standby,              ///< [8] the battery neither charges nor discharges
  peak_shaving,         ///< the battery discharges only for what exceeds an import of X
  stopped,              ///< [255, remote stop] neither PV nor battery
};

/// What the inverter was told, by whatever registers. Powers of the battery are at its DC terminals.
struct InverterSetting {
  Rule rule = Rule::self_use;
  Power power{};                          ///< X >= 0
  Power meter_target{};                   ///< self_use: import to hold; negative is export
  Soc charge_stop = percent(100);         ///< charging ends here
  Soc discharge_stop = percent(10);       ///< discharging ends here (depth of discharge)
  std::optional<Power> export_limit{};    ///< absent: no limit
  std::optional<Current> charge_limit{};  ///< of the inverter, besides the pack's own
  std::optional<Current> discharge_limit{};
  std::optional<Power> grid_charge_limit{};  ///< what the grid may give to the battery, at the AC port
  Power standing_extra{};                    ///< drawn besides the inverter's own standing loss (the back-up stage)
  [[nodiscard]] friend bool operator==(const InverterSetting&, const InverterSetting&) = default;
};

struct InverterOptions {
  Power rating = kilowatts(10);  ///< at the AC port, either direction
  Power max_pv = kilowatts(15);  ///< at the DC inputs
  double efficiency = 0.975;     ///< DC → AC and AC → DC
  Power standing = watts(25);    ///< always drawn
};

/// Powers at one moment, in the house's signs: pv, load >= 0, battery + charges (DC terminals), grid + imports.
/// grid + pv = load + battery + losses, exactly.
struct Flows {
  Power pv;
  Power pv_available;  ///< pv and what is throttled away
  Power load;
  Power battery;
  Power grid;
  Power ac;      ///< out of the inverter's AC port into house and grid; negative draws
  Power losses;  ///< of the inverter: conversion and standing
  [[nodiscard]] friend bool operator==(const Flows&, const Flows&) = default;
};

/// What the battery could do at this moment, limits of pack, setting and state of charge taken together; both >= 0.
struct BatteryRoom {
  Power charge;
  Power discharge;
};

/// The flows that the setting makes of what sun and household offer. `backup` is the part of the load that hangs on the
/// back-up output.
[[nodiscard]] Flows flows_under(const InverterSetting& setting, const InverterOptions& inverter,
                                const BatteryRoom& room, Power pv_available, Power load, Power backup);

}  // namespace gridpilot::plant
