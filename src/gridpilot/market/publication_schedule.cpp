#include "gridpilot/market/publication_schedule.hpp"

#include <algorithm>

namespace gridpilot::market {

namespace {

using std::chrono::year_month_day;

/// A past day that is refused this often stays unknown.
constexpr int max_faults_of_the_past = 3;

Instant plus(Instant t, std::chrono::milliseconds delay) {
  return t + std::chrono::ceil<Seconds>(delay);
}

}  // namespace

PublicationSchedule::PublicationSchedule(TimeZone zone, ScheduleOptions options, net::RandomSource random)
    : zone_(std::move(zone)),
      options_(std::move(options)),
      random_(std::move(random)),
      retry_(options_.after_failure, random_),
      slow_retry_(options_.after_permanent_failure, random_) {
  GRIDPILOT_VERIFY(!options_.growing.empty());
}

Instant PublicationSchedule::first_ask_on(year_month_day today) const {
  return zone_.instant_of({.date = today,
                           .hour = static_cast<int>(options_.first_ask.count() / 60),
                           .minute = static_cast<int>(options_.first_ask.count() % 60)});
}

void PublicationSchedule::consider(std::optional<Ask>& best, year_month_day day, Instant at, Instant now) const {
  const auto known = days_.find(day);
  const Instant not_before = known != days_.end() ? known->second.not_before : Instant{};
  at = std::max({at, not_before, blocked_until_, now});
  if (!best || at < best->at) best = Ask{.day = day, .at = at};
}

void PublicationSchedule::consider_past(std::optional<Ask>& best, year_month_day today, Instant now) {
  for (int back = 1; back <= options_.past_days; ++back) {
    const year_month_day day = plus_days(today, -back);
    const Day& past = days_[day];
    if (past.fetched_at || past.unpublished > 0 || past.faults >= max_faults_of_the_past) continue;
    return consider(best, day, now, now);
  }
}

PublicationSchedule::Ask PublicationSchedule::next(Instant now) {
  const year_month_day today = zone_.date_of(now);
  const year_month_day tomorrow = plus_days(today, 1);
  days_.erase(days_.begin(), days_.lower_bound(plus_days(today, -options_.past_days)));
  // The clock was set back: what was put off may not stay so for longer than it would be from now on.
  const Instant latest_block = now + std::chrono::hours(1);
  blocked_until_ = std::min(blocked_until_, latest_block);
  for (auto& [date, day] : days_) day.not_before = std::min(day.not_before, latest_block);

  std::optional<Ask> best;
  if (!is_known(today)) consider(best, today, now, now);
  Day& next_day = days_[tomorrow];
  if (!next_day.fetched_at) {
    if (!next_day.spread)
      next_day.spread = Seconds(
          static_cast<std::int64_t>((random_ ? random_() : 0.0) * static_cast<double>(options_.spread.count())));
    consider(best, tomorrow, first_ask_on(today) + *next_day.spread, now);
  }
  for (const year_month_day date : {today, tomorrow}) {
    const Day& day = days_[date];
    if (day.fetched_at && !day.checked_again) consider(best, date, *day.fetched_at + options_.check_again_after, now);
  }
  if (is_known(today)) consider_past(best, today, now);
  if (best) return *best;
  // Everything is known and checked: the next thing to happen is tomorrow's publication.
  return {.day = plus_days(today, 2), .at = std::max({first_ask_on(tomorrow), blocked_until_, now})};
}

void PublicationSchedule::answered(year_month_day date, Instant now) {
  Day& day = days_[date];
  day.checked_again = day.fetched_at.has_value();
  day.fetched_at = now;
  blocked_until_ = now + min_gap;
  retry_.succeeded();
  slow_retry_.succeeded();
}

void PublicationSchedule::remembered(year_month_day date, Instant fetched_at) {
  days_[date].fetched_at = fetched_at;
}

void PublicationSchedule::not_published(year_month_day date, Instant now) {
  Day& day = days_[date];
  const auto step = std::min(static_cast<std::size_t>(day.unpublished), options_.growing.size() - 1);
  ++day.unpublished;
  day.not_before = now + std::max<Seconds>(options_.growing[step], min_gap);
  blocked_until_ = now + min_gap;
  // The source is well: it said so.
  retry_.succeeded();
  slow_retry_.succeeded();
}

void PublicationSchedule::failed(year_month_day date, Instant now, const Error& error) {
  ++days_[date].faults;
  const bool may_pass = group_of(error.code) == ErrorGroup::retryable;
  const auto delay = may_pass ? retry_.after_any() : slow_retry_.after_any();
  blocked_until_ = std::max(plus(now, delay), now + min_gap);
}

bool PublicationSchedule::is_known(year_month_day date) const {
  const auto day = days_.find(date);
  return day != days_.end() && day->second.fetched_at.has_value();
}

bool PublicationSchedule::waits_for_publication(Instant now) const {
  const year_month_day today = zone_.date_of(now);
  return now >= first_ask_on(today) && !is_known(plus_days(today, 1));
}

}  // namespace gridpilot::market
