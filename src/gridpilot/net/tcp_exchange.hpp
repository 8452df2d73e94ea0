#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <memory>

#include "gridpilot/net/exchange.hpp"
#include "gridpilot/net/pacer.hpp"

namespace gridpilot::net {

struct TcpExchangeOptions {
  asio::ip::tcp::endpoint peer;
  std::chrono::milliseconds timeout{1000};  ///< of one attempt, from sending on
  std::chrono::milliseconds connect_timeout{
      5000};         ///< of making the connection, which an attempt does where there is none
  int attempts = 4;  ///< in all, for repeatable requests
};

/// Request and answer over one TCP connection that is kept: made when it is first needed, and made anew after silence,
/// damage or the other side's end. What came in before a request is sent belongs to nobody and is thrown away, since
/// dongles append garbage to their answers.
/// The pacer must outlive it. Calls may still be under way when it is destroyed: they end by being cancelled.
class TcpExchange final : public Exchange {
 public:
  TcpExchange(const asio::any_io_executor& executor, Pacer& pacer, TcpExchangeOptions options);
  ~TcpExchange() override;
  TcpExchange(const TcpExchange&) = delete;
  TcpExchange& operator=(const TcpExchange&) = delete;

  [[nodiscard]] Awaitable<Result<std::vector<std::uint8_t>>> request(ExchangeRequest request) override;
  /// Connections made so far.
  [[nodiscard]] std::uint64_t connections() const;

 private:
  class State;
  std::shared_ptr<State> state_;
  Pacer& pacer_;
};

}  // namespace gridpilot::net
