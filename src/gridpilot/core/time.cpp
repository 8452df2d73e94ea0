#include "gridpilot/core/time.hpp"

#include <charconv>
#include <cstdio>

namespace gridpilot {
namespace {

/// Reads exactly `digits` decimal digits at `at` and moves on; nullopt where there are others.
std::optional<int> take_number(std::string_view text, std::size_t& at, std::size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = text[at + i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  at += digits;
  return value;
}

bool take(std::string_view text, std::size_t& at, char wanted) {
  if (at >= text.size() || text[at] != wanted) return false;
  ++at;
  return true;
}

std::optional<std::chrono::year_month_day> take_date(std::string_view text, std::size_t& at) {
  const auto year = take_number(text, at, 4);
  if (!year || !take(text, at, '-')) return std::nullopt;
  const auto month = take_number(text, at, 2);
  if (!month || !take(text, at, '-')) return std::nullopt;
  const auto day = take_number(text, at, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return date;
}

std::optional<Seconds> take_time_of_day(std::string_view text, std::size_t& at) {
  const auto hour = take_number(text, at, 2);
  if (!hour || *hour > 23 || !take(text, at, ':')) return std::nullopt;
  const auto minute = take_number(text, at, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int second = 0;
  if (take(text, at, ':')) {
    const auto read = take_number(text, at, 2);
    if (!read || *read > 60) return std::nullopt;
    second = *read;
    if (take(text, at, '.')) {
      const std::size_t begin = at;
      while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
      if (at == begin) return std::nullopt;
    }
  }
  return Seconds(*hour * 3600 + *minute * 60 + second);
}

std::optional<Seconds> take_offset(std::string_view text, std::size_t& at) {
  if (take(text, at, 'Z') || take(text, at, 'z')) return Seconds(0);
  const bool negative = at < text.size() && text[at] == '-';
  if (!negative && !(at < text.size() && text[at] == '+')) return std::nullopt;
  ++at;
  const auto hours = take_number(text, at, 2);
  if (!hours || *hours > 23) return std::nullopt;
  static_cast<void>(take(text, at, ':'));
  const auto minutes = take_number(text, at, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const Seconds offset(*hours * 3600 + *minutes * 60);
  return negative ? -offset : offset;
}

}  // namespace

std::string to_rfc3339(Instant t) {
  std::array<char, rfc3339_room> room;
  return std::string(format_rfc3339(t, room));
}

std::string_view format_rfc3339(Instant t, std::array<char, rfc3339_room>& room) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date(day);
  const auto second = static_cast<unsigned>((t - day).count());
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) {  // more than RFC 3339 has digits for
    const int length = std::snprintf(room.data(), room.size(), "%04d-%02u-%02uT%02u:%02u:%02uZ", year,
                                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                     second / 3600, second / 60 % 60, second % 60);
    return {room.data(), static_cast<std::size_t>(length)};
  }
  // By hand: this stands in front of every record, and printf costs more than all the rest of one.
  constexpr std::string_view shape = "0000-00-00T00:00:00Z";
  shape.copy(room.data(), shape.size());
  const auto put = [&room](std::size_t at, unsigned value) {
    room[at] = static_cast<char>('0' + value / 10);
    room[at + 1] = static_cast<char>('0' + value % 10);
  };
  put(0, static_cast<unsigned>(year) / 100);
  put(2, static_cast<unsigned>(year) % 100);
  put(5, static_cast<unsigned>(date.month()));
  put(8, static_cast<unsigned>(date.day()));
  put(11, second / 3600);
  put(14, second / 60 % 60);
  put(17, second % 60);
  return {room.data(), shape.size()};
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
  std::size_t at = 0;
  const auto date = take_date(text, at);
  if (!date || !(take(text, at, 'T') || take(text, at, 't') || take(text, at, ' '))) return std::nullopt;
  const auto time = take_time_of_day(text, at);
  if (!time) return std::nullopt;
  const auto offset = take_offset(text, at);
  if (!offset || at != text.size()) return std::nullopt;
  return Instant(std::chrono::sys_days(*date)) + *time - *offset;
}

std::string to_iso(std::chrono::year_month_day date) {
  char text[32];
  const int length = std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return std::string(text, static_cast<std::size_t>(length));
}

std::optional<std::chrono::year_month_day> parse_date(std::string_view text) {
  std::size_t at = 0;
  const auto date = take_date(text, at);
  if (at != text.size()) return std::nullopt;
  return date;
}

}  // namespace gridpilot
