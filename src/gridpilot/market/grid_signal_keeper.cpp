#include "gridpilot/market/grid_signal_keeper.hpp"

#include <algorithm>
#include <utility>

namespace gridpilot::market {

using net::Awaitable;
using std::chrono::year_month_day;

GridSignalKeeper::GridSignalKeeper(GridSignalSource& source, net::Timeline& timeline, TimeZone zone, Hooks hooks,
                                   GridSignalOptions options, net::RandomSource random)
    : source_(source),
      timeline_(timeline),
      zone_(std::move(zone)),
      hooks_(std::move(hooks)),
      options_(options),
      retry_(options_.after_failure, std::move(random)) {}

Awaitable<void> GridSignalKeeper::run() {
  const net::Timeline::Participant participant(timeline_);
  co_await remember();
  while (true) {
    const year_month_day today = zone_.date_of(now());
    bool well = co_await ask(today);
    if (well) well = co_await ask(plus_days(today, 1));
    const Seconds pause = well ? options_.interval : std::chrono::ceil<Seconds>(retry_.after_any());
    next_ask_ = now() + pause;
    co_await timeline_.wait_until(next_ask_);
  }
}

Awaitable<void> GridSignalKeeper::remember() {
  const year_month_day today = zone_.date_of(now());
  for (const year_month_day day : {today, plus_days(today, 1)}) {
    const auto signals = co_await source_.remembered_day(day);
    if (!signals) continue;
    last_good_ = std::max(last_good_.value_or(Instant{}), signals->front().fetched_at);
    newest_signal_ = std::max(newest_signal_.value_or(Instant{}), signals->back().slot.start());
    hooks_.on_signals(*signals);
    tell(SourceEvent::Kind::remembered, day);
  }
}

Awaitable<bool> GridSignalKeeper::ask(year_month_day day) {
  const auto signals = co_await source_.fetch_day(day);
  if (!signals && signals.error().code != ErrorCode::not_published) {
    // Cancelled is the end of this task, not a failure: the next wait ends it.
    if (signals.error().code == ErrorCode::cancelled) co_return false;
    ++failures_[signals.error().code];
    ++failures_in_a_row_;
    last_error_ = signals.error();
    tell(SourceEvent::Kind::failed, day, signals.error());
    co_return false;
  }
  last_good_ = now();
  failures_in_a_row_ = 0;
  retry_.succeeded();
  if (!signals) {
    tell(SourceEvent::Kind::not_published, day);
    co_return true;
  }
  newest_signal_ = std::max(newest_signal_.value_or(Instant{}), signals->back().slot.start());
  hooks_.on_signals(*signals);
  tell(SourceEvent::Kind::fetched, day);
  co_return true;
}

void GridSignalKeeper::tell(SourceEvent::Kind kind, year_month_day day, std::optional<Error> error) const {
  if (!hooks_.on_event) return;
  hooks_.on_event({.kind = kind,
                   .source = GridSignalSource::name(),
                   .day = day,
                   .error = std::move(error),
                   .failures_in_a_row = failures_in_a_row_});
}

SourceState GridSignalKeeper::state() const {
  SourceState state{
      .name = GridSignalSource::name(), .failures = failures_, .last_error = last_error_, .next_ask = next_ask_};
  const Instant at_present = now();
  if (last_good_) state.age = std::max(at_present - *last_good_, Seconds(0));
  const bool knows_the_present = newest_signal_ && *newest_signal_ >= Slot::containing(at_present).start();
  if (failures_in_a_row_ > 0) {
    state.condition = SourceCondition::failing;
  } else if (!last_good_) {
    state.condition = SourceCondition::starting;
  } else {
    state.condition = knows_the_present ? SourceCondition::fresh : SourceCondition::waiting;
  }
  return state;
}

}  // namespace gridpilot::market
