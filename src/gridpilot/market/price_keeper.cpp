#include "gridpilot/market/price_keeper.hpp"

#include <algorithm>
#include <utility>

namespace gridpilot::market {

using net::Awaitable;
using std::chrono::year_month_day;

std::string_view name_of(SourceCondition condition) noexcept {
  switch (condition) {
    case SourceCondition::starting: return "starting";
    case SourceCondition::fresh: return "fresh";
    case SourceCondition::waiting: return "waiting";
    case SourceCondition::failing: return "failing";
  }
  return "";
}

std::string_view name_of(SourceEvent::Kind kind) noexcept {
  switch (kind) {
    case SourceEvent::Kind::fetched: return "fetched";
    case SourceEvent::Kind::remembered: return "remembered";
    case SourceEvent::Kind::not_published: return "not_published";
    case SourceEvent::Kind::failed: return "failed";
    case SourceEvent::Kind::cache_failed: return "cache_failed";
  }
  return "";
}

int SourceState::failure_count() const {
  int count = 0;
  for (const auto& [code, times] : failures) count += times;
  return count;
}

PriceKeeper::PriceKeeper(Parts parts, PublicationSchedule schedule, PriceKeeperHooks hooks)
    : parts_(parts), schedule_(std::move(schedule)), hooks_(std::move(hooks)) {}

Awaitable<void> PriceKeeper::run() {
  const net::Timeline::Participant participant(parts_.timeline);
  co_await remember();
  while (true) {
    const Instant at_present = now();
    const PublicationSchedule::Ask next = schedule_.next(at_present);
    next_ask_ = next.at;
    if (next.at > at_present) {
      // In pieces, so that a clock that was set back does not put tomorrow's prices off by as much.
      co_await parts_.timeline.wait_until(std::min(next.at, at_present + std::chrono::hours(1)));
      continue;
    }
    co_await ask(next.day);
  }
}

Awaitable<void> PriceKeeper::remember() {
  if (parts_.cache == nullptr) co_return;
  const year_month_day today = schedule_.zone().date_of(now());
  for (int offset = -schedule_.past_days(); offset <= 1; ++offset) {
    const year_month_day day = plus_days(today, offset);
    auto prices = co_await parts_.cache->load(cached(), day);
    if (!prices) {
      if (prices.error().code != ErrorCode::not_found)
        tell(SourceEvent::Kind::cache_failed, day, std::move(prices.error()));
      continue;
    }
    const Instant fetched_at = prices->front().fetched_at;
    schedule_.remembered(day, fetched_at);
    last_good_ = std::max(last_good_.value_or(fetched_at), fetched_at);
    merge(*prices);
    tell(SourceEvent::Kind::remembered, day);
  }
}

Awaitable<void> PriceKeeper::ask(year_month_day day) {
  auto prices = co_await parts_.source.fetch_day(day);
  if (!prices) {
    failed(day, std::move(prices.error()));
    co_return;
  }
  schedule_.answered(day, now());
  last_good_ = now();
  failures_in_a_row_ = 0;
  merge(*prices);
  tell(SourceEvent::Kind::fetched, day);
  if (parts_.cache == nullptr) co_return;
  auto stored = co_await parts_.cache->store(cached(), day, std::move(*prices));
  if (!stored) tell(SourceEvent::Kind::cache_failed, day, std::move(stored.error()));
}

void PriceKeeper::failed(year_month_day day, Error error) {
  // The end of this task, not a failure: the next wait ends it.
  if (error.code == ErrorCode::cancelled) {
    schedule_.failed(day, now(), error);
    return;
  }
  if (error.code == ErrorCode::not_published) {
    schedule_.not_published(day, now());
    last_good_ = now();
    failures_in_a_row_ = 0;
    tell(SourceEvent::Kind::not_published, day);
    return;
  }
  schedule_.failed(day, now(), error);
  ++failures_[error.code];
  ++failures_in_a_row_;
  last_error_ = error;
  tell(SourceEvent::Kind::failed, day, std::move(error));
}

void PriceKeeper::merge(const std::vector<MarketPrice>& prices) {
  const int changed = parts_.book.merge(parts_.source.series(), prices);
  if (hooks_.on_prices) hooks_.on_prices(parts_.source.series(), prices, changed);
}

void PriceKeeper::tell(SourceEvent::Kind kind, year_month_day day, std::optional<Error> error) const {
  if (!hooks_.on_event) return;
  hooks_.on_event({.kind = kind,
                   .source = parts_.source.name(),
                   .day = day,
                   .error = std::move(error),
                   .failures_in_a_row = failures_in_a_row_});
}

SourceState PriceKeeper::state() const {
  SourceState state{
      .name = parts_.source.name(), .failures = failures_, .last_error = last_error_, .next_ask = next_ask_};
  const Instant at_present = now();
  if (last_good_) state.age = std::max(at_present - *last_good_, Seconds(0));
  if (failures_in_a_row_ > 0) {
    state.condition = SourceCondition::failing;
  } else if (!schedule_.is_known(schedule_.zone().date_of(at_present))) {
    state.condition = SourceCondition::starting;
  } else {
    state.condition = schedule_.waits_for_publication(at_present) ? SourceCondition::waiting : SourceCondition::fresh;
  }
  return state;
}

}  // namespace gridpilot::market
