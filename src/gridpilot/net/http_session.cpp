#include "gridpilot/net/http_session.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <utility>

#include "gridpilot/core/verify.hpp"

namespace gridpilot::net {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t first_input_bytes = 4096;
/// What a client may send into an event stream before it is taken for a fault.
constexpr std::size_t stream_input_bytes = std::size_t{64} * 1024;

HttpMethod method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
    case http::verb::head: return HttpMethod::get;
    case http::verb::post: return HttpMethod::post;
    case http::verb::put: return HttpMethod::put;
    case http::verb::patch: return HttpMethod::patch;
    case http::verb::delete_: return HttpMethod::remove;
    case http::verb::options: return HttpMethod::options;
    default: return HttpMethod::other;
  }
}

/// Beast's audited parser, filling a query directly instead of a container of fields that is copied afterwards.
class QueryParser final : public http::basic_parser<true> {
 public:
  QueryParser(HttpQuery& query, const HttpServerLimits& limits) : query_(query), limits_(limits) {
    eager(true);
    header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    body_limit(limits.body_bytes);
  }

  std::string target;
  bool head_only = false;
  bool target_too_long = false;
  int version = 11;
  int hosts = 0;
  bool expects_continue = false;

 private:
  using Text = boost::beast::string_view;

  void on_request_impl(http::verb verb, Text, Text text, int http_version, error_code& ec) override {
    if (text.size() > limits_.target_bytes) {
      target_too_long = true;
      ec = http::error::header_limit;
      return;
    }
    query_.method = method_of(verb);
    head_only = verb == http::verb::head;
    version = http_version;
    target.assign(text.data(), text.size());
  }
  void on_field_impl(http::field field, Text name, Text value, error_code&) override {
    if (field == http::field::host) ++hosts;
    if (field == http::field::expect) expects_continue = true;
    query_.headers.push_back({.name = std::string(name), .value = std::string(value)});
  }
  void on_response_impl(int, Text, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(Text body, error_code&) override {
    query_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, Text, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, error_code& ec) override { return on_body_impl(body, ec); }
  void on_finish_impl(error_code&) override {}

  HttpQuery& query_;
  const HttpServerLimits& limits_;
};

struct Refusal {
  int status;
  std::string_view because;
};

Refusal refusal_of(const error_code& ec, const QueryParser& parser, bool line_complete) {
  if (ec == http::error::header_limit)
    return parser.target_too_long || !line_complete ? Refusal{414, "the request target is too long"}
                                                    : Refusal{431, "the request's headers are too large"};
  if (ec == http::error::body_limit) return {413, "the request's body is too large"};
  if (ec == http::error::bad_version) return {505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  return {400, "the request is not well-formed HTTP"};
}

}  // namespace

HttpSession::HttpSession(asio::ip::tcp::socket socket, std::shared_ptr<HttpSessionHost> host)
    : socket_(std::move(socket)), host_(std::move(host)), input_(first_input_bytes) {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  const auto peer = socket_.remote_endpoint(ignored);
  if (!ignored) remote_ = peer.address().to_string();
  enter(Phase::idle, host_->limits.request_within);  // a fresh connection has no reason to be silent
}

void HttpSession::enter(Phase phase, HttpServerLimits::Duration allowed) {
  phase_ = phase;
  deadline_ = std::chrono::steady_clock::now() + allowed;
}

void HttpSession::check_deadline(Time now) {
  if (now < deadline_ || gone_) return;
  timed_out_ = true;
  switch (phase_) {
    case Phase::reading: {
      // The read ends with operation_aborted; the socket stays open for the 408.
      error_code ignored;
      socket_.cancel(ignored);
      deadline_ = Time::max();
      break;
    }
    case Phase::handling:
      deadline_ = Time::max();
      cancelled_.emit(asio::cancellation_type::terminal);
      break;
    case Phase::idle:
    case Phase::writing:
    case Phase::streaming: abort(); break;
  }
}

void HttpSession::finish() {
  keep_alive_ = false;
  if (events_) events_->close();
  if (phase_ == Phase::idle) abort();
}

void HttpSession::abort() {
  gone_ = true;
  if (events_) events_->close();
  error_code ignored;
  socket_.close(ignored);
  if (phase_ == Phase::handling) cancelled_.emit(asio::cancellation_type::terminal);
}

/// Reads what has come; false where the connection has ended or its time is up.
Awaitable<bool> HttpSession::fill() {
  if (input_begin_ == input_end_) {
    input_begin_ = input_end_ = 0;
  } else if (input_begin_ > 0 && input_end_ == input_.size()) {
    std::memmove(input_.data(), input_.data() + input_begin_, input_end_ - input_begin_);
    input_end_ -= input_begin_;
    input_begin_ = 0;
  }
  // The parser refuses a head above its limit, so this growth ends there.
  if (input_end_ == input_.size()) input_.resize(input_.size() * 2);
  error_code ec;
  input_end_ += co_await socket_.async_read_some(asio::buffer(input_.data() + input_end_, input_.size() - input_end_),
                                                 asio::redirect_error(asio::use_awaitable, ec));
  co_return !ec && !gone_;
}

Awaitable<bool> HttpSession::write(std::string_view head, std::string_view body) {
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(head.data(), head.size()),
                                                  asio::buffer(body.data(), body.size())};
  error_code ec;
  co_await asio::async_write(socket_, buffers, asio::redirect_error(asio::use_awaitable, ec));
  co_return !ec && !gone_;
}

