#include "gridpilot/tariff/holidays.hpp"

#include <array>

namespace gridpilot::tariff {
namespace {

using namespace std::chrono_literals;

struct FixedHoliday {
  std::chrono::month_day day;
  std::chrono::year first_year;
  std::string_view name;
};

constexpr std::chrono::year always{0};

constexpr std::array fixed_holidays{
    FixedHoliday{std::chrono::January / 1, always, "New Year"},
    FixedHoliday{std::chrono::January / 6, always, "Epiphany"},
    FixedHoliday{std::chrono::May / 1, always, "Labour Day"},
    FixedHoliday{std::chrono::May / 3, always, "Constitution Day"},
    FixedHoliday{std::chrono::August / 15, always, "Assumption"},
    FixedHoliday{std::chrono::November / 1, always, "All Saints"},
    FixedHoliday{std::chrono::November / 11, always, "Independence Day"},
    FixedHoliday{std::chrono::December / 24, std::chrono::year(2025), "Christmas Eve"},
    FixedHoliday{std::chrono::December / 25, always, "Christmas Day"},
    FixedHoliday{std::chrono::December / 26, always, "Second Day of Christmas"},
};

}  // namespace

std::chrono::year_month_day easter_sunday(std::chrono::year year) {
  const int y = static_cast<int>(year);
  const int a = y % 19;
  const int b = y / 100;
  const int c = y % 100;
  const int d = b / 4;
  const int e = b % 4;
  const int f = (b + 8) / 25;
  const int g = (b - f + 1) / 3;
  const int h = (19 * a + b - d - g + 15) % 30;
  const int i = c / 4;
  const int k = c % 4;
  const int l = (32 + 2 * e + 2 * i - h - k) % 7;
  const int m = (a + 11 * h + 22 * l) / 451;
  const int n = h + l - 7 * m + 114;
  return year / std::chrono::month(static_cast<unsigned>(n / 31)) / std::chrono::day(static_cast<unsigned>(n % 31 + 1));
}

std::string_view polish_holiday(std::chrono::year_month_day date) {
  const std::chrono::month_day day = date.month() / date.day();
  for (const FixedHoliday& holiday : fixed_holidays)
    if (holiday.day == day && date.year() >= holiday.first_year) return holiday.name;
  const int after_easter =
      static_cast<int>((std::chrono::sys_days(date) - std::chrono::sys_days(easter_sunday(date.year()))).count());
  switch (after_easter) {
    case 0: return "Easter Sunday";
    case 1: return "Easter Monday";
    case 49: return "Pentecost";
    case 60: return "Corpus Christi";
    default: return {};
  }
}

bool is_free_day(std::chrono::year_month_day date) {
  const std::chrono::weekday day(date);
  return day == std::chrono::Saturday || day == std::chrono::Sunday || !polish_holiday(date).empty();
}

}  // namespace gridpilot::tariff
