#pragma once

#include <span>
#include <utility>
#include <vector>

#include "gridpilot/codec/pse.hpp"

namespace gridpilot::codec::pse {

/// What PSE expects balancing energy to cost, quarter by quarter in order, from the rows of `price-fcst`. Rows without
/// a price are left out, and so are those whose local time comes twice and is not told apart; of two rows for one
/// quarter the later one in the document holds. malformed where a row's time does not exist, or its price is not
/// believed.
[[nodiscard]] Result<std::vector<std::pair<Slot, NetPrice>>> expected_prices(std::span<const BalancingRow> rows,
                                                                             const TimeZone& zone);

}  // namespace gridpilot::codec::pse
