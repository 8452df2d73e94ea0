#include "gridpilot/net/http_server.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "gridpilot/core/verify.hpp"
#include "gridpilot/net/http_session.hpp"

namespace gridpilot::net {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Status";
  }
}

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_json_text(std::string& out, std::string_view text) {
  static constexpr std::string_view hex = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (code < 0x20) {
      out.append("\\u00").push_back(hex[code >> 4]);
      out.push_back(hex[code & 15]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

HttpServerLimits::Duration sweep_interval(const HttpServerLimits& limits) {
  const auto shortest = std::min({limits.request_within, limits.idle, limits.reply_within});
  return std::clamp<HttpServerLimits::Duration>(shortest / 8, std::chrono::milliseconds(5), std::chrono::seconds(1));
}

}  // namespace

HttpReply problem_reply(int status, std::string_view detail) {
  std::string body = R"({"type":"about:blank","title":)";
  append_json_text(body, reason_of(status));
  body.append(R"(,"status":)");
  append_number(body, static_cast<std::size_t>(status));
  body.append(R"(,"detail":)");
  append_json_text(body, detail);
  body.push_back('}');
  return HttpReply{.status = status,
                   .content_type = "application/problem+json",
                   .body = std::move(body),
                   .headers = {{.name = "Cache-Control", .value = "no-store"}}};
}

std::string_view HttpSessionHost::date_line() {
  const Instant now = clock_.now();
  if (now == dated_) return date_line_;
  dated_ = now;
  static constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::string iso = to_rfc3339(now);  // 2026-11-25T01:46:33Z
  date_line_ = "Date: ";
  date_line_.append(weekdays[std::chrono::weekday(day).c_encoding()]).append(", ").append(iso, 8, 2).append(" ");
  date_line_.append(months[static_cast<unsigned>(date.month()) - 1]).append(" ").append(iso, 0, 4).append(" ");
  date_line_.append(iso, 11, 8).append(" GMT\r\n");
  return date_line_;
}

void append_head(std::string& out, const HttpReply& reply, std::optional<std::size_t> length, bool gzip,
                 bool keep_alive, std::string_view date_line) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::size_t>(reply.status));
  out.append(" ").append(reason_of(reply.status)).append("\r\n").append(date_line);
  if (reply.status != 204 && reply.status != 304) {
    out.append("Content-Type: ").append(reply.content_type).append("\r\n");
    if (length) {
      out.append("Content-Length: ");
      append_number(out, *length);
      out.append("\r\n");
    }
    if (gzip) out.append("Content-Encoding: gzip\r\n");
  }
  if (reply.gzip_body) out.append("Vary: Accept-Encoding\r\n");
  for (const HttpHeader& header : reply.headers)
    out.append(header.name).append(": ").append(header.value).append("\r\n");
  out.append(keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
}

class HttpServer::Core : public std::enable_shared_from_this<HttpServer::Core> {
 public:
  Core(asio::io_context& io, tcp::acceptor acceptor, HttpServerLimits limits)
      : io_(io),
        acceptor_(std::move(acceptor)),
        host_(std::make_shared<HttpSessionHost>()),
        sweep_timer_(io),
        emptied_(io),
        port_(acceptor_.local_endpoint().port()) {
    host_->limits = limits;
  }

  void serve(Handler handler, Report report) {
    GRIDPILOT_VERIFY(!host_->handler);
    host_->handler = std::move(handler);
    host_->report = std::move(report);
    ++coroutines_;
    asio::co_spawn(io_, accept(), [self = shared_from_this()](const std::exception_ptr&) { self->one_ended(); });
  }

  void close() {
    host_->stopping = true;
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    sweep_timer_.cancel();
  }

  void abort_all() {
    for (const auto& session : std::set(sessions_)) session->abort();
  }

  Awaitable<void> stop() {
    const auto self = shared_from_this();
    close();
    for (const auto& session : std::set(sessions_)) session->finish();
    co_await all_ended();
    abort_all();
    co_await all_ended();
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::size_t connections() const { return sessions_.size(); }

 private:
  Awaitable<void> accept() {
    while (!host_->stopping) {
      error_code ec;
      tcp::socket socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, ec));
      if (host_->stopping) co_return;
      if (ec == asio::error::connection_aborted) continue;
      if (ec) {
        // Out of descriptors or memory: give the machine a moment instead of spinning.
        pause_.expires_after(std::chrono::milliseconds(100));
        co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
      } else if (sessions_.size() >= host_->limits.connections) {
        turn_away(std::move(socket));
      } else {
        begin_session(std::move(socket));
      }
    }
  }

  void turn_away(tcp::socket socket) {
    const HttpReply reply = problem_reply(503, "too many connections");
    std::string text;
    append_head(text, reply, reply.body.bytes().size(), false, false, host_->date_line());
    text.append(reply.body.bytes());
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(text), ignored);
  }

  void begin_session(tcp::socket socket) {
    const auto session = std::make_shared<HttpSession>(std::move(socket), host_);
    sessions_.insert(session);
    ++coroutines_;
    asio::co_spawn(io_, session->run(),
                   asio::bind_cancellation_slot(session->cancellation(),
                                                [self = shared_from_this(), session](const std::exception_ptr&) {
                                                  session->abort();
                                                  self->sessions_.erase(session);
                                                  self->one_ended();
                                                }));
    sweep_later();
  }

  void one_ended() {
    if (sessions_.empty()) sweep_timer_.cancel();
    if (--coroutines_ == 0) emptied_.cancel();
  }

  Awaitable<void> all_ended() {
    if (coroutines_ == 0) co_return;
    emptied_.expires_after(host_->limits.drain);
    error_code ec;
    co_await emptied_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }

  void sweep_later() {
    if (sweeping_ || sessions_.empty()) return;
    sweeping_ = true;
    sweep_timer_.expires_after(sweep_interval(host_->limits));
    sweep_timer_.async_wait([self = shared_from_this()](const error_code&) {
      self->sweeping_ = false;
      const auto now = std::chrono::steady_clock::now();
      for (const auto& session : std::set(self->sessions_)) session->check_deadline(now);
      self->sweep_later();
    });
  }

  asio::io_context& io_;
  tcp::acceptor acceptor_;
  std::shared_ptr<HttpSessionHost> host_;
  std::set<std::shared_ptr<HttpSession>> sessions_;
  int coroutines_ = 0;
  bool sweeping_ = false;
  asio::steady_timer sweep_timer_;
  asio::steady_timer emptied_;
  asio::steady_timer pause_{io_};
  std::uint16_t port_;
};

