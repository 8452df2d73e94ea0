#pragma once

#include <cstdint>
#include <vector>

#include "gridpilot/plant/house.hpp"
#include "gridpilot/sim/goodwe_device.hpp"

/// What an ES tells of itself: the data of its AA55 answers, written from the house. Offsets and scales are those of
/// docs/goodwe; signs stand in bytes of their own (battery mode at 30, direction of the grid at 80).
namespace gridpilot::sim::es {

enum class Mode : std::uint8_t { general = 0, off_grid = 1, backup = 2, eco = 3 };

/// What the house does not know of the inverter.
struct ImageContext {
  Instant now{};
  Mode mode = Mode::general;
  std::uint16_t lowest_soc_percent = 0;
  std::uint16_t export_limit_w = 0;
  std::uint16_t relay = 0;  ///< as it was commanded
  MeasuredOverrides overrides{};
};

/// Of `01 06`.
[[nodiscard]] std::vector<std::uint8_t> runtime_data(const plant::House& house, const ImageContext& context);
/// Of `01 09`.
[[nodiscard]] std::vector<std::uint8_t> settings_data(const plant::House& house, const ImageContext& context);

}  // namespace gridpilot::sim::es
