#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/sim/eco_schedule.hpp"
#include "gridpilot/sim/register_map.hpp"

namespace gridpilot::sim {

/// Where a unit keeps its eco groups: one after another in a register map.
struct EcoGroups {
  EcoFormat format = EcoFormat::v2;
  std::uint16_t first = 0;
  int count = 0;          ///< 0: none
  bool permille = false;  ///< the form of the 745 platform

  [[nodiscard]] std::uint16_t register_of(int group) const {
    return static_cast<std::uint16_t>(first + group * eco_group_words(format));
  }
};

/// False where writing `values` from register `first` on would leave one of the groups in a state that no group has:
/// groups are judged as they would stand afterwards.
[[nodiscard]] bool groups_stay_valid(const RegisterMap& map, const EcoGroups& groups, std::uint16_t first,
                                     std::span<const std::uint16_t> values);
/// The order of the first group whose window is open.
[[nodiscard]] std::optional<EcoOrder> order_of(const RegisterMap& map, const EcoGroups& groups, const CivilTime& local);
/// All groups as they stand where nothing was ever set.
void clear_groups(RegisterMap& map, const EcoGroups& groups);

}  // namespace gridpilot::sim
