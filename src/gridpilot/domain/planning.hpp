#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gridpilot/core/time.hpp"
#include "gridpilot/core/units.hpp"

namespace gridpilot {

// The planning problem and its answer, exactly as docs/planner.md states them. Prices and costs are expectations
// (Value), never booked money.

struct PlanningSlot {
  Hours length{0.25};
  ValuePerEnergy import_price;
  ValuePerEnergy export_price;
  Energy load;
  Energy pv;
};

struct PlanningBattery {
  Energy capacity;
  Energy reserve;
  Energy initial;  ///< stored energy at the start; 0 <= initial <= capacity
  Power max_charge;
  Power max_discharge;
  double charge_efficiency = 1.0;
  double discharge_efficiency = 1.0;
  ValuePerEnergy wear;
  ValuePerEnergy terminal_value;
};

struct PlanningSite {
  Power import_limit;
  Power export_limit;
  bool grid_charging = true;
  bool battery_export = true;
  bool curtailment = false;
};

struct PlanningProblem {
  std::string name;
  std::vector<PlanningSlot> slots;
  PlanningBattery battery;
  PlanningSite site;
};

/// What the plan does in one slot.
struct PlannedFlow {
  Energy ac;         ///< at the battery's AC side, positive charges
  Energy curtailed;  ///< PV thrown away
  Energy grid_import;
  Energy grid_export;
  Energy stored;                   ///< at the end of the slot
  ValuePerEnergy value_of_stored;  ///< worth of one more kWh at the end of the slot
};

/// The cost still to come as a function of stored energy: continuous, linear between its points, which are ordered by
/// stored energy and at least two unless the battery has no room at all.
struct CostToGo {
  struct Point {
    Energy stored;
    Value cost;
  };
  std::vector<Point> points;

  /// Linear between points; nullopt outside the feasible range.
  [[nodiscard]] std::optional<Value> at(Energy stored) const;
};

struct PlanningAnswer {
  Value cost;         ///< of the flows, terminal value deducted
  Value lower_bound;  ///< no feasible plan costs less
  ValuePerEnergy value_of_initial;
  std::vector<PlannedFlow> flows;
  CostToGo after_first_slot;  ///< cost from the end of the first slot on: what alternatives in the first slot are
                              ///< weighed with
};

}  // namespace gridpilot
