#include "gridpilot/inverter/goodwe/eco_window.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace gridpilot::goodwe {
namespace {

constexpr int minutes_per_day = 24 * 60;
/// A group that acts soon counts as one that acts: the inverter's clock may be ahead by so much.
constexpr int lead_minutes = 2;

[[nodiscard]] std::uint8_t weekday_bit(const CivilTime& local) {
  const std::chrono::weekday day{std::chrono::sys_days(local.date)};
  return static_cast<std::uint8_t>(1U << day.c_encoding());  // bit 0 is Sunday
}

[[nodiscard]] std::uint16_t month_bit(const CivilTime& local) {
  return static_cast<std::uint16_t>(1U << (static_cast<unsigned>(local.date.month()) - 1U));
}

[[nodiscard]] int start_of(const EcoGroup& group) {
  return group.start_hour * 60 + group.start_minute;
}
/// control.md 3.4a: the end minute is exclusive, except that 23:59 means midnight.
[[nodiscard]] int end_of(const EcoGroup& group) {
  const int end = group.end_hour * 60 + group.end_minute;
  return end == minutes_per_day - 1 ? minutes_per_day : end;
}

[[nodiscard]] bool holds_today(const EcoGroup& group, const CivilTime& local) {
  const bool months_hold = group.format == EcoFormat::v1 || group.months == 0 || (group.months & month_bit(local)) != 0;
  return (group.weekdays & weekday_bit(local)) != 0 && months_hold;
}

/// Whether an enabled group steers the battery between now and `within_minutes` from now, today.
[[nodiscard]] bool acts(const EcoGroup& group, const CivilTime& local, int within_minutes) {
  if (!group.enabled() || !group.power_share() || !group.has_window() || !holds_today(group, local)) return false;
  const int now = local.minute_of_day();
  return start_of(group) <= now + within_minutes && now < end_of(group);
}

[[nodiscard]] std::uint16_t switched_off(const EcoGroup& group) {
  const std::uint8_t off =
      off_byte(group.format, group.type() == ScheduleType::not_set ? ScheduleType::eco : group.type());
  return static_cast<std::uint16_t>((static_cast<unsigned>(off) << 8U) | group.weekdays);
}

[[nodiscard]] RegisterSpan one(std::uint16_t number, std::uint16_t value) {
  return {.first = number, .values = {value}};
}

[[nodiscard]] std::string clock_text(int minute_of_day) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d", (minute_of_day / 60) % 24, minute_of_day % 60);
  return text.data();
}

/// A register's value as the owner has it, whether or not something of ours stands there now.
[[nodiscard]] std::optional<std::uint16_t> owners_value(const Situation& s, std::uint16_t number) {
  const auto touched = s.owners.find(number);
  return touched == s.owners.end() ? s.present.get(number) : std::optional(touched->second);
}

/// A limit of ours where one is wanted, never above the owner's; else the owner's where ours was there.
void add_limit(const Situation& s, std::uint16_t number, std::optional<std::uint16_t> wanted, WantedRegisters& out) {
  const auto owners = owners_value(s, number);
  if (wanted)
    out.spans.push_back(one(number, std::min(*wanted, owners.value_or(*wanted))));
  else if (s.owners.contains(number) && owners)
    out.spans.push_back(one(number, *owners));
}

/// The limit has no effect while its switch is off; one of the owner's that is lower stays.
void add_export_limit(const Situation& s, std::optional<Power> wanted, WantedRegisters& out) {
  const auto owners_switch = owners_value(s, export_enable_register);
  const auto owners_limit = owners_value(s, export_limit_register);
  if (!owners_switch || !owners_limit) return;
  if (wanted) {
    const double most = std::clamp(in_watts(s.abilities.rating) * 2, 10'000.0, 32'767.0);
    const auto ours = static_cast<std::uint16_t>(std::clamp(std::floor(in_watts(*wanted)), 0.0, most));
    const bool owner_is_stricter = *owners_switch == 1 && *owners_limit < ours;
    out.spans.push_back({.first = export_enable_register, .values = {1, owner_is_stricter ? *owners_limit : ours}});
  } else if (s.owners.contains(export_enable_register) || s.owners.contains(export_limit_register)) {
    out.spans.push_back({.first = export_enable_register, .values = {*owners_switch, *owners_limit}});
  }
}

/// Currents that an action itself limits to 0, where EMS cannot carry it.
struct BlockedByAction {
  bool charge = false;
  bool discharge = false;
};

