#include "gridpilot/weather/outlook_keeper.hpp"

#include <algorithm>
#include <utility>

namespace gridpilot::weather {

using net::Awaitable;

namespace {

/// When the source last said that this is current. An observation is as old as what it observed.
template <class Value>
Instant age_counts_from(const Value& value) {
  return value.fetched_at;
}
Instant age_counts_from(const WeatherObservation& observation) {
  return observation.time;
}

}  // namespace

std::string_view name_of(SourceCondition condition) noexcept {
  switch (condition) {
    case SourceCondition::starting: return "starting";
    case SourceCondition::fresh: return "fresh";
    case SourceCondition::stale: return "stale";
    case SourceCondition::failing: return "failing";
  }
  return "";
}

std::string_view name_of(SourceEvent::Kind kind) noexcept {
  switch (kind) {
    case SourceEvent::Kind::fetched: return "fetched";
    case SourceEvent::Kind::remembered: return "remembered";
    case SourceEvent::Kind::failed: return "failed";
  }
  return "";
}

int SourceState::failure_count() const {
  int all = 0;
  for (const auto& [code, count] : failures) all += count;
  return all;
}

template <class Value>
OutlookKeeper<Value>::OutlookKeeper(ports::OutlookSource<Value>& source, net::Timeline& timeline, KeeperOptions options,
                                    Hooks hooks, net::RandomSource random)
    : source_(source),
      timeline_(timeline),
      options_(options),
      hooks_(std::move(hooks)),
      random_(std::move(random)),
      retry_(options.after_failure, random_),
      slow_retry_(options.after_permanent_failure, random_) {}

template <class Value>
Awaitable<void> OutlookKeeper<Value>::run() {
  const net::Timeline::Participant inside(timeline_);
  next_ask_ = now();
  if (auto known = co_await source_.remembered()) {
    const Instant from = age_counts_from(*known);
    take(std::move(*known), from, SourceEvent::Kind::remembered);
    // What is young enough is not asked for again at once: a program that starts again and again must not use up a
    // daily limit. What lies in the future was kept under a wrong clock.
    if (from <= now()) next_ask_ = std::max(next_ask_, from + options_.interval);
  }
  while (true) {
    co_await timeline_.wait_until(next_ask_);
    auto value = co_await source_.fetch();
    if (!value) {
      failed(value.error());
      continue;
    }
    const Instant from = age_counts_from(*value);
    take(std::move(*value), from, SourceEvent::Kind::fetched);
    next_ask_ = now() + options_.interval + spread();
  }
}

template <class Value>
Seconds OutlookKeeper<Value>::spread() const {
  const double drawn = random_ ? random_() : 0.0;
  return Seconds(static_cast<std::int64_t>(drawn * options_.spread * static_cast<double>(options_.interval.count())));
}

template <class Value>
void OutlookKeeper<Value>::take(Value value, Instant confirmed_at, SourceEvent::Kind kind) {
  newest_ = std::move(value);
  confirmed_at_ = confirmed_at;
  failures_in_a_row_ = 0;
  retry_.succeeded();
  slow_retry_.succeeded();
  tell({.kind = kind});
  if (hooks_.on_value) hooks_.on_value(*newest_);
}

template <class Value>
void OutlookKeeper<Value>::failed(const Error& error) {
  // The end of this task, not a failure: the next wait ends it.
  const bool may_pass = group_of(error.code) == ErrorGroup::retryable;
  const auto pause = may_pass ? retry_.after_any() : slow_retry_.after_any();
  next_ask_ = now() + std::max(std::chrono::ceil<Seconds>(pause), Seconds(1));
  if (error.code == ErrorCode::cancelled) return;
  ++failures_[error.code];
  ++failures_in_a_row_;
  last_error_ = error;
  tell({.kind = SourceEvent::Kind::failed, .error = &error});
}

template <class Value>
void OutlookKeeper<Value>::tell(SourceEvent event) {
  event.source = source_.name();
  event.failures_in_a_row = failures_in_a_row_;
  if (hooks_.on_event) hooks_.on_event(event);
}

template <class Value>
SourceState OutlookKeeper<Value>::state() const {
  SourceState state{.name = source_.name(),
                    .condition = SourceCondition::starting,
                    .age = std::nullopt,
                    .failures = failures_,
                    .last_error = last_error_,
                    .is_failing = failures_in_a_row_ > 0,
                    .next_ask = next_ask_};
  if (confirmed_at_) state.age = std::max(now() - *confirmed_at_, Seconds(0));
  const Seconds limit = options_.stale_after > Seconds(0) ? options_.stale_after : options_.interval * 3;
  if (state.age && *state.age > limit) {
    state.condition = SourceCondition::stale;
  } else if (failures_in_a_row_ > 0) {
    state.condition = SourceCondition::failing;
  } else if (state.age) {
    state.condition = SourceCondition::fresh;
  }
  return state;
}

template class OutlookKeeper<WeatherForecast>;
template class OutlookKeeper<PvForecast>;
template class OutlookKeeper<WeatherObservation>;
template class OutlookKeeper<PriceAdvice>;

}  // namespace gridpilot::weather
