#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "gridpilot/core/units.hpp"
#include "gridpilot/sim/eco_groups.hpp"
#include "gridpilot/sim/goodwe_device.hpp"
#include "gridpilot/sim/register_map.hpp"

/// The writable registers of the ET family, as data.
namespace gridpilot::sim::et {

// Those that something hangs on; numbers as in the maker's map.
inline constexpr std::uint16_t comm_address = 45127;
inline constexpr std::uint16_t clock = 45200;  ///< 3 registers
inline constexpr std::uint16_t backup_supply = 45252;
inline constexpr std::uint16_t charge_current = 45353;
inline constexpr std::uint16_t discharge_current = 45355;
inline constexpr std::uint16_t lowest_soc = 45356;  ///< 100 - depth of discharge
inline constexpr std::uint16_t lowest_soc_off_grid = 45358;
inline constexpr std::uint16_t work_mode = 47000;
inline constexpr std::uint16_t remote_stop = 47010;
inline constexpr std::uint16_t meter_offset = 47120;
inline constexpr std::uint16_t soc_protection = 47500;
inline constexpr std::uint16_t export_limited = 47509;
inline constexpr std::uint16_t export_limit = 47510;
inline constexpr std::uint16_t ems_mode = 47511;
inline constexpr std::uint16_t ems_power = 47512;
inline constexpr std::uint16_t eco_groups_v1 = 47515;
inline constexpr std::uint16_t rescue_begin = 47531;  ///< state of charge at which the inverter charges by itself
inline constexpr std::uint16_t rescue_end = 47532;
inline constexpr std::uint16_t clear_eco = 47533;
inline constexpr std::uint16_t peak_shaving_power = 47542;  ///< uint32
inline constexpr std::uint16_t fast_charging = 47545;
inline constexpr std::uint16_t fast_charging_soc = 47546;
inline constexpr std::uint16_t eco_groups_v2 = 47547;
inline constexpr std::uint16_t peak_shaving_group = 47589;
inline constexpr std::uint16_t depth_holding = 47602;
inline constexpr std::uint16_t fast_charging_power = 47603;
inline constexpr std::uint16_t grid_charge_permille = 47606;
inline constexpr std::uint16_t eco_enabled = 47612;
inline constexpr std::uint16_t soc_upper_limit = 47760;

inline constexpr std::uint16_t ems_auto = 1;
inline constexpr std::uint16_t ems_stopped = 255;

enum WorkMode : std::uint16_t { general = 0, off_grid = 1, backup = 2, eco = 3, peak_shaving = 4, self_use = 5 };

/// Which eco groups a profile has.
[[nodiscard]] EcoGroups eco_groups_of(Profile profile);

/// Adds the areas of the settings, which lie above all that is read only, in ascending order.
void add_setting_areas(RegisterMap& map, Profile profile);

/// Factory settings: what a unit comes with, for the battery that the house has; `inputs` carry it.
void write_factory_settings(RegisterMap& map, Profile profile, const plant::House& house, int inputs);

/// Which of the unit's memories a written register goes to.
enum class Memory { none, system, battery };
[[nodiscard]] Memory memory_of(std::uint16_t number, const EcoAssumptions& assumptions);

/// True where the value is in the register's range; nullopt where the register may not be written. Groups and clock are
/// judged as wholes elsewhere.
[[nodiscard]] std::optional<bool> accepts(Profile profile, std::uint16_t number, std::uint16_t value);

}  // namespace gridpilot::sim::et
