#include "gridpilot/codec/goodwe/eco_group_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "gridpilot/core/text.hpp"

namespace gridpilot::goodwe {
namespace {

constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// "Mon-Fri" for a run of set bits, else "Mon,Wed".
std::string names_of_bits(unsigned bits, std::span<const std::string_view> names) {
  std::vector<std::size_t> set;
  for (std::size_t i = 0; i < names.size(); ++i)
    if ((bits >> i & 1U) != 0) set.push_back(i);
  if (set.size() > 2 && set.back() - set.front() + 1 == set.size())
    return std::string(names[set.front()]) + "-" + std::string(names[set.back()]);
  std::string out;
  for (const std::size_t i : set) out += (out.empty() ? "" : ",") + std::string(names[i]);
  return out;
}

std::string_view name_of_type(ScheduleType type) {
  switch (type) {
    case ScheduleType::eco:
    case ScheduleType::eco_745: return "eco";
    case ScheduleType::dry_contact_load: return "dry contact load";
    case ScheduleType::dry_contact_smart_load: return "dry contact smart load";
    case ScheduleType::peak_shaving: return "peak shaving";
    case ScheduleType::backup: return "backup";
    case ScheduleType::smart_charge: return "smart charge";
    case ScheduleType::not_set: return "not set";
  }
  return "not set";
}

std::string plain(double number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", number);
  return text.data();
}

std::unexpected<Error> expected_form(std::string_view text) {
  return failure(ErrorCode::bad_input, "'" + std::string(text) +
                                           "': expected off, or a window like 06:30-08:00 Mon-Fri Jan-Mar charge 20 % "
                                           "to 85 % (days, months and the state of charge may be left out)");
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = text.find_first_not_of(' ', i);
    if (begin == std::string_view::npos) break;
    i = std::min(text.find(' ', begin), text.size());
    words.push_back(text.substr(begin, i - begin));
  }
  return words;
}

struct TimeOfDay {
  int hour = 0;
  int minute = 0;
};

std::optional<TimeOfDay> time_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = parse_integer(text.substr(0, 2));
  const auto minute = parse_integer(text.substr(3));
  if (!hour || !minute || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59) return std::nullopt;
  return TimeOfDay{.hour = static_cast<int>(*hour), .minute = static_cast<int>(*minute)};
}

/// "06:30-08:00" into the group; false where it is none.
bool take_window(std::string_view word, EcoGroup& group) {
  const std::size_t dash = word.find('-');
  if (dash == std::string_view::npos) return false;
  const auto start = time_of(word.substr(0, dash));
  const auto end = time_of(word.substr(dash + 1));
  if (!start || !end || start->hour * 60 + start->minute >= end->hour * 60 + end->minute) return false;
  group.start_hour = static_cast<std::uint8_t>(start->hour);
  group.start_minute = static_cast<std::uint8_t>(start->minute);
  group.end_hour = static_cast<std::uint8_t>(end->hour);
  group.end_minute = static_cast<std::uint8_t>(end->minute);
  return true;
}

std::optional<std::size_t> index_of(std::string_view word, std::span<const std::string_view> names) {
  const auto found = std::ranges::find(names, word);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

/// "Mon-Fri", "Mon,Wed", "Sat-Mon" (around the end).
std::optional<unsigned> bits_of_names(std::string_view text, std::span<const std::string_view> names) {
  unsigned bits = 0;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(item.size() + 1, text.size()));
    const std::size_t dash = item.find('-');
    const auto first = index_of(item.substr(0, dash), names);
    const auto last = dash == std::string_view::npos ? first : index_of(item.substr(dash + 1), names);
    if (!first || !last) return std::nullopt;
    for (std::size_t i = *first;; i = (i + 1) % names.size()) {
      bits |= 1U << i;
      if (i == *last) break;
    }
  }
  return bits == 0 ? std::nullopt : std::optional(bits);
}

