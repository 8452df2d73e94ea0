#include "gridpilot/net/tcp_exchange.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <netinet/tcp.h>

#include <algorithm>
#include <array>
#include <string>

namespace gridpilot::net {

namespace {

using asio::ip::tcp;

/// Larger than any answer of these devices with what they append, so that assembling is bounded.
constexpr std::size_t max_received_bytes = 16'384;

// A dead peer shows within a minute even when nothing is asked.
constexpr int keep_alive_idle_seconds = 10;
constexpr int keep_alive_interval_seconds = 10;
constexpr int keep_alive_probes = 3;
using KeepAliveIdle = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPIDLE>;
using KeepAliveInterval = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPINTVL>;
using KeepAliveProbes = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPCNT>;

enum class Attempt { answered, unreachable, silent, ended, invalid, cancelled };

auto into(boost::system::error_code& fault) {
  return asio::redirect_error(asio::use_awaitable, fault);
}

}  // namespace

/// The connection and the buffers, used again by every request: the pacer lets one request in at a time.
class TcpExchange::State : public std::enable_shared_from_this<State> {
 public:
  State(const asio::any_io_executor& executor, TcpExchangeOptions chosen)
      : options(std::move(chosen)), socket_(executor), timer_(executor) {}

  [[nodiscard]] Awaitable<Result<std::vector<std::uint8_t>>> converse(ExchangeRequest request, SteadyDuration gap);
  void close() {
    closed_ = true;
    disconnect();
  }

  TcpExchangeOptions options;
  std::uint64_t connections = 0;

 private:
  [[nodiscard]] Awaitable<Attempt> attempt();
  [[nodiscard]] Awaitable<Attempt> connect();
  [[nodiscard]] Awaitable<Attempt> receive();
  void set_options();
  void drain();
  void start_deadline(std::chrono::milliseconds limit);
  void end_deadline() {
    ++deadline_number_;
    timer_.cancel();
  }
  void disconnect() {
    end_deadline();
    boost::system::error_code ignored;
    ignored = socket_.close(ignored);
  }
  [[nodiscard]] Error error_of(Attempt last, int attempts) const;