Awaitable<HttpSession::Got> HttpSession::read_query() {
  query_ = HttpQuery{};
  refused_status_ = 0;
  QueryParser parser(query_, host_->limits);
  bool continued = false;
  if (input_begin_ != input_end_) enter(Phase::reading, host_->limits.request_within);
  while (true) {
    if (input_begin_ != input_end_) {
      const std::string_view pending(input_.data() + input_begin_, input_end_ - input_begin_);
      error_code ec;
      input_begin_ += parser.put(asio::buffer(pending.data(), pending.size()), ec);
      if (ec && ec != http::error::need_more) {
        const Refusal refusal = refusal_of(ec, parser, !parser.target.empty() || pending.contains('\n'));
        refused_status_ = refusal.status;
        refused_because_ = refusal.because;
        co_return Got::refused;
      }
      if (parser.is_done()) break;
    }
    if (parser.is_header_done() && parser.expects_continue && !continued) {
      continued = true;
      if (!co_await write("HTTP/1.1 100 Continue\r\n\r\n", "")) co_return Got::ended;
    }
    if (!co_await fill()) {
      if (gone_ || !timed_out_) co_return Got::ended;
      refused_status_ = 408;
      refused_because_ = "the request did not arrive in time";
      co_return Got::refused;
    }
    if (phase_ == Phase::idle) enter(Phase::reading, host_->limits.request_within);
  }
  keep_alive_ = parser.keep_alive() && !host_->stopping;
  head_only_ = parser.head_only;
  gzip_ = accepts_gzip(query_.header("accept-encoding").value_or(""));
  auto target = parse_http_target(parser.target);
  if (!target || (parser.version >= 11 && parser.hosts != 1)) {
    refused_status_ = 400;
    refused_because_ = target ? "an HTTP/1.1 request needs exactly one Host header" : target.error().message;
    co_return Got::refused;
  }
  query_.path = std::move(target->path);
  query_.parameters = std::move(target->parameters);
  query_.remote = remote_;
  co_return Got::query;
}