Result<std::unique_ptr<HttpServer>> HttpServer::create(asio::io_context& io, const std::string& address,
                                                       std::uint16_t port, HttpServerLimits limits) {
  const std::string where = address + ":" + std::to_string(port);
  error_code ec;
  const auto ip = asio::ip::make_address(address, ec);
  if (ec) return failure(ErrorCode::bad_input, "'" + address + "' is not a numeric IP address to listen on");
  const tcp::endpoint endpoint(ip, port);
  tcp::acceptor acceptor(io);
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec == asio::error::address_in_use)
    return failure(ErrorCode::busy, "port " + std::to_string(port) + " on " + address + " is taken");
  if (ec) return failure(ErrorCode::bad_input, "cannot listen on " + where + ": " + ec.message());
  return std::unique_ptr<HttpServer>(new HttpServer(std::make_shared<Core>(io, std::move(acceptor), limits)));
}

HttpServer::HttpServer(std::shared_ptr<Core> core) : core_(std::move(core)) {}

HttpServer::~HttpServer() {
  core_->close();
  core_->abort_all();
}

void HttpServer::serve(Handler handler, Report report) {
  core_->serve(std::move(handler), std::move(report));
}

Awaitable<void> HttpServer::stop() {
  return core_->stop();
}

std::uint16_t HttpServer::port() const {
  return core_->port();
}

std::size_t HttpServer::connections() const {
  return core_->connections();
}

}  // namespace gridpilot::net
