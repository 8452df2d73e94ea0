#include "gridpilot/api/event_hub.hpp"

#include <algorithm>
#include <utility>

#include "gridpilot/api/documents.hpp"

namespace gridpilot::api {

EventHub::EventHub(const net::asio::any_io_executor& executor, Instant started, Limits limits)
    : executor_(executor),
      limits_(limits),
      timer_(executor),
      next_id_(static_cast<std::uint64_t>(std::max<std::int64_t>(started.time_since_epoch().count(), 0)) * 1000 + 1),
      alive_(std::make_shared<bool>(true)) {}

EventHub::~EventHub() {
  *alive_ = false;
  close();
}

std::string_view EventHub::name_of(Kind kind) {
  switch (kind) {
    case Kind::reading: return "reading";
    case Kind::decision: return "decision";
    case Kind::plan: return "plan";
    case Kind::prices: return "prices";
    case Kind::progress: return "progress";
  }
  return "";
}

void EventHub::publish(const Reading& reading) {
  offer(Kind::reading, reading_event(reading));
}

void EventHub::publish(const Decision& decision) {
  offer(Kind::decision, decision_event(decision));
}

void EventHub::publish(const Plan& plan, std::string_view currency) {
  offer(Kind::plan, plan_event(plan, currency));
}

void EventHub::publish_prices(SlotRange slots) {
  if (changed_prices_) {
    slots.first = std::min(slots.first, changed_prices_->first);
    slots.last = std::max(slots.last, changed_prices_->last);
  }
  changed_prices_ = slots;
  offer(Kind::prices, prices_event(slots));
}

void EventHub::publish(const Progress& progress) {
  offer(Kind::progress, progress_event(progress));
}

std::shared_ptr<net::EventStream> EventHub::subscribe(std::optional<std::uint64_t> last_seen) {
  auto listener = std::make_shared<net::EventStream>(executor_, limits_.queue);
  if (closed_) {
    listener->close();
    return listener;
  }
  const bool continues = last_seen && *last_seen < next_id_ && !kept_.empty() && kept_.front().id <= *last_seen + 1;
  std::vector<Kept> due;
  if (continues) {
    std::ranges::copy_if(kept_, std::back_inserter(due), [&](const Kept& k) { return k.id > *last_seen; });
  } else {
    for (const auto& newest : newest_)
      if (newest) due.push_back(*newest);
    std::ranges::sort(due, {}, &Kept::id);
  }
  for (const Kept& event : due) listener->push(event.text);
  listeners_.push_back(listener);
  return listener;
}

void EventHub::close() {
  closed_ = true;
  timer_.cancel();
  for (const auto& listener : listeners_) listener->close();
  listeners_.clear();
}

void EventHub::offer(Kind kind, std::string document) {
  if (closed_) return;
  Held& held = held_[static_cast<std::size_t>(kind)];
  const auto now = std::chrono::steady_clock::now();
  if (now < held.free_from) {
    held.waiting = std::move(document);
    wait_for_pause();
    return;
  }
  held.free_from = now + limits_.pause;
  held.waiting.reset();
  send(kind, document);
}

void EventHub::send(Kind kind, std::string_view document) {
  const Kept event{.id = next_id_, .kind = kind, .text = net::event_text(next_id_, name_of(kind), document)};
  ++next_id_;
  if (kind == Kind::prices) changed_prices_.reset();
  kept_.push_back(event);
  if (kept_.size() > limits_.kept) kept_.pop_front();
  newest_[static_cast<std::size_t>(kind)] = event;
  std::erase_if(listeners_, [&event](const auto& listener) { return !listener->push(event.text); });
}

void EventHub::send_waiting() {
  const auto now = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < kind_count; ++i) {
    Held& held = held_[i];
    if (!held.waiting || now < held.free_from) continue;
    held.free_from = now + limits_.pause;
    const std::string document = std::move(*held.waiting);
    held.waiting.reset();
    send(static_cast<Kind>(i), document);
  }
  wait_for_pause();
}

void EventHub::wait_for_pause() {
  if (timer_runs_ || closed_) return;
  auto next = std::chrono::steady_clock::time_point::max();
  for (const Held& held : held_)
    if (held.waiting) next = std::min(next, held.free_from);
  if (next == std::chrono::steady_clock::time_point::max()) return;
  timer_runs_ = true;
  timer_.expires_at(next);
  timer_.async_wait([this, alive = alive_](const boost::system::error_code&) {
    if (!*alive) return;
    timer_runs_ = false;
    if (!closed_) send_waiting();
  });
}

}  // namespace gridpilot::api
