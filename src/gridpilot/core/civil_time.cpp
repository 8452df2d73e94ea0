#include "gridpilot/core/civil_time.hpp"

#include <cctz/civil_time.h>

#include <cstdio>
#include <utility>

namespace gridpilot {
namespace {

cctz::civil_second to_cctz(const CivilTime& t) {
  return cctz::civil_second(static_cast<int>(t.date.year()), static_cast<int>(static_cast<unsigned>(t.date.month())),
                            static_cast<int>(static_cast<unsigned>(t.date.day())), t.hour, t.minute, t.second);
}

}  // namespace

Result<TimeZone> TimeZone::load(const std::string& name) {
  cctz::time_zone zone;
  if (!cctz::load_time_zone(name, &zone))
    return failure(ErrorCode::not_found, "time zone '" + name + "' is not known to this system (is tzdata installed?)");
  return TimeZone(zone, name);
}

TimeZone TimeZone::utc() {
  return {cctz::utc_time_zone(), "UTC"};
}

CivilTime TimeZone::civil(Instant t) const {
  const auto found = zone_.lookup(t);
  return {.date = std::chrono::year(static_cast<int>(found.cs.year())) /
                  std::chrono::month(static_cast<unsigned>(found.cs.month())) /
                  std::chrono::day(static_cast<unsigned>(found.cs.day())),
          .hour = found.cs.hour(),
          .minute = found.cs.minute(),
          .second = found.cs.second()};
}

Instant TimeZone::start_of_day(std::chrono::year_month_day date) const {
  return instant_of({.date = date});
}

Instant TimeZone::instant_of(const CivilTime& civil) const {
  const auto found = zone_.lookup(to_cctz(civil));
  // SKIPPED: `trans` is the jump itself; REPEATED: `pre` is the first pass; UNIQUE: all three are the same.
  return found.kind == cctz::time_zone::civil_lookup::SKIPPED ? std::chrono::time_point_cast<Seconds>(found.trans)
                                                              : std::chrono::time_point_cast<Seconds>(found.pre);
}

SlotRange TimeZone::slots_of(std::chrono::year_month_day date) const {
  return {Slot::containing(start_of_day(date)), Slot::containing(start_of_day(plus_days(date, 1)))};
}

Seconds TimeZone::offset_at(Instant t) const {
  return Seconds(zone_.lookup(t).offset);
}

std::string clock_text(const TimeZone& zone, Instant t) {
  const CivilTime civil = zone.civil(t);
  char text[16];
  const int length = std::snprintf(text, sizeof text, "%02d:%02d", civil.hour, civil.minute);
  return std::string(text, static_cast<std::size_t>(length));
}

std::chrono::year_month_day plus_days(std::chrono::year_month_day date, int days) {
  return std::chrono::year_month_day(std::chrono::sys_days(date) + std::chrono::days(days));
}

}  // namespace gridpilot
