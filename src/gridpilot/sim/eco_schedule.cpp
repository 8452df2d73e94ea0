#include "gridpilot/sim/eco_schedule.hpp"

#include <array>

namespace gridpilot::sim {
namespace {

constexpr int unused_hour = 48;
constexpr int unset = 0xFF;
constexpr int type_eco = 0;
constexpr int type_eco_permille = 6;  // the 745 platform's
constexpr int highest_type = 6;
constexpr int switch_not_set = 0x55;

struct Group {
  int start_hour = 0;
  int start_minute = 0;
  int end_hour = 0;
  int end_minute = 0;
  int power = 0;
  int on_off = 0;    // v1: FF or 00; v2: type, or 255 - type
  int weekdays = 0;  // bit 0 Sunday
  int soc = 100;
  int months = 0;  // bit 0 January; 0 is every month
};

int high(std::uint16_t word) {
  return word >> 8;
}
int low(std::uint16_t word) {
  return word & 0xFF;
}
int as_signed(std::uint16_t word) {
  return static_cast<std::int16_t>(word);
}

Group parse(EcoFormat format, std::span<const std::uint16_t> words) {
  Group group{.start_hour = high(words[0]),
              .start_minute = low(words[0]),
              .end_hour = high(words[1]),
              .end_minute = low(words[1])};
  if (format == EcoFormat::v1) {
    group.power = as_signed(words[2]);
    group.on_off = high(words[3]);
    group.weekdays = low(words[3]);
    return group;
  }
  group.on_off = high(words[2]);
  group.weekdays = low(words[2]);
  group.power = as_signed(words[3]);
  group.soc = words[4];
  group.months = words[5];
  return group;
}

/// The type of a v2 group; nullopt where the byte names none.
std::optional<int> type_of(const Group& group) {
  if (group.on_off <= highest_type) return group.on_off;
  if (group.on_off >= 0xFF - highest_type) return 0xFF - group.on_off;
  return std::nullopt;
}

bool is_clock(int hour, int minute) {
  return (hour == unset && minute == unset) || (minute < 60 && (hour < 24 || hour == unused_hour));
}

bool is_valid_power(int power, int type) {
  switch (type) {
    case type_eco: return power >= -100 && power <= 100;
    case type_eco_permille: return power >= -1000 && power <= 1000;
    default: return true;  // raw, of functions that are none of ours
  }
}

}  // namespace

bool is_valid_eco_group(EcoFormat format, std::span<const std::uint16_t> words) {
  const Group group = parse(format, words);
  if (!is_clock(group.start_hour, group.start_minute) || !is_clock(group.end_hour, group.end_minute)) return false;
  if (format == EcoFormat::v1)
    return is_valid_power(group.power, type_eco) && (group.on_off == 0 || group.on_off == 0xFF) &&
           group.weekdays <= 0x7F;
  if (group.on_off == switch_not_set) return true;
  const std::optional<int> type = type_of(group);
  return type && is_valid_power(group.power, *type) && group.soc <= 100 && group.months <= 0x0FFF;
}

std::optional<EcoOrder> eco_order_at(EcoFormat format, std::span<const std::uint16_t> words, const CivilTime& local) {
  const Group group = parse(format, words);
  if (group.start_hour >= 24 || group.end_hour >= 24) return std::nullopt;
  double per_percent = 1.0;
  if (format == EcoFormat::v1) {
    if (group.on_off != 0xFF) return std::nullopt;
  } else if (group.on_off == 0xFF - type_eco_permille) {
    per_percent = 10.0;
  } else if (group.on_off != 0xFF - type_eco) {
    return std::nullopt;
  }
  const std::chrono::weekday day{std::chrono::sys_days(local.date)};
  if (((group.weekdays >> day.c_encoding()) & 1) == 0) return std::nullopt;
  const auto month = static_cast<unsigned>(local.date.month());
  if (group.months != 0 && ((group.months >> (month - 1U)) & 1) == 0) return std::nullopt;
  const int start = group.start_hour * 60 + group.start_minute;
  int end = group.end_hour * 60 + group.end_minute;
  if (end == 23 * 60 + 59) end = 24 * 60;
  const int minute = local.minute_of_day();
  if (minute < start || minute >= end) return std::nullopt;
  return EcoOrder{.power_percent = group.power / per_percent, .soc = percent(group.soc)};
}

std::span<const std::uint16_t> unused_eco_group(EcoFormat format, bool permille) {
  static constexpr std::array<std::uint16_t, 4> v1{0x3000, 0x3000, 0x0064, 0x0000};
  static constexpr std::array<std::uint16_t, 6> v2{0x3000, 0x3000, 0x0000, 0x0064, 0x0064, 0x0000};
  static constexpr std::array<std::uint16_t, 6> v2_permille{0x3000, 0x3000, 0x0600, 0x03E8, 0x0064, 0x0000};
  if (format == EcoFormat::v1) return v1;
  return permille ? std::span<const std::uint16_t>(v2_permille) : std::span<const std::uint16_t>(v2);
}

}  // namespace gridpilot::sim
