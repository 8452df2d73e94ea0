#pragma once

#include <string>
#include <string_view>

#include "gridpilot/codec/goodwe/eco_group.hpp"
#include "gridpilot/core/result.hpp"

/// Eco groups as people read and write them: "06:30-08:00 Mon-Fri Jan-Mar charge 20 % to 85 %".
namespace gridpilot::goodwe {

/// "unused", or the window with its days (left out: every day), months (left out: every month), direction, power and
/// SoC; " (off)" behind a group that is switched off. Groups that do not steer the battery show their type and power.
[[nodiscard]] std::string to_text(const EcoGroup& group);

/// The reverse, for a group of the given type (eco or eco_745); what is left out is as above, and `off` switches a
/// group off and unsets it. bad_input with what is expected.
[[nodiscard]] Result<EcoGroup> parse_eco_group(std::string_view text, EcoFormat format, ScheduleType type);

}  // namespace gridpilot::goodwe
