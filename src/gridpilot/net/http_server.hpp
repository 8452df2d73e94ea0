#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/result.hpp"
#include "gridpilot/net/async.hpp"
#include "gridpilot/net/event_stream.hpp"
#include "gridpilot/net/http_query.hpp"

namespace gridpilot::net {

/// Bytes of a reply: its own, shared with others, or static.
class HttpBody {
 public:
  HttpBody() = default;
  HttpBody(std::string text) : own_(std::move(text)) {}
  HttpBody(std::shared_ptr<const std::string> text) : shared_(std::move(text)), view_(*shared_) {}
  /// The bytes must outlive the server.
  [[nodiscard]] static HttpBody borrowed(std::string_view bytes) {
    HttpBody body;
    body.view_ = bytes;
    return body;
  }
  [[nodiscard]] std::string_view bytes() const { return view_.data() == nullptr ? std::string_view(own_) : view_; }

 private:
  std::string own_;
  std::shared_ptr<const std::string> shared_;
  std::string_view view_;
};

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";
  HttpBody body{};
  /// The same body gzip-encoded; sent instead where the client takes it. The reply then varies by Accept-Encoding.
  std::optional<HttpBody> gzip_body{};
  /// Further headers. Content-Type, Content-Length, Content-Encoding, Connection, Date and Vary are the server's.
  std::vector<HttpHeader> headers{};
  /// Where set, the reply is an endless text/event-stream fed from here and `body` is not sent. The server closes the
  /// stream when the client is gone, and ends the client when the stream is closed.
  std::shared_ptr<EventStream> events{};
};

/// An error as application/problem+json (RFC 9457). The detail is a sentence for a person.
[[nodiscard]] HttpReply problem_reply(int status, std::string_view detail);

struct HttpServerLimits {
  using Duration = std::chrono::steady_clock::duration;
  std::size_t target_bytes = 4096;
  std::size_t header_bytes = std::size_t{16} << 10U;  ///< request line included
  std::size_t body_bytes = std::size_t{64} << 10U;
  std::size_t connections = 256;
  Duration request_within = std::chrono::seconds(10);    ///< first byte to last byte of a request
  Duration idle = std::chrono::seconds(60);              ///< between requests
  Duration reply_within = std::chrono::seconds(30);      ///< for the handler, and again for the client to take it
  Duration event_keep_alive = std::chrono::seconds(15);  ///< a comment is sent into a quiet event stream
  Duration drain = std::chrono::seconds(2);              ///< stop(): for requests under way
};

/// A small HTTP/1.1 server on the one io_context. Requests of a connection are answered one after the other in their
/// order, so pipelining is safe. Whatever breaks a limit is answered by a problem document (400, 408, 413, 414, 431,
/// 503) and closed.
class HttpServer {
 public:
  /// Expected failures are replies, too; an exception becomes a 500. A handler that takes longer than `reply_within` is
  /// cancelled and answered by 503.
  using Handler = std::function<Awaitable<HttpReply>(HttpQuery)>;
  /// Told of every exception that became a 500: the client is not.
  using Report = std::function<void(std::string_view path, const std::exception_ptr& thrown)>;

  /// Binds and listens; `port` 0 takes a free one. busy where the port is taken, naming it; bad_input where the address
  /// is no numeric IPv4 or IPv6 address of this machine.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> create(asio::io_context& io, const std::string& address,
                                                                  std::uint16_t port, HttpServerLimits limits = {});
  /// Closes whatever stop() has not.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Begins to accept; once only. What the handler refers to must live until stop() has completed.
  void serve(Handler handler, Report report = {});
  /// Accepts no more, ends idle connections and event streams, lets requests under way finish within `drain`, cancels
  /// the rest. Completes when no session is left, at the latest after twice `drain`.
  [[nodiscard]] Awaitable<void> stop();

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t connections() const;

 private:
  class Core;
  explicit HttpServer(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace gridpilot::net
