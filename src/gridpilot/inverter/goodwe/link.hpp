#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/net/exchange.hpp"
#include "gridpilot/net/pacers.hpp"

namespace gridpilot::goodwe {

enum class Transport {
  udp,  ///< Modbus RTU and AA55 frames in datagrams, port 8899
  tcp,  ///< Modbus TCP, port 502; no AA55
};
[[nodiscard]] std::string_view name_of(Transport transport) noexcept;
[[nodiscard]] constexpr std::uint16_t usual_port(Transport transport) {
  return transport == Transport::udp ? 8899 : 502;
}
[[nodiscard]] constexpr Framing framing_of(Transport transport) {
  return transport == Transport::udp ? Framing::rtu_over_udp : Framing::tcp;
}

/// How to reach one unit.
struct LinkOptions {
  std::string address = "127.0.0.1";  ///< numeric: nothing is resolved on the way to a decision
  std::uint16_t port = 8899;
  Transport transport = Transport::udp;
  std::chrono::milliseconds timeout{1000};  ///< of one attempt
  int attempts = 4;                         ///< in all; about 1 % of datagrams are lost in the field
  std::chrono::milliseconds pacing{100};    ///< pause between two requests to this address
};

/// bad_input where the address is not numeric. `pacers` must outlive the link.
[[nodiscard]] Result<std::unique_ptr<net::Exchange>> open_link(const net::asio::any_io_executor& executor,
                                                               net::Pacers& pacers, const LinkOptions& options);

}  // namespace gridpilot::goodwe
