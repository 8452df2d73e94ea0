#pragma once

#include <string>

#include "gridpilot/control/guard.hpp"

namespace gridpilot::control {

/// Set points are told in steps of this.
inline constexpr Power power_step = watts(100);
[[nodiscard]] Power stepped_down(Power power);

/// A power together with the limit it comes from.
struct NamedLimit {
  Power power;
  std::string name;  ///< in the owner's words
};

/// The lowest of all that bound charging, or selling, at this reading. `input` has a profile and a complete reading.
[[nodiscard]] NamedLimit most_charge(const GuardInput& input);
[[nodiscard]] NamedLimit most_sale(const GuardInput& input);

}  // namespace gridpilot::control