/// A number with or without its percent sign, which may be a word of its own.
std::optional<double> take_percent(std::span<const std::string_view> words, std::size_t& at) {
  if (at >= words.size()) return std::nullopt;
  std::string_view word = words[at++];
  if (word.ends_with('%'))
    word.remove_suffix(1);
  else if (at < words.size() && words[at] == "%")
    ++at;
  return parse_number(word);
}

/// Days and months, in either order, as far as they are there.
void take_calendar(std::span<const std::string_view> words, std::size_t& at, EcoGroup& group) {
  for (; at < words.size(); ++at) {
    if (const auto days = bits_of_names(words[at], weekdays))
      group.weekdays = static_cast<std::uint8_t>(*days);
    else if (const auto bits = bits_of_names(words[at], months))
      group.months = static_cast<std::uint16_t>(*bits);
    else
      return;
  }
}

/// "charge 20 %" or "discharge 25 %".
bool take_power(std::span<const std::string_view> words, std::size_t& at, ScheduleType type, EcoGroup& group) {
  if (at >= words.size() || (words[at] != "charge" && words[at] != "discharge")) return false;
  const double sign = words[at++] == "charge" ? -1.0 : 1.0;
  const auto power = take_percent(words, at);
  if (!power || *power < 0.0 || *power > 100.0) return false;
  group.power = static_cast<std::int16_t>(std::lround(sign * *power * (type == ScheduleType::eco_745 ? 10.0 : 1.0)));
  return true;
}

/// "to 85 %", which the older groups do not have.
bool take_soc(std::span<const std::string_view> words, std::size_t& at, EcoGroup& group) {
  if (at == words.size()) return true;
  if (words[at++] != "to" || group.format == EcoFormat::v1) return false;
  const auto soc = take_percent(words, at);
  if (!soc || *soc < 0.0 || *soc > 100.0) return false;
  group.soc = static_cast<std::uint16_t>(std::lround(*soc));
  return true;
}

std::string calendar_text(const EcoGroup& group) {
  std::string text;
  const unsigned days = group.weekdays & every_weekday;
  if (days != every_weekday) text += " " + (days == 0 ? "no day" : names_of_bits(days, weekdays));
  const bool all_months = group.format == EcoFormat::v1 || group.months == 0 || group.months == every_month;
  if (!all_months) text += " " + names_of_bits(group.months, months);
  return text;
}

}  // namespace

std::string to_text(const EcoGroup& group) {
  if (!group.has_window()) return "unused";
  std::array<char, 64> window{};
  std::snprintf(window.data(), window.size(), "%02d:%02d-%02d:%02d", static_cast<int>(group.start_hour),
                static_cast<int>(group.start_minute), static_cast<int>(group.end_hour),
                static_cast<int>(group.end_minute));
  std::string text = window.data() + calendar_text(group);
  if (const auto share = group.power_share()) {
    text += (*share < 0 ? " charge " : " discharge ") + plain(std::abs(*share) * 100.0) + " %";
    if (group.format == EcoFormat::v2) text += " to " + std::to_string(group.soc) + " %";
  } else {
    text += " " + std::string(name_of_type(group.type())) + " " + std::to_string(group.power);
  }
  return group.enabled() ? text : text + " (off)";
}

Result<EcoGroup> parse_eco_group(std::string_view text, EcoFormat format, ScheduleType type) {
  if (text == "off") return unused_eco_group(format, type);
  const std::vector<std::string_view> words = words_of(text);
  EcoGroup group = unused_eco_group(format, type);
  group.weekdays = every_weekday;
  group.months = format == EcoFormat::v2 && type == ScheduleType::eco_745 ? every_month : 0;
  group.on_off = on_byte(format, type);
  std::size_t at = 0;
  if (words.empty() || !take_window(words[at++], group)) return expected_form(text);
  take_calendar(words, at, group);
  if (format == EcoFormat::v1 && group.months != 0)
    return failure(ErrorCode::bad_input, "groups of this firmware have no months");
  if (!take_power(words, at, type, group) || !take_soc(words, at, group) || at != words.size())
    return expected_form(text);
  return group;
}

}  // namespace gridpilot::goodwe
