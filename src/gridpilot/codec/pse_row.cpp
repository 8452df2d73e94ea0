#include "gridpilot/codec/pse_row.hpp"

namespace gridpilot::codec::pse {
namespace {

using std::chrono::local_seconds;
using std::chrono::year_month_day;

constexpr int minutes_of_day = 24 * 60;

std::optional<LocalLabel> read_time(std::string_view text, Remembered<year_month_day>& dates) {
  if (text.size() < 16 || (text[10] != ' ' && text[10] != 'T')) return std::nullopt;
  const auto date = dates.get(text.substr(0, 10), parse_date);
  return date ? local_label(*date, text.substr(11)) : std::nullopt;
}

Instant as_utc(local_seconds time) {
  return Instant(time.time_since_epoch());
}

std::optional<Period> read_period(std::string_view text) {
  const auto start = parse_clock_label(text);
  if (!start || text.substr(start->length, 3) != " - ") return std::nullopt;
  const std::string_view rest = text.substr(start->length + 3);
  const auto end = parse_clock_label(rest);
  if (!end || end->length != rest.size()) return std::nullopt;
  return Period{.start = *start, .end = *end};
}

bool ends_at(const Period& period, const LocalLabel& end) {
  const auto of_day = end.time - std::chrono::floor<std::chrono::days>(end.time);
  return period.end.minute_of_day % minutes_of_day ==
             std::chrono::duration_cast<std::chrono::minutes>(of_day).count() &&
         period.end.second_pass == end.second_pass;
}

bool is_a_quarter(const Period& period) {
  return (period.end.minute_of_day - period.start.minute_of_day + minutes_of_day) % minutes_of_day == 15;
}

}  // namespace

void RowTimes::read(std::size_t field) {
  switch (field) {
    case dtime:
    case udtczas: return read_into(local_);
    case dtime_utc: return read_into(utc_);
    case period:
    case udtczas_oreb: return read_into(local_period_);
    case period_utc: return read_into(utc_period_);
    case business_date:
    case doba: return read_into(business_date_);
    case publication_ts:
    case source_datetime: return read_into(published_locally_, memory_.published_locally);
    case publication_ts_utc: return read_into(published_utc_, memory_.published_utc);
    default: return in_.skip();
  }
}

void RowTimes::finish(PricePoint& point) {
  if (in_.failed()) return;
  if (!local_ && !utc_) in_.fail("the row has no time");
  const Seconds whole = edge_ == PeriodEdge::end ? slot_length : Seconds(length_);
  for (const auto* time : {&local_, &utc_})
    if (*time && (*time)->time.time_since_epoch() % whole != Seconds(0))
      in_.fail(edge_ == PeriodEdge::end ? "the row's time is not the end of a quarter of an hour"
                                        : "the row's time is not the start of its period");
  if (utc_ && utc_->second_pass) in_.fail("the row's UTC time has a second pass");
  if (edge_ == PeriodEdge::end) check_periods();
  point.length = length_;
  point.local = local_;
  point.business_date = business_date_;
  if (utc_) point.utc = as_utc(utc_->time);
  if (published_utc_) point.published_at = as_utc(published_utc_->time);
  if (published_locally_) point.published_locally = published_locally_->time;
}

void RowTimes::check_periods() {
  if (local_period_ && local_ && !ends_at(*local_period_, *local_))
    in_.fail("the row's period does not end at its time");
  if (utc_period_ && utc_ && (!ends_at(*utc_period_, *utc_) || !is_a_quarter(*utc_period_)))
    in_.fail("the row's UTC period is not the quarter that ends at its UTC time");
}

void RowTimes::read_into(std::optional<LocalLabel>& into) {
  if (!in_.null()) take(into, read_time(in_.string(), memory_.date), "not a time");
}

void RowTimes::read_into(std::optional<LocalLabel>& into, Remembered<LocalLabel>& remembered) {
  if (in_.null()) return;
  const auto read = [this](std::string_view text) { return read_time(text, memory_.date); };
  take(into, remembered.get(in_.string(), read), "not a time");
}

void RowTimes::read_into(std::optional<year_month_day>& into) {
  if (!in_.null()) take(into, memory_.business_date.get(in_.string(), parse_date), "not a date");
}

void RowTimes::read_into(std::optional<Period>& into) {
  if (in_.null()) return;
  const auto value = read_period(in_.string());
  if (in_.failed()) return;
  if (!value) return in_.fail("not a period");
  into = value;
}

}  // namespace gridpilot::codec::pse
