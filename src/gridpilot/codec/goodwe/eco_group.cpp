#include "gridpilot/codec/goodwe/eco_group.hpp"

#include <algorithm>
#include <cmath>

namespace gridpilot::goodwe {
namespace {

constexpr std::uint8_t v1_on = 0xFF;
constexpr std::uint8_t v1_off = 0x00;
constexpr std::uint8_t highest_type = static_cast<std::uint8_t>(ScheduleType::eco_745);

[[nodiscard]] std::uint16_t word(std::uint8_t high, std::uint8_t low) {
  return static_cast<std::uint16_t>((static_cast<unsigned>(high) << 8U) | low);
}

}  // namespace

bool EcoGroup::enabled() const {
  if (format == EcoFormat::v1) return on_off != v1_off;
  return on_off >= 0xFF - highest_type;
}

ScheduleType EcoGroup::type() const {
  if (format == EcoFormat::v1) return ScheduleType::eco;
  const std::uint8_t value = enabled() ? static_cast<std::uint8_t>(0xFF - on_off) : on_off;
  return value <= highest_type ? ScheduleType{value} : ScheduleType::not_set;
}

std::optional<double> EcoGroup::power_share() const {
  switch (type()) {
    case ScheduleType::eco: return power / 100.0;
    case ScheduleType::eco_745: return power / 1000.0;
    // With byte 4 not set, the power is percent where it fits, permille otherwise.
    case ScheduleType::not_set: return power >= -100 && power <= 100 ? power / 100.0 : power / 1000.0;
    default: return std::nullopt;
  }
}

bool EcoGroup::has_window() const {
  return start_hour < 24 && end_hour < 24 && start_minute < 60 && end_minute < 60;
}

bool EcoGroup::is_all_day_forced() const {
  const bool all_day = start_hour == 0 && start_minute == 0 && end_hour == 23 && end_minute == 59;
  const bool steers = power_share().value_or(0.0) != 0.0;
  const bool all_months = format == EcoFormat::v1 || months == 0 || months == every_month;
  return enabled() && steers && all_day && (weekdays & every_weekday) == every_weekday && all_months;
}

std::optional<EcoGroup> decode_eco_group(EcoFormat format, Bytes bytes) {
  if (bytes.size() < 2 * registers_of(format)) return std::nullopt;
  EcoGroup group{
      .format = format, .start_hour = bytes[0], .start_minute = bytes[1], .end_hour = bytes[2], .end_minute = bytes[3]};
  if (format == EcoFormat::v1) {
    group.power = static_cast<std::int16_t>(u16_at(bytes, 4));
    group.on_off = bytes[6];
    group.weekdays = bytes[7];
    return group;
  }
  group.on_off = bytes[4];
  group.weekdays = bytes[5];
  group.power = static_cast<std::int16_t>(u16_at(bytes, 6));
  group.soc = u16_at(bytes, 8);
  group.months = u16_at(bytes, 10);
  return group;
}

Words encode_eco_group(const EcoGroup& group) {
  const std::uint16_t start = word(group.start_hour, group.start_minute);
  const std::uint16_t end = word(group.end_hour, group.end_minute);
  const std::uint16_t on_and_days = word(group.on_off, group.weekdays);
  const auto power = static_cast<std::uint16_t>(group.power);
  if (group.format == EcoFormat::v1) return {start, end, power, on_and_days};
  return {start, end, on_and_days, power, group.soc, group.months};
}

std::uint8_t on_byte(EcoFormat format, ScheduleType type) {
  return format == EcoFormat::v1 ? v1_on : static_cast<std::uint8_t>(0xFF - static_cast<std::uint8_t>(type));
}

std::uint8_t off_byte(EcoFormat format, ScheduleType type) {
  return format == EcoFormat::v1 ? v1_off : static_cast<std::uint8_t>(type);
}

EcoGroup unused_eco_group(EcoFormat format, ScheduleType type) {
  EcoGroup group{.format = format, .on_off = off_byte(format, type)};
  if (format == EcoFormat::v2 && type == ScheduleType::eco_745) group.power = 1000;
  if (format == EcoFormat::v2 && type == ScheduleType::peak_shaving) group.power = 10;
  return group;
}

Words ems_words(EmsMode mode, Power power) {
  const double limited = std::clamp(std::round(in_watts(power)), 0.0, 65535.0);
  return {static_cast<std::uint16_t>(mode), static_cast<std::uint16_t>(limited)};
}

}  // namespace gridpilot::goodwe
