#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/result.hpp"

namespace gridpilot::tariff {

/// Which days of a season a stretch of a schedule speaks of.
enum class DayKind { every_day, workday, free_day };

/// The days a group calls free; on them another stretch of its schedule may hold.
struct FreeDays {
  bool saturday = false;
  bool sunday = false;
  bool holiday = false;
  [[nodiscard]] bool contains(std::chrono::year_month_day date) const;
};

/// The hours of one zone: minutes of the local day, half-open, wrapping past midnight where `to` <= `from`
/// (00:00-24:00 is the whole day). On a window that wraps, both ends belong to the same date.
struct ZoneWindow {
  std::uint8_t zone = 0;  ///< index into the group's zones
  int from_minute = 0;
  int to_minute = 24 * 60;
};

/// What holds from one day of the year to another (both inclusive, wrapping past New Year where `to` < `from`).
struct Stretch {
  std::chrono::month_day from = std::chrono::January / 1;
  std::chrono::month_day to = std::chrono::December / 31;
  DayKind days = DayKind::every_day;
  std::vector<ZoneWindow> windows;
};

/// The zones of a year by local civil time. Every quarter of every day belongs to exactly one zone: create() sees to
/// it.
class Schedule {
 public:
  /// bad_input with the day or the time that has no zone, or two.
  [[nodiscard]] static Result<Schedule> create(std::span<const Stretch> stretches, FreeDays free_days);
  /// The schedule of a group with one zone.
  [[nodiscard]] static Schedule single_zone();

  /// The zone's index at a local date and minute of the day (0 … 1439).
  [[nodiscard]] std::uint8_t zone_at(std::chrono::year_month_day date, int minute_of_day) const;
  [[nodiscard]] FreeDays free_days() const { return free_days_; }

 private:
  /// Civil quarters, which the clock's changes never alter: a day's missing or repeated hour is looked up like any.
  static constexpr std::size_t civil_quarters = std::size_t{24} * 4;
  struct Table {
    std::chrono::month_day from;
    std::chrono::month_day to;
    DayKind days = DayKind::every_day;
    std::array<std::uint8_t, civil_quarters> zone_of_quarter{};
    [[nodiscard]] bool covers(std::chrono::month_day day, DayKind kind) const;
  };
  [[nodiscard]] static Result<Table> table_of(const Stretch& stretch);
  Schedule(std::vector<Table> tables, FreeDays free_days) : tables_(std::move(tables)), free_days_(free_days) {}

  std::vector<Table> tables_;
  FreeDays free_days_;
};

}  // namespace gridpilot::tariff
