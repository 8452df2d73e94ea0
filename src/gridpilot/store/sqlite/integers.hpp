#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "gridpilot/core/measured.hpp"
#include "gridpilot/core/units.hpp"

namespace gridpilot::store {

// Quantities as the record's integers and back: W, mWh, per mille, hundredths of V, A and °C, 1e-8 of the currency and
// 1e-9 of it per kWh. Rounding is to the nearest; 1e18 and beyond is outside of what is recorded.

/// Absent where the number is not finite or too large.
[[nodiscard]] inline std::optional<std::int64_t> rounded(double number) {
  if (!(std::abs(number) < 1e18)) return std::nullopt;
  return std::llround(number);
}

template <class Q>
struct Scale;
template <>
struct Scale<Power> {
  static constexpr double per_raw = 1.0;  // W
};
template <>
struct Scale<Energy> {
  static constexpr double per_raw = 1e6;  // mWh in a kWh
};
template <>
struct Scale<Soc> {
  static constexpr double per_raw = 10.0;  // per mille in a percent
};
template <>
struct Scale<Voltage> {
  static constexpr double per_raw = 100.0;
};
template <>
struct Scale<Current> {
  static constexpr double per_raw = 100.0;
};
template <>
struct Scale<Temperature> {
  static constexpr double per_raw = 100.0;
};
template <>
struct Scale<Value> {
  static constexpr double per_raw = 1e8;
};
template <>
struct Scale<ValuePerEnergy> {
  static constexpr double per_raw = 1e9;
};

template <class Q>
[[nodiscard]] std::optional<std::int64_t> to_integer(Q quantity) {
  return rounded(quantity.raw() * Scale<Q>::per_raw);
}
template <class Q, class Rep>
[[nodiscard]] std::optional<std::int64_t> to_integer(Measured<Q, Rep> quantity) {
  return quantity ? to_integer(*quantity) : std::nullopt;
}
template <class Q>
[[nodiscard]] Q from_integer(std::int64_t number) {
  return Q::from_raw(static_cast<double>(number) / Scale<Q>::per_raw);
}

}  // namespace gridpilot::store
