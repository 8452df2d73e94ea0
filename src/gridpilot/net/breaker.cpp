#include "gridpilot/net/breaker.hpp"

#include <algorithm>
#include <cmath>

namespace gridpilot::net {

std::optional<Instant> Breaker::refuse_until(Instant now) {
  if (!open_until_) return std::nullopt;
  // The clock was set back.
  open_until_ = std::min(*open_until_, now + pause_);
  if (now < *open_until_) return open_until_;
  if (trial_under_way_) return now + Seconds(1);
  trial_under_way_ = true;
  return std::nullopt;
}

void Breaker::succeeded() {
  failures_ = 0;
  pauses_ = 0;
  open_until_.reset();
  trial_under_way_ = false;
}

void Breaker::failed(Instant now) {
  ++failures_;
  if (open_until_) {
    // A question of before the breaker opened says nothing new; the trial does.
    if (trial_under_way_) open(now);
    return;
  }
  if (failures_ >= policy_.failures_to_open) open(now);
}

void Breaker::open(Instant now) {
  const double grown =
      static_cast<double>(policy_.first_pause.count()) * std::pow(policy_.factor, std::min(pauses_, 60));
  pause_ = Seconds(static_cast<std::int64_t>(std::min(grown, static_cast<double>(policy_.longest_pause.count()))));
  ++pauses_;
  open_until_ = now + pause_;
  trial_under_way_ = false;
}

void Breaker::abandoned() {
  trial_under_way_ = false;
}

Breaker::State Breaker::state(Instant now) const {
  if (!open_until_) return State::closed;
  return now < *open_until_ ? State::open : State::half_open;
}

std::string_view name_of(Breaker::State state) noexcept {
  switch (state) {
    case Breaker::State::closed: return "closed";
    case Breaker::State::open: return "open";
    case Breaker::State::half_open: return "half_open";
  }
  return "";
}

}  // namespace gridpilot::net
