#pragma once

#include <cstdint>

namespace gridpilot {

/// 128 bits: a price in nanos times two ratios in parts per million passes 2^63.
__extension__ typedef __int128 Wide;

/// The quotient rounded half to even. The divisor is not zero and the quotient fits 64 bits.
[[nodiscard]] constexpr std::int64_t divide_half_even(Wide numerator, Wide divisor) {
  if (divisor < 0) {
    numerator = -numerator;
    divisor = -divisor;
  }
  Wide quotient = numerator / divisor;
  Wide rest = numerator % divisor;
  if (rest < 0) {
    rest += divisor;
    --quotient;
  }
  const Wide twice = rest * 2;
  if (twice > divisor || (twice == divisor && quotient % 2 != 0)) ++quotient;
  return static_cast<std::int64_t>(quotient);
}

}  // namespace gridpilot
