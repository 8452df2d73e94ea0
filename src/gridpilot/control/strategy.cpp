#include "gridpilot/control/strategy.hpp"

#include <algorithm>
#include <cmath>

#include "gridpilot/control/reason.hpp"

namespace gridpilot::control {
namespace {

// Costs closer than this differ by rounding alone.
constexpr Value rounding = ::gridpilot::currency(1e-7);

/// The rest of the present slot.
struct Rest {
  Hours length;
  Energy load, pv, initial, floor;
};

Rest rest_of(const Situation& situation) {
  const PlanSlot& slot = situation.plan.slots.front();
  const Energy reserve = stored_at(situation.battery.reserve, situation.battery.capacity);
  return {.length = Hours(slot.slot.end() - slot.start),
          .load = slot.outlook.load,
          .pv = slot.outlook.pv,
          .initial = situation.plan.initial,
          .floor = std::min(reserve, situation.plan.initial)};
}

// Below this an energy of a slot is rounding and not an intention.
constexpr Energy negligible = watt_hours(1.25);

/// What the plan feeds in during the rest of the slot, where nothing beyond it may be; absent where no such limit is
/// wanted, or possible.
std::optional<Energy> most_export(const Situation& situation) {
  if (!situation.site.curtailment || !situation.can_limit_export) return std::nullopt;
  const PlanSlot& slot = situation.plan.slots.front();
  const bool throws_away = slot.flow.curtailed > negligible;
  const bool would_pay = slot.price.export_price.as_value() < ValuePerEnergy{} && slot.outlook.pv > negligible;
  if (!throws_away && !would_pay) return std::nullopt;
  return std::max(slot.flow.grid_export, Energy{});
}

/// AC energy that the battery takes (positive) or gives when it is asked for `wanted`, within power, room and floor.
Energy within_battery(Energy wanted, const Rest& rest, const Battery& battery) {
  const Energy room = std::max((battery.capacity - rest.initial) / battery.charge_efficiency, Energy{});
  const Energy left = std::max((rest.initial - rest.floor) * battery.discharge_efficiency, Energy{});
  return std::clamp(wanted, -std::min(battery.max_discharge * rest.length, left),
                    std::min(battery.max_charge * rest.length, room));
}

Energy stored_after(Energy ac, const Rest& rest, const Battery& battery) {
  const Energy moved = ac >= Energy{} ? ac * battery.charge_efficiency : ac / battery.discharge_efficiency;
  return std::clamp(rest.initial + moved, rest.floor, battery.capacity);
}

struct Candidate {
  Command command;
  Value cost;
};

/// Cost of the rest of the slot with this battery flow, plus what is still to come; absent where it is not possible.
std::optional<Value> cost_of(Energy ac, const Situation& situation, const Rest& rest) {
  const SlotPrice& price = situation.plan.slots.front().price;
  const Energy after = stored_after(ac, rest, situation.battery);
  const std::optional<Value> to_go = situation.plan.after_first_slot.at(after);
  if (!to_go) return std::nullopt;
  Energy grid = rest.load - rest.pv + ac;
  if (const auto limit = most_export(situation)) grid = std::max(grid, -*limit);
  const ValuePerEnergy rate = grid >= Energy{} ? price.import_price.as_value() : price.export_price.as_value();
  const Energy moved = after >= rest.initial ? after - rest.initial : rest.initial - after;
  return grid * rate + moved * situation.battery.wear + *to_go;
}

bool is_available(const Situation& situation, Action action) {
  return action == Action::self_use || std::ranges::find(situation.available, action) != situation.available.end();
}

/// Set points are told in steps of 100 W.
Power stepped(Power power) {
  return watts(std::round(in_watts(power) / 100.0) * 100.0);
}

/// The same for a limit, which must not be passed; what lacks only the last bits of a step counts as the step.
Power stepped_down(Power power) {
  return watts(std::floor(in_watts(power) / 100.0 + 1e-6) * 100.0);
}

/// Closer than a step of power over the rest of the slot: the inverter's own rule does what the plan wants.
bool is_near(Energy a, Energy b, Hours length) {
  const Energy step = watts(100) * length;
  return a - b <= step && b - a <= step;
}

/// The end of the run of plan slots that do the same as the first.
Instant until_of(const std::vector<PlanSlot>& slots) {
  const auto other =
      std::ranges::find_if(slots, [&](const PlanSlot& slot) { return slot.action != slots.front().action; });
  return other == slots.end() ? slots.back().slot.end() : other->start;
}

std::vector<Candidate> candidates_of(const Situation& situation, const Rest& rest) {
  const Instant until = until_of(situation.plan.slots);
  std::vector<Candidate> candidates;
  const std::optional<Energy> limit = most_export(situation);
  const auto consider = [&](Action action, Power power, Soc stop, Energy wanted) {
    if (!is_available(situation, action)) return;
    Command command{.action = action, .power = power, .stop_soc = stop, .until = until};
    if (limit) command.export_limit = stepped_down(*limit / rest.length);
    // Self-use under such a limit has a name of its own.
    if (limit && action == Action::self_use && is_available(situation, Action::curtail))
      command.action = Action::curtail;
    if (const auto cost = cost_of(within_battery(wanted, rest, situation.battery), situation, rest))
      candidates.push_back({.command = command, .cost = *cost});
  };
  const Energy surplus = rest.pv - rest.load;
  consider(Action::self_use, {}, percent(100), surplus);
  consider(Action::hold, {}, percent(100), rest.pv);
  consider(Action::standby, {}, percent(100), Energy{});
  const Energy planned = situation.plan.slots.front().flow.ac;
  if (is_near(planned, within_battery(surplus, rest, situation.battery), rest.length)) return candidates;
  const Action moving = planned > Energy{} ? Action::charge : Action::sell;
  const double direction = planned > Energy{} ? 1.0 : -1.0;
  const Soc stop = moving == Action::charge ? percent(100) : situation.battery.reserve;
  // The power that is set already comes first: it stays while another one saves too little.
  if (situation.present && situation.present->action == moving)
    consider(moving, situation.present->power, stop, direction * situation.present->power * rest.length);
  const Power power = stepped(direction * planned / rest.length);
  if (power > Power{}) consider(moving, power, stop, planned);
  return candidates;
}

/// The cheapest; of those that cost the same the one that comes first, so self_use before any forced mode. The present
/// action stays while the cheapest saves too little to be worth a write. Charging begins as soon as it is the cheapest
/// at all: among quarters of one price the plan takes the first, and waiting for a larger saving would mean the last,
/// when a battery that tapers has no time left.
const Candidate& best_of(const std::vector<Candidate>& candidates, const Situation& situation) {
  const auto cheapest = std::ranges::min_element(candidates, {}, &Candidate::cost);
  const Action kept = situation.present ? situation.present->action : Action::self_use;
  const auto present = std::ranges::find(candidates, kept, [](const Candidate& c) { return c.command.action; });
  if (present == candidates.end()) return *cheapest;
  const bool begins_charging = cheapest->command.action == Action::charge && kept != Action::charge;
  const Value worth_a_write = begins_charging ? rounding : least_saving;
  return present->cost - cheapest->cost <= worth_a_write ? *present : *cheapest;
}

}  // namespace

Choice follow_plan(const Situation& situation) {
  const Rest rest = rest_of(situation);
  const std::vector<Candidate> candidates = candidates_of(situation, rest);
  if (candidates.empty())
    return self_use_because("Self-use: no other action leaves a feasible rest of the plan.",
                            situation.plan.slots.front().slot.end());
  const Candidate& best = best_of(candidates, situation);
  Choice choice{.command = best.command,
                .reason = reason_for(best.command, situation.plan, situation.currency),
                .alternatives = {}};
  for (const Candidate& other : candidates)
    if (other.command.action != best.command.action)
      choice.alternatives.push_back(
          {.action = other.command.action, .power = other.command.power, .extra_cost = other.cost - best.cost});
  std::ranges::sort(choice.alternatives, {}, &Alternative::extra_cost);
  return choice;
}

Choice as_ordered(const Command& order, Instant slot_end) {
  Choice choice{
      .command = order, .reason = "Ordered by the owner until " + to_rfc3339(order.until) + ".", .alternatives = {}};
  choice.command.until = std::min(order.until, slot_end);
  return choice;
}

Choice self_use_because(std::string reason, Instant until) {
  return {.command = {.action = Action::self_use, .power = {}, .stop_soc = percent(100), .until = until},
          .reason = std::move(reason),
          .alternatives = {}};
}

}  // namespace gridpilot::control
