#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/plant/house.hpp"
#include "gridpilot/sim/goodwe_device.hpp"
#include "gridpilot/sim/register_map.hpp"

/// What an ET tells of itself: the read-only blocks, written from the house. Scales, signs and meanings are those of
/// docs/goodwe (export positive, battery discharge positive).
namespace gridpilot::sim::et {

/// Requests that went to the unit's memories.
struct FlashWrites {
  std::uint32_t system = 0;
  std::uint32_t battery = 0;
};

/// What the house does not know of the inverter.
struct ImageContext {
  Instant now{};
  CivilTime own_clock{};
  bool off_grid = false;
  bool stopped = false;
  bool export_limited = false;
  FlashWrites written{};
  bool single_phase = false;
  MeasuredOverrides overrides{};
};

void add_read_only_areas_below_settings(RegisterMap& map, Profile profile, Power rating, std::string_view serial);
void write_device_info(RegisterMap& map, Profile profile, Power rating, std::string_view serial);
void write_measurements(RegisterMap& map, const plant::House& house, const ImageContext& context);
/// Units of 25 kW and more have two battery inputs, and those whose serial number says so; each carries half of the
/// house's pack.
[[nodiscard]] bool has_second_battery(Power rating, std::string_view serial);
/// Whether the serial number's tag is that of a single-phase unit.
[[nodiscard]] bool is_single_phase(std::string_view serial);
/// "GW10K-ET"
[[nodiscard]] std::string model_name(Power rating);

}  // namespace gridpilot::sim::et