  tcp::socket socket_;
  asio::steady_timer timer_;
  ExchangeRequest request_;
  std::array<std::uint8_t, 4096> chunk_{};
  std::vector<std::uint8_t> received_;
  boost::system::error_code fault_;
  std::uint64_t deadline_number_ = 0;
  bool expired_ = false;
  bool closed_ = false;
};

TcpExchange::TcpExchange(const asio::any_io_executor& executor, Pacer& pacer, TcpExchangeOptions options)
    : state_(std::make_shared<State>(executor, std::move(options))), pacer_(pacer) {}

TcpExchange::~TcpExchange() {
  state_->close();
}

std::uint64_t TcpExchange::connections() const {
  return state_->connections;
}

Awaitable<Result<std::vector<std::uint8_t>>> TcpExchange::request(ExchangeRequest request) {
  const auto state = state_;
  const SteadyDuration gap = pacer_.min_gap();
  const Pacer::Turn turn = co_await pacer_.turn();
  co_return co_await state->converse(std::move(request), gap);
}

Awaitable<Result<std::vector<std::uint8_t>>> TcpExchange::State::converse(ExchangeRequest request, SteadyDuration gap) {
  request_ = std::move(request);
  const int attempts = request_.repeatable == Repeatable::yes ? std::max(options.attempts, 1) : 1;
  Attempt last = Attempt::cancelled;
  int made = 0;
  while (made < attempts && !closed_) {
    if (made > 0 && gap > SteadyDuration::zero()) {
      timer_.expires_after(gap);
      boost::system::error_code ended;
      co_await timer_.async_wait(into(ended));
      if (ended) {
        last = Attempt::cancelled;
        break;
      }
    }
    ++made;
    last = co_await attempt();
    end_deadline();
    if (last == Attempt::answered) co_return std::move(received_);
    // Whatever may still come on this connection would be taken for the next answer.
    disconnect();
    if (last == Attempt::cancelled) break;
  }
  co_return std::unexpected(error_of(last, made));
}

Awaitable<Attempt> TcpExchange::State::attempt() {
  received_.clear();
  if (!socket_.is_open()) {
    const Attempt connected = co_await connect();
    if (connected != Attempt::answered) co_return connected;
  }
  drain();
  start_deadline(options.timeout);
  co_await asio::async_write(socket_, asio::buffer(request_.bytes), into(fault_));
  if (fault_) co_return expired_ ? Attempt::silent : closed_ ? Attempt::cancelled : Attempt::ended;
  co_return co_await receive();
}

Awaitable<Attempt> TcpExchange::State::connect() {
  start_deadline(options.connect_timeout);
  co_await socket_.async_connect(options.peer, into(fault_));
  end_deadline();
  if (fault_ == asio::error::operation_aborted && !expired_) co_return Attempt::cancelled;
  if (fault_) co_return Attempt::unreachable;
  ++connections;
  set_options();
  co_return Attempt::answered;
}

void TcpExchange::State::set_options() {
  boost::system::error_code ignored;
  ignored = socket_.set_option(tcp::no_delay(true), ignored);
  ignored = socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  ignored = socket_.set_option(KeepAliveIdle(keep_alive_idle_seconds), ignored);
  ignored = socket_.set_option(KeepAliveInterval(keep_alive_interval_seconds), ignored);
  ignored = socket_.set_option(KeepAliveProbes(keep_alive_probes), ignored);
  ignored = socket_.non_blocking(true, ignored);
}

void TcpExchange::State::drain() {
  boost::system::error_code empty;
  while (!empty) {
    const std::size_t size = socket_.receive(asio::buffer(chunk_), 0, empty);
    if (size == 0) break;
  }
}

Awaitable<Attempt> TcpExchange::State::receive() {
  for (;;) {
    const std::size_t size = co_await socket_.async_receive(asio::buffer(chunk_), into(fault_));
    if (fault_)
      co_return expired_                                    ? Attempt::silent
      : closed_ || fault_ == asio::error::operation_aborted ? Attempt::cancelled
                                                            : Attempt::ended;
    if (received_.size() + size > max_received_bytes) co_return Attempt::invalid;
    received_.insert(received_.end(), chunk_.begin(), chunk_.begin() + static_cast<std::ptrdiff_t>(size));
    switch (request_.examine(received_)) {
      case Examined::complete: co_return Attempt::answered;
      case Examined::need_more: break;
      case Examined::not_mine: received_.clear(); break;
      case Examined::invalid: co_return Attempt::invalid;
    }
  }
}

void TcpExchange::State::start_deadline(std::chrono::milliseconds limit) {
  expired_ = false;
  timer_.expires_after(limit);
  timer_.async_wait([self = shared_from_this(), number = ++deadline_number_](boost::system::error_code error) {
    if (error || number != self->deadline_number_) return;
    self->expired_ = true;
    boost::system::error_code ignored;
    ignored = self->socket_.cancel(ignored);
  });
}

Error TcpExchange::State::error_of(Attempt last, int attempts) const {
  const std::string peer = options.peer.address().to_string() + ":" + std::to_string(options.peer.port());
  const std::string times = attempts == 1 ? "" : " (" + std::to_string(attempts) + " attempts)";
  switch (last) {
    case Attempt::silent:
      return {ErrorCode::timeout,
              peer + " did not answer within " + std::to_string(options.timeout.count()) + " ms" + times};
    case Attempt::unreachable: return {ErrorCode::unreachable, peer + ": " + fault_.message() + times};
    case Attempt::ended: return {ErrorCode::connection_lost, peer + " ended the connection" + times};
    case Attempt::invalid: return {ErrorCode::wrong_answer, peer + " answered with what is no frame" + times};
    case Attempt::answered:
    case Attempt::cancelled: break;
  }
  return {ErrorCode::cancelled, "the request to " + peer + " was cancelled"};
}

}  // namespace gridpilot::net
