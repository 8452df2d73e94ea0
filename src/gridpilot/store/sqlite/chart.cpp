#include "gridpilot/store/sqlite/chart.hpp"

#include <algorithm>
#include <array>

#include "gridpilot/store/sqlite/integers.hpp"

namespace gridpilot::store {
namespace {

std::int64_t seconds(Instant t) {
  return t.time_since_epoch().count();
}

/// Sums of one stretch. Five columns, in the order of the SELECT.
class Stretch {
 public:
  void add(const Statement& row) {
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      const int column = static_cast<int>(i) + 1;
      const std::int64_t value = row.integer(column);
      if (value == 0 && row.is_null(column)) continue;
      sums_[i] += value;
      ++counts_[i];
    }
    filled_ = true;
  }
  [[nodiscard]] bool filled() const { return filled_; }
  [[nodiscard]] ports::ChartPoint point(std::int64_t start) const {
    return {.time = Instant(Seconds(start)),
            .soc = mean<Soc>(0),
            .pv = mean<Power>(1),
            .load = mean<Power>(2),
            .grid = mean<Power>(3),
            .battery = mean<Power>(4)};
  }

 private:
  template <class Q>
  [[nodiscard]] std::optional<Q> mean(std::size_t i) const {
    if (counts_[i] == 0) return std::nullopt;
    return from_integer<Q>(sums_[i]) / static_cast<double>(counts_[i]);
  }
  std::array<std::int64_t, 5> sums_{};
  std::array<std::int64_t, 5> counts_{};
  bool filled_ = false;
};

/// `start_of(t)` is the beginning of the stretch that t lies in.
template <class StartOf>
Result<std::vector<ports::ChartPoint>> averaged(const Database& database, std::int64_t from, std::int64_t to,
                                                std::size_t limit, StartOf start_of) {
  std::vector<ports::ChartPoint> points;
  if (from >= to || limit == 0) return points;
  Result<Statement> rows = database.prepare(
      "SELECT time_s, soc_permille, pv_w, load_w, grid_w, battery_w FROM readings "
      "WHERE time_s >= ?1 AND time_s < ?2 ORDER BY time_s");
  if (!rows) return std::move(rows).failed();
  rows->bind(1, from);
  rows->bind(2, to);
  std::int64_t start = from;
  Stretch stretch;
  while (points.size() < limit) {
    Result<bool> row = rows->step();
    if (!row) return std::move(row).failed();
    const std::int64_t next = *row ? start_of(rows->integer(0)) : to;
    if (next != start) {
      if (stretch.filled()) points.push_back(stretch.point(start));
      stretch = {};
      start = next;
    }
    if (!*row) break;
    stretch.add(*rows);
  }
  return points;
}

/// Far instants, as callers name them for "all", are brought to where nothing overflows: some 34 000 years from 1970.
std::int64_t rounded_up(Instant t, Seconds step) {
  constexpr std::int64_t far = std::int64_t{1} << 40U;
  const std::int64_t n = std::clamp(seconds(t), -far, far), s = step.count();
  return (n / s + (n % s > 0 ? 1 : 0)) * s;
}

}  // namespace

Result<std::vector<ports::ChartPoint>> query_chart(const Database& database, ports::TimeRange range, Seconds step,
                                                   std::size_t limit) {
  const std::int64_t s = step.count();
  if (s <= 0) return failure(ErrorCode::bad_input, "a chart's step must be positive");
  return averaged(database, rounded_up(range.from, step), rounded_up(range.to, step), limit,
                  [s](std::int64_t t) { return t / s * s; });  // no reading is earlier than 1970
}

Result<std::vector<ports::ChartPoint>> query_chart(const Database& database, std::span<const Instant> boundaries) {
  if (boundaries.size() < 2) return std::vector<ports::ChartPoint>();
  std::size_t i = 0;
  return averaged(database, seconds(boundaries.front()), seconds(boundaries.back()), boundaries.size(),
                  [&](std::int64_t t) {
                    while (seconds(boundaries[i + 1]) <= t) ++i;
                    return seconds(boundaries[i]);
                  });
}

}  // namespace gridpilot::store
