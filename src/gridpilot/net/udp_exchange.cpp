#include "gridpilot/net/udp_exchange.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace gridpilot::net {

namespace {

/// Larger than any answer of these devices, so that assembling is bounded.
constexpr std::size_t max_answer_bytes = 4096;

enum class Attempt { answered, silent, refused, invalid, not_sent, cancelled };

}  // namespace

/// Socket, timer and buffers, used again by every request: the pacer lets one request in at a time.
class UdpExchange::State : public std::enable_shared_from_this<State> {
 public:
  State(const asio::any_io_executor& executor, UdpExchangeOptions chosen)
      : options(std::move(chosen)), socket_(executor), timer_(executor) {}

  [[nodiscard]] Awaitable<Result<std::vector<std::uint8_t>>> converse(ExchangeRequest request, SteadyDuration gap);
  void close() {
    closed_ = true;
    end_attempt();
  }

  UdpExchangeOptions options;
  ExchangeStatistics statistics;

 private:
  [[nodiscard]] Awaitable<Attempt> attempt();
  [[nodiscard]] boost::system::error_code send();
  void start_deadline();
  void end_attempt() {
    ++attempt_number_;
    timer_.cancel();
    boost::system::error_code ignored;
    ignored = socket_.close(ignored);
  }
  [[nodiscard]] Examined take(std::span<const std::uint8_t> datagram);
  [[nodiscard]] Error error_of(Attempt last, int attempts) const;

  asio::ip::udp::socket socket_;
  asio::steady_timer timer_;
  ExchangeRequest request_;
  std::array<std::uint8_t, max_answer_bytes> datagram_;
  std::vector<std::uint8_t> assembled_;
  boost::system::error_code send_error_;
  std::uint64_t attempt_number_ = 0;  ///< tells the deadline of an earlier attempt that it is over
  bool expired_ = false;
  bool closed_ = false;
};

UdpExchange::UdpExchange(const asio::any_io_executor& executor, Pacer& pacer, UdpExchangeOptions options)
    : state_(std::make_shared<State>(executor, std::move(options))), pacer_(pacer) {}

UdpExchange::~UdpExchange() {
  state_->close();
}

const ExchangeStatistics& UdpExchange::statistics() const {
  return state_->statistics;
}

const UdpExchangeOptions& UdpExchange::options() const {
  return state_->options;
}

Awaitable<Result<std::vector<std::uint8_t>>> UdpExchange::request(ExchangeRequest request) {
  const auto state = state_;
  const SteadyDuration gap = pacer_.min_gap();
  const Pacer::Turn turn = co_await pacer_.turn();
  co_return co_await state->converse(std::move(request), gap);
}

Awaitable<Result<std::vector<std::uint8_t>>> UdpExchange::State::converse(ExchangeRequest request, SteadyDuration gap) {
  request_ = std::move(request);
  const int attempts = request_.repeatable == Repeatable::yes ? std::max(options.attempts, 1) : 1;
  Attempt last = Attempt::cancelled;
  int made = 0;
  while (made < attempts && !closed_) {
    if (made > 0 && gap > SteadyDuration::zero()) {
      timer_.expires_after(gap);
      boost::system::error_code ended;
      co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ended));
      if (ended) {
        last = Attempt::cancelled;
        break;
      }
    }
    ++made;
    last = co_await attempt();
    end_attempt();
    if (last == Attempt::answered) {
      ++statistics.answered;
      co_return std::move(assembled_);
    }
    if (last == Attempt::cancelled || last == Attempt::not_sent) break;
  }
  co_return std::unexpected(error_of(last, made));
}

Awaitable<Attempt> UdpExchange::State::attempt() {
  assembled_.clear();
  expired_ = false;
  send_error_ = send();
  if (send_error_) co_return Attempt::not_sent;
  ++statistics.sent;
  start_deadline();
  bool refused = false;
  int pieces = 0;
  while (!expired_) {
    boost::system::error_code fault;
    const std::size_t size =
        co_await socket_.async_receive(asio::buffer(datagram_), asio::redirect_error(asio::use_awaitable, fault));
    if (fault == asio::error::connection_refused) {
      // The machine lives and no program listens: one may be starting, so the attempt keeps its time.
      refused = true;
      continue;
    }
    if (fault && !expired_) co_return Attempt::cancelled;
    if (fault) break;
    ++pieces;
    const Examined examined = take({datagram_.data(), size});
    if (examined == Examined::complete) {
      if (pieces > 1 && assembled_.size() > size) ++statistics.fragmented;
      co_return Attempt::answered;
    }
    if (examined == Examined::not_mine) ++statistics.late;
    if (examined == Examined::invalid) {
      ++statistics.invalid;
      co_return Attempt::invalid;
    }
  }
  ++(refused ? statistics.refused : statistics.timeouts);
  co_return refused ? Attempt::refused : Attempt::silent;
}

boost::system::error_code UdpExchange::State::send() {
  boost::system::error_code error;
  error = socket_.open(options.peer.protocol(), error);
  if (!error) error = socket_.non_blocking(true, error);
  // Connected: the kernel picks a fresh source port, drops datagrams of others and reports a refusing machine.
  if (!error) error = socket_.connect(options.peer, error);
  // A fresh socket has room for one small datagram, so this neither waits nor needs to.
  if (!error) socket_.send(asio::buffer(request_.bytes), 0, error);
  return error;
}

void UdpExchange::State::start_deadline() {
  timer_.expires_after(options.timeout);
  timer_.async_wait([self = shared_from_this(), number = attempt_number_](boost::system::error_code error) {
    if (error || number != self->attempt_number_) return;
    self->expired_ = true;
    boost::system::error_code ignored;
    ignored = self->socket_.cancel(ignored);
  });
}

/// Joins a datagram to what came before it. Where the two make no sense together the datagram is looked at alone: the
/// beginning may have been a late one's, or come twice.
Examined UdpExchange::State::take(std::span<const std::uint8_t> datagram) {
  const bool is_first = assembled_.empty();
  if (assembled_.size() + datagram.size() <= max_answer_bytes) {
    assembled_.insert(assembled_.end(), datagram.begin(), datagram.end());
    const Examined joined = request_.examine(assembled_);
    if (joined == Examined::complete || joined == Examined::need_more) return joined;
    assembled_.resize(assembled_.size() - datagram.size());
    if (is_first) return joined;
  }
  const Examined alone = request_.examine(datagram);
  if (alone == Examined::complete || alone == Examined::need_more) {
    assembled_.assign(datagram.begin(), datagram.end());
    return alone;
  }
  // A whole other answer between two pieces is dropped; anything else has damaged the sequence.
  return alone;
}

Error UdpExchange::State::error_of(Attempt last, int attempts) const {
  const std::string peer = options.peer.address().to_string() + ":" + std::to_string(options.peer.port());
  const std::string times = attempts == 1 ? "" : " (" + std::to_string(attempts) + " attempts)";
  switch (last) {
    case Attempt::silent:
      return {ErrorCode::timeout,
              peer + " did not answer within " + std::to_string(options.timeout.count()) + " ms" + times};
    case Attempt::refused: return {ErrorCode::unreachable, peer + " refuses: no program listens there" + times};
    case Attempt::invalid: return {ErrorCode::checksum, peer + " answered with damaged frames only" + times};
    case Attempt::not_sent: return {ErrorCode::unreachable, "cannot send to " + peer + ": " + send_error_.message()};
    case Attempt::answered:
    case Attempt::cancelled: break;
  }
  return {ErrorCode::cancelled, "the request to " + peer + " was cancelled"};
}

}  // namespace gridpilot::net
