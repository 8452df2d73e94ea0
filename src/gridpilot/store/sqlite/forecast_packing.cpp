#include "gridpilot/store/sqlite/forecast_packing.hpp"

#include <array>

#include "gridpilot/store/sqlite/integers.hpp"
#include "gridpilot/store/sqlite/packing.hpp"

namespace gridpilot::store {
namespace {

constexpr unsigned absent = 0;
constexpr unsigned present = 1;

/// Steps in a unit of the series.
double steps_per_unit(ForecastSeries series) {
  return price_series_of(series) ? 1e5 : 1e4;
}

using Steps = std::array<std::uint64_t, quantile_levels.size()>;

std::optional<Steps> steps_of(const Quantiles& expected, double per_unit) {
  Steps steps{};
  std::size_t level = 0;
  for (const double value : expected.by_level()) {
    const std::optional<std::int64_t> step = rounded(value * per_unit);
    if (!step) return std::nullopt;
    steps[level++] = static_cast<std::uint64_t>(*step);
  }
  return steps;
}

constexpr std::size_t middle = quantile_levels.size() / 2;

}  // namespace

Result<std::vector<std::byte>> pack_quantiles(ForecastSeries series, std::span<const std::optional<Quantiles>> slots) {
  Packer out;
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const std::optional<Quantiles>& expected = slots[i];
    out.byte(expected ? present : absent);
    if (!expected) continue;
    const auto steps = steps_of(*expected, steps_per_unit(series));
    if (!steps || !expected->are_in_order())
      return failure(ErrorCode::bug, std::string(name_of(series)) + " forecast not recorded: slot " +
                                         std::to_string(i) + " is not finite or not in order");
    out.difference((*steps)[middle], before);
    before = (*steps)[middle];
    for (std::size_t level = middle; level > 0; --level) out.difference((*steps)[level], (*steps)[level - 1]);
    for (std::size_t level = middle + 1; level < steps->size(); ++level)
      out.difference((*steps)[level], (*steps)[level - 1]);
  }
  return out.take();
}

Result<std::vector<std::optional<Quantiles>>> unpack_quantiles(ForecastSeries series,
                                                               std::span<const std::byte> packed) {
  std::vector<std::optional<Quantiles>> slots;
  Unpacker in(packed);
  std::uint64_t before = 0;
  const double per_unit = steps_per_unit(series);
  while (!in.at_end()) {
    const unsigned mark = in.byte();
    if (mark == absent) {
      slots.emplace_back();
      continue;
    }
    Steps steps{};
    before = steps[middle] = in.value(before);
    for (std::size_t level = middle; level > 0; --level) steps[level - 1] = steps[level] - in.value(0);
    for (std::size_t level = middle + 1; level < steps.size(); ++level) steps[level] = in.value(steps[level - 1]);
    std::array<double, quantile_levels.size()> values{};
    for (std::size_t level = 0; level < steps.size(); ++level)
      values[level] = static_cast<double>(static_cast<std::int64_t>(steps[level])) / per_unit;
    const Quantiles quantiles{values[0], values[1], values[2], values[3], values[4]};
    if (in.torn() || mark != present || !quantiles.are_in_order())
      return failure(ErrorCode::corrupt, "a recorded forecast of " + std::string(name_of(series)) + " is damaged");
    slots.emplace_back(quantiles);
  }
  return slots;
}

}  // namespace gridpilot::store
