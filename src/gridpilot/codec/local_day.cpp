#include "gridpilot/codec/local_day.hpp"

namespace gridpilot::codec {

using std::chrono::local_seconds;
using std::chrono::year_month_day;

namespace {

/// Two digits as a number; -1 for anything else.
int two_digits(std::string_view text, std::size_t at) {
  if (at + 2 > text.size()) return -1;
  const int tens = text[at] - '0';
  const int ones = text[at + 1] - '0';
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

local_seconds local_time(Instant t, Seconds offset) {
  return local_seconds(t.time_since_epoch() + offset);
}

}  // namespace

std::optional<ClockLabel> parse_clock_label(std::string_view text) {
  const int hour = two_digits(text, 0);
  const bool second_pass = text.size() > 2 && text[2] == 'a';
  const std::size_t colon = second_pass ? 3 : 2;
  const int minute = two_digits(text, colon + 1);
  if (hour < 0 || minute < 0 || minute > 59 || text[colon] != ':') return std::nullopt;
  if (hour > 24 || (hour == 24 && minute != 0)) return std::nullopt;
  return ClockLabel{.minute_of_day = hour * 60 + minute, .second_pass = second_pass, .length = colon + 3};
}

std::optional<LocalLabel> local_label(year_month_day date, std::string_view text) {
  const auto clock = parse_clock_label(text);
  if (!clock) return std::nullopt;
  std::string_view rest = text.substr(clock->length);
  int seconds = 0;
  if (!rest.empty()) {
    seconds = rest[0] == ':' ? two_digits(rest, 1) : -1;
    if (seconds < 0 || seconds > 59) return std::nullopt;
    rest.remove_prefix(3);
    if (!rest.empty() &&
        (rest.size() < 2 || rest[0] != '.' || rest.find_first_not_of("0123456789", 1) != std::string_view::npos))
      return std::nullopt;
  }
  const local_seconds time =
      std::chrono::local_days(date) + std::chrono::minutes(clock->minute_of_day) + Seconds(seconds);
  return LocalLabel{.time = time, .second_pass = clock->second_pass};
}

std::optional<LocalLabel> parse_local_label(std::string_view text) {
  if (text.size() < 16 || (text[10] != ' ' && text[10] != 'T')) return std::nullopt;
  const auto date = parse_date(text.substr(0, 10));
  return date ? local_label(*date, text.substr(11)) : std::nullopt;
}

Instant as_instant(local_seconds time, const TimeZone& zone) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock(time - days);
  return zone.instant_of({.date = year_month_day(days),
                          .hour = static_cast<int>(clock.hours().count()),
                          .minute = static_cast<int>(clock.minutes().count()),
                          .second = static_cast<int>(clock.seconds().count())});
}

LocalDay::LocalDay(year_month_day date, const TimeZone& zone) : date_(date), zone_(zone), slots_(zone.slots_of(date)) {
  before_ = zone.offset_at(slots_.first.start());
  after_ = zone.offset_at((slots_.last - 1).start());
  Slot low = slots_.first;
  Slot high = slots_.last;
  if (before_ == after_) low = high;
  while (low < high) {
    const Slot middle = low + (high - low) / 2;
    if (zone.offset_at(middle.start()) == before_) {
      low = middle.next();
    } else {
      high = middle;
    }
  }
  change_ = low;
}

std::string LocalDay::quarter_text(Slot slot) const {
  const std::int64_t repeated_slots = (before_ - after_) / slot_length;
  const bool repeated = slot >= change_ && slot < change_ + repeated_slots;
  return clock_text(zone_, slot.start()) + (repeated ? " (second pass)" : "");
}

Result<LocalDay::Place> LocalDay::place(const LocalLabel& label, PeriodEdge edge, std::chrono::minutes length) const {
  const auto slot_at = [](local_seconds start, Seconds offset) {
    return Slot::containing(Instant(start.time_since_epoch() - offset));
  };
  const local_seconds start = edge == PeriodEdge::end ? label.time - length : label.time;
  const Slot first = slot_at(start, before_);
  const Slot second = slot_at(start, after_);
  const bool can_be_first = is_before(first);
  const bool can_be_second = before_ != after_ && is_after(second);
  if (label.second_pass) {
    if (can_be_second && can_be_first) return Place{.slot = second, .or_again = std::nullopt};
    return failure(ErrorCode::malformed, "there is no second pass of this hour on this day");
  }
  if (can_be_first && can_be_second) return Place{.slot = first, .or_again = second};
  if (can_be_first) return Place{.slot = first, .or_again = std::nullopt};
  if (can_be_second) return Place{.slot = second, .or_again = std::nullopt};
  // The period before the spring jump, named by what the clock shows after it.
  if (edge == PeriodEdge::end && before_ < after_ && slot_at(label.time, after_) == change_)
    return Place{.slot = change_ - length / slot_length, .or_again = std::nullopt};
  return failure(ErrorCode::malformed, "the row's local time does not exist on this day");
}

bool LocalDay::agrees(Slot slot, const LocalLabel& label, PeriodEdge edge, std::chrono::minutes length) const {
  const bool is_second_pass = before_ > after_ && is_after(slot);
  if (label.second_pass && !is_second_pass) return false;
  if (edge == PeriodEdge::start) return label.time == local_time(slot.start(), offset_of(slot));
  // At the spring jump the end of the period has two names, 02:00 and 03:00.
  const Slot next = slot + length / slot_length;
  const local_seconds by_start = local_time(next.start(), offset_of(slot));
  const local_seconds by_end = local_time(next.start(), next < change_ ? before_ : after_);
  return label.time == by_start || label.time == by_end;
}

}  // namespace gridpilot::codec