/// Everything that no operation mode carries: what an action before this one left there is undone, too.
void add_limits(const Command& command, const Situation& s, BlockedByAction blocked, WantedRegisters& out) {
  const bool no_charge = blocked.charge || command.charging == Charging::blocked;
  const auto zero = [](bool wanted) { return wanted ? std::optional<std::uint16_t>(0) : std::nullopt; };
  const auto cap = command.action == Action::charge ? s.charge_current_cap : std::nullopt;
  add_limit(s, charge_current_register, no_charge ? zero(true) : cap, out);
  add_limit(s, discharge_current_register, zero(blocked.discharge), out);
  add_export_limit(s, command.export_limit, out);
  if (command.export_limit)
    out.carrier += ", export limit " + std::to_string(static_cast<int>(in_watts(*command.export_limit))) + " W";
  if (command.charging == Charging::blocked) out.carrier += ", charging current 0";
}

/// Nothing but the inverter's own rule steers the battery, EMS apart. One register whatever stands there:
/// - economic mode with one group that acts: that group off. The mode stays, so the next window costs one write less;
/// - economic mode with several, or a mode that is no self-use: general mode;
/// - else nothing: outside every window economic mode behaves as general mode (control.md 3.4a).
void add_general_behaviour(const Situation& s, WantedRegisters& out) {
  const std::uint16_t mode = s.present.get(work_mode_register).value_or(work_mode_general);
  if (mode == work_mode_general || mode == work_mode_self_use) return;
  if (mode != work_mode_eco) {
    out.spans.push_back(one(work_mode_register, work_mode_general));
    return;
  }
  std::vector<RegisterSpan> switches;
  for (int group = 0; group < eco_groups; ++group) {
    const auto present = s.present.eco_group(s.abilities, group);
    if (present && acts(*present, s.time.local, lead_minutes))
      switches.push_back(one(eco_switch_register(s.abilities, group), switched_off(*present)));
  }
  if (switches.empty()) return;
  out.spans.push_back(switches.size() == 1 ? switches.front() : one(work_mode_register, work_mode_general));
}

/// EMS auto; its power means nothing then and is not worth a write of its own.
void add_ems_automatic(const Situation& s, WantedRegisters& out) {
  if (!s.abilities.has_ems) return;
  const auto mode = s.present.get(ems_mode_register);
  if (mode && *mode == static_cast<std::uint16_t>(EmsMode::automatic)) {
    // Wanted all the same: a change of the work mode may have reset or kept it, which reading back shows.
    out.spans.push_back(one(ems_mode_register, *mode));
    return;
  }
  out.spans.push_back({.first = ems_mode_register, .values = ems_words(EmsMode::automatic, Power{})});
}

[[nodiscard]] WantedRegisters self_use(const Command& command, const Situation& s, std::string carrier) {
  WantedRegisters out{.carrier = std::move(carrier)};
  add_limits(command, s, {}, out);
  add_general_behaviour(s, out);
  add_ems_automatic(s, out);
  return out;
}

[[nodiscard]] WantedRegisters by_ems(const Command& command, const Situation& s, EmsMode mode, std::string carrier) {
  WantedRegisters out{.carrier = std::move(carrier)};
  add_limits(command, s, {}, out);
  add_general_behaviour(s, out);
  // After the work mode, whose change resets EMS.
  out.spans.push_back({.first = ems_mode_register, .values = ems_words(mode, Power{})});
  return out;
}

/// Units without EMS registers hold, or stand by, by current limits of 0, which do not lapse either.
[[nodiscard]] WantedRegisters by_current_limits(const Command& command, const Situation& s, BlockedByAction blocked) {
  WantedRegisters out{.carrier = blocked.charge ? "charge and discharge current limit 0" : "discharge current limit 0"};
  add_limits(command, s, blocked, out);
  add_general_behaviour(s, out);
  return out;
}

/// Minutes that a new window may last from now: never across midnight, nor into the repeated hour.
[[nodiscard]] int longest_window(const Situation& s) {
  int minutes = std::min(window_minutes, minutes_per_day - s.time.local.minute_of_day());
  if (s.time.minutes_to_repeated_hour) minutes = std::min(minutes, *s.time.minutes_to_repeated_hour);
  return std::max(1, std::min(minutes, s.minutes_until_lapse));
}

struct Window {
  int start = 0;
  int end = 0;  ///< 1440 for midnight
};