/// The dispatcher: one of the program's three places where exceptions end.
Awaitable<HttpReply> HttpSession::ask_handler() {
  enter(Phase::handling, host_->limits.reply_within);
  const std::string path = host_->report ? query_.path : std::string();
  std::optional<HttpReply> reply;
  std::exception_ptr thrown;
  bool cancelled = false;
  try {
    reply = co_await host_->handler(std::move(query_));
  } catch (const boost::system::system_error& error) {
    cancelled = error.code() == asio::error::operation_aborted;
    thrown = std::current_exception();
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown && !cancelled && host_->report) host_->report(path, thrown);
  if (timed_out_) {
    timed_out_ = false;
    co_await asio::this_coro::reset_cancellation_state();
  }
  if (reply) co_return std::move(*reply);
  co_return cancelled ? problem_reply(503, "the answer took too long") : problem_reply(500, "a fault of this program");
}

Awaitable<bool> HttpSession::answer(HttpReply reply) {
  const bool bodiless = reply.status == 204 || reply.status == 304;
  const bool gzip = gzip_ && reply.gzip_body.has_value() && !bodiless;
  const std::string_view body = bodiless ? std::string_view() : (gzip ? *reply.gzip_body : reply.body).bytes();
  head_.clear();
  append_head(head_, reply, body.size(), gzip, keep_alive_, host_->date_line());
  enter(Phase::writing, host_->limits.reply_within);
  co_return co_await write(head_, head_only_ ? std::string_view() : body);
}

/// Answers what could not become a query, and closes. Closing with unread bytes resets the connection and may take the
/// answer with it, so the rest is read for a moment and thrown away.
Awaitable<void> HttpSession::refuse() {
  keep_alive_ = false;
  head_only_ = false;
  timed_out_ = false;
  if (!co_await answer(problem_reply(refused_status_, refused_because_))) co_return;
  error_code ec;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ec);
  enter(Phase::writing, std::min<HttpServerLimits::Duration>(host_->limits.request_within, std::chrono::seconds(1)));
  co_await watch_for_end();
}

Awaitable<void> HttpSession::watch_for_end() {
  std::array<char, 1024> thrown_away;
  error_code ec;
  for (std::size_t read = 0; !ec && read < stream_input_bytes;)
    read += co_await socket_.async_read_some(asio::buffer(thrown_away), asio::redirect_error(asio::use_awaitable, ec));
}

Awaitable<void> HttpSession::feed(std::shared_ptr<EventStream> events) {
  const HttpServerLimits& limits = host_->limits;
  while (!events->closed()) {
    enter(Phase::streaming, limits.event_keep_alive + limits.reply_within);
    const EventText event = co_await events->next(limits.event_keep_alive);
    if (events->closed()) break;
    enter(Phase::streaming, limits.reply_within);
    if (!co_await write(event ? std::string_view(*event) : std::string_view(":\n\n"), "")) break;
  }
}

Awaitable<void> HttpSession::stream(std::shared_ptr<EventStream> events) {
  using namespace asio::experimental::awaitable_operators;
  events_ = events;
  HttpReply reply{.content_type = "text/event-stream", .headers = {{.name = "Cache-Control", .value = "no-store"}}};
  head_.clear();
  keep_alive_ = false;  // the end of the stream is the end of the connection
  append_head(head_, reply, std::nullopt, false, false, host_->date_line());
  enter(Phase::streaming, host_->limits.reply_within);
  if (co_await write(head_, "") && !head_only_ && !host_->stopping)
    co_await (feed(events) || watch_for_end() || events->until_closed());
  events->close();
  events_.reset();
}

Awaitable<void> HttpSession::run() {
  do {
    const Got got = co_await read_query();
    if (got == Got::ended) break;
    if (got == Got::refused) {
      co_await refuse();
      break;
    }
    HttpReply reply = co_await ask_handler();
    if (gone_) {
      if (reply.events) reply.events->close();
      break;
    }
    if (reply.events) {
      co_await stream(std::exchange(reply.events, nullptr));
      break;
    }
    if (!co_await answer(std::move(reply)) || !keep_alive_) break;
    enter(Phase::idle, host_->limits.idle);
  } while (!host_->stopping);
  abort();
}

}  // namespace gridpilot::net
