#include "gridpilot/net/event_stream.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace gridpilot::net {

EventText event_text(std::uint64_t id, std::string_view kind, std::string_view data) {
  std::string text = "id: " + std::to_string(id) + "\nevent: " + std::string(kind) + '\n';
  do {
    const std::size_t end = data.find('\n');
    text.append("data: ").append(data.substr(0, end)).push_back('\n');
    data = end == std::string_view::npos ? std::string_view() : data.substr(end + 1);
  } while (!data.empty());
  text.push_back('\n');
  return std::make_shared<const std::string>(std::move(text));
}

EventStream::EventStream(const asio::any_io_executor& executor, Limits limits)
    : limits_(limits), wake_(executor), ended_(executor, asio::steady_timer::time_point::max()) {}

bool EventStream::push(EventText event) {
  if (closed_) return false;
  if (queue_.size() >= limits_.events || queued_bytes_ + event->size() > limits_.bytes) {
    close();
    return false;
  }
  queued_bytes_ += event->size();
  queue_.push_back(std::move(event));
  wake_.cancel();
  return true;
}

void EventStream::close() {
  closed_ = true;
  queue_.clear();
  queued_bytes_ = 0;
  wake_.cancel();
  ended_.cancel();
}

Awaitable<void> EventStream::until_closed() {
  boost::system::error_code woken;
  if (!closed_) co_await ended_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

Awaitable<EventText> EventStream::next(std::chrono::steady_clock::duration patience) {
  if (queue_.empty() && !closed_) {
    wake_.expires_after(patience);
    boost::system::error_code woken;  // the deadline, an event, or the end: told apart by looking
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  if (queue_.empty()) co_return nullptr;
  EventText event = std::move(queue_.front());
  queue_.pop_front();
  queued_bytes_ -= event->size();
  co_return event;
}

}  // namespace gridpilot::net