/// The window that stands in group 1 where it is one of ours and lasts long enough; of one that runs out only the end
/// moves, so that a renewal is one register.
[[nodiscard]] Window window_for(const Situation& s, const std::optional<EcoGroup>& present) {
  const int now = s.time.local.minute_of_day();
  const int longest = longest_window(s);
  const Window fresh{.start = std::clamp(now - start_margin_minutes, s.time.earliest_start, now), .end = now + longest};
  if (!present || !acts(*present, s.time.local, 0)) return fresh;
  const bool ours = present->type() == s.abilities.eco_type && present->weekdays == weekday_bit(s.time.local) &&
                    end_of(*present) - now <= window_minutes;
  if (!ours) return fresh;
  const bool lasts = end_of(*present) - now >= std::min(renew_minutes, longest);
  return {.start = start_of(*present), .end = lasts ? end_of(*present) : fresh.end};
}

[[nodiscard]] std::int16_t group_power(const Command& command, const Abilities& abilities) {
  const double share = std::clamp(command.power / abilities.rating, 0.0, 1.0);
  const double steps = abilities.eco_type == ScheduleType::eco_745 ? 1000.0 : 100.0;
  const double magnitude = std::clamp(std::round(share * steps), 1.0, steps);
  return static_cast<std::int16_t>(command.action == Action::charge ? -magnitude : magnitude);
}

/// Charging stops at or above; discharging at or below, and newer firmware takes the field as its floor: the real
/// minimum must stand there (control.md 9, hazard 3).
[[nodiscard]] std::uint16_t group_soc(const Command& command, const Situation& s) {
  double soc = std::clamp(std::round(in_percent(command.stop_soc)), 0.0, 100.0);
  const auto minimum = s.present.get(minimum_soc_register);
  if (command.action == Action::sell && minimum && *minimum <= 100) soc = std::max(soc, static_cast<double>(*minimum));
  return static_cast<std::uint16_t>(soc);
}

[[nodiscard]] EcoGroup group_for(const Command& command, const Situation& s) {
  const auto present = s.present.eco_group(s.abilities, 0);
  const Window window = window_for(s, present);
  const int end = std::min(window.end, minutes_per_day - 1);
  EcoGroup group{.format = s.abilities.eco_format,
                 .start_hour = static_cast<std::uint8_t>(window.start / 60),
                 .start_minute = static_cast<std::uint8_t>(window.start % 60),
                 .end_hour = static_cast<std::uint8_t>(end / 60),
                 .end_minute = static_cast<std::uint8_t>(end % 60),
                 .on_off = on_byte(s.abilities.eco_format, s.abilities.eco_type),
                 // Today only: a window that nobody takes away must not come back tomorrow.
                 .weekdays = weekday_bit(s.time.local),
                 .power = group_power(command, s.abilities),
                 .soc = group_soc(command, s)};
  if (s.abilities.eco_type == ScheduleType::eco_745) group.months = month_bit(s.time.local);
  return group;
}

[[nodiscard]] std::string carrier_text(const EcoGroup& group) {
  const bool permille = group.type() == ScheduleType::eco_745;
  const int power = std::abs(static_cast<int>(group.power));
  std::string text = "eco window " + clock_text(start_of(group)) + "-" + clock_text(end_of(group));
  text += group.power < 0 ? ", charge " : ", discharge ";
  text += std::to_string(power) + (permille ? " permille" : " %");
  if (group.format == EcoFormat::v2) text += " to " + std::to_string(group.soc) + " %";
  return text;
}

[[nodiscard]] WantedRegisters by_window(const Command& command, const Situation& s) {
  const EcoGroup group = group_for(command, s);
  WantedRegisters out{.carrier = carrier_text(group)};
  add_limits(command, s, {}, out);
  for (int other = 1; other < eco_groups; ++other) {
    const auto present = s.present.eco_group(s.abilities, other);
    if (present && present->enabled())
      out.spans.push_back(one(eco_switch_register(s.abilities, other), switched_off(*present)));
  }
  out.spans.push_back({.first = eco_group_register(s.abilities, 0), .values = encode_eco_group(group)});
  if (s.abilities.has_eco_enable) out.spans.push_back(one(eco_enable_register, 1));
  out.spans.push_back(one(work_mode_register, work_mode_eco));
  add_ems_automatic(s, out);
  return out;
}

}  // namespace

