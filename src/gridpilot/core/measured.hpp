#pragma once

#include <cmath>
#include <limits>
#include <optional>

#include "gridpilot/core/units.hpp"

namespace gridpilot {

/// A quantity that may be absent, in the room of its bare number: a week of readings in memory is 30 240 × 25 of these.
/// Outside it behaves like std::optional<Q>; how absence is kept inside is not visible. `Rep` is float where a
/// single-precision number is finer than any meter (powers, voltages), double for counters.
template <class Q, class Rep = float>
class Measured {
 public:
  constexpr Measured() = default;
  constexpr Measured(std::nullopt_t) {}
  constexpr Measured(Q value) : rep_(static_cast<Rep>(value.raw())) {}
  constexpr Measured(std::optional<Q> value) : rep_(value ? static_cast<Rep>(value->raw()) : absent) {}

  [[nodiscard]] constexpr bool has_value() const { return rep_ == rep_; }
  [[nodiscard]] explicit constexpr operator bool() const { return has_value(); }
  /// Only where has_value().
  [[nodiscard]] constexpr Q operator*() const { return Q::from_raw(static_cast<double>(rep_)); }
  /// The bare number as it is held, for writing it in the fewest digits; only where has_value().
  [[nodiscard]] constexpr Rep raw() const { return rep_; }
  [[nodiscard]] constexpr Q value_or(Q other) const { return has_value() ? **this : other; }
  [[nodiscard]] constexpr operator std::optional<Q>() const {
    return has_value() ? std::optional<Q>(**this) : std::nullopt;
  }
  /// Two absent values are equal.
  [[nodiscard]] friend constexpr bool operator==(Measured a, Measured b) {
    return a.has_value() ? a.rep_ == b.rep_ : !b.has_value();
  }

 private:
  static constexpr Rep absent = std::numeric_limits<Rep>::quiet_NaN();
  Rep rep_ = absent;
};

}  // namespace gridpilot
