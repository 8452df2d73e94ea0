#pragma once

#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/api/state.hpp"
#include "gridpilot/net/event_stream.hpp"

namespace gridpilot::api {

/// Sends what happens to everybody who listens at /api/v1/events. Events say what is new in a few words; large
/// documents (plan, prices) are announced and then fetched by those who want them.
///
/// Of each kind at most one event goes out within `pause`: a demo that lives through a day in seconds must not drown
/// its page. What came in between is replaced by the newest (prices: by the stretch that holds them all), which is sent
/// when the pause is over.
class EventHub {
 public:
  struct Limits {
    std::chrono::steady_clock::duration pause = std::chrono::milliseconds(100);
    std::size_t kept = 200;  ///< events that a returning client can still be sent; fewer than fit its queue
    net::EventStream::Limits queue{};
  };

  /// Ids begin at the starting time, so that they grow over restarts too.
  EventHub(const net::asio::any_io_executor& executor, Instant started) : EventHub(executor, started, Limits()) {}
  EventHub(const net::asio::any_io_executor& executor, Instant started, Limits limits);
  ~EventHub();
  EventHub(const EventHub&) = delete;
  EventHub& operator=(const EventHub&) = delete;

  void publish(const Reading& reading);
  void publish(const Decision& decision);
  void publish(const Plan& plan, std::string_view currency);
  /// Prices of these slots are new or have changed.
  void publish_prices(SlotRange slots);
  void publish(const Progress& progress);

  /// A new listener. It is sent what came after the event it saw last; where that is not known, the newest of each
  /// kind.
  [[nodiscard]] std::shared_ptr<net::EventStream> subscribe(std::optional<std::uint64_t> last_seen);
  [[nodiscard]] std::size_t listeners() const { return listeners_.size(); }
  /// Ends all listeners and what waits for its pause; nothing is sent any more.
  void close();

 private:
  enum class Kind { reading, decision, plan, prices, progress };
  static constexpr std::size_t kind_count = 5;
  [[nodiscard]] static std::string_view name_of(Kind kind);
  struct Kept {
    std::uint64_t id;
    Kind kind;
    net::EventText text;
  };
  struct Held {
    std::chrono::steady_clock::time_point free_from{};
    std::optional<std::string> waiting;
  };

  void offer(Kind kind, std::string document);
  void send(Kind kind, std::string_view document);
  void send_waiting();
  void wait_for_pause();

  net::asio::any_io_executor executor_;
  Limits limits_;
  net::asio::steady_timer timer_;
  std::uint64_t next_id_;
  std::array<Held, kind_count> held_;
  std::optional<SlotRange> changed_prices_;  ///< not yet told
  std::deque<Kept> kept_;
  std::array<std::optional<Kept>, kind_count> newest_;
  std::vector<std::shared_ptr<net::EventStream>> listeners_;
  std::shared_ptr<bool> alive_;
  bool timer_runs_ = false;
  bool closed_ = false;
};

}  // namespace gridpilot::api
