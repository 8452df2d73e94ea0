#include "support/planning_lp.hpp"

#include <coin/ClpSimplex.hpp>
#include <coin/CoinPackedMatrix.hpp>

#include <algorithm>
#include <limits>
#include <vector>

namespace gridpilot::testing {
namespace {

// Columns of a slot, and its rows.
enum Column : int { charge, discharge, curtailed, bought, sold, stored, columns };
enum Row : int { balance, storage, surplus_only, rows };

constexpr double unlimited = 1e30;

int at(std::size_t slot, int offset, int each) {
  return static_cast<int>(slot) * each + offset;
}

}  // namespace

struct PlanningLp::Model {
  ClpSimplex simplex;
  ClpSimplex fresh;  ///< a copy made by prepare()
};

PlanningLp::PlanningLp(const PlanningProblem& problem) : problem_(&problem), model_(std::make_unique<Model>()) {
  const std::size_t slots = problem.slots.size();
  const PlanningBattery& battery = problem.battery;
  const auto wear = in_per_kilowatt_hour(battery.wear);
  const int all_columns = at(slots, 0, columns);
  const int all_rows = at(slots, 0, rows);
  std::vector<int> row_of;
  std::vector<int> column_of;
  std::vector<double> entries;
  const auto entry = [&](int row, int column, double value) {
    row_of.push_back(row);
    column_of.push_back(column);
    entries.push_back(value);
  };
  const auto size = [](int count) { return static_cast<std::size_t>(count); };
  std::vector<double> cost(size(all_columns), 0.0);
  std::vector<double> low(size(all_columns), 0.0);
  std::vector<double> high(size(all_columns), unlimited);
  std::vector<double> row_low(size(all_rows), -unlimited);
  std::vector<double> row_high(size(all_rows), unlimited);
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const PlanningSlot& given = problem.slots[slot];
    const int first = at(slot, 0, columns);
    const int first_row = at(slot, 0, rows);
    cost[size(first + bought)] = in_per_kilowatt_hour(given.import_price);
    cost[size(first + sold)] = -in_per_kilowatt_hour(given.export_price);
    cost[size(first + charge)] = wear * battery.charge_efficiency;
    cost[size(first + discharge)] = wear / battery.discharge_efficiency;
    low[size(first + stored)] = in_kilowatt_hours(std::min(battery.reserve, battery.initial));
    high[size(first + stored)] = in_kilowatt_hours(battery.capacity);
    if (slot + 1 == slots) cost[size(first + stored)] = -in_per_kilowatt_hour(battery.terminal_value);
    // bought - sold - curtailed - charge + discharge = load - pv
    entry(first_row + balance, first + bought, 1.0);
    entry(first_row + balance, first + sold, -1.0);
    entry(first_row + balance, first + curtailed, -1.0);
    entry(first_row + balance, first + charge, -1.0);
    entry(first_row + balance, first + discharge, 1.0);
    row_low[size(first_row + balance)] = row_high[size(first_row + balance)] =
        in_kilowatt_hours(given.load) - in_kilowatt_hours(given.pv);
    // stored - stored before - charged + discharged = 0
    entry(first_row + storage, first + stored, 1.0);
    entry(first_row + storage, first + charge, -battery.charge_efficiency);
    entry(first_row + storage, first + discharge, 1.0 / battery.discharge_efficiency);
    if (slot > 0) entry(first_row + storage, first - columns + stored, -1.0);
    row_low[size(first_row + storage)] = row_high[size(first_row + storage)] =
        slot == 0 ? in_kilowatt_hours(battery.initial) : 0.0;
    // charge + curtailed <= surplus, where only PV may be stored and the battery charges
    entry(first_row + surplus_only, first + charge, 1.0);
    entry(first_row + surplus_only, first + curtailed, 1.0);
  }
  const CoinPackedMatrix matrix(false, row_of.data(), column_of.data(), entries.data(),
                                static_cast<CoinBigIndex>(entries.size()));
  model_->simplex.loadProblem(matrix, low.data(), high.data(), cost.data(), row_low.data(), row_high.data());
  model_->simplex.setLogLevel(0);
  model_->simplex.setPrimalTolerance(1e-9);
  model_->simplex.setDualTolerance(1e-9);
  allow_all();
}

