#include "gridpilot/inverter/goodwe/discover.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace gridpilot::goodwe {
namespace {

namespace asio = net::asio;
using asio::ip::udp;

constexpr std::string_view call = "WIFIKIT-214028-READ";
constexpr std::size_t mac_digits = 12;
constexpr std::size_t longest_name = 64;

[[nodiscard]] bool is_hexadecimal(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

[[nodiscard]] bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c >= ' ' && c <= '~'; });
}

/// One call into the network and what answers it.
class NetworkCall {
 public:
  NetworkCall(const asio::any_io_executor& executor, const udp::endpoint& target)
      : socket_(executor), timer_(executor), target_(target) {}

  [[nodiscard]] boost::system::error_code open() {
    boost::system::error_code wrong;
    wrong = socket_.open(udp::v4(), wrong);
    if (!wrong) wrong = socket_.set_option(asio::socket_base::broadcast(true), wrong);
    return wrong;
  }
  [[nodiscard]] boost::system::error_code send() {
    boost::system::error_code wrong;
    socket_.send_to(asio::buffer(call), target_, 0, wrong);
    return wrong;
  }
  /// Takes in what arrives for so long.
  [[nodiscard]] net::Awaitable<void> listen(std::chrono::milliseconds wait) {
    timer_.expires_after(wait);
    timer_.async_wait([this](const boost::system::error_code& ended) {
      boost::system::error_code ignored;
      if (!ended) ignored = socket_.cancel(ignored);
    });
    for (;;) {
      boost::system::error_code ended;
      const std::size_t size = co_await socket_.async_receive_from(asio::buffer(bytes_), from_,
                                                                   asio::redirect_error(asio::use_awaitable, ended));
      if (ended == asio::error::connection_refused) continue;  // one host was asked, and nothing listens there
      if (ended) co_return;
      const auto dongle = parse_dongle({bytes_.data(), size});
      if (dongle && std::ranges::find(found, *dongle) == found.end()) found.push_back(*dongle);
    }
  }

  std::vector<DiscoveredDongle> found;

 private:
  udp::socket socket_;
  asio::steady_timer timer_;
  udp::endpoint target_;
  udp::endpoint from_;
  std::array<char, 512> bytes_{};
};

}  // namespace

std::optional<DiscoveredDongle> parse_dongle(std::string_view answer) {
  while (!answer.empty() && (answer.back() == '\0' || answer.back() == '\n' || answer.back() == '\r'))
    answer.remove_suffix(1);
  const std::size_t first = answer.find(',');
  const std::size_t second = first == std::string_view::npos ? first : answer.find(',', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view address = answer.substr(0, first);
  const std::string_view mac = answer.substr(first + 1, second - first - 1);
  const std::string_view name = answer.substr(second + 1);
  boost::system::error_code wrong;
  static_cast<void>(asio::ip::make_address_v4(std::string(address), wrong));
  const bool right = !wrong && mac.size() == mac_digits && is_hexadecimal(mac) && !name.empty() &&
                     name.size() <= longest_name && is_printable(name);
  if (!right) return std::nullopt;
  return DiscoveredDongle{.address = std::string(address), .mac_address = std::string(mac), .name = std::string(name)};
}

net::Awaitable<Result<std::vector<DiscoveredDongle>>> discover(DiscoveryOptions options) {
  boost::system::error_code wrong;
  const auto target = asio::ip::make_address_v4(options.target, wrong);
  if (wrong) co_return failure(ErrorCode::bad_input, "'" + options.target + "' is no numeric IPv4 address");
  NetworkCall network(co_await asio::this_coro::executor, udp::endpoint(target, options.port));
  wrong = network.open();
  for (int i = 0; i < options.calls && !wrong && network.found.empty(); ++i) {
    wrong = network.send();
    if (!wrong) co_await network.listen(options.wait);
  }
  if (wrong) co_return failure(ErrorCode::unreachable, "cannot call into the network: " + wrong.message());
  co_return std::move(network.found);
}

}  // namespace gridpilot::goodwe
