#include "gridpilot/codec/pse.hpp"

#include <array>

#include "gridpilot/core/json.hpp"

namespace gridpilot::codec::pse {

namespace {

using std::chrono::local_seconds;
using std::chrono::year_month_day;

constexpr std::int64_t max_nanos_per_kwh = 100'000LL * 1'000'000;  // 100 000 per MWh

/// The members of a row, in the order in which version 2 sends them; the price has its own name in each series.
enum Field : std::size_t {
  dtime,
  period,
  price,
  dtime_utc,
  period_utc,
  business_date,
  publication_ts,
  publication_ts_utc,
  // Version 1.
  udtczas,
  udtczas_oreb,
  doba,
  source_datetime,
};
constexpr json::Fields sdac_fields{"dtime",      "period",        "csdac_pln",      "dtime_utc",
                                   "period_utc", "business_date", "publication_ts", "publication_ts_utc",
                                   "udtczas",    "udtczas_oreb",  "doba",           "source_datetime"};
constexpr json::Fields rce_fields{"dtime",      "period",        "rce_pln",        "dtime_utc",
                                  "period_utc", "business_date", "publication_ts", "publication_ts_utc",
                                  "udtczas",    "udtczas_oreb",  "doba",           "source_datetime"};

/// Two digits as a number; -1 for anything else.
int two_digits(std::string_view text, std::size_t at) {
  if (at + 2 > text.size()) return -1;
  const int tens = text[at] - '0';
  const int ones = text[at + 1] - '0';
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

/// "02:15" or "02a:15", as minutes of the day.
struct ClockLabel {
  int minute_of_day = 0;
  bool second_pass = false;
  std::size_t length = 0;  ///< of the text
};

/// The clock time at the start of a text; 24:00 is the end of the day.
std::optional<ClockLabel> read_clock(std::string_view text) {
  const int hour = two_digits(text, 0);
  const bool second_pass = text.size() > 2 && text[2] == 'a';
  const std::size_t colon = second_pass ? 3 : 2;
  const int minute = two_digits(text, colon + 1);
  if (hour < 0 || minute < 0 || minute > 59 || text[colon] != ':') return std::nullopt;
  if (hour > 24 || (hour == 24 && minute != 0)) return std::nullopt;
  return ClockLabel{.minute_of_day = hour * 60 + minute, .second_pass = second_pass, .length = colon + 3};
}

std::optional<year_month_day> read_date(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int century = two_digits(text, 0);
  const int year = two_digits(text, 2);
  const int month = two_digits(text, 5);
  const int day = two_digits(text, 8);
  if (century < 0 || year < 0 || month < 0 || day < 0) return std::nullopt;
  const year_month_day date(std::chrono::year(century * 100 + year), std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day)));
  return date.ok() ? std::optional(date) : std::nullopt;
}

/// The rows of a document repeat each other's dates and whole times of publication: what was read last need not be read
/// again.
template <class T>
class Remembered {
 public:
  /// `read(text)`, or its answer of the last time where the text is the same.
  template <class Read>
  std::optional<T> get(std::string_view text, Read read) {
    if (text == std::string_view(text_.data(), size_)) return value_;
    size_ = 0;
    value_ = read(text);
    if (value_ && text.size() <= text_.size()) size_ = text.copy(text_.data(), text_.size());
    return value_;
  }

 private:
  std::array<char, 32> text_;
  std::size_t size_ = 0;  // 0: nothing is remembered, for no empty text is a date
  std::optional<T> value_;
};

struct RowMemory {
  Remembered<year_month_day> date;
  Remembered<year_month_day> business_date;
  Remembered<LocalLabel> published_locally, published_utc;
};

/// "2025-10-26 02a:15", seconds and a fraction optional; the fraction is dropped.
std::optional<LocalLabel> read_time(std::string_view text, Remembered<year_month_day>& dates) {
  const auto date = dates.get(text.substr(0, 10), read_date);
  if (!date || text.size() < 16 || (text[10] != ' ' && text[10] != 'T')) return std::nullopt;
  const auto clock = read_clock(text.substr(11));
  if (!clock) return std::nullopt;
  std::string_view rest = text.substr(11 + clock->length);
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
      std::chrono::local_days(*date) + std::chrono::minutes(clock->minute_of_day) + Seconds(seconds);
  return LocalLabel{.time = time, .second_pass = clock->second_pass};
}

Instant as_utc(local_seconds time) {
  return Instant(time.time_since_epoch());
}

bool is_whole_quarter(local_seconds time) {
  return time.time_since_epoch() % slot_length == Seconds(0);
}

/// The end of "22:45 - 23:00", and that it is a quarter long where that can be told.
struct Period {
  ClockLabel start, end;
};
std::optional<Period> read_period(std::string_view text) {
  const auto start = read_clock(text);
  if (!start || text.substr(start->length, 3) != " - ") return std::nullopt;
  const std::string_view rest = text.substr(start->length + 3);
  const auto end = read_clock(rest);
  if (!end || end->length != rest.size()) return std::nullopt;
  return Period{.start = *start, .end = *end};
}

bool ends_at(const Period& period, const LocalLabel& end) {
  const auto of_day = end.time - std::chrono::floor<std::chrono::days>(end.time);
  return period.end.minute_of_day % (24 * 60) == std::chrono::duration_cast<std::chrono::minutes>(of_day).count() &&
         period.end.second_pass == end.second_pass;
}

bool is_a_quarter(const Period& period) {
  return (period.end.minute_of_day - period.start.minute_of_day + 24 * 60) % (24 * 60) == 15;
}

/// Reads one row; what is wrong is said to the reader, which knows the place.
class RowReader {
 public:
  RowReader(json::Reader& in, RowMemory& memory) : in_(in), memory_(memory) {}

