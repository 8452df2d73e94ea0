#pragma once

#include "gridpilot/core/units.hpp"
#include "gridpilot/domain/site.hpp"

namespace gridpilot::plant {

/// A lithium iron phosphate pack with its management system, of high voltage unless it has few cells in series. Powers
/// are at the pack's DC terminals.
struct PackOptions {
  Energy capacity = kilowatt_hours(10);  ///< usable: state of charge counts in it
  Power max_charge = kilowatts(10.8);    ///< what the pack takes while it is below half full
  Power max_discharge = kilowatts(10.8);
  double charge_efficiency = 0.975;     ///< terminals → stored
  double discharge_efficiency = 0.975;  ///< stored → terminals
  Power standing = watts(6);            ///< of the management system, from the cells
  int cells_in_series = 128;            ///< 16 make a pack of the 48 V class
};

/// What the management system permits at this moment.
struct PackLimits {
  Current charge;  ///< whole amperes, as the system reports them
  Current discharge;
  Power charge_power;  ///< the same as power at the present voltage
  Power discharge_power;
};

/// Whole amperes that a pack of this size takes: 10.8 kW below half full, 8.9 kW to 70 %, 4.5 kW to 90 % and 2.5 kW
/// above, for a pack that can take 10.8 kW; others in proportion.
[[nodiscard]] Power charge_taper(Soc soc, Power max_charge);

class Pack {
 public:
  Pack(const PackOptions& options, Soc initial, Temperature initial_temperature);

  [[nodiscard]] Energy stored() const { return stored_; }
  [[nodiscard]] Soc soc() const { return soc_at(stored_, options_.capacity); }
  [[nodiscard]] Temperature temperature() const { return temperature_; }
  [[nodiscard]] const PackOptions& options() const { return options_; }
  [[nodiscard]] Energy standing_loss() const { return standing_loss_; }

  /// 2.5 V a cell empty to 3.75 V full, flat between, without the drop at the inner resistance: 320 to 480 V of 128.
  [[nodiscard]] Voltage open_circuit_voltage() const;
  /// At the terminals while this power flows; positive charges.
  [[nodiscard]] Voltage voltage_at(Power power) const;

  /// Of the management system alone.
  [[nodiscard]] PackLimits limits() const;
  /// Highest charging power that keeps the pack at or below `ceiling` for this long.
  [[nodiscard]] Power charge_room(Soc ceiling, Hours length) const;
  /// Highest discharging power that keeps the pack at or above `floor` for this long.
  [[nodiscard]] Power discharge_room(Soc floor, Hours length) const;

  /// Constant power for a while; positive charges.
  void run(Power power, Hours length, Temperature surroundings);
  void set_soc(Soc soc);

 private:
  PackOptions options_;
  Energy stored_;
  Energy standing_loss_;
  Temperature temperature_;
};

}  // namespace gridpilot::plant
