#pragma once

#include <span>
#include <vector>

#include "gridpilot/ports/record.hpp"
#include "gridpilot/store/sqlite/database.hpp"

namespace gridpilot::store {

// Rows are averaged while they are read in order of time: SQLite's own GROUP BY sorts them first, which took twice as
// long for two days by the minute (docs/performance.md).

/// Means between neighbouring boundaries, which ascend.
[[nodiscard]] Result<std::vector<ports::ChartPoint>> query_chart(const Database& database,
                                                                 std::span<const Instant> boundaries);

/// Means over stretches of `step` (> 0) aligned to UTC multiples of it, those that begin in the range; at most `limit`.
[[nodiscard]] Result<std::vector<ports::ChartPoint>> query_chart(const Database& database, ports::TimeRange range,
                                                                 Seconds step, std::size_t limit);

}  // namespace gridpilot::store