  void read(std::size_t field) {
    switch (field) {
      case price: return read_price();
      case dtime:
      case udtczas: return read_into(local_end_);
      case dtime_utc: return read_into(utc_end_);
      case period:
      case udtczas_oreb: return read_into(local_period_);
      case period_utc: return read_into(utc_period_);
      case business_date:
      case doba: return read_into(row_.business_date);
      case publication_ts:
      case source_datetime: return read_into(published_locally_, memory_.published_locally);
      case publication_ts_utc: return read_into(published_utc_, memory_.published_utc);
      default: return in_.skip();
    }
  }

  /// What can only be judged when all fields are there.
  [[nodiscard]] PriceRow finish() {
    if (in_.failed()) return row_;
    if (!has_price_) in_.fail("the row has no price");
    if (!local_end_ && !utc_end_) in_.fail("the row has no time");
    for (const auto* end : {&local_end_, &utc_end_})
      if (*end && !is_whole_quarter((*end)->time)) in_.fail("the row's time is not the end of a quarter of an hour");
    if (utc_end_ && utc_end_->second_pass) in_.fail("the row's UTC time has a second pass");
    if (local_period_ && local_end_ && !ends_at(*local_period_, *local_end_))
      in_.fail("the row's period does not end at its time");
    if (utc_period_ && utc_end_ && (!ends_at(*utc_period_, *utc_end_) || !is_a_quarter(*utc_period_)))
      in_.fail("the row's UTC period is not the quarter that ends at its UTC time");
    row_.local_end = local_end_;
    if (utc_end_) row_.end = as_utc(utc_end_->time);
    if (published_utc_) row_.published_at = as_utc(published_utc_->time);
    if (published_locally_) row_.published_locally = published_locally_->time;
    return row_;
  }

 private:
  void read_price() {
    if (in_.null()) return;
    row_.price = NetPrice::from_nanos_per_kwh(in_.fixed(6));
    has_price_ = true;
    const std::int64_t nanos = row_.price.nanos_per_kwh();
    if (nanos > max_nanos_per_kwh || nanos < -max_nanos_per_kwh)
      in_.fail("a price beyond ±100 000 per MWh is not believed");
  }
  /// null is the same as absent; two names of one thing must agree.
  template <class T>
  void take(std::optional<T>& into, const std::optional<T>& value, const char* otherwise) {
    if (in_.failed()) return;
    if (!value) return in_.fail(otherwise);
    if (into && !(*into == *value)) return in_.fail("contradicts another field of the row");
    into = value;
  }
  void read_into(std::optional<LocalLabel>& into) {
    if (!in_.null()) take(into, read_time(in_.string(), memory_.date), "not a time");
  }
  void read_into(std::optional<LocalLabel>& into, Remembered<LocalLabel>& remembered) {
    if (in_.null()) return;
    const auto read = [this](std::string_view text) { return read_time(text, memory_.date); };
    take(into, remembered.get(in_.string(), read), "not a time");
  }
  void read_into(std::optional<year_month_day>& into) {
    if (!in_.null()) take(into, memory_.business_date.get(in_.string(), read_whole_date), "not a date");
  }
  void read_into(std::optional<Period>& into) {
    if (in_.null()) return;
    const auto value = read_period(in_.string());
    if (in_.failed()) return;
    if (!value) return in_.fail("not a period");
    into = value;
  }
  static std::optional<year_month_day> read_whole_date(std::string_view text) {
    return text.size() == 10 ? read_date(text) : std::nullopt;
  }

