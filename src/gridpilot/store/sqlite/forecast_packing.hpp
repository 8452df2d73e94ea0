#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/forecast_record.hpp"

namespace gridpilot::store {

/// The quantiles of a forecast in about ten bytes a slot: whole steps of 0.1 Wh or 1e-5 of the currency per kWh, the
/// median as difference to the slot before, the other levels to their neighbour. docs/storage.md describes the layout.
inline constexpr std::int64_t forecast_packing = 1;

/// Errors: bug, where a number is not finite or its levels are not in order.
[[nodiscard]] Result<std::vector<std::byte>> pack_quantiles(ForecastSeries series,
                                                            std::span<const std::optional<Quantiles>> slots);
/// Errors: corrupt.
[[nodiscard]] Result<std::vector<std::optional<Quantiles>>> unpack_quantiles(ForecastSeries series,
                                                                             std::span<const std::byte> packed);

}  // namespace gridpilot::store