std::uint16_t eco_group_register(const Abilities& abilities, int group) {
  const std::uint16_t first = abilities.eco_format == EcoFormat::v1 ? eco_v1_register : eco_v2_register;
  return static_cast<std::uint16_t>(first + group * static_cast<int>(registers_of(abilities.eco_format)));
}

std::uint16_t eco_switch_register(const Abilities& abilities, int group) {
  const int behind = abilities.eco_format == EcoFormat::v1 ? 3 : 2;
  return static_cast<std::uint16_t>(eco_group_register(abilities, group) + behind);
}

void Registers::set(std::uint16_t first, std::span<const std::uint16_t> values) {
  for (const std::uint16_t value : values) values_[first++] = value;
}

std::optional<std::uint16_t> Registers::get(std::uint16_t number) const {
  const auto found = values_.find(number);
  return found == values_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<EcoGroup> Registers::eco_group(const Abilities& abilities, int group) const {
  const std::uint16_t first = eco_group_register(abilities, group);
  FrameBuffer bytes;
  for (std::size_t i = 0; i < registers_of(abilities.eco_format); ++i) {
    const auto value = get(static_cast<std::uint16_t>(first + i));
    if (!value) return std::nullopt;
    bytes.append_u16(*value);
  }
  return decode_eco_group(abilities.eco_format, bytes);
}

std::optional<RegisterSpan> differing(const RegisterSpan& wanted, const Registers& present) {
  const auto differs = [&](std::size_t i) {
    return present.get(static_cast<std::uint16_t>(wanted.first + i)) != wanted.values[i];
  };
  std::size_t begin = 0;
  std::size_t end = wanted.values.size();
  while (begin < end && !differs(begin)) ++begin;
  while (end > begin && !differs(end - 1)) --end;
  if (begin == end) return std::nullopt;
  return RegisterSpan{.first = static_cast<std::uint16_t>(wanted.first + begin),
                      .values = Words(wanted.values.span().subspan(begin, end - begin))};
}

Result<WantedRegisters> wanted_registers(const Command& command, const Situation& s) {
  const Abilities& abilities = s.abilities;
  if ((command.action == Action::curtail || command.export_limit) && !abilities.has_export_limit)
    return failure(ErrorCode::unsupported, "an export limit has no carrier on this inverter");
  if (command.charging == Charging::blocked && !abilities.has_current_limits)
    return failure(ErrorCode::unsupported, "blocking the charge has no carrier on this inverter");
  switch (command.action) {
    case Action::self_use: return self_use(command, s, "self-use");
    case Action::curtail: {
      Command limited = command;
      if (!limited.export_limit) limited.export_limit = Power{};
      return self_use(limited, s, "self-use");
    }
    case Action::charge:
    case Action::sell:
      if (!abilities.has_windows)
        return failure(ErrorCode::unsupported, "this inverter has no windows that its firmware obeys");
      if (abilities.rating <= Power{})
        return failure(ErrorCode::unsupported,
                       "the inverter does not tell its rated power, of which windows are a share");
      if (s.time.repeated_hour) return self_use(command, s, "self-use: no window inside the repeated autumn hour");
      return by_window(command, s);
    case Action::hold:
      if (abilities.has_ems) return by_ems(command, s, EmsMode::charge_pv, "EMS mode 2, power 0");
      if (abilities.has_current_limits) return by_current_limits(command, s, {.discharge = true});
      break;
    case Action::standby:
      if (abilities.has_ems) return by_ems(command, s, EmsMode::battery_standby, "EMS mode 8");
      if (abilities.has_current_limits) return by_current_limits(command, s, {.charge = true, .discharge = true});
      break;
  }
  return failure(ErrorCode::unsupported, std::string(name_of(command.action)) + " has no carrier on this inverter");
}

std::vector<Action> supported_actions(const Abilities& abilities) {
  const bool stops_battery = abilities.has_ems || abilities.has_current_limits;
  std::vector<Action> actions{Action::self_use};
  if (stops_battery) actions.push_back(Action::hold);
  const std::vector<Action> lapsing = lapsing_actions(abilities);
  actions.insert(actions.end(), lapsing.begin(), lapsing.end());
  if (abilities.has_export_limit) actions.push_back(Action::curtail);
  if (stops_battery) actions.push_back(Action::standby);
  return actions;
}

std::vector<Action> lapsing_actions(const Abilities& abilities) {
  if (!abilities.has_windows || abilities.rating <= Power{}) return {};
  return {Action::charge, Action::sell};
}

}  // namespace gridpilot::goodwe
