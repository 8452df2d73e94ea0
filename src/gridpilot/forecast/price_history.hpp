#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <deque>
#include <optional>

#include "gridpilot/core/time.hpp"

namespace gridpilot::forecast {

/// Quarters of the clock on the wall in a day without a clock change.
inline constexpr std::size_t civil_quarters = std::chrono::days(1) / slot_length;

/// The prices of the last weeks by local day and quarter of the clock on the wall, days without gap. What a day lacks
/// is filled from the day before, so that every day has a shape; what was filled is told from what is known.
class PriceHistory {
 public:
  static constexpr std::chrono::days kept{35};
  using Values = std::array<double, civil_quarters>;
  struct Day {
    std::chrono::sys_days date;
    Values values{};
    std::bitset<civil_quarters> known;
    double mean = 0.0;

    [[nodiscard]] std::optional<double> at(std::size_t quarter) const {
      return known[quarter] ? std::optional(values[quarter]) : std::nullopt;
    }
  };

  /// What became of a value that was put in.
  enum class Change { none, added, replaced };
  /// Days before the first one held, and those after a hole longer than `kept`, are not the caller's problem: the
  /// former change nothing, the latter start the history anew.
  Change put(std::chrono::sys_days date, std::size_t quarter, double value);

  /// Oldest first, at most `kept`.
  [[nodiscard]] const std::deque<Day>& days() const { return days_; }
  [[nodiscard]] const Day* find(std::chrono::sys_days date) const;

 private:
  void fill(std::size_t index);

  std::deque<Day> days_;
};

}  // namespace gridpilot::forecast
