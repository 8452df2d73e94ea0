#include "support/plan_referee.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace gridpilot::testing {
namespace {

struct Ledger {
  double stored = 0.0;
  double cost = 0.0;
  double rounding = 0.0;  ///< of the cost, from that of the flows
  double largest = 0.0;   // of the amounts added up: what rounding is measured against
};

std::string slot_fault(const PlanningProblem& problem, const PlanningSlot& slot, const PlannedFlow& flow,
                       double tolerance, Ledger& ledger) {
  const PlanningBattery& battery = problem.battery;
  const PlanningSite& site = problem.site;
  const double hours = slot.length.count();
  const double x = in_kilowatt_hours(flow.ac);
  const double c = in_kilowatt_hours(flow.curtailed);
  const double load = in_kilowatt_hours(slot.load);
  const double pv = in_kilowatt_hours(slot.pv);
  const double eps = tolerance + 1e-12 * (std::abs(x) + load + pv);
  std::ostringstream fault;
  fault.precision(17);
  if (!(x <= in_kilowatts(battery.max_charge) * hours + eps) ||
      !(x >= -in_kilowatts(battery.max_discharge) * hours - eps))
    fault << "power: " << x;
  if (!site.grid_charging && x > std::max(0.0, pv - c - load) + eps) fault << "charges from the grid: " << x;
  if (!site.battery_export && x < -std::max(0.0, load - pv) - eps) fault << "sells from the battery: " << x;
  if (!(c >= -eps) || c > (site.curtailment ? pv : 0.0) + eps) fault << "curtailed: " << c;
  const double moved = x >= 0.0 ? battery.charge_efficiency * x : x / battery.discharge_efficiency;
  ledger.stored += moved;
  const double floor = in_kilowatt_hours(std::min(battery.reserve, battery.initial));
  if (ledger.stored < floor - eps || ledger.stored > in_kilowatt_hours(battery.capacity) + eps)
    fault << "stored: " << ledger.stored;
  if (std::abs(ledger.stored - in_kilowatt_hours(flow.stored)) > eps)
    fault << "stored is " << ledger.stored << ", reported " << in_kilowatt_hours(flow.stored);
  const double grid = load - pv + c + x;
  const double bought = std::max(grid, 0.0);
  const double sold = std::max(-grid, 0.0);
  if (bought > std::max({in_kilowatts(site.import_limit) * hours, load - pv, 0.0}) + eps) fault << "import: " << bought;
  if (sold > in_kilowatts(site.export_limit) * hours + eps) fault << "export: " << sold;
  if (std::abs(bought - in_kilowatt_hours(flow.grid_import)) > eps ||
      std::abs(sold - in_kilowatt_hours(flow.grid_export)) > eps)
    fault << "grid is " << grid << ", reported " << in_kilowatt_hours(flow.grid_import) << " and "
          << in_kilowatt_hours(flow.grid_export);
  if (in_kilowatt_hours(flow.grid_import) > 0.0 && in_kilowatt_hours(flow.grid_export) > 0.0) fault << "both ways";
  const double cost = in_per_kilowatt_hour(slot.import_price) * bought -
                      in_per_kilowatt_hour(slot.export_price) * sold +
                      in_per_kilowatt_hour(battery.wear) * std::abs(moved);
  ledger.cost += cost;
  ledger.largest = std::max({ledger.largest, std::abs(cost), std::abs(ledger.cost)});
  // A flow is known to its rounding, and a price makes that as dear as itself.
  ledger.rounding +=
      (std::abs(in_per_kilowatt_hour(slot.import_price)) + std::abs(in_per_kilowatt_hour(slot.export_price))) * 1e-12 *
      (std::abs(x) + load + pv);
  return fault.str();
}

}  // namespace

std::string plan_fault(const PlanningProblem& problem, const PlanningAnswer& answer, double tolerance_kwh) {
  if (answer.flows.size() != problem.slots.size()) return "wrong number of slots";
  Ledger ledger{.stored = in_kilowatt_hours(problem.battery.initial)};
  // Adding up loses a digit or two over a year of slots.
  const double eps = tolerance_kwh + 1e-15 * static_cast<double>(answer.flows.size()) * (1.0 + ledger.stored);
  for (std::size_t index = 0; index < problem.slots.size(); ++index) {
    const std::string fault = slot_fault(problem, problem.slots[index], answer.flows[index], eps, ledger);
    if (!fault.empty()) return "slot " + std::to_string(index) + ": " + fault;
  }
  const double worth = in_per_kilowatt_hour(problem.battery.terminal_value) * ledger.stored;
  const double cost = ledger.cost - worth;
  const double reported = in_currency(answer.cost);
  const double scale = std::max({1.0, ledger.largest, std::abs(worth)});
  // The bound comes from amounts weighed against each other, also of what is not done in the end.
  double weighed = scale;
  const double action = in_kilowatt_hours(problem.battery.capacity) / problem.battery.charge_efficiency;
  for (const PlanningSlot& slot : problem.slots)
    weighed = std::max({weighed, std::abs(in_per_kilowatt_hour(slot.import_price)) * action,
                        std::abs(in_per_kilowatt_hour(slot.export_price)) * action});
  std::ostringstream fault;
  fault.precision(17);
  if (!(std::abs(cost - reported) <= 1e-9 * scale + ledger.rounding))
    fault << "cost is " << cost << ", reported " << reported;
  if (!(in_currency(answer.lower_bound) <= reported && in_currency(answer.lower_bound) >= reported - 1e-9 * weighed))
    fault << "lower bound " << in_currency(answer.lower_bound) << " of cost " << reported;
  return fault.str();
}

double cost_of_resting(const PlanningProblem& problem) {
  double cost = 0.0;
  for (const PlanningSlot& slot : problem.slots) {
    const double net = in_kilowatt_hours(slot.load - slot.pv);
    cost += net * in_per_kilowatt_hour(net > 0.0 ? slot.import_price : slot.export_price);
  }
  return cost - in_currency(problem.battery.terminal_value * problem.battery.initial);
}

double moved_kwh(const PlanningProblem& problem, const PlanningAnswer& answer) {
  Energy before = problem.battery.initial;
  double moved = 0.0;
  for (const PlannedFlow& flow : answer.flows) {
    moved += std::abs(in_kilowatt_hours(flow.stored - before));
    before = flow.stored;
  }
  return moved;
}

}  // namespace gridpilot::testing
