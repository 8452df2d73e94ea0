#include "gridpilot/planner/slot_curve.hpp"

#include <cmath>

#include "gridpilot/core/verify.hpp"

namespace gridpilot::planner {
namespace {

// Export dearer than import by less than this is the same price worked out twice, not a reason to leave the fast path.
constexpr double same_price = 1e-12;

}  // namespace

House::House(const PlanningProblem& problem)
    : floor(in_kilowatt_hours(std::min(problem.battery.reserve, problem.battery.initial))),
      capacity(in_kilowatt_hours(problem.battery.capacity)),
      max_charge_kw(in_kilowatts(problem.battery.max_charge)),
      max_discharge_kw(in_kilowatts(problem.battery.max_discharge)),
      charge_efficiency(problem.battery.charge_efficiency),
      discharge_efficiency(problem.battery.discharge_efficiency),
      per_charge_efficiency(1.0 / charge_efficiency),
      per_discharge_efficiency(1.0 / discharge_efficiency),
      wear(in_per_kilowatt_hour(problem.battery.wear)),
      terminal_value(in_per_kilowatt_hour(problem.battery.terminal_value)),
      import_limit_kw(in_kilowatts(problem.site.import_limit)),
      export_limit_kw(in_kilowatts(problem.site.export_limit)),
      grid_charging(problem.site.grid_charging),
      battery_export(problem.site.battery_export),
      curtailment(problem.site.curtailment) {}

SlotModel::SlotModel(const House& house, const PlanningSlot& slot)
    : house_(&house),
      import_price_(in_per_kilowatt_hour(slot.import_price)),
      export_price_(in_per_kilowatt_hour(slot.export_price)),
      load_(in_kilowatt_hours(slot.load)),
      pv_(in_kilowatt_hours(slot.pv)),
      net_(load_ - pv_) {
  const double hours = slot.length.count();
  import_most_ = std::max({house.import_limit_kw * hours, net_, 0.0});
  export_most_ = house.export_limit_kw * hours;
  most_ = std::min(house.max_charge_kw * hours, import_most_ - net_);
  if (!house.grid_charging) most_ = std::min(most_, std::max(0.0, -net_));
  least_ = std::max(-house.max_discharge_kw * hours, -export_most_ - (house.curtailment ? load_ : net_));
  if (!house.battery_export) least_ = std::max(least_, -std::max(0.0, net_));
}

SlotModel::Reach SlotModel::grid_reach(double x) const {
  if (!house_->curtailment) return {.low = net_ + x, .high = net_ + x};
  double high = std::min(load_ + x, import_most_);
  // Only PV that is neither used nor curtailed may be stored: charging then means that nothing is imported.
  if (!house_->grid_charging && x > 0.0) high = std::min(high, 0.0);
  return {.low = std::max(net_ + x, -export_most_), .high = high};
}

GridChoice SlotModel::grid_at(double x) const {
  if (!house_->curtailment) return {.grid = net_ + x, .curtailed = 0.0};
  const Reach reach = grid_reach(x);
  // The price of a grid flow is linear but for its kink at 0: the cheapest flow is an end or the kink.
  double best = reach.low;
  double cost = price_of(best);
  if (best < 0.0 && reach.high >= 0.0 && cost > 0.0) {
    best = 0.0;
    cost = 0.0;
  }
  if (price_of(reach.high) < cost) best = reach.high;
  return {.grid = best, .curtailed = std::clamp(best - (net_ + x), 0.0, pv_)};
}

double SlotModel::marginal_price(double x) const {
  if (!house_->curtailment) return net_ + x > 0.0 ? import_price_ : export_price_;
  const double grid = grid_at(x).grid;
  if (grid == 0.0) return 0.0;
  // A flow that does not follow the action is held by a limit.
  const bool follows = grid == net_ + x || (grid == load_ + x && grid != import_most_);
  if (!follows) return 0.0;
  return grid > 0.0 ? import_price_ : export_price_;
}

bool SlotModel::never_curtails(double least) const {
  return import_price_ >= 0.0 && export_price_ >= 0.0 && net_ + least >= -export_most_;
}

bool SlotModel::jumps_at_rest() const {
  if (!house_->curtailment || house_->grid_charging || import_price_ >= 0.0) return false;
  const Reach reach = grid_reach(0.0);
  if (reach.low > 0.0) return false;
  const double charging = std::min(price_of(reach.low), 0.0);
  return price_of(reach.high) < charging;
}

SlotCurve::SlotCurve(const SlotModel& model) {
  const House& house = model.house();
  const double room = house.capacity - house.floor;
  double most = std::min(model.most(), room * house.per_charge_efficiency);
  double least = std::max(model.least(), -room * house.discharge_efficiency);
  if (std::abs(most) < negligible_kwh) most = 0.0;
  if (std::abs(least) < negligible_kwh) least = 0.0;
  feasible = least <= most + slack_kwh;
  least = std::min(least, most);

  x[0] = most;
  x[1] = least;
  pieces = most - least < negligible_kwh ? 0 : 1;
  if (pieces == 0) {
    x[0] = std::clamp(0.0, least, most);
    y[0] = -model.stored_by(x[0]);
    return;
  }
  if (!house.curtailment || model.never_curtails(least)) {
    price_plain_pieces(model, least);
  } else {
    cut_at(0.0);
    cut_at(-model.net_);
    cut_for_curtailment(model);
    price_pieces(model);
  }
  straighten();
  if (!model.jumps_at_rest() || !charges(0)) return;
  convex = false;
  for (jump_point = 0; x[jump_point] > 0.0;) ++jump_point;
}

// By far the most slots are of this kind: nothing is curtailed, and there are two kinks at most, at rest and where the
// grid flow turns round.
void SlotCurve::price_plain_pieces(const SlotModel& model, double least) {
  const House& house = model.house();
  const double turn = std::abs(model.net_) < negligible_kwh ? 0.0 : -model.net_;
  const auto cut = [&](double at) {
    if (at < x[pieces] - negligible_kwh && at > least + negligible_kwh) x[++pieces] = at;
  };
  pieces = 0;
  cut(std::max(turn, 0.0));
  cut(std::min(turn, 0.0));
  x[++pieces] = least;
  y[0] = -model.stored_by(x[0]);
  for (int piece = 0; piece < pieces; ++piece) {
    y[piece + 1] = -model.stored_by(x[piece + 1]);
    const double price = 0.5 * (x[piece] + x[piece + 1]) > turn ? model.import_price_ : model.export_price_;
    slope[piece] = charges(piece) ? -(price * house.per_charge_efficiency + house.wear)
                                  : house.wear - price * house.discharge_efficiency;
  }
}

void SlotCurve::straighten() {
  for (int piece = 1; piece < pieces; ++piece) {
    if (slope[piece] >= slope[piece - 1]) continue;
    if (slope[piece] > slope[piece - 1] - same_price)
      slope[piece] = slope[piece - 1];
    else
      convex = false;
  }
}

void SlotCurve::cut_at(double at) {
  if (at >= x[0] - negligible_kwh || at <= x[pieces] + negligible_kwh) return;
  int point = pieces;
  while (x[point - 1] < at) --point;
  // The point of rest is cut first and stays where it is: a neighbour this near is the same point.
  if (x[point - 1] - at < negligible_kwh || at - x[point] < negligible_kwh) return;
  GRIDPILOT_VERIFY(pieces < most_pieces);
  for (int moved = pieces; moved >= point; --moved) x[moved + 1] = x[moved];
  x[point] = at;
  ++pieces;
}

void SlotCurve::cut_for_curtailment(const SlotModel& model) {
  cut_at(-model.export_most_ - model.net_);
  if (model.import_price_ >= 0.0 && model.export_price_ >= 0.0) return;  // curtails only what may not be exported
  cut_at(-model.load_);
  cut_at(model.import_most_ - model.load_);
  if (model.import_price_ < 0.0 && model.export_price_ > 0.0) cut_where_choice_changes(model);
}

// Importing all is paid for, exporting all as well: between two cuts both worths are linear, and where they cross, the
// better choice changes.
void SlotCurve::cut_where_choice_changes(const SlotModel& model) {
  double crossings[most_pieces];
  int found = 0;
  for (int piece = 0; piece < pieces; ++piece) {
    const double middle = 0.5 * (x[piece] + x[piece + 1]);
    const SlotModel::Reach at_middle = model.grid_reach(middle);
    if (at_middle.low >= 0.0 || at_middle.high <= 0.0) continue;
    const double difference_at_middle = model.price_of(at_middle.low) - model.price_of(at_middle.high);
    // The middle and a point beside it give the line; the ends may belong to another branch.
    const double beside = 0.25 * x[piece] + 0.75 * x[piece + 1];
    const SlotModel::Reach reach = model.grid_reach(beside);
    const double change = model.price_of(reach.low) - model.price_of(reach.high) - difference_at_middle;
    if (change == 0.0) continue;
    const double crossing = middle - difference_at_middle * (beside - middle) / change;
    if (crossing < x[piece] && crossing > x[piece + 1]) crossings[found++] = crossing;
  }
  for (int index = 0; index < found; ++index) cut_at(crossings[index]);
}

void SlotCurve::price_pieces(const SlotModel& model) {
  const House& house = model.house();
  for (int point = 0; point <= pieces; ++point) y[point] = -model.stored_by(x[point]);
  for (int piece = 0; piece < pieces; ++piece) {
    const double price = model.marginal_price(0.5 * (x[piece] + x[piece + 1]));
    slope[piece] = charges(piece) ? -(price * house.per_charge_efficiency + house.wear)
                                  : house.wear - price * house.discharge_efficiency;
  }
}

}  // namespace gridpilot::planner
