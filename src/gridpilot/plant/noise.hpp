#pragma once

#include <cstdint>

namespace gridpilot::plant {

// Randomness without state: a value depends on its key alone, so that the same instant gives the same value whoever
// asks, in whatever order, on every machine.

/// A seed of its own for one purpose (a name known at compile time, a serial number, a day).
[[nodiscard]] std::uint64_t derived_seed(std::uint64_t seed, std::uint64_t purpose);

/// Uniform in [0, 1).
[[nodiscard]] double uniform(std::uint64_t seed, std::int64_t index);

/// Continuous noise in [0, 1), mean 0.5: a new value at every whole position, smooth between them.
[[nodiscard]] double smooth_noise(std::uint64_t seed, double position);

}  // namespace gridpilot::plant
