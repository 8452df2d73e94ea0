#include "gridpilot/sim/goodwe_emulator.hpp"

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <span>

#include "gridpilot/plant/noise.hpp"

namespace gridpilot::sim {
namespace {

namespace asio = net::asio;
using asio::ip::udp;
using goodwe::Bytes;

/// Datagrams answered before other work on the loop gets its turn.
constexpr int burst = 32;

constexpr std::array<std::uint8_t, 3> sporadic_exceptions{1, goodwe::device_failure, 7};

bool is_aa55_request(Bytes bytes) {
  return bytes.size() >= 4 && bytes[0] == 0xAA && bytes[1] == 0x55 && bytes[2] == 0xC0 && bytes[3] == 0x7F;
}

/// A datagram on its way out, with room for what faults append.
struct Outgoing {
  std::array<std::uint8_t, 700> bytes{};
  std::size_t size = 0;
  void append(Bytes more) {
    for (const std::uint8_t byte : more.first(std::min(more.size(), bytes.size() - size))) bytes[size++] = byte;
  }
  [[nodiscard]] Bytes view() const { return Bytes(bytes).first(size); }
};

}  // namespace

/// Shared with the handlers that wait on the socket, which may run once more after the emulator is gone.
class GoodweEmulator::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::io_context& io, const os::Clock& clock, EtDevice device, std::uint64_t seed)
      : io_(io), socket_(io), clock_(clock), device_(std::move(device)), seed_(seed) {}

  Result<void> bind(const std::string& address, std::uint16_t port) {
    boost::system::error_code wrong;
    const auto numeric = asio::ip::make_address(address, wrong);
    if (wrong) return failure(ErrorCode::bad_input, "'" + address + "' is no numeric address");
    const udp::endpoint endpoint(numeric, port);
    wrong = socket_.open(endpoint.protocol(), wrong);
    if (!wrong) wrong = socket_.bind(endpoint, wrong);
    if (!wrong) wrong = socket_.non_blocking(true, wrong);
    if (!wrong) return {};
    const bool taken = wrong == asio::error::address_in_use;
    return failure(taken ? ErrorCode::busy : ErrorCode::bad_input,
                   "UDP " + address + ":" + std::to_string(port) + ": " + wrong.message());
  }

  void wait() {
    socket_.async_wait(udp::socket::wait_read, [self = shared_from_this()](const boost::system::error_code& ended) {
      if (ended || !self->socket_.is_open()) return;
      self->answer_burst();
      self->wait();
    });
  }

  void close() {
    boost::system::error_code ignored;
    ignored = socket_.close(ignored);
  }

  Result<void> apply_fault(const FaultOrder& order) {
    if (auto known = check_fault(order); !known) return known;
    if (set_fault(faults_, order)) return {};
    const Seconds seconds(static_cast<long long>(order.value));
    if (order.name == "clock_jump_s") {
      device_.jump_clock(seconds);
    } else if (order.name == "reboot_s") {
      device_.reboot_until(clock_.now() + seconds);
    } else if (order.value == 0.0) {
      device_.unstick();
    } else {
      device_.stick(static_cast<std::uint16_t>(order.value));
    }
    return {};
  }

  [[nodiscard]] std::uint16_t port() const { return socket_.local_endpoint().port(); }
  [[nodiscard]] std::uint64_t datagrams() const { return datagrams_; }
  [[nodiscard]] EtDevice& device() {
    device_.advance_to(clock_.now());
    return device_;
  }

 private:
  void answer_burst() {
    for (int i = 0; i < burst; ++i) {
      boost::system::error_code ended;
      const std::size_t size = socket_.receive_from(asio::buffer(incoming_), peer_, 0, ended);
      if (ended) return;
      ++datagrams_;
      take(Bytes(incoming_).first(size));
    }
  }

  /// With probability `p`; a new draw each time.
  bool chance(double p) { return p > 0.0 && draw() < p; }
  double draw() { return plant::uniform(seed_, draws_++); }

  void take(Bytes datagram) {
    if (chance(faults_.loss / 2.0)) return;  // lost on the way here
    device_.advance_to(clock_.now());
    if (device_.rebooting()) return;
    if (is_aa55_request(datagram)) {
      if (const auto command = goodwe::parse_aa55_request(datagram))
        if (const auto frame = device_.answer(*command)) deliver(*frame);
      return;
    }
    const auto received = goodwe::parse_request(datagram, goodwe::Framing::rtu_over_udp);
    if (!received) return refuse(datagram, received.error().code);
    if (received->request.unit == device_.unit() && chance(faults_.exception)) {
      const auto code = sporadic_exceptions[static_cast<std::size_t>(draw() * sporadic_exceptions.size())];
      return deliver(goodwe::encode_exception(received->request.unit,
                                              static_cast<std::uint8_t>(received->request.function), code,
                                              goodwe::Framing::rtu_over_udp));
    }
    if (const auto frame = device_.answer(*received, goodwe::Framing::rtu_over_udp)) deliver(*frame);
  }

  /// What is whole and for us, but asks for what does not exist, is refused; the rest gets no answer.
  void refuse(Bytes datagram, ErrorCode why) {
    if (datagram.size() < 2 || datagram[0] != device_.unit()) return;
    const std::uint8_t exception = why == ErrorCode::unsupported ? goodwe::illegal_function
                                   : why == ErrorCode::malformed ? goodwe::illegal_value
                                                                 : std::uint8_t{0};
    if (exception == 0) return;
    deliver(goodwe::encode_exception(datagram[0], datagram[1], exception, goodwe::Framing::rtu_over_udp));
  }

  void deliver(const goodwe::FrameBuffer& frame) {
    if (chance(faults_.loss / 2.0 / (1.0 - faults_.loss / 2.0))) return;  // lost on the way back
    if (chance(faults_.second_client)) send_answer_for_somebody_else();
    const bool garbage = chance(faults_.garbage);
    const bool corrupt = chance(faults_.corrupt);
    const bool late = chance(faults_.delay);
    if (!garbage && !corrupt && !late) return send_whole_or_torn(frame);
    Outgoing out;
    out.append(frame);
    if (corrupt) out.bytes[static_cast<std::size_t>(draw() * static_cast<double>(out.size))] ^= 0x10U;
    if (garbage) {
      // Dongles repeat a part of the frame behind its end.
      const auto length = 1 + static_cast<std::size_t>(draw() * static_cast<double>(frame.size()));
      out.append(frame.bytes().first(std::min(length, frame.size())));
    }
    if (late) return send_late(out);
    send_whole_or_torn(out.view());
  }

  void send_answer_for_somebody_else() {
    const goodwe::ModbusRequest foreign = goodwe::read_registers(device_.unit(), 47509, 4);
    if (const auto frame = device_.answer({.request = foreign}, goodwe::Framing::rtu_over_udp)) send(*frame);
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
    timer->async_wait([self = shared_from_this(), timer, out, to = peer_](const boost::system::error_code& ended) {
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
  const os::Clock& clock_;
  EtDevice device_;
  GoodweFaults faults_;
  std::uint64_t seed_;
  std::int64_t draws_ = 0;
  std::uint64_t datagrams_ = 0;
  udp::endpoint peer_;
  std::array<std::uint8_t, 512> incoming_{};
};

Result<std::unique_ptr<GoodweEmulator>> GoodweEmulator::create(asio::io_context& io, const os::Clock& clock,
                                                               TimeZone zone, GoodweEmulatorOptions options,
                                                               plant::House& house) {
  auto device = EtDevice::create(std::move(zone), std::move(options.device), house);
  if (!device) return std::move(device).failed();
  auto core = std::make_shared<Core>(io, clock, std::move(*device), options.seed);
  if (auto bound = core->bind(options.address, options.port); !bound) return std::move(bound).failed();
  for (const FaultOrder& order : options.faults)
    if (auto applied = core->apply_fault(order); !applied) return std::move(applied).failed();
  core->wait();
  return std::unique_ptr<GoodweEmulator>(new GoodweEmulator(std::move(core)));
}

GoodweEmulator::GoodweEmulator(std::shared_ptr<Core> core) : core_(std::move(core)) {}

GoodweEmulator::~GoodweEmulator() {
  core_->close();
}

std::uint16_t GoodweEmulator::port() const {
  return core_->port();
}

EtDevice& GoodweEmulator::device() {
  return core_->device();
}

Result<void> GoodweEmulator::apply_fault(const FaultOrder& order) {
  return core_->apply_fault(order);
}

std::uint64_t GoodweEmulator::datagrams() const {
  return core_->datagrams();
}

}  // namespace gridpilot::sim
