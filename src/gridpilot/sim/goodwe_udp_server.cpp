#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>

#include "gridpilot/sim/goodwe_server.hpp"

namespace gridpilot::sim {
namespace {

namespace asio = net::asio;
using asio::ip::udp;
using goodwe::Bytes;

/// Datagrams answered before other work on the loop gets its turn.
constexpr int burst = 32;

bool is_aa55_request(Bytes bytes) {
  return bytes.size() >= 4 && bytes[0] == 0xAA && bytes[1] == 0x55 && bytes[2] == 0xC0 && bytes[3] == 0x7F;
}

class UdpServer final : public GoodweServer {
 public:
  UdpServer(asio::io_context& io, const os::Clock& clock, std::unique_ptr<GoodweDevice> device, std::uint64_t seed)
      : GoodweServer(clock, std::move(device), seed), io_(io), socket_(io) {}

  Result<void> listen(const std::string& address, std::uint16_t port) override {
    boost::system::error_code wrong;
    const auto numeric = asio::ip::make_address(address, wrong);
    if (wrong) return failure(ErrorCode::bad_input, "'" + address + "' is no numeric address");
    const udp::endpoint endpoint(numeric, port);
    wrong = socket_.open(endpoint.protocol(), wrong);
    if (!wrong) wrong = socket_.bind(endpoint, wrong);
    if (!wrong) wrong = socket_.non_blocking(true, wrong);
    if (!wrong) wait();
    return listening(wrong, "UDP", address, port);
  }
  void close() override {
    boost::system::error_code ignored;
    ignored = socket_.close(ignored);
  }
  [[nodiscard]] std::uint16_t port() const override { return socket_.local_endpoint().port(); }

 private:
  [[nodiscard]] std::shared_ptr<UdpServer> self() { return std::static_pointer_cast<UdpServer>(shared_from_this()); }

  void wait() {
    socket_.async_wait(udp::socket::wait_read, [self = self()](const boost::system::error_code& ended) {
      if (ended || !self->socket_.is_open()) return;
      self->answer_burst();
      self->wait();
    });
  }

  void answer_burst() {
    for (int i = 0; i < burst; ++i) {
      boost::system::error_code ended;
      const std::size_t size = socket_.receive_from(asio::buffer(incoming_), peer_, 0, ended);
      if (ended) return;
      take(Bytes(incoming_).first(size));
    }
  }

  void take(Bytes datagram) {
    if (!arrives()) return;
    if (!is_aa55_request(datagram)) {
      if (const auto frame = answer_of(datagram, goodwe::Framing::rtu_over_udp)) deliver(*frame);
    } else if (const auto command = goodwe::parse_aa55_request(datagram)) {
      if (command->control != goodwe::aa55_device_info.control && chance(faults_.write_failure)) return;
      if (const auto frame = device_->answer(*command)) deliver(*frame);
    }
  }

  void deliver(const goodwe::FrameBuffer& frame) {
    if (lost_on_the_way_back()) return;
    if (chance(faults_.second_client))
      if (const auto foreign = device_->answer_for_somebody_else(goodwe::Framing::rtu_over_udp)) send(*foreign);
    const bool late = chance(faults_.delay);
    const bool plain = !late && faults_.corrupt == 0.0 && faults_.garbage == 0.0;
    if (plain) return send_whole_or_torn(frame);
    const Outgoing out = distorted(frame);
    if (late) return send_late(out);
    send_whole_or_torn(out.view());
  }

  void send_whole_or_torn(Bytes bytes) {
    if (chance(faults_.fragment) && bytes.size() > 2) {
      const std::size_t first = 1 + static_cast<std::size_t>(draw() * static_cast<double>(bytes.size() - 1));
      send(bytes.first(first));
      send(bytes.subspan(first));
    } else {
      send(bytes);
    }
    if (chance(faults_.duplicate)) send(bytes);
  }

  void send_late(const Outgoing& out) {
    auto timer = std::make_shared<asio::steady_timer>(io_, faults_.delay_for);
    timer->async_wait([self = self(), timer, out, to = peer_](const boost::system::error_code& ended) {
      if (ended || !self->socket_.is_open()) return;
      self->peer_ = to;
      self->send_whole_or_torn(out.view());
    });
  }

  /// A datagram that does not fit into the socket's buffer is lost, as on any network.
  void send(Bytes bytes) {
    boost::system::error_code ignored;
    socket_.send_to(asio::buffer(bytes.data(), bytes.size()), peer_, 0, ignored);
  }

  asio::io_context& io_;
  udp::socket socket_;
  udp::endpoint peer_;
  std::array<std::uint8_t, 512> incoming_{};
};

}  // namespace

std::shared_ptr<GoodweServer> make_udp_server(asio::io_context& io, const os::Clock& clock,
                                              std::unique_ptr<GoodweDevice> device, std::uint64_t seed) {
  return std::make_shared<UdpServer>(io, clock, std::move(device), seed);
}

}  // namespace gridpilot::sim
