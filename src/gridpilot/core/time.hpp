#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gridpilot/core/units.hpp"

namespace gridpilot {

/// A moment in UTC, to the second. Deadlines of sockets use std::chrono::steady_clock instead; the two do not subtract.
using Instant = std::chrono::sys_seconds;
using Seconds = std::chrono::seconds;

inline constexpr Seconds slot_length{900};

/// A quarter of an hour, half-open in UTC. Its index counts quarters since 1970-01-01T00:00Z.
class Slot {
 public:
  constexpr Slot() = default;
  [[nodiscard]] static constexpr Slot from_index(std::int64_t index) { return Slot(index); }
  /// The slot that contains the instant: start() <= t < end().
  [[nodiscard]] static constexpr Slot containing(Instant t) {
    const std::int64_t s = t.time_since_epoch().count();
    return Slot(s >= 0 ? s / slot_length.count() : (s - slot_length.count() + 1) / slot_length.count());
  }
  [[nodiscard]] constexpr std::int64_t index() const { return index_; }
  [[nodiscard]] constexpr Instant start() const { return Instant(Seconds(index_ * slot_length.count())); }
  [[nodiscard]] constexpr Instant end() const { return start() + slot_length; }
  [[nodiscard]] constexpr Slot next() const { return Slot(index_ + 1); }
  [[nodiscard]] friend constexpr Slot operator+(Slot s, std::int64_t n) { return Slot(s.index_ + n); }
  [[nodiscard]] friend constexpr Slot operator-(Slot s, std::int64_t n) { return Slot(s.index_ - n); }
  [[nodiscard]] friend constexpr std::int64_t operator-(Slot a, Slot b) { return a.index_ - b.index_; }
  [[nodiscard]] friend constexpr auto operator<=>(Slot, Slot) = default;

 private:
  explicit constexpr Slot(std::int64_t index) : index_(index) {}
  std::int64_t index_ = 0;
};

/// Slots first, first+1, … without last: a day, a horizon.
struct SlotRange {
  Slot first;
  Slot last;
  [[nodiscard]] constexpr std::int64_t size() const { return last - first; }
  [[nodiscard]] constexpr bool contains(Slot s) const { return first <= s && s < last; }
  [[nodiscard]] friend constexpr bool operator==(SlotRange, SlotRange) = default;
};

/// "2026-11-25T01:30:00Z".
[[nodiscard]] std::string to_rfc3339(Instant t);
/// The same without an allocation: the text lies in `room`.
inline constexpr std::size_t rfc3339_room = 40;
[[nodiscard]] std::string_view format_rfc3339(Instant t, std::array<char, rfc3339_room>& room);
/// RFC 3339 with any offset ("Z", "+02:00"), seconds and fractions optional; a blank instead of T is accepted.
/// nullopt for anything else, also for a text without offset.
[[nodiscard]] std::optional<Instant> parse_rfc3339(std::string_view text);

/// "2026-11-25".
[[nodiscard]] std::string to_iso(std::chrono::year_month_day date);
[[nodiscard]] std::optional<std::chrono::year_month_day> parse_date(std::string_view text);

}  // namespace gridpilot
