#pragma once

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "gridpilot/net/async.hpp"

namespace gridpilot::net {

/// One server-sent event as it goes over the wire; shared by all clients it is sent to.
using EventText = std::shared_ptr<const std::string>;

/// "id: 7\nevent: reading\ndata: {…}\n\n"; every line of the data gets its own "data: ".
[[nodiscard]] EventText event_text(std::uint64_t id, std::string_view kind, std::string_view data);

/// The queue between those who publish and one client. Bounded: a client that does not read fast enough is dropped,
/// because it can resume by the id of the last event it saw. Used on the loop's thread only.
class EventStream {
 public:
  struct Limits {
    std::size_t events = 256;
    std::size_t bytes = std::size_t{1} << 20U;
  };

  explicit EventStream(const asio::any_io_executor& executor) : EventStream(executor, Limits()) {}
  EventStream(const asio::any_io_executor& executor, Limits limits);

  /// Queues an event. False where the stream has ended, or ends by this one because the queue is full.
  bool push(EventText event);
  /// Ends the stream: what is queued is not sent any more.
  void close();
  [[nodiscard]] bool closed() const { return closed_; }

  /// The next event; null where none came within `patience` or the stream has ended. One caller at a time. Cancelling
  /// ends it with operation_aborted.
  [[nodiscard]] Awaitable<EventText> next(std::chrono::steady_clock::duration patience);
  /// Completes when the stream has ended. One caller at a time.
  [[nodiscard]] Awaitable<void> until_closed();

 private:
  Limits limits_;
  std::deque<EventText> queue_;
  std::size_t queued_bytes_ = 0;
  bool closed_ = false;
  asio::steady_timer wake_;
  asio::steady_timer ended_;
};

}  // namespace gridpilot::net