PlanningLp::~PlanningLp() = default;

void PlanningLp::allow_all() {
  ClpSimplex& simplex = model_->simplex;
  const PlanningBattery& battery = problem_->battery;
  const PlanningSite& site = problem_->site;
  for (std::size_t slot = 0; slot < problem_->slots.size(); ++slot) {
    const PlanningSlot& given = problem_->slots[slot];
    const double hours = given.length.count();
    const double load = in_kilowatt_hours(given.load);
    const double pv = in_kilowatt_hours(given.pv);
    double most_charge = in_kilowatts(battery.max_charge) * hours;
    if (!site.grid_charging) most_charge = std::min(most_charge, std::max(0.0, pv - load));
    double most_discharge = in_kilowatts(battery.max_discharge) * hours;
    if (!site.battery_export) most_discharge = std::min(most_discharge, std::max(0.0, load - pv));
    const int first = at(slot, 0, columns);
    simplex.setColumnBounds(first + charge, 0.0, most_charge);
    simplex.setColumnBounds(first + discharge, 0.0, most_discharge);
    simplex.setColumnBounds(first + curtailed, 0.0, site.curtailment ? pv : 0.0);
    simplex.setColumnBounds(first + bought, 0.0, std::max({in_kilowatts(site.import_limit) * hours, load - pv, 0.0}));
    simplex.setColumnBounds(first + sold, 0.0, in_kilowatts(site.export_limit) * hours);
    simplex.setRowBounds(at(slot, surplus_only, rows), -unlimited, unlimited);
  }
}

std::optional<double> PlanningLp::solve() {
  model_->simplex.dual();
  if (model_->simplex.status() != 0) {
    // Once more from scratch: a warm start can end in doubt.
    model_->simplex.allSlackBasis();
    model_->simplex.primal();
  }
  if (model_->simplex.status() != 0) return std::nullopt;
  return model_->simplex.objectiveValue();
}

std::optional<double> PlanningLp::relaxed() {
  allow_all();
  return solve();
}

bool PlanningLp::fix(std::size_t slot, unsigned directions) {
  ClpSimplex& simplex = model_->simplex;
  const PlanningSlot& given = problem_->slots[slot];
  const double surplus = in_kilowatt_hours(given.pv) - in_kilowatt_hours(given.load);
  const bool charges = (directions & 1U) != 0;
  const bool buys = (directions & 2U) != 0;
  const int first = at(slot, 0, columns);
  simplex.setColumnUpper(first + (charges ? discharge : charge), 0.0);
  simplex.setColumnUpper(first + (buys ? sold : bought), 0.0);
  if (charges && !problem_->site.grid_charging) {
    if (surplus < 0.0) return false;
    simplex.setRowUpper(at(slot, surplus_only, rows), surplus);
  }
  return true;
}

std::optional<double> PlanningLp::by_enumeration() {
  const std::size_t slots = problem_->slots.size();
  std::optional<double> best;
  for (unsigned choice = 0; choice < 1U << (2 * slots); ++choice) {
    allow_all();
    bool possible = true;
    for (std::size_t slot = 0; slot < slots; ++slot) possible = fix(slot, choice >> (2 * slot) & 3U) && possible;
    if (!possible) continue;
    if (const auto cost = solve(); cost && (!best || *cost < *best)) best = cost;
  }
  return best;
}

void PlanningLp::prepare() {
  model_->fresh = model_->simplex;
  model_->fresh.setLogLevel(0);  // a copy prints again
  model_->fresh.allSlackBasis();
}

double PlanningLp::solve_cold(Method method) {
  switch (method) {
    case Method::dual: model_->fresh.dual(); break;
    case Method::primal: model_->fresh.primal(); break;
    case Method::dual_with_presolve: {
      ClpSolve options;
      options.setSolveType(ClpSolve::useDual);
      options.setPresolveType(ClpSolve::presolveOn);
      model_->fresh.initialSolve(options);
      break;
    }
  }
  return model_->fresh.objectiveValue();
}

}  // namespace gridpilot::testing
