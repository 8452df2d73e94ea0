#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/core/time.hpp"

namespace gridpilot::codec {

/// A time as local text has it: "2025-10-26 02:15" or, in the second pass of the repeated autumn hour, "02a:15".
struct LocalLabel {
  std::chrono::local_seconds time;
  bool second_pass = false;
  [[nodiscard]] friend bool operator==(const LocalLabel&, const LocalLabel&) = default;
};

/// "02:15" or "02a:15", as minutes of the day; 24:00 is its end.
struct ClockLabel {
  int minute_of_day = 0;
  bool second_pass = false;
  std::size_t length = 0;  ///< of the text that was read
};
/// The clock time at the start of a text; nullopt where there is none.
[[nodiscard]] std::optional<ClockLabel> parse_clock_label(std::string_view text);

/// What follows a date and one character: "02a:15", seconds and a fraction optional; the fraction is dropped.
[[nodiscard]] std::optional<LocalLabel> local_label(std::chrono::year_month_day date, std::string_view clock);
/// "2025-10-26 02a:15" or with T between; nullopt for anything else.
[[nodiscard]] std::optional<LocalLabel> parse_local_label(std::string_view text);

/// The instant of a local time; in the repeated hour the first pass.
[[nodiscard]] Instant as_instant(std::chrono::local_seconds time, const TimeZone& zone);

/// Which end of its period a document's time names.
enum class PeriodEdge { start, end };

/// A local day as documents of whole days name its quarters; its clock is changed at most once.
class LocalDay {
 public:
  LocalDay(std::chrono::year_month_day date, const TimeZone& zone);

  [[nodiscard]] std::chrono::year_month_day date() const { return date_; }
  [[nodiscard]] SlotRange slots() const { return slots_; }
  /// "02:15", or "02:15 (second pass)".
  [[nodiscard]] std::string quarter_text(Slot slot) const;

  /// Where a period of `length` named by local text begins. Periods are found by their start: "02:15" ends the quarter
  /// that begins at 02:00 in the same pass, whose end has a name of its own even where the clock is changed at it
  /// ("03:00", then "02a:15").
  struct Place {
    Slot slot;
    /// Where the text fits both passes of the repeated hour and has no mark: the second pass's slot; `slot` is the
    /// first's, and the order of the rows decides.
    std::optional<Slot> or_again;
  };
  /// malformed where the label does not exist on this day.
  [[nodiscard]] Result<Place> place(const LocalLabel& label, PeriodEdge edge, std::chrono::minutes length) const;
  /// Whether UTC and local time of one row say the same.
  [[nodiscard]] bool agrees(Slot slot, const LocalLabel& label, PeriodEdge edge, std::chrono::minutes length) const;

 private:
  [[nodiscard]] Seconds offset_of(Slot slot) const { return slot < change_ ? before_ : after_; }
  [[nodiscard]] bool is_before(Slot slot) const { return slots_.first <= slot && slot < change_; }
  [[nodiscard]] bool is_after(Slot slot) const { return change_ <= slot && slot < slots_.last; }

  std::chrono::year_month_day date_;
  TimeZone zone_;
  SlotRange slots_;
  Slot change_;  ///< slots before it have one offset, from it on the other
  Seconds before_{0}, after_{0};
};

}  // namespace gridpilot::codec
