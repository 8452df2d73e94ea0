#include "gridpilot/inverter/goodwe/link.hpp"

#include <boost/asio/ip/address.hpp>

#include "gridpilot/net/tcp_exchange.hpp"
#include "gridpilot/net/udp_exchange.hpp"

namespace gridpilot::goodwe {

std::string_view name_of(Transport transport) noexcept {
  return transport == Transport::udp ? "udp" : "tcp";
}

Result<std::unique_ptr<net::Exchange>> open_link(const net::asio::any_io_executor& executor, net::Pacers& pacers,
                                                 const LinkOptions& options) {
  boost::system::error_code wrong;
  const auto address = net::asio::ip::make_address(options.address, wrong);
  if (wrong)
    return failure(ErrorCode::bad_input, "inverter address " + options.address + ": a numeric address is needed");
  net::Pacer& pacer = pacers.of(options.address + ":" + std::to_string(options.port), options.pacing);
  if (options.transport == Transport::udp)
    return std::make_unique<net::UdpExchange>(
        executor, pacer,
        net::UdpExchangeOptions{
            .peer = {address, options.port}, .timeout = options.timeout, .attempts = options.attempts});
  return std::make_unique<net::TcpExchange>(
      executor, pacer,
      net::TcpExchangeOptions{
          .peer = {address, options.port}, .timeout = options.timeout, .attempts = options.attempts});
}

}  // namespace gridpilot::goodwe
