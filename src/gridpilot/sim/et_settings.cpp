#include "gridpilot/sim/et_settings.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace gridpilot::sim::et {
namespace {

enum Units : unsigned { v1 = 1, v2 = 2, p745 = 4, newer = v2 | p745, every = v1 | v2 | p745 };

unsigned unit_of(Profile profile) {
  switch (profile) {
    case Profile::et_v1: return v1;
    case Profile::et_v2: return v2;
    case Profile::et_745: return p745;
    default: return v2;  // profiles of other families do not come here
  }
}

/// A run of registers of one kind. Those whose effect is only to be kept and read back are here for completeness of the
/// map: a client reads or restores them.
struct Setting {
  std::uint16_t first;
  std::uint16_t count;
  std::uint16_t lowest;
  std::uint16_t highest;
  std::uint16_t factory;
  unsigned units;
};

constexpr std::uint16_t any = 0xFFFF;

// Ascending.
constexpr std::array settings{
    Setting{45127, 1, 1, 247, 247, every},      // communication address
    Setting{45132, 2, 0, any, 0, every},        // RS485 speed, uint32 (set below)
    Setting{45200, 3, 0, any, 0, every},        // clock
    Setting{45246, 1, 0, 3, 3, every},          // low and high voltage ride-through
    Setting{45248, 1, 0, any, 0, every},        // cold start
    Setting{45251, 1, 0, 1, 0, every},          // shadow scan
    Setting{45252, 1, 0, 1, 0, every},          // back-up supply
    Setting{45264, 1, 0, 1, 0, every},          // unbalanced output
    Setting{45288, 1, 0, 1, 0, every},          // PE-N relay
    Setting{45350, 1, 0, any, 0, every},        // capacity of a lead battery, Ah
    Setting{45351, 1, 0, any, 4, every},        // modules
    Setting{45352, 1, 0, 6000, 4800, every},    // charge voltage, 0.1 V
    Setting{45353, 1, 0, 1000, 500, every},     // charge current, 0.1 A
    Setting{45354, 1, 0, 6000, 3200, every},    // discharge voltage, 0.1 V
    Setting{45355, 1, 0, 1000, 500, every},     // discharge current, 0.1 A
    Setting{45356, 1, 0, 100, 10, every},       // lowest state of charge on grid
    Setting{45357, 1, 0, 6000, 3200, every},    // discharge voltage off grid, 0.1 V
    Setting{45358, 1, 0, 100, 10, every},       // lowest state of charge off grid
    Setting{45482, 1, 0, 100, 100, every},      // power factor code
    Setting{47000, 1, 0, 5, 0, every},          // work mode (judged further below)
    Setting{47010, 1, 0, 1, 0, every},          // remote stop
    Setting{47120, 1, 0, any, 0, every},        // meter target offset, int16 W
    Setting{47500, 1, 0, 100, 10, every},       // battery SoC protection
    Setting{47505, 1, 0, any, 2, every},        // manufacturer code
    Setting{47509, 1, 0, 1, 0, every},          // export limit on
    Setting{47510, 1, 0, 30000, 10000, every},  // export limit, W
    Setting{47511, 1, 1, 255, 1, every},        // EMS mode (judged further below)
    Setting{47512, 1, 0, 15000, 0, every},      // EMS power, W
    Setting{47514, 1, 0, any, 290, every},      // battery protocol
    Setting{47515, 16, 0, any, 0, v1},          // eco groups 1 to 4
    Setting{47531, 1, 0, 100, 5, every},        // forced charge begins
    Setting{47532, 1, 0, 100, 10, every},       // forced charge ends
    Setting{47533, 1, 0, 1, 0, every},          // clear eco groups
    Setting{47542, 2, 0, any, 0, newer},        // peak shaving, uint32 W
    Setting{47544, 1, 0, 100, 50, newer},       // peak shaving, state of charge
    Setting{47545, 1, 0, 1, 0, newer},          // fast charging
    Setting{47546, 1, 0, 100, 100, newer},      // its stop
    Setting{47547, 48, 0, any, 0, newer},       // eco groups 1 to 7, peak shaving group
    Setting{47595, 1, 0, 3, 0, newer},          // load control
    Setting{47596, 1, 0, 1, 0, newer},         Setting{47597, 1, 0, 100, 20, newer},
    Setting{47599, 1, 0, 1, 0, newer},        // hardware feed power
    Setting{47602, 1, 0, 1, 0, newer},        // depth of discharge holding
    Setting{47603, 1, 0, 100, 50, newer},     // fast charging, percent of rating
    Setting{47605, 1, 0, 1, 0, newer},        // back-up mode enable
    Setting{47606, 1, 0, 1000, 1000, newer},  // highest charge power from the grid, permille
    Setting{47609, 1, 0, 1, 0, newer},        // smart charging enable
    Setting{47612, 1, 0, 1, 0, newer},        // eco mode enable
    Setting{47760, 1, 0, 100, 100, every},    // charge ceiling
};

const Setting* find(Profile profile, std::uint16_t number) {
  for (const Setting& setting : settings)
    if (number >= setting.first && number < setting.first + setting.count)
      return (setting.units & unit_of(profile)) != 0 ? &setting : nullptr;
  return nullptr;
}

/// 50 A a battery input, or the most the register holds where the pack takes more; voltages by the number of cells.
void write_battery_limits(RegisterMap& map, const plant::PackOptions& pack, int inputs) {
  constexpr double lowest_volts_per_cell = 3.0;
  const double scale = pack.cells_in_series / 128.0;
  const double amperes = in_watts(pack.max_charge) / (lowest_volts_per_cell * pack.cells_in_series * inputs);
  for (const std::uint16_t number : {charge_current, discharge_current})
    map.put_u16(number, amperes > 50.0 ? 1000.0 : 500.0);
  map.put_u16(45352, 4800 * scale);
  map.put_u16(45354, 3200 * scale);
  map.put_u16(45357, 3200 * scale);
}

}  // namespace

