#pragma once

#include <cstddef>
#include <cstdint>

namespace gridpilot::testing {

/// SplitMix64: the same numbers from a seed on every machine, which std's distributions do not promise.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ mixed >> 30U) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ mixed >> 27U) * 0x94d049bb133111ebU;
    return mixed ^ mixed >> 31U;
  }
  /// 0 to bound - 1.
  int below(int bound) { return static_cast<int>(next() % static_cast<std::uint64_t>(bound)); }
  double between(double low, double high) { return low + (high - low) * static_cast<double>(next() >> 11U) * 0x1p-53; }
  bool chance(double share) { return between(0.0, 1.0) < share; }
  template <class... T>
  double one_of(T... choices) {
    const double all[] = {static_cast<double>(choices)...};
    return all[next() % sizeof...(choices)];
  }

 private:
  std::uint64_t state_;
};

}  // namespace gridpilot::testing
