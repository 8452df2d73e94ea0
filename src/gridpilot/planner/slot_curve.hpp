#pragma once

#include <algorithm>

#include "gridpilot/domain/planning.hpp"

namespace gridpilot::planner {

// Inside the planner everything is a plain double in kWh, kW and currency (per kWh): docs/planner.md names each symbol.
// The strong types end at planner.cpp.

/// Lengths below this (kWh) are rounding, not energy.
inline constexpr double negligible_kwh = 1e-13;
/// A limit missed by less than this (kWh) is met.
inline constexpr double slack_kwh = 1e-9;

/// Battery and site of one problem.
struct House {
  explicit House(const PlanningProblem& problem);

  double floor;
  double capacity;
  double max_charge_kw;
  double max_discharge_kw;
  double charge_efficiency;
  double discharge_efficiency;
  double per_charge_efficiency;     ///< 1 / charge_efficiency
  double per_discharge_efficiency;  ///< 1 / discharge_efficiency
  double wear;
  double terminal_value;
  double import_limit_kw;
  double export_limit_kw;
  bool grid_charging;
  bool battery_export;
  bool curtailment;
};

/// Where the grid meter and the PV stand for a given action of the battery.
struct GridChoice {
  double grid = 0.0;  ///< positive imports
  double curtailed = 0.0;
};

/// One slot: the cost of every action `x` (kWh at the AC side, positive charges), with PV curtailed as is cheapest.
class SlotModel {
 public:
  SlotModel(const House& house, const PlanningSlot& slot);

  /// The actions allowed, before the stored energy is looked at; none where least() > most().
  [[nodiscard]] double least() const { return least_; }
  [[nodiscard]] double most() const { return most_; }

  /// The cheapest grid flow for an allowed action; of two equally cheap ones that which curtails less.
  [[nodiscard]] GridChoice grid_at(double x) const;
  /// What a grid flow costs.
  [[nodiscard]] double price_of(double grid) const { return grid * (grid > 0.0 ? import_price_ : export_price_); }
  /// Change of stored energy an action makes.
  [[nodiscard]] double stored_by(double x) const {
    return x > 0.0 ? x * house_->charge_efficiency : x * house_->per_discharge_efficiency;
  }
  /// The action that changes the stored energy by this much.
  [[nodiscard]] double action_for(double change) const {
    return change > 0.0 ? change * house_->per_charge_efficiency : change * house_->discharge_efficiency;
  }
  /// Cost of the slot, wear included.
  [[nodiscard]] double cost_at(double x) const {
    return price_of(grid_at(x).grid) + house_->wear * std::abs(stored_by(x));
  }

  [[nodiscard]] const House& house() const { return *house_; }
  [[nodiscard]] double net() const { return net_; }

 private:
  friend class SlotCurve;

  struct Reach {
    double low;
    double high;
  };
  /// The grid flows possible beside action `x`.
  [[nodiscard]] Reach grid_reach(double x) const;
  /// d cost / d x of the cheapest grid flow around `x`, which lies inside a piece.
  [[nodiscard]] double marginal_price(double x) const;
  /// Whether curtailing is worth nothing for any action from `least` on.
  [[nodiscard]] bool never_curtails(double least) const;
  /// Whether charging, however little, costs more than resting because it forbids import.
  [[nodiscard]] bool jumps_at_rest() const;

  const House* house_;
  double import_price_;
  double export_price_;
  double load_;
  double pv_;
  double net_;          ///< load - pv
  double import_most_;  ///< kWh
  double export_most_;  ///< kWh
  double least_;
  double most_;
};

/// The cost of one slot over `y`, minus the change of stored energy, as its linear pieces in ascending order of y: from
/// the strongest charge to the strongest discharge. In this direction a step back in time is a plain infimal
/// convolution. Actions that could not fit into the battery however full or empty it is are left out.
class SlotCurve {
 public:
  static constexpr int most_pieces = 12;

  explicit SlotCurve(const SlotModel& model);

  bool feasible = true;  ///< otherwise nothing below means anything
  bool convex = true;
  int pieces = 0;  ///< 0 where a single action is left
  int jump_point =
      -1;  ///< the point of rest, where the pieces of charging end higher than rest costs; -1: no such jump
  double x[most_pieces + 1];  ///< action at the ends of the pieces, descending
  double y[most_pieces + 1];
  double slope[most_pieces];  ///< d cost / d y

  [[nodiscard]] double lowest_y() const { return y[0]; }
  [[nodiscard]] double highest_y() const { return y[pieces]; }
  [[nodiscard]] bool charges(int piece) const { return x[piece] > 0.0; }

 private:
  void cut_at(double at);
  void cut_for_curtailment(const SlotModel& model);
  void cut_where_choice_changes(const SlotModel& model);
  void price_pieces(const SlotModel& model);
  void price_plain_pieces(const SlotModel& model, double least);
  void straighten();
};

}  // namespace gridpilot::planner
