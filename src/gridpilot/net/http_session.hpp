#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "gridpilot/net/http_server.hpp"
#include "gridpilot/os/clock.hpp"

namespace gridpilot::net {

/// What the sessions of one server have in common. Private to the server.
struct HttpSessionHost {
  HttpServerLimits limits;
  HttpServer::Handler handler;
  HttpServer::Report report;
  bool stopping = false;

  /// "Date: Wed, 25 Nov 2026 01:46:33 GMT\r\n", made once a second.
  [[nodiscard]] std::string_view date_line();

 private:
  os::SystemClock clock_;
  Instant dated_{};
  std::string date_line_;
};

/// Writes status line and headers of a reply. `length` is that of the body to come; absent for an event stream.
void append_head(std::string& out, const HttpReply& reply, std::optional<std::size_t> length, bool gzip,
                 bool keep_alive, std::string_view date_line);

/// One connection of an HttpServer: reads a request, asks the handler, writes the reply, and again. Deadlines are not
/// timers of its own but looked at by the server's sweep: at 100 000 requests a second a timer each would cost more
/// than the requests.
class HttpSession {
 public:
  HttpSession(asio::ip::tcp::socket socket, std::shared_ptr<HttpSessionHost> host);

  /// Completes when the connection is over.
  [[nodiscard]] Awaitable<void> run();

  using Time = std::chrono::steady_clock::time_point;
  /// Ends what has taken too long.
  void check_deadline(Time now);
  /// Ends after the reply under way; at once where there is none.
  void finish();
  /// Ends now.
  void abort();
  [[nodiscard]] asio::cancellation_slot cancellation() { return cancelled_.slot(); }

 private:
  enum class Phase { idle, reading, handling, writing, streaming };
  enum class Got { query, refused, ended };

  void enter(Phase phase, HttpServerLimits::Duration allowed);
  [[nodiscard]] Awaitable<bool> fill();
  [[nodiscard]] Awaitable<bool> write(std::string_view head, std::string_view body);
  [[nodiscard]] Awaitable<Got> read_query();
  [[nodiscard]] Awaitable<HttpReply> ask_handler();
  [[nodiscard]] Awaitable<bool> answer(HttpReply reply);
  [[nodiscard]] Awaitable<void> refuse();
  [[nodiscard]] Awaitable<void> stream(std::shared_ptr<EventStream> events);
  [[nodiscard]] Awaitable<void> feed(std::shared_ptr<EventStream> events);
  [[nodiscard]] Awaitable<void> watch_for_end();

  asio::ip::tcp::socket socket_;
  std::shared_ptr<HttpSessionHost> host_;
  asio::cancellation_signal cancelled_;
  Phase phase_ = Phase::idle;
  Time deadline_{};
  bool timed_out_ = false;
  bool gone_ = false;

  std::vector<char> input_;
  std::size_t input_begin_ = 0;
  std::size_t input_end_ = 0;
  std::string head_;
  std::string remote_;
  std::shared_ptr<EventStream> events_;

  // The request under way.
  HttpQuery query_;
  bool head_only_ = false;
  bool gzip_ = false;
  bool keep_alive_ = false;
  int refused_status_ = 0;
  std::string refused_because_;
};

}  // namespace gridpilot::net