  json::Reader& in_;
  RowMemory& memory_;
  PriceRow row_;
  bool has_price_ = false;
  std::optional<LocalLabel> local_end_, utc_end_, published_locally_, published_utc_;
  std::optional<Period> local_period_, utc_period_;
};

template <std::size_t N>
void read_rows(json::Reader& in, const json::Fields<N>& fields, std::vector<PriceRow>& rows) {
  RowMemory memory;
  in.array([&] {
    RowReader row(in, memory);
    (void)in.record(fields, [&](std::size_t field) { row.read(field); }, json::Unknown::skip);
    rows.push_back(row.finish());
  });
}

}  // namespace

Result<PricePage> parse_price_page(std::string_view text, PriceSeries series) {
  return json::decode(text, [series](json::Reader& in) {
    PricePage page;
    page.rows.reserve(100);  // what a full page holds
    static constexpr json::Fields envelope{"value", "nextLink"};
    const json::Seen seen = in.record(
        envelope,
        [&](std::size_t field) {
          if (field == 1) {
            if (!in.null()) page.next_link = in.string();
          } else if (series == PriceSeries::sdac_15min) {
            read_rows(in, sdac_fields, page.rows);
          } else {
            read_rows(in, rce_fields, page.rows);
          }
        },
        json::Unknown::skip);
    in.require(envelope, seen, 0, 1);
    return page;
  });
}

namespace {

/// A local day whose clock is changed at most once: slots before `change` have one offset, from it on the other.
struct ZonedDay {
  SlotRange slots;
  Slot change;
  Seconds before{0}, after{0};

  [[nodiscard]] Seconds offset_of(Slot slot) const { return slot < change ? before : after; }
  [[nodiscard]] bool is_before(Slot slot) const { return slots.first <= slot && slot < change; }
  [[nodiscard]] bool is_after(Slot slot) const { return change <= slot && slot < slots.last; }
};

ZonedDay zoned(year_month_day date, const TimeZone& zone) {
  ZonedDay day{.slots = zone.slots_of(date)};
  day.before = zone.offset_at(day.slots.first.start());
  day.after = zone.offset_at((day.slots.last - 1).start());
  Slot low = day.slots.first;
  Slot high = day.slots.last;
  if (day.before == day.after) low = high;
  while (low < high) {
    const Slot middle = low + (high - low) / 2;
    if (zone.offset_at(middle.start()) == day.before) {
      low = middle.next();
    } else {
      high = middle;
    }
  }
  day.change = low;
  return day;
}

local_seconds local_time(Instant t, Seconds offset) {
  return local_seconds(t.time_since_epoch() + offset);
}

class DayBuilder {
 public:
  DayBuilder(const DayRequest& request, const TimeZone& zone)
      : request_(request), zone_(zone), day_(zoned(request.day, zone)) {
    prices_.resize(static_cast<std::size_t>(day_.slots.size()));
    present_.resize(prices_.size());
  }

  [[nodiscard]] Result<void> add_all(std::span<const PriceRow> rows);
  [[nodiscard]] Result<std::vector<MarketPrice>> finish();

 private:
  [[nodiscard]] Result<Slot> slot_of(const PriceRow& row) const;
  [[nodiscard]] Result<Slot> slot_of_local(const LocalLabel& end) const;
  [[nodiscard]] std::optional<Instant> published(const PriceRow& row);
  [[nodiscard]] Result<void> add(const PriceRow& row);
  [[nodiscard]] std::unexpected<Error> malformed(const std::string& sentence) const {
    return failure(ErrorCode::malformed,
                   std::string(name_of(request_.series)) + " " + to_iso(request_.day) + ": " + sentence);
  }
  [[nodiscard]] std::size_t index_of(Slot slot) const { return static_cast<std::size_t>(slot - day_.slots.first); }
  [[nodiscard]] std::string quarter_text(Slot slot) const {
    const bool repeated = day_.before > day_.after && slot >= day_.change && slot < day_.change + 4;
    return clock_text(zone_, slot.start()) + (repeated ? " (second pass)" : "");
  }

  const DayRequest& request_;
  const TimeZone& zone_;
  ZonedDay day_;
  std::vector<MarketPrice> prices_;
  std::vector<bool> present_;
  bool passes_are_marked_ = false;  ///< the document has "02a" labels, so a plain label is the first pass
  std::optional<local_seconds> published_locally_;
  std::optional<Instant> published_at_;
};

Result<void> DayBuilder::add_all(std::span<const PriceRow> rows) {
  for (const PriceRow& row : rows) passes_are_marked_ |= row.local_end && row.local_end->second_pass;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    if (auto added = add(rows[n]); !added)
      return std::unexpected(std::move(added.error()).in("row " + std::to_string(n)));
  }
  return {};
}

