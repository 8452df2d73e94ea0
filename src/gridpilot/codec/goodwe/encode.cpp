#include "gridpilot/codec/goodwe/encode.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>

#include "gridpilot/codec/goodwe/eco_group_text.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::goodwe {
namespace {

struct Range {
  std::uint16_t first;
  std::uint16_t last;
};

/// What the grid's operator prescribes (control.md): safety country, sensitivity, power factor, curves.
constexpr std::array<Range, 4> grid_code{{{45244, 45244}, {45246, 45246}, {45400, 45918}, {45945, 45945}}};

std::string number_text(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

/// What raw numbers a type holds; the highest unsigned one means "not available".
struct Limits {
  double lowest;
  double highest;
};

std::optional<Limits> limits_of(const RegisterRow& row) {
  if (row.unit == "%" && row.type == ValueType::uint16) return Limits{0, 200};
  switch (row.type) {
    case ValueType::uint16:
    case ValueType::voltage_u16:
    case ValueType::current_u16:
    case ValueType::power_u16: return Limits{0, 0xFFFE};
    case ValueType::uint32:
    case ValueType::power_u32: return Limits{0, 4294967294.0};
    case ValueType::decimal_s16:
    case ValueType::temp_s16:
    case ValueType::power_s16:
    case ValueType::current_s16: return Limits{-32768, 32767};
    case ValueType::int8_hi:
    case ValueType::int8_lo: return Limits{-128, 127};
    default: return std::nullopt;
  }
}

std::unexpected<Error> out_of_range(std::string_view text, const RegisterRow& row, Limits limits) {
  const double scale = std::pow(10.0, row.decimals);
  std::string allowed =
      "expected a number from " + number_text(limits.lowest / scale) + " to " + number_text(limits.highest / scale);
  if (!row.unit.empty()) allowed += " (in " + std::string(row.unit) + ")";
  if (row.decimals > 0) allowed += " in steps of " + number_text(1.0 / scale);
  return failure(ErrorCode::bad_input, std::string(row.id) + " '" + std::string(text) + "': " + allowed);
}

/// The row's unit behind the number may be there, with or without a blank.
std::string_view without_unit(std::string_view text, std::string_view unit) {
  if (unit.empty() || !text.ends_with(unit)) return text;
  text.remove_suffix(unit.size());
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// "0x00640064": as many digits as the registers take.
Result<Words> from_hexadecimal(const RegisterRow& row, std::string_view digits) {
  const std::size_t expected = 2 * static_cast<std::size_t>(row.bytes);
  Words words;
  for (std::size_t i = 0; digits.size() == expected && i < digits.size(); i += 4) {
    unsigned value = 0;
    const char* const end = digits.data() + i + 4;
    const auto read = std::from_chars(digits.data() + i, end, value, 16);
    if (read.ec != std::errc() || read.ptr != end) break;
    words.append(static_cast<std::uint16_t>(value));
  }
  if (2 * words.size() == row.bytes) return words;
  return failure(ErrorCode::bad_input, std::string(row.id) + " '0x" + std::string(digits) + "': expected " +
                                           std::to_string(expected) + " hexadecimal digits");
}

Result<Words> from_number(const RegisterRow& row, std::string_view text, Limits limits, const Words& present) {
  const auto number = parse_number(without_unit(text, row.unit));
  if (!number) return out_of_range(text, row, limits);
  const double raw = *number * std::pow(10.0, row.decimals);
  const double whole = std::round(raw);
  if (std::abs(raw - whole) > 1e-6 || whole < limits.lowest || whole > limits.highest)
    return out_of_range(text, row, limits);
  const auto bits = static_cast<std::uint32_t>(static_cast<std::int64_t>(whole));
  if (row.bytes == 4) return Words{static_cast<std::uint16_t>(bits >> 16U), static_cast<std::uint16_t>(bits & 0xFFFFU)};
  const bool high = row.type == ValueType::int8_hi;
  if (!high && row.type != ValueType::int8_lo) return Words{static_cast<std::uint16_t>(bits & 0xFFFFU)};
  if (present.size() != 1) return failure(ErrorCode::bug, "half a register is set without the other half");
  const unsigned kept = present[0];
  const unsigned byte = bits & 0xFFU;
  return Words{static_cast<std::uint16_t>(high ? (byte << 8U) | (kept & 0xFFU) : (kept & 0xFF00U) | byte)};
}

FrameBuffer bytes_of(const Words& words) {
  FrameBuffer bytes;
  for (const std::uint16_t word : words.span()) bytes.append_u16(word);
  return bytes;
}

Result<Words> from_eco_group(const RegisterRow& row, std::string_view text, const Words& present) {
  const EcoFormat format = row.type == ValueType::ecomode_v1 ? EcoFormat::v1 : EcoFormat::v2;
  const auto stands = decode_eco_group(format, bytes_of(present));
  const ScheduleType type = stands && stands->type() != ScheduleType::not_set ? stands->type() : ScheduleType::eco;
  if (type != ScheduleType::eco && type != ScheduleType::eco_745)
    return failure(ErrorCode::bad_input, std::string(row.id) + ": this group does not steer the battery (" +
                                             to_text(*stands) + "); give its registers as 0x and 24 digits");
  Result<EcoGroup> group = parse_eco_group(text, format, type);
  if (!group) return std::unexpected(std::move(group.error()).in(row.id));
  return encode_eco_group(*group);
}

Result<Words> from_time(const RegisterRow& row, std::string_view text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  int end = 0;
  const std::string whole(text);
  const int read =
      std::sscanf(whole.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u%n", &year, &month, &day, &hour, &minute, &second, &end);
  const std::chrono::year_month_day date = std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
  const bool right = read == 6 && static_cast<std::size_t>(end) == whole.size() && date.ok() && year >= 2000 &&
                     year < 2256 && hour < 24 && minute < 60 && second < 60;
  if (!right)
    return failure(ErrorCode::bad_input,
                   std::string(row.id) + " '" + whole + "': expected a local time like 2026-11-25T06:30:00");
  const auto word = [](unsigned high, unsigned low) { return static_cast<std::uint16_t>((high << 8U) | low); };
  return Words{word(static_cast<unsigned>(year - 2000), month), word(day, hour), word(minute, second)};
}

}  // namespace

std::string_view reason_not_to_write(Family family, const RegisterRow& row) noexcept {
  if (row.access == Access::read) return "it is read only";
  if (row.access == Access::ems) return "it belongs to an external battery manager";
  if (row.access == Access::command) return "it has no register of its own to write";
  const bool is_et = family == Family::et;
  for (const Range& range : grid_code)
    if (is_et && row.address >= range.first && row.address <= range.last)
      return "it is part of the grid code, which the installer and the grid's operator answer for";
  return {};
}

Result<Words> encode_setting(const RegisterRow& row, std::string_view text, const Words& present) {
  if (text.starts_with("0x")) return from_hexadecimal(row, text.substr(2));
  switch (row.type) {
    case ValueType::ecomode_v1:
    case ValueType::schedule_v2: return from_eco_group(row, text, present);
    case ValueType::timestamp6: return from_time(row, text);
    default: break;
  }
  if (const auto limits = limits_of(row)) return from_number(row, text, *limits, present);
  return failure(ErrorCode::unsupported, std::string(row.id) + " cannot be written as text");
}

std::string setting_text(const RegisterRow& row, const Datum& value, const Words& present) {
  const bool is_group = row.type == ValueType::ecomode_v1 || row.type == ValueType::schedule_v2;
  const EcoFormat format = row.type == ValueType::ecomode_v1 ? EcoFormat::v1 : EcoFormat::v2;
  if (is_group)
    if (const auto group = decode_eco_group(format, bytes_of(present))) return to_text(*group);
  if (const std::string* text = std::get_if<std::string>(&value)) return *text;
  const double* number = std::get_if<double>(&value);
  if (number == nullptr) return "not available";
  return row.unit.empty() ? number_text(*number) : number_text(*number) + " " + std::string(row.unit);
}

}  // namespace gridpilot::goodwe
