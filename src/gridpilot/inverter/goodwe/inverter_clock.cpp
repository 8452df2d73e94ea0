#include "gridpilot/inverter/goodwe/inverter_clock.hpp"

namespace gridpilot::goodwe {
namespace {

/// A civil time as if it were UTC, so that it can be reckoned with.
[[nodiscard]] std::chrono::sys_seconds naive(const CivilTime& civil) {
  return std::chrono::sys_days(civil.date) + std::chrono::hours(civil.hour) + std::chrono::minutes(civil.minute) +
         Seconds(civil.second);
}

[[nodiscard]] CivilTime civil_of(std::chrono::sys_seconds naive_time) {
  const auto day = std::chrono::floor<std::chrono::days>(naive_time);
  const std::chrono::hh_mm_ss clock{naive_time - day};
  return {.date = std::chrono::year_month_day(day),
          .hour = static_cast<int>(clock.hours().count()),
          .minute = static_cast<int>(clock.minutes().count()),
          .second = static_cast<int>(clock.seconds().count())};
}

/// Whether the wall clock shows this moment's time twice that night: before the change, or after it.
[[nodiscard]] bool is_repeated(const TimeZone& zone, Instant t) {
  constexpr Seconds hour{3600};
  return zone.offset_at(t + hour) < zone.offset_at(t) || zone.offset_at(t - hour) > zone.offset_at(t);
}

}  // namespace

std::optional<CivilTime> clock_of(const Words& words) {
  if (words.size() != 3) return std::nullopt;
  const auto high = [&words](std::size_t i) { return static_cast<unsigned>(words[i] >> 8U); };
  const auto low = [&words](std::size_t i) { return static_cast<unsigned>(words[i] & 0xFFU); };
  const CivilTime civil{.date = std::chrono::year(2000 + static_cast<int>(high(0))) / std::chrono::month(low(0)) /
                                std::chrono::day(high(1)),
                        .hour = static_cast<int>(low(1)),
                        .minute = static_cast<int>(high(2)),
                        .second = static_cast<int>(low(2))};
  if (!civil.date.ok() || civil.hour > 23 || civil.minute > 59 || civil.second > 59) return std::nullopt;
  return civil;
}

Words clock_words(const CivilTime& local) {
  const auto pair = [](unsigned high, unsigned low) { return static_cast<std::uint16_t>((high << 8U) | low); };
  const auto year = static_cast<unsigned>(static_cast<int>(local.date.year()) - 2000);
  return {pair(year, static_cast<unsigned>(local.date.month())),
          pair(static_cast<unsigned>(local.date.day()), static_cast<unsigned>(local.hour)),
          pair(static_cast<unsigned>(local.minute), static_cast<unsigned>(local.second))};
}

Seconds clock_error(const CivilTime& shown, const TimeZone& zone, Instant now) {
  return naive(shown) - naive(zone.civil(now));
}

InverterTime inverter_time(const TimeZone& zone, Instant now, Seconds error) {
  InverterTime time{.local = civil_of(naive(zone.civil(now)) + error), .repeated_hour = is_repeated(zone, now)};
  for (int minute = 1; minute <= window_minutes && !time.minutes_to_repeated_hour; ++minute) {
    // A window ends on a full minute of the inverter's clock; so do the minutes counted here.
    const Instant then = now + Seconds(60 * minute - time.local.second);
    if (!time.repeated_hour && is_repeated(zone, then)) time.minutes_to_repeated_hour = minute;
  }
  for (int minute = 0; minute <= start_margin_minutes && time.earliest_start == 0; ++minute)
    if (!time.repeated_hour && is_repeated(zone, now - Seconds(60 * minute + 1)))
      time.earliest_start = time.local.minute_of_day() - minute;
  return time;
}

}  // namespace gridpilot::goodwe