Result<void> DayBuilder::add(const PriceRow& row) {
  if (row.business_date && *row.business_date != request_.day)
    return malformed("the row is of business day " + to_iso(*row.business_date));
  const auto slot = slot_of(row);
  if (!slot) return slot.failed();
  const std::size_t index = index_of(*slot);
  MarketPrice& price = prices_[index];
  const auto published_at = published(row);
  if (present_[index]) {
    if (price.price != row.price) return malformed("quarter " + quarter_text(*slot) + " has two different prices");
    if (published_at > price.published_at) price.published_at = published_at;
    return {};
  }
  present_[index] = true;
  price = {.slot = *slot,
           .price = row.price,
           .published_at = published_at,
           .fetched_at = request_.fetched_at,
           .source = request_.source};
  return {};
}

Result<Slot> DayBuilder::slot_of(const PriceRow& row) const {
  if (!row.end) {
    if (!row.local_end) return malformed("the row has no time");
    return slot_of_local(*row.local_end);
  }
  const Slot slot = Slot::containing(*row.end) - 1;
  if (!day_.slots.contains(slot))
    return malformed("the quarter that ends at " + to_rfc3339(*row.end) + " is not of this day");
  if (row.local_end) {
    // At the spring jump the end of the quarter has two names, 02:00 and 03:00.
    const local_seconds by_start = local_time(slot.end(), day_.offset_of(slot));
    const local_seconds by_end = local_time(slot.end(), slot.next() < day_.change ? day_.before : day_.after);
    const bool is_second_pass = day_.before > day_.after && day_.is_after(slot);
    if ((row.local_end->time != by_start && row.local_end->time != by_end) ||
        (row.local_end->second_pass && !is_second_pass))
      return malformed("the UTC time " + to_rfc3339(*row.end) + " and the local time contradict each other");
  }
  return slot;
}

/// The quarter is found by its start: "02:15" ends the quarter that begins at 02:00 in the same pass, whose end has a
/// name of its own even where the clock is changed at it ("03:00", then "02a:15").
Result<Slot> DayBuilder::slot_of_local(const LocalLabel& end) const {
  const auto slot_at = [](local_seconds start, Seconds offset) {
    return Slot::containing(Instant(start.time_since_epoch() - offset));
  };
  const local_seconds start = end.time - slot_length;
  const Slot first = slot_at(start, day_.before);
  const Slot second = slot_at(start, day_.after);
  const bool can_be_first = day_.is_before(first);
  const bool can_be_second = day_.before != day_.after && day_.is_after(second);
  if (end.second_pass) {
    if (can_be_second && can_be_first) return second;
    return malformed("there is no second pass of this hour on this day");
  }
  if (can_be_first && can_be_second) {
    const bool again = !passes_are_marked_ && present_[index_of(first)];
    return again ? second : first;
  }
  if (can_be_first) return first;
  if (can_be_second) return second;
  // The quarter before the spring jump, named by what the clock shows after it.
  if (day_.before < day_.after && slot_at(end.time, day_.after) == day_.change) return day_.change - 1;
  return malformed("the row's local time does not exist on this day");
}

std::optional<Instant> DayBuilder::published(const PriceRow& row) {
  if (row.published_at || !row.published_locally) return row.published_at;
  if (row.published_locally != published_locally_) {
    // The same for all rows, as a rule.
    published_locally_ = row.published_locally;
    const auto days = std::chrono::floor<std::chrono::days>(*row.published_locally);
    const std::chrono::hh_mm_ss clock(*row.published_locally - days);
    published_at_ = zone_.instant_of({.date = year_month_day(days),
                                      .hour = static_cast<int>(clock.hours().count()),
                                      .minute = static_cast<int>(clock.minutes().count()),
                                      .second = static_cast<int>(clock.seconds().count())});
  }
  return published_at_;
}

Result<std::vector<MarketPrice>> DayBuilder::finish() {
  std::size_t missing = 0;
  std::size_t first_missing = 0;
  for (std::size_t n = present_.size(); n-- > 0;) {
    if (present_[n]) continue;
    ++missing;
    first_missing = n;
  }
  if (missing == 0) return std::move(prices_);
  const Slot slot = day_.slots.first + static_cast<std::int64_t>(first_missing);
  return malformed("quarter " + quarter_text(slot) + " is missing (" + std::to_string(missing) + " of " +
                   std::to_string(prices_.size()) + " are)");
}

}  // namespace

Result<std::vector<MarketPrice>> day_prices(std::span<const PriceRow> rows, const DayRequest& request,
                                            const TimeZone& zone) {
  if (rows.empty()) {
    return failure(ErrorCode::not_published,
                   std::string(name_of(request.series)) + " " + to_iso(request.day) + " is not published yet");
  }
  DayBuilder builder(request, zone);
  if (auto added = builder.add_all(rows); !added) return std::move(added).failed();
  return builder.finish();
}

}  // namespace gridpilot::codec::pse
