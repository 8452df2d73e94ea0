#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "gridpilot/core/money.hpp"
#include "gridpilot/core/time.hpp"

namespace gridpilot {

/// Prices that somebody else expects, net, in order of slots, gaps possible: advice, never a published price.
struct PriceAdvice {
  std::string_view source;  ///< static text
  Instant fetched_at{};
  std::vector<std::pair<Slot, NetPrice>> slots;
};

}  // namespace gridpilot
