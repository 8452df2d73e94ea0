#include "gridpilot/forecast/series_backtest.hpp"

namespace gridpilot::forecast {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::int64_t slots_foreseen = std::chrono::hours(48) / slot_length;
constexpr int published_hour = 14;
constexpr CivilTime issue_of_prices{.date = {}, .hour = 14, .minute = 30};

Instant local_time(const TimeZone& zone, sys_days date, CivilTime time) {
  time.date = date;
  return zone.instant_of(time);
}

}  // namespace

BacktestAnswer backtest(const BacktestQuestion& question, SeriesForecaster& own) {
  const TimeZone& zone = question.zone;
  const Slot first = question.observed.front().slot;
  const Slot last = question.observed.back().slot.next();
  const auto date_of = [&zone](Instant t) { return sys_days(zone.date_of(t)); };
  BacktestAnswer answer;
  answer.scored = {zone.slots_of(date_of(first.start()) + question.warm_up).first, last};

  std::vector<Instant> issues;
  Replay past{.series = question.observed, .issues = {}, .known_at = {}, .asked = {}, .weather = question.weather};
  if (price_series_of(question.series)) {
    for (sys_days date = date_of(first.start()) - days(1); date <= date_of(last.start()); date += days(1))
      issues.push_back(local_time(zone, date, issue_of_prices));
    past.known_at = [&](Slot slot) {
      return local_time(zone, date_of(slot.start()) - days(1), {.date = {}, .hour = published_hour});
    };
    past.asked = [&](Instant issue) {
      const Slot begin = zone.slots_of(date_of(issue) + days(2)).first;
      return SlotRange{begin, begin + slots_foreseen};
    };
  } else {
    for (Instant issue = first.start(); issue < last.start(); issue += question.every) issues.push_back(issue);
    past.known_at = known_when_measured;
    past.asked = [](Instant issue) {
      const Slot begin = Slot::containing(issue);
      return SlotRange{begin, begin + slots_foreseen};
    };
  }
  past.issues = issues;
  answer.issues = issues.size();
  answer.comparison = compare(past, own, zone, answer.scored);
  return answer;
}

}  // namespace gridpilot::forecast
