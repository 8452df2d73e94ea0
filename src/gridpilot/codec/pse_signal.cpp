#include <algorithm>

#include "gridpilot/codec/pse.hpp"
#include "gridpilot/codec/pse_row.hpp"

namespace gridpilot::codec::pse {

namespace {

constexpr std::chrono::minutes hour{60};
constexpr std::int64_t quarters_of_hour = 4;

/// Version 1 calls the level "znacznik".
enum SignalField : std::size_t { znacznik = further, is_active };
constexpr json::Fields signal_fields{"dtime",      "period",        "usage_fcst",     "dtime_utc",
                                     "period_utc", "business_date", "publication_ts", "publication_ts_utc",
                                     "udtczas",    "udtczas_oreb",  "doba",           "source_datetime",
                                     "znacznik",   "is_active"};

std::unexpected<Error> malformed(std::chrono::year_month_day day, const std::string& sentence) {
  return failure(ErrorCode::malformed, "pdgsz " + to_iso(day) + ": " + sentence);
}

void read_row(json::Reader& in, RowMemory& memory, std::vector<SignalRow>& rows) {
  RowTimes times(in, memory, PeriodEdge::start, hour);
  std::optional<std::int64_t> level;
  bool active = true;
  SignalRow row;
  static_cast<void>(in.record(
      signal_fields,
      [&](std::size_t field) {
        if (field == value || field == znacznik) {
          if (in.null()) return;
          const std::int64_t number = in.integer();
          if (number < 0 || number > 3) in.fail("a level is 0 to 3");
          if (level && *level != number) in.fail("contradicts another field of the row");
          level = number;
        } else if (field == is_active) {
          if (!in.null()) active = in.boolean();
        } else {
          times.read(field);
        }
      },
      json::Unknown::skip));
  times.finish(row.time);
  if (!active || !level || in.failed()) return;
  row.level = static_cast<int>(*level);
  rows.push_back(row);
}

/// Whether a row was published later than what is known; nullopt where that cannot be told.
std::optional<bool> is_later(const PricePoint& row, const PricePoint& known) {
  if (row.published_at && known.published_at && row.published_at != known.published_at)
    return row.published_at > known.published_at;
  if (row.published_locally && known.published_locally && row.published_locally != known.published_locally)
    return row.published_locally > known.published_locally;
  return std::nullopt;
}

}  // namespace

Result<SignalPage> parse_signal_page(std::string_view text) {
  return json::decode(text, [](json::Reader& in) {
    static constexpr json::Fields envelope{"value", "nextLink"};
    SignalPage page;
    RowMemory memory;
    const json::Seen seen = in.record(
        envelope,
        [&](std::size_t field) {
          if (field == 0) {
            in.array([&] { read_row(in, memory, page.rows); });
          } else if (!in.null()) {
            page.next_link = in.string();
          }
        },
        json::Unknown::skip);
    in.require(envelope, seen, 0, 1);
    return page;
  });
}

Result<std::vector<GridSignal>> day_signals(std::span<const SignalRow> rows, std::chrono::year_month_day date,
                                            Instant fetched_at, std::string_view source, const TimeZone& zone) {
  const LocalDay day(date, zone);
  std::vector<const SignalRow*> hours(static_cast<std::size_t>(day.slots().size() / quarters_of_hour));
  const bool marked =
      std::ranges::any_of(rows, [](const SignalRow& row) { return row.time.local && row.time.local->second_pass; });
  for (const SignalRow& row : rows) {
    if (row.time.business_date && *row.time.business_date != date)
      return malformed(date, "a row is of business day " + to_iso(*row.time.business_date));
    Slot slot;
    if (row.time.utc) {
      slot = Slot::containing(*row.time.utc);
      if (!day.slots().contains(slot))
        return malformed(date, "the hour that begins at " + to_rfc3339(*row.time.utc) + " is not of this day");
      if (row.time.local && !day.agrees(slot, *row.time.local, PeriodEdge::start, hour))
        return malformed(date,
                         "the UTC time " + to_rfc3339(*row.time.utc) + " and the local time contradict each other");
    } else {
      const auto place = day.place(row.time.local.value_or(LocalLabel{}), PeriodEdge::start, hour);
      if (!place) return malformed(date, place.error().message);
      const auto first = static_cast<std::size_t>((place->slot - day.slots().first) / quarters_of_hour);
      // A row of the same hour that was published at another time is its correction, not the second pass.
      const bool is_again = !marked && hours[first] != nullptr && !is_later(row.time, hours[first]->time);
      slot = is_again ? place->or_again.value_or(place->slot) : place->slot;
    }
    const SignalRow*& known = hours[static_cast<std::size_t>((slot - day.slots().first) / quarters_of_hour)];
    if (known == nullptr) {
      known = &row;
      continue;
    }
    const auto later = is_later(row.time, known->time);
    if (!later && row.level != known->level)
      return malformed(date, "hour " + day.quarter_text(slot) + " has two different levels");
    if (later.value_or(false)) known = &row;
  }
  std::vector<GridSignal> signals;
  signals.reserve(hours.size() * quarters_of_hour);
  for (std::size_t hour_of_day = 0; hour_of_day < hours.size(); ++hour_of_day) {
    const SignalRow* row = hours[hour_of_day];
    if (row == nullptr) continue;
    std::optional<Instant> published = row->time.published_at;
    if (!published && row->time.published_locally) published = as_instant(*row->time.published_locally, zone);
    for (std::int64_t n = 0; n < quarters_of_hour; ++n)
      signals.push_back({.slot = day.slots().first + (static_cast<std::int64_t>(hour_of_day) * quarters_of_hour + n),
                         .level = row->level,
                         .published_at = published,
                         .fetched_at = fetched_at,
                         .source = source});
  }
  if (signals.empty()) return failure(ErrorCode::not_published, "pdgsz " + to_iso(date) + " is not published yet");
  return signals;
}

}  // namespace gridpilot::codec::pse
