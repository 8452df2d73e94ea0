#include "gridpilot/control/guard.hpp"

#include <algorithm>
#include <cmath>

#include "gridpilot/control/limits.hpp"

namespace gridpilot::control {
namespace {

Guarded unchanged(const Command& wanted) {
  return {.command = wanted, .bound_by = std::nullopt, .most = wanted.power};
}

/// The inverter's own rule, whatever was wanted.
Guarded fall_back(const Command& wanted, std::string limit) {
  const Command own{.action = Action::self_use, .power = {}, .stop_soc = percent(100), .until = wanted.until};
  if (wanted == own) return unchanged(wanted);
  return {.command = own, .bound_by = std::move(limit), .most = {}};
}

bool is_forced(const Command& command) {
  return command.action != Action::self_use || command.export_limit || command.charging == Charging::blocked;
}

bool can(const GuardInput& input, Action action) {
  return action == Action::self_use || std::ranges::find(input.unit.actions, action) != input.unit.actions.end();
}

const Reading* fresh_reading(const GuardInput& input) {
  if (input.reading == nullptr || input.now - input.reading->time > oldest_reading) return nullptr;
  return input.reading;
}

/// Why this reading may not be acted upon; absent where it may.
std::optional<std::string> reason_not_to_believe(const GuardInput& input) {
  if (input.reading == nullptr) return "no reading of the inverter yet";
  if (fresh_reading(input) == nullptr) return "reading older than 60 s";
  if (auto missing = missing_for_safety(*input.reading, input.unit.measures)) return missing;
  if (input.reading->plausibility == Plausibility::implausible) return "reading contradicts itself";
  return std::nullopt;
}

/// Charge and sell within the lowest of their limits; what is left below one step is not forced.
Guarded limited(Command wanted, const NamedLimit& most, Action without_power) {
  const Power allowed = std::max(stepped_down(most.power), Power{});
  if (wanted.power <= most.power) return {.command = wanted, .bound_by = std::nullopt, .most = most.power};
  wanted.power = allowed;
  if (allowed < power_step) {
    wanted.action = without_power;
    wanted.power = Power{};
  }
  return {.command = wanted, .bound_by = most.name, .most = wanted.power};
}

Guarded guard_charge(const Command& wanted, const GuardInput& input) {
  if (!input.reading->soc) return fall_back(wanted, "no state of charge");
  if (*input.reading->soc >= wanted.stop_soc) {
    Guarded full{.command = wanted, .bound_by = "state of charge reached", .most = {}};
    full.command.action = can(input, Action::hold) ? Action::hold : Action::self_use;
    full.command.power = Power{};
    return full;
  }
  return limited(wanted, most_charge(input), can(input, Action::hold) ? Action::hold : Action::self_use);
}

Guarded guard_sell(Command wanted, const GuardInput& input) {
  if (!input.reading->soc) return fall_back(wanted, "no state of charge");
  wanted.stop_soc = std::max(wanted.stop_soc, input.battery.reserve);
  if (*input.reading->soc <= wanted.stop_soc) return fall_back(wanted, "reserve of the battery");
  // The battery's share is limited below; the sun's comes on top of it, at a plant's export limit (control.md, 9).
  if (input.unit.can_limit_export)
    wanted.export_limit = std::min(wanted.export_limit.value_or(input.site.export_limit), input.site.export_limit);
  return limited(wanted, most_sale(input), Action::self_use);
}

}  // namespace

Guarded Guard::check(const Command& wanted, const GuardInput& given) {
  const bool has_battery = given.unit.measures.state_of_charge;
  // Without limits nothing is forced, not even a standstill: what its battery stands only the BMS knows.
  if (has_battery && given.profile == nullptr) return fall_back(wanted, "no battery profile");
  GuardInput input = given;
  // A unit without battery measures nothing that any profile could speak of.
  if (input.profile == nullptr) input.profile = &battery_profiles().front();
  const Reading* const fresh = fresh_reading(input);
  emergencies_.look(fresh, *input.profile);
  look_at_low_soc(input);
  if (fresh != nullptr && is_outage(*fresh)) return fall_back(wanted, "no grid");
  if (const auto emergency = emergencies_.standing_still()) return stand_still(wanted, input, *emergency);

  const bool too_cold = emergencies_.is_active(Emergency::battery_too_cold_to_charge);
  if (too_cold && !input.unit.can_block_charging)
    return stand_still(wanted, input, Emergency::battery_too_cold_to_charge);
  Guarded guarded = within_limits(wanted, input);
  if (!too_cold) return guarded;
  // Discharging is well; only charging is not, and what would charge is left to the inverter's own rule.
  if (guarded.command.action == Action::charge) guarded = fall_back(wanted, "");
  guarded.command.charging = Charging::blocked;
  guarded.command.priority = Priority::safety;
  guarded.bound_by = describe(Emergency::battery_too_cold_to_charge, *input.profile);
  return guarded;
}

Guarded Guard::stand_still(const Command& wanted, const GuardInput& input, Emergency emergency) const {
  Guarded guarded = fall_back(wanted, "");
  if (can(input, Action::standby)) guarded.command.action = Action::standby;
  if (input.unit.can_block_charging && emergencies_.is_active(Emergency::battery_too_cold_to_charge))
    guarded.command.charging = Charging::blocked;
  guarded.command.priority = Priority::safety;
  guarded.bound_by = describe(emergency, *input.profile);
  return guarded;
}

/// Everything after the emergencies.
Guarded Guard::within_limits(const Command& wanted, const GuardInput& input) {
  if (auto reason = reason_not_to_believe(input)) return fall_back(wanted, std::move(*reason));
  if (!input.clock_is_trusted) return fall_back(wanted, "host clock not trusted");
  Command possible = wanted;
  if (!input.unit.can_limit_export) possible.export_limit.reset();
  if (low_soc_ && can(input, Action::charge)) {
    // Lifts price, reserve and the day's write budget; every limit of charging holds as ever.
    Command gentle = possible;
    gentle.action = Action::charge;
    gentle.stop_soc =
        wanted.action == Action::charge ? wanted.stop_soc : std::min(low_soc_recovered, input.battery.reserve);
    gentle.power = std::max({wanted.action == Action::charge ? wanted.power : Power{},
                             std::min(gentle_charge, input.battery.max_charge),
                             stepped_down(*input.reading->pv - *input.reading->load)});
    gentle.priority = Priority::safety;
    Guarded guarded = guard_charge(gentle, input);
    guarded.bound_by = guarded.bound_by ? "very low state of charge; " + *guarded.bound_by : "very low state of charge";
    return guarded;
  }
  if (!is_forced(wanted)) return unchanged(wanted);
  if (!input.write_budget_left) return fall_back(wanted, "register writes of the day are spent");
  if (!can(input, wanted.action))
    return fall_back(wanted, "the inverter cannot " + std::string(name_of(wanted.action)));
  if (possible.action == Action::curtail && !possible.export_limit)
    return fall_back(wanted, "the inverter cannot limit what is fed in");
  switch (possible.action) {
    case Action::charge: return guard_charge(possible, input);
    case Action::sell: return guard_sell(possible, input);
    case Action::self_use:
    case Action::hold:
    case Action::curtail:
    case Action::standby: break;
  }
  return unchanged(possible);
}

/// From very low to recovered, whatever the price; where the grid may not charge, the sun has to.
void Guard::look_at_low_soc(const GuardInput& input) {
  const Reading* const fresh = fresh_reading(input);
  if (!input.site.grid_charging || fresh == nullptr || !fresh->soc ||
      fresh->plausibility == Plausibility::implausible) {
    low_soc_ = low_soc_ && input.site.grid_charging;
    return;
  }
  if (*fresh->soc <= very_low_soc && *fresh->soc < input.battery.reserve) low_soc_ = true;
  if (*fresh->soc >= std::min(low_soc_recovered, input.battery.reserve)) low_soc_ = false;
}

std::optional<std::string> warning_of(const Reading& reading, const BatteryProfile& profile) {
  if (!reading.battery_temperature || *reading.battery_temperature < profile.warning_temperature) return std::nullopt;
  return "the battery is warm: " + std::to_string(std::lround(in_celsius(*reading.battery_temperature))) + " °C; at " +
         std::to_string(std::lround(
             in_celsius(std::min(profile.most_charging_temperature, profile.most_discharging_temperature)))) +
         " °C it is stopped";
}

}  // namespace gridpilot::control
