#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/units.hpp"

namespace gridpilot::sim {

/// What no source states about the inverter's windows (docs/simulator.md lists them). One field each, so that a
/// report from the field changes one line.
struct EcoAssumptions {
  /// The SoC of a discharge group is the floor of discharging; otherwise it means nothing.
  enum class DischargeSoc { ignored, floor } discharge_soc = DischargeSoc::ignored;
  /// What bounds discharging while an EMS mode rules: depth of discharge (45356) or battery SoC protection (47500).
  enum class EmsFloor { soc_protection, depth_of_discharge } ems_floor = EmsFloor::soc_protection;
  /// Whether writes of EMS mode and power wear the unit's memory: they are known to tolerate one a second.
  enum class EmsWear { none, stored } ems_wear = EmsWear::none;
  /// Whether ES units charge and discharge in the windows of the commands 2C and 2D; eco groups go before them.
  enum class EsWindows { obeyed, ignored } es_windows = EsWindows::obeyed;
};

enum class EcoFormat { v1, v2 };

/// Registers that one group takes.
[[nodiscard]] constexpr std::uint16_t eco_group_words(EcoFormat format) {
  return format == EcoFormat::v1 ? 4 : 6;
}

/// What a group that is switched on asks for in its window.
struct EcoOrder {
  double power_percent = 0.0;  ///< of the rating, at the battery; negative charges
  Soc soc = percent(100);      ///< v1 has none: 100
};

/// True where the device takes these bytes (hours, minutes, power, SoC, type within their ranges).
[[nodiscard]] bool is_valid_eco_group(EcoFormat format, std::span<const std::uint16_t> words);

/// The order of a group at a local time; nullopt outside its window, on other days and months, or switched off.
/// The end minute is exclusive, except that 23:59 means midnight.
[[nodiscard]] std::optional<EcoOrder> eco_order_at(EcoFormat format, std::span<const std::uint16_t> words,
                                                   const CivilTime& local);

/// A group as it stands where nothing was ever set.
[[nodiscard]] std::span<const std::uint16_t> unused_eco_group(EcoFormat format, bool permille);

}  // namespace gridpilot::sim
