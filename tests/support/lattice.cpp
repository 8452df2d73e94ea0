#include "support/lattice.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "support/random.hpp"

namespace gridpilot::testing {
namespace {

constexpr double impossible = std::numeric_limits<double>::infinity();

// Grid flows and actions are counted in half lattice steps: a step discharged at an efficiency of 1/2 is half a one.
constexpr double half_kwh = lattice_kwh / 2.0;

int steps(Energy energy) {
  return static_cast<int>(std::lround(in_kilowatt_hours(energy) / lattice_kwh));
}
int halves(Energy energy) {
  return static_cast<int>(std::lround(in_kilowatt_hours(energy) / half_kwh));
}

/// The cheapest grid flow beside an action of `x` half steps, over every amount of curtailment there is; impossible
/// where a limit forbids it. Straight from the statement of the problem, in whole half steps.
double slot_cost(const PlanningProblem& problem, const PlanningSlot& slot, int x) {
  const PlanningSite& site = problem.site;
  const int load = halves(slot.load);
  const int pv = halves(slot.pv);
  const int import_limit = std::max({halves(site.import_limit * slot.length), load - pv, 0});
  double best = impossible;
  for (int c = 0; c <= (site.curtailment ? pv : 0); ++c) {
    if (!site.grid_charging && x > std::max(0, pv - c - load)) continue;
    if (!site.battery_export && x < -std::max(0, load - pv)) continue;
    const int grid = load - pv + c + x;
    if (grid > import_limit || -grid > halves(site.export_limit * slot.length)) continue;
    const double price = in_per_kilowatt_hour(grid > 0 ? slot.import_price : slot.export_price);
    best = std::min(best, price * grid * half_kwh);
  }
  return best;
}

}  // namespace

PlanningProblem random_lattice_problem(std::uint64_t seed, std::size_t slots) {
  Random random(seed);
  const auto whole = [&](int most) {
    return kilowatt_hours(lattice_kwh * static_cast<double>(random.below(most + 1)));
  };
  PlanningProblem problem;
  problem.name = "lattice-" + std::to_string(seed);
  problem.battery.capacity = whole(60);
  problem.battery.initial = std::min(problem.battery.capacity, whole(60));
  problem.battery.reserve = std::min(problem.battery.capacity, whole(20));
  problem.battery.max_charge = kilowatts(random.one_of(0.0, 1.0, 2.0, 5.0, 8.0));
  problem.battery.max_discharge = kilowatts(random.one_of(0.0, 1.0, 3.0, 8.0));
  problem.battery.charge_efficiency = random.one_of(1.0, 1.0, 0.5);
  problem.battery.discharge_efficiency = random.one_of(1.0, 0.5);
  problem.battery.wear = per_kilowatt_hour(random.one_of(0.0, 0.02, 0.3));
  problem.battery.terminal_value = per_kilowatt_hour(random.between(-0.2, 1.0));
  problem.site = {.import_limit = kilowatts(random.one_of(0.0, 2.0, 4.0, 100.0)),
                  .export_limit = kilowatts(random.one_of(0.0, 1.0, 4.0, 100.0, 100.0)),
                  .grid_charging = random.chance(0.6),
                  .battery_export = random.chance(0.6),
                  .curtailment = random.chance(0.5)};
  const double spread = random.one_of(0.3, 1.0);
  for (std::size_t index = 0; index < slots; ++index)
    problem.slots.push_back({.length = Hours(0.25),
                             .import_price = per_kilowatt_hour(random.between(-0.3 * spread, spread)),
                             .export_price = per_kilowatt_hour(random.between(-0.5 * spread, spread)),
                             .load = 2.0 * whole(4),
                             .pv = random.chance(0.4) ? Energy() : 2.0 * whole(6)});
  return problem;
}

std::variant<double, std::size_t> search_lattice(const PlanningProblem& problem) {
  const PlanningBattery& battery = problem.battery;
  const int floor = steps(std::min(battery.reserve, battery.initial));
  const int capacity = steps(battery.capacity);
  const int charged = battery.charge_efficiency == 1.0 ? 2 : 4;  // half steps of action a step of stored energy
  const int discharged = battery.discharge_efficiency == 1.0 ? 2 : 1;
  std::vector<double> cost(static_cast<std::size_t>(capacity) + 1, impossible);
  cost[static_cast<std::size_t>(steps(battery.initial))] = 0.0;
  for (std::size_t index = 0; index < problem.slots.size(); ++index) {
    const PlanningSlot& slot = problem.slots[index];
    std::vector<double> after(cost.size(), impossible);
    const auto reach = [&](int x, int change) {
      const double wear = in_per_kilowatt_hour(battery.wear) * std::abs(change) * lattice_kwh;
      const double own = slot_cost(problem, slot, x) + wear;
      if (own == impossible) return;
      for (int stored = floor; stored <= capacity; ++stored) {
        const int end = stored + change;
        if (end < floor || end > capacity) continue;
        double& best = after[static_cast<std::size_t>(end)];
        best = std::min(best, cost[static_cast<std::size_t>(stored)] + own);
      }
    };
    for (int step = 0; step * charged <= halves(battery.max_charge * slot.length); ++step) reach(step * charged, step);
    for (int step = 1; step * discharged <= halves(battery.max_discharge * slot.length); ++step)
      reach(-step * discharged, -step);
    if (*std::ranges::min_element(after) == impossible) return index;
    cost = std::move(after);
  }
  double best = impossible;
  for (int stored = floor; stored <= capacity; ++stored)
    best = std::min(best, cost[static_cast<std::size_t>(stored)] -
                              in_per_kilowatt_hour(battery.terminal_value) * stored * lattice_kwh);
  return best;
}

}  // namespace gridpilot::testing
