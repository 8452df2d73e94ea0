#include "gridpilot/forecast/standard_load.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace gridpilot::forecast {
namespace {

using Shape = std::array<double, 24>;

// Relative load at each full local hour; between them it is linear. Each day sums to 24.
constexpr Shape workday{0.62, 0.53, 0.49, 0.47, 0.48, 0.58, 0.83, 1.02, 0.98, 0.92, 0.90, 0.92,
                        0.98, 0.99, 0.97, 1.00, 1.10, 1.30, 1.52, 1.70, 1.72, 1.52, 1.19, 0.87};
constexpr Shape free_day{0.72, 0.60, 0.53, 0.49, 0.48, 0.50, 0.59, 0.78, 1.02, 1.19, 1.27, 1.32,
                         1.40, 1.38, 1.22, 1.12, 1.12, 1.22, 1.38, 1.50, 1.49, 1.34, 1.10, 0.86};

double sum(const Shape& shape) {
  double total = 0.0;
  for (const double value : shape) total += value;
  return total;
}

double at(const Shape& shape, int minute_of_day) {
  const int hour = minute_of_day / 60;
  const double share = (minute_of_day % 60) / 60.0;
  const double here = shape[static_cast<std::size_t>(hour)];
  const double next = shape[static_cast<std::size_t>((hour + 1) % 24)];
  return (here + share * (next - here)) * 24.0 / sum(shape);
}

/// Seasonal factor with mean 1: darkest weeks +18 %.
double season(std::chrono::year_month_day date) {
  const auto first = std::chrono::sys_days(date.year() / std::chrono::January / 1);
  const auto day = static_cast<double>((std::chrono::sys_days(date) - first).count());
  return 1.0 + 0.18 * std::cos(2.0 * std::numbers::pi * (day - 5.0) / 365.25);
}

}  // namespace

Energy standard_load(Energy annual_consumption, const TimeZone& zone, Slot slot) {
  constexpr double slots_a_year = 365.25 * 24.0 * 4.0;
  const CivilTime local = zone.civil(slot.start() + slot_length / 2);
  const std::chrono::weekday weekday{std::chrono::sys_days(local.date)};
  const bool is_free = weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
  return annual_consumption *
         (at(is_free ? free_day : workday, local.minute_of_day()) * season(local.date) / slots_a_year);
}

}  // namespace gridpilot::forecast
