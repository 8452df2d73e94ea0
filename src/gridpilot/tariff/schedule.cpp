#include "gridpilot/tariff/schedule.hpp"

#include <algorithm>
#include <cstdio>

#include "gridpilot/core/verify.hpp"
#include "gridpilot/tariff/holidays.hpp"

namespace gridpilot::tariff {
namespace {

constexpr int minutes_per_quarter = 15;
constexpr std::uint8_t no_zone = 0xFF;

std::string clock(int minute) {
  char text[24];
  const int length = std::snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
  return std::string(text, static_cast<std::size_t>(length));
}

std::string month_day_text(std::chrono::month_day day) {
  char text[24];
  const int length = std::snprintf(text, sizeof text, "%02u-%02u", static_cast<unsigned>(day.month()),
                                   static_cast<unsigned>(day.day()));
  return std::string(text, static_cast<std::size_t>(length));
}

}  // namespace

bool FreeDays::contains(std::chrono::year_month_day date) const {
  const std::chrono::weekday day(date);
  return (saturday && day == std::chrono::Saturday) || (sunday && day == std::chrono::Sunday) ||
         (holiday && !polish_holiday(date).empty());
}

bool Schedule::Table::covers(std::chrono::month_day day, DayKind kind) const {
  const bool in_season = from <= to ? (from <= day && day <= to) : (day >= from || day <= to);
  return in_season && (days == DayKind::every_day || days == kind);
}

Result<Schedule::Table> Schedule::table_of(const Stretch& stretch) {
  Table table{.from = stretch.from, .to = stretch.to, .days = stretch.days};
  table.zone_of_quarter.fill(no_zone);
  for (const ZoneWindow& window : stretch.windows) {
    if (window.from_minute % minutes_per_quarter != 0 || window.to_minute % minutes_per_quarter != 0)
      return failure(ErrorCode::bad_input, "hours " + clock(window.from_minute) + "-" + clock(window.to_minute) +
                                               " do not begin and end on a quarter of an hour");
    const auto first = static_cast<std::size_t>(window.from_minute / minutes_per_quarter);
    auto count = static_cast<std::size_t>(window.to_minute / minutes_per_quarter);
    count = count > first ? count - first : count + civil_quarters - first;
    for (std::size_t i = 0; i < count; ++i) {
      std::uint8_t& zone = table.zone_of_quarter[(first + i) % civil_quarters];
      if (zone != no_zone)
        return failure(ErrorCode::bad_input,
                       clock(static_cast<int>((first + i) % civil_quarters) * minutes_per_quarter) + " has two zones");
      zone = window.zone;
    }
  }
  const auto gap = std::find(table.zone_of_quarter.begin(), table.zone_of_quarter.end(), no_zone);
  if (gap != table.zone_of_quarter.end())
    return failure(ErrorCode::bad_input,
                   clock(static_cast<int>(gap - table.zone_of_quarter.begin()) * minutes_per_quarter) + " has no zone");
  return table;
}

Result<Schedule> Schedule::create(std::span<const Stretch> stretches, FreeDays free_days) {
  std::vector<Table> tables;
  for (const Stretch& stretch : stretches) {
    if (!stretch.from.ok() || !stretch.to.ok())
      return failure(ErrorCode::bad_input, "a season begins or ends on a day that does not exist");
    auto table = table_of(stretch);
    if (!table)
      return std::unexpected(
          std::move(table.error())
              .in("hours from " + month_day_text(stretch.from) + " to " + month_day_text(stretch.to)));
    tables.push_back(*table);
  }
  // A leap year has every day that any year has.
  const std::chrono::sys_days leap_year = std::chrono::year(2024) / 1 / 1;
  for (int i = 0; i < 366; ++i) {
    const std::chrono::year_month_day date(leap_year + std::chrono::days(i));
    for (const DayKind kind : {DayKind::workday, DayKind::free_day}) {
      const auto found = std::count_if(tables.begin(), tables.end(), [&](const Table& table) {
        return table.covers(date.month() / date.day(), kind);
      });
      if (found != 1)
        return failure(ErrorCode::bad_input, std::string(kind == DayKind::workday ? "working" : "free") + " days on " +
                                                 month_day_text(date.month() / date.day()) +
                                                 (found == 0 ? " have no hours" : " have hours twice"));
    }
  }
  return Schedule(std::move(tables), free_days);
}

Schedule Schedule::single_zone() {
  return {{Table{.from = std::chrono::January / 1, .to = std::chrono::December / 31}}, FreeDays{}};
}

std::uint8_t Schedule::zone_at(std::chrono::year_month_day date, int minute_of_day) const {
  const DayKind kind = free_days_.contains(date) ? DayKind::free_day : DayKind::workday;
  const std::chrono::month_day day = date.month() / date.day();
  const auto table =
      std::find_if(tables_.begin(), tables_.end(), [&](const Table& candidate) { return candidate.covers(day, kind); });
  GRIDPILOT_VERIFY(table != tables_.end() && minute_of_day >= 0 && minute_of_day < 24 * 60);
  return table->zone_of_quarter[static_cast<std::size_t>(minute_of_day / minutes_per_quarter)];
}

}  // namespace gridpilot::tariff
