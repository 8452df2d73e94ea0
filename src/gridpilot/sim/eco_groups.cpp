#include "gridpilot/sim/eco_groups.hpp"

#include <array>

namespace gridpilot::sim {

bool groups_stay_valid(const RegisterMap& map, const EcoGroups& groups, std::uint16_t first,
                       std::span<const std::uint16_t> values) {
  const int end = first + static_cast<int>(values.size());
  const int words = eco_group_words(groups.format);
  for (int group = 0; group < groups.count; ++group) {
    const int begin = groups.register_of(group);
    if (end <= begin || first >= begin + words) continue;
    std::array<std::uint16_t, 6> after{};
    for (int i = 0; i < words; ++i) {
      const int number = begin + i;
      const bool written = number >= first && number < end;
      after[static_cast<std::size_t>(i)] =
          written ? values[static_cast<std::size_t>(number - first)] : map.u16(static_cast<std::uint16_t>(number));
    }
    if (!is_valid_eco_group(groups.format, std::span(after).first(static_cast<std::size_t>(words)))) return false;
  }
  return true;
}

std::optional<EcoOrder> order_of(const RegisterMap& map, const EcoGroups& groups, const CivilTime& local) {
  const std::uint16_t words = eco_group_words(groups.format);
  for (int group = 0; group < groups.count; ++group) {
    std::array<std::uint16_t, 6> values{};
    for (std::uint16_t i = 0; i < words; ++i)
      values[i] = map.u16(static_cast<std::uint16_t>(groups.register_of(group) + i));
    if (const auto order = eco_order_at(groups.format, std::span(values).first(words), local)) return order;
  }
  return std::nullopt;
}

void clear_groups(RegisterMap& map, const EcoGroups& groups) {
  for (int group = 0; group < groups.count; ++group) {
    std::uint16_t number = groups.register_of(group);
    for (const std::uint16_t word : unused_eco_group(groups.format, groups.permille)) map.set_u16(number++, word);
  }
}

}  // namespace gridpilot::sim
