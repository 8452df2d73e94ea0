#pragma once

#include <string>
#include <string_view>

#include "gridpilot/domain/command.hpp"
#include "gridpilot/domain/plan.hpp"

namespace gridpilot::control {

/// One sentence for the owner: what is done in the plan's first slot, what the grid costs or pays now and what a stored
/// kWh is worth later.
[[nodiscard]] std::string reason_for(const Command& command, const Plan& plan, std::string_view currency);

/// The same after a limit has changed the command: what was done instead, or to how much it was cut, and by which
/// limit.
[[nodiscard]] std::string with_limit(std::string reason, const Command& decided, const Command& given,
                                     std::string_view limit);

}  // namespace gridpilot::control
