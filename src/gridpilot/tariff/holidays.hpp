#pragma once

#include <chrono>
#include <string_view>

namespace gridpilot::tariff {

/// Easter Sunday of a year in the Gregorian calendar. Source: the anonymous Gregorian computus (Meeus, ch. 8).
[[nodiscard]] std::chrono::year_month_day easter_sunday(std::chrono::year year);

/// The name of the Polish public holiday on a date; empty on every other day. 24 December counts from 2025 on.
[[nodiscard]] std::string_view polish_holiday(std::chrono::year_month_day date);

/// Saturdays, Sundays and Polish public holidays: the days on which most zones and most loads differ.
[[nodiscard]] bool is_free_day(std::chrono::year_month_day date);

}  // namespace gridpilot::tariff
