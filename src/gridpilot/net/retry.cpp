#include "gridpilot/net/retry.hpp"

#include <algorithm>
#include <cmath>

namespace gridpilot::net {

std::optional<std::chrono::milliseconds> Retry::after(const Error& error) {
  const std::chrono::milliseconds delay = after_any();
  if (group_of(error.code) != ErrorGroup::retryable || error.code == ErrorCode::cancelled) return std::nullopt;
  if (policy_.max_attempts && failures_ >= *policy_.max_attempts) return std::nullopt;
  return delay;
}

std::chrono::milliseconds Retry::after_any() {
  const auto cap = static_cast<double>(policy_.cap.count());
  // Growth stops mattering at the cap; the exponent is bounded so that pow stays finite after years of failures.
  const double grown = static_cast<double>(policy_.first.count()) * std::pow(policy_.factor, std::min(failures_, 200));
  ++failures_;
  const double draw = random_ ? random_() : 0.5;
  const double spread = 1.0 + policy_.jitter * (2.0 * draw - 1.0);
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(std::min(grown, cap) * spread, cap)));
}

}  // namespace gridpilot::net
