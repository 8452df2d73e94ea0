#pragma once

#include <boost/asio/ip/udp.hpp>

#include <memory>

#include "gridpilot/net/exchange.hpp"
#include "gridpilot/net/pacer.hpp"

namespace gridpilot::net {

struct UdpExchangeOptions {
  asio::ip::udp::endpoint peer;
  std::chrono::milliseconds timeout{1000};  ///< of one attempt, fragments included
  int attempts = 4;                         ///< in all, for repeatable requests
};

/// What happened on the wire, for status and metrics.
struct ExchangeStatistics {
  std::uint64_t sent = 0;  ///< datagrams, repetitions included
  std::uint64_t answered = 0;
  std::uint64_t timeouts = 0;    ///< attempts that ended in silence
  std::uint64_t late = 0;        ///< datagrams that belonged to something else
  std::uint64_t invalid = 0;     ///< attempts that ended with a damaged answer
  std::uint64_t refused = 0;     ///< attempts that the peer's machine refused (no program listens there)
  std::uint64_t fragmented = 0;  ///< answers put together from several datagrams
};

/// Request and answer over UDP as the inverters' dongles need it: each attempt has a socket of its own, connected to
/// the peer, so it leaves from a new source port and answers to an earlier attempt cannot reach it (goodwe: request
/// handling). Silence is repeated only where the request is repeatable; a damaged answer then at once.
/// The pacer must outlive it. Calls may still be under way when it is destroyed: they end by being cancelled.
class UdpExchange final : public Exchange {
 public:
  UdpExchange(const asio::any_io_executor& executor, Pacer& pacer, UdpExchangeOptions options);
  ~UdpExchange() override;
  UdpExchange(const UdpExchange&) = delete;
  UdpExchange& operator=(const UdpExchange&) = delete;

  [[nodiscard]] Awaitable<Result<std::vector<std::uint8_t>>> request(ExchangeRequest request) override;
  [[nodiscard]] const ExchangeStatistics& statistics() const;
  [[nodiscard]] const UdpExchangeOptions& options() const;

 private:
  class State;
  std::shared_ptr<State> state_;
  Pacer& pacer_;
};

}  // namespace gridpilot::net
