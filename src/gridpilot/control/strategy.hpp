#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/domain/command.hpp"
#include "gridpilot/domain/plan.hpp"
#include "gridpilot/domain/site.hpp"

namespace gridpilot::control {

/// What a strategy decides from. Borrowed for the call.
struct Situation {
  const Plan& plan;  ///< made now, from the stored energy measured now; at least one slot
  const Battery& battery;
  const Site& site;
  std::span<const Action> available;  ///< what the inverter can carry out; self_use is always possible
  bool can_limit_export = false;      ///< the inverter throttles PV to a limit on what is fed in
  std::optional<Command> present;     ///< what it was last told; absent before the first command
  std::string_view currency;          ///< for the sentence only
};

/// A command with its reason, before the guard has spoken.
struct Choice {
  Command command;
  std::string reason;
  std::vector<Alternative> alternatives;  ///< other actions, cheapest first, with what each would cost more
};

/// Follows the exact plan: every action the inverter knows is played through the rest of the present slot, and the
/// plan's cost-to-go says what the energy left afterwards is worth. The cheapest wins; the present action is kept while
/// nothing saves more than `least_saving` in this slot, so that noise writes no registers. Where PV may be throttled
/// and the plan throws some away, or the grid pays less than nothing, whatever is done is done under a limit on what is
/// fed in: the plan's own export of this slot.
[[nodiscard]] Choice follow_plan(const Situation& situation);

inline constexpr Value least_saving = currency(0.003);

/// What the owner ordered, until its end or that of the slot, whichever comes first.
[[nodiscard]] Choice as_ordered(const Command& order, Instant slot_end);

/// What is done without a plan: the inverter's own rule.
[[nodiscard]] Choice self_use_because(std::string reason, Instant until);

}  // namespace gridpilot::control
