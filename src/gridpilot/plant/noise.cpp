#include "gridpilot/plant/noise.hpp"

#include <cmath>

namespace gridpilot::plant {
namespace {

/// The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

}  // namespace

std::uint64_t derived_seed(std::uint64_t seed, std::uint64_t purpose) {
  return mixed(mixed(seed) ^ purpose);
}

double uniform(std::uint64_t seed, std::int64_t index) {
  const std::uint64_t bits = mixed(seed ^ mixed(static_cast<std::uint64_t>(index)));
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

double smooth_noise(std::uint64_t seed, double position) {
  const double whole = std::floor(position);
  const double part = position - whole;
  const auto index = static_cast<std::int64_t>(whole);
  const double weight = part * part * (3.0 - 2.0 * part);
  const double left = uniform(seed, index);
  return left + (uniform(seed, index + 1) - left) * weight;
}

}  // namespace gridpilot::plant
