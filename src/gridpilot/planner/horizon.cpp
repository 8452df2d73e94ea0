#include "gridpilot/planner/horizon.hpp"

#include <algorithm>

#include "gridpilot/core/verify.hpp"

namespace gridpilot::planner {
namespace {

// Among quarters of one price the plan takes the first: what lies further ahead is less sure. A day of it is a tenth of
// a grosz per kWh; costs that are shown leave it out.
constexpr ValuePerEnergy sooner_is_better = per_kilowatt_hour(1e-5);

PlanningSlot planning_slot(const SlotPrice& price, const OutlookSlot& outlook, double slots_ahead) {
  return {.length = Hours(slot_length),
          .import_price = price.import_price.as_value() + slots_ahead * sooner_is_better,
          .export_price = price.export_price.as_value() - slots_ahead * sooner_is_better,
          .load = outlook.load,
          .pv = outlook.pv};
}

/// The present slot is only its part still to come.
void shorten_first(PlanningSlot& slot, const Horizon& horizon, const Start& start) {
  slot.length = Hours(horizon.outlook.front().slot.end() - start.now);
  const double share = slot.length / Hours(slot_length);
  slot.load = start.load ? *start.load * slot.length : slot.load * share;
  slot.pv = start.pv ? *start.pv * slot.length : slot.pv * share;
}

Value cost_of(const PlannedFlow& flow, const SlotPrice& price, Energy stored_before, ValuePerEnergy wear) {
  const Energy moved = flow.stored >= stored_before ? flow.stored - stored_before : stored_before - flow.stored;
  return flow.grid_import * price.import_price.as_value() - flow.grid_export * price.export_price.as_value() +
         moved * wear;
}

}  // namespace

PlanningProblem problem_of(const Horizon& horizon, const Start& start, const Battery& battery, const Site& site) {
  GRIDPILOT_VERIFY(!horizon.outlook.empty() && horizon.outlook.size() == horizon.prices.size());
  GRIDPILOT_VERIFY(Slot::containing(start.now) == horizon.outlook.front().slot);
  PlanningProblem problem;
  problem.slots.reserve(horizon.outlook.size());
  for (std::size_t i = 0; i < horizon.outlook.size(); ++i)
    problem.slots.push_back(planning_slot(horizon.prices[i], horizon.outlook[i], static_cast<double>(i)));
  shorten_first(problem.slots.front(), horizon, start);
  problem.battery = {.capacity = battery.capacity,
                     .reserve = stored_at(battery.reserve, battery.capacity),
                     .initial = std::clamp(start.stored, Energy{}, battery.capacity),
                     .max_charge = battery.max_charge,
                     .max_discharge = battery.max_discharge,
                     .charge_efficiency = battery.charge_efficiency,
                     .discharge_efficiency = battery.discharge_efficiency,
                     .wear = battery.wear,
                     .terminal_value = terminal_value(horizon.prices, battery)};
  problem.site = {.import_limit = site.import_limit,
                  .export_limit = site.export_limit,
                  .grid_charging = site.grid_charging,
                  .battery_export = site.battery_export,
                  .curtailment = site.curtailment};
  return problem;
}

Plan plan_of(const PlanningProblem& problem, const PlanningAnswer& answer, const Horizon& horizon, const Start& start,
             const Battery& battery) {
  Plan plan{.computed_at = start.now,
            .initial = problem.battery.initial,
            .cost = {},
            .value_of_stored = answer.value_of_initial,
            .after_first_slot = answer.after_first_slot,
            .slots = {}};
  plan.slots.reserve(answer.flows.size());
  Energy stored = problem.battery.initial;
  for (std::size_t i = 0; i < answer.flows.size(); ++i) {
    const PlanningSlot& slot = problem.slots[i];
    const PlannedFlow& flow = answer.flows[i];
    PlanSlot planned{.slot = horizon.outlook[i].slot,
                     .start = i == 0 ? start.now : horizon.outlook[i].slot.start(),
                     .price = horizon.prices[i],
                     .outlook = horizon.outlook[i],
                     .flow = flow,
                     .action = action_of(flow, slot.load, slot.pv, stored, battery),
                     .cost = cost_of(flow, horizon.prices[i], stored, problem.battery.wear)};
    planned.outlook.load = slot.load;
    planned.outlook.pv = slot.pv;
    plan.slots.push_back(planned);
    plan.cost += planned.cost;
    stored = flow.stored;
  }
  plan.cost -= stored * problem.battery.terminal_value;
  return plan;
}

ValuePerEnergy terminal_value(const std::vector<SlotPrice>& prices, const Battery& battery) {
  constexpr std::ptrdiff_t slots_of_a_day = std::chrono::days(1) / slot_length;
  if (prices.empty()) return {};
  const auto first = prices.end() - std::min(slots_of_a_day, std::ssize(prices));
  ValuePerEnergy sum;
  ValuePerEnergy lowest = first->import_price.as_value();
  for (auto price = first; price != prices.end(); ++price) {
    sum += price->import_price.as_value();
    lowest = std::min(lowest, price->import_price.as_value());
  }
  const ValuePerEnergy saves =
      sum / static_cast<double>(prices.end() - first) * battery.discharge_efficiency - battery.wear;
  const ValuePerEnergy refilling = lowest / battery.charge_efficiency + battery.wear;
  return std::max(std::min(saves, refilling), ValuePerEnergy{});
}

}  // namespace gridpilot::planner