EcoGroups eco_groups_of(Profile profile) {
  if (profile == Profile::et_v1) return {.format = EcoFormat::v1, .first = eco_groups_v1, .count = 4};
  return {.format = EcoFormat::v2, .first = eco_groups_v2, .count = 7, .permille = profile == Profile::et_745};
}

void add_setting_areas(RegisterMap& map, Profile profile) {
  const unsigned unit = unit_of(profile);
  std::uint16_t first = 0;
  std::uint16_t count = 0;
  for (const Setting& setting : settings) {
    if ((setting.units & unit) == 0) continue;
    if (count > 0 && first + count == setting.first) {
      count = static_cast<std::uint16_t>(count + setting.count);
      continue;
    }
    if (count > 0) map.add_area(first, count);
    first = setting.first;
    count = setting.count;
  }
  map.add_area(first, count);
}

void write_factory_settings(RegisterMap& map, Profile profile, const plant::House& house, int inputs) {
  for (const Setting& setting : settings) {
    if ((setting.units & unit_of(profile)) == 0) continue;
    for (std::uint16_t i = 0; i < setting.count; ++i)
      map.set_u16(static_cast<std::uint16_t>(setting.first + i), setting.factory);
  }
  map.put_u32(45132, 9600);
  write_battery_limits(map, house.options().pack, inputs);
  const Power rating = house.options().inverter.rating;
  const double lowest_percent = in_percent(house.setting().discharge_stop);
  map.put_u16(lowest_soc, lowest_percent);
  map.put_u16(soc_protection, lowest_percent);
  map.put_u16(export_limit, in_watts(rating));
  map.put_u32(peak_shaving_power, in_watts(rating));
  clear_groups(map, eco_groups_of(profile));
  if (profile == Profile::et_v1) return;
  constexpr std::array<std::uint16_t, 6> unused_peak_shaving{0x3000, 0x3000, 0x0300, 0x000A, 0x0064, 0x0000};
  for (std::size_t i = 0; i < unused_peak_shaving.size(); ++i)
    map.set_u16(static_cast<std::uint16_t>(peak_shaving_group + i), unused_peak_shaving[i]);
}

Memory memory_of(std::uint16_t number, const EcoAssumptions& assumptions) {
  if (number == ems_mode || number == ems_power)
    return assumptions.ems_wear == EcoAssumptions::EmsWear::stored ? Memory::system : Memory::none;
  const bool battery = (number >= 45350 && number <= lowest_soc_off_grid) || number == soc_protection ||
                       number == rescue_begin || number == rescue_end || number == depth_holding ||
                       number == grid_charge_permille || number == soc_upper_limit;
  return battery ? Memory::battery : Memory::system;
}

std::optional<bool> accepts(Profile profile, std::uint16_t number, std::uint16_t value) {
  const Setting* const setting = find(profile, number);
  if (setting == nullptr) return std::nullopt;
  if (value < setting->lowest || value > setting->highest) return false;
  if (number == work_mode) {
    if (value == peak_shaving) return profile != Profile::et_v1;
    if (value == self_use) return profile == Profile::et_745;
  }
  if (number == ems_mode) return value <= 12 || value == ems_stopped;
  return true;
}

}  // namespace gridpilot::sim::et
