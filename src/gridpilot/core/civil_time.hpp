#pragma once

#include <cctz/time_zone.h>

#include <chrono>
#include <string>
#include <vector>

#include "gridpilot/core/result.hpp"
#include "gridpilot/core/time.hpp"

namespace gridpilot {

/// A local date and time of day, as a clock on the wall shows it.
struct CivilTime {
  std::chrono::year_month_day date;
  int hour = 0;
  int minute = 0;
  int second = 0;
  [[nodiscard]] constexpr int minute_of_day() const { return hour * 60 + minute; }
};

/// A time zone, loaded once at the edge of the program and handed in: the pure rooms read no files.
/// Copies are cheap and share the loaded rules.
class TimeZone {
 public:
  /// Reads the system's zone file; not_found with the name where there is none.
  [[nodiscard]] static Result<TimeZone> load(const std::string& name);
  [[nodiscard]] static TimeZone utc();

  [[nodiscard]] CivilTime civil(Instant t) const;
  /// The local date at an instant.
  [[nodiscard]] std::chrono::year_month_day date_of(Instant t) const { return civil(t).date; }
  /// Local midnight, or the first instant of the day where midnight does not exist.
  [[nodiscard]] Instant start_of_day(std::chrono::year_month_day date) const;
  /// The instant of a civil time; in the repeated autumn hour the first pass, in the spring gap the instant of the
  /// jump.
  [[nodiscard]] Instant instant_of(const CivilTime& civil) const;
  /// The day's quarters: 92, 96 or 100 of them in Europe/Warsaw.
  [[nodiscard]] SlotRange slots_of(std::chrono::year_month_day date) const;
  /// Offset from UTC at an instant.
  [[nodiscard]] Seconds offset_at(Instant t) const;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  TimeZone(cctz::time_zone zone, std::string name) : zone_(zone), name_(std::move(name)) {}
  cctz::time_zone zone_;
  std::string name_;
};

/// "02:15": the local time at which a slot begins.
[[nodiscard]] std::string clock_text(const TimeZone& zone, Instant t);

/// The date `days` later (earlier where negative).
[[nodiscard]] std::chrono::year_month_day plus_days(std::chrono::year_month_day date, int days);

}  // namespace gridpilot
