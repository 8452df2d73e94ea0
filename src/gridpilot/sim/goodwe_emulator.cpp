#include "gridpilot/sim/goodwe_emulator.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "gridpilot/plant/noise.hpp"
#include "gridpilot/sim/goodwe_server.hpp"

namespace gridpilot::sim {
namespace {

constexpr std::array<std::uint8_t, 3> sporadic_exceptions{1, goodwe::device_failure, 7};

}  // namespace

std::string_view name_of(Transport transport) noexcept {
  return transport == Transport::udp ? "udp" : "tcp";
}

bool speaks(goodwe::Family family, Transport transport) noexcept {
  return transport == Transport::udp || family != goodwe::Family::es;
}

void Outgoing::append(goodwe::Bytes more) {
  for (const std::uint8_t byte : more.first(std::min(more.size(), bytes.size() - size))) bytes[size++] = byte;
}

Result<void> listening(const boost::system::error_code& outcome, std::string_view transport, const std::string& address,
                       std::uint16_t port) {
  if (!outcome) return {};
  const bool taken = outcome == boost::asio::error::address_in_use;
  return failure(taken ? ErrorCode::busy : ErrorCode::bad_input,
                 std::string(transport) + " " + address + ":" + std::to_string(port) + ": " + outcome.message());
}

// ---- GoodweServer ----

double GoodweServer::draw() {
  return plant::uniform(seed_, draws_++);
}

Result<void> GoodweServer::apply_fault(const FaultOrder& order) {
  if (auto known = check_fault(order); !known) return known;
  if (set_fault(faults_, order)) return {};
  const Seconds seconds(static_cast<long long>(order.value));
  if (order.name == "clock_jump_s") {
    device().jump_clock(seconds);
  } else if (order.name == "reboot_s") {
    device().reboot_until(clock_.now() + seconds);
  } else if (order.name == "deaf") {
    device().set_hearing(order.value == 0.0 ? Hearing::obeys : Hearing::deaf);
  } else if (order.value == 0.0) {
    device_->unstick();
  } else {
    device_->stick(static_cast<std::uint16_t>(order.value));
  }
  return {};
}

bool GoodweServer::arrives() {
  ++requests_;
  if (chance(faults_.loss / 2.0)) return false;
  device_->advance_to(clock_.now());
  if (device_->rebooting()) return false;
  if (chance(faults_.second_writer)) device_->reset_behind_the_back();
  return true;
}

std::optional<goodwe::FrameBuffer> GoodweServer::answer_of(goodwe::Bytes request, goodwe::Framing framing) {
  return answer_of(goodwe::parse_request(request, framing), request, framing);
}

std::optional<goodwe::FrameBuffer> GoodweServer::answer_of(const Result<goodwe::ReceivedRequest>& received,
                                                           goodwe::Bytes request, goodwe::Framing framing) {
  const std::size_t unit_at = framing == goodwe::Framing::tcp ? 6 : 0;
  if (!received) {
    // What is whole and for us, but asks for what does not exist, is refused; the rest gets no answer.
    const ErrorCode why = received.error().code;
    const std::uint8_t exception = why == ErrorCode::unsupported ? goodwe::illegal_function
                                   : why == ErrorCode::malformed ? goodwe::illegal_value
                                                                 : std::uint8_t{0};
    if (exception == 0 || request.size() < unit_at + 2 || request[unit_at] != device_->unit()) return std::nullopt;
    const std::uint16_t transaction = framing == goodwe::Framing::tcp ? goodwe::u16_at(request, 0) : std::uint16_t{0};
    return goodwe::encode_exception(request[unit_at], request[unit_at + 1], exception, framing, transaction);
  }
  if (received->request.unit == device_->unit() && chance(faults_.exception)) {
    const auto code = sporadic_exceptions[static_cast<std::size_t>(draw() * sporadic_exceptions.size())];
    return goodwe::encode_exception(received->request.unit, static_cast<std::uint8_t>(received->request.function), code,
                                    framing, received->transaction);
  }
  const goodwe::ModbusRequest& asked = received->request;
  if (asked.unit == device_->unit() && asked.function != goodwe::Function::read && chance(faults_.write_failure))
    return goodwe::encode_exception(asked.unit, static_cast<std::uint8_t>(asked.function), goodwe::device_failure,
                                    framing, received->transaction);
  return device_->answer(*received, framing);
}

Outgoing GoodweServer::distorted(const goodwe::FrameBuffer& frame) {
  Outgoing out;
  out.append(frame);
  if (chance(faults_.corrupt)) out.bytes[static_cast<std::size_t>(draw() * static_cast<double>(out.size))] ^= 0x10U;
  if (chance(faults_.garbage)) {
    // Dongles repeat a part of the frame behind its end.
    const auto length = 1 + static_cast<std::size_t>(draw() * static_cast<double>(frame.size()));
    out.append(frame.bytes().first(std::min(length, frame.size())));
  }
  return out;
}

// ---- GoodweEmulator ----

Result<std::unique_ptr<GoodweEmulator>> GoodweEmulator::create(net::asio::io_context& io, const os::Clock& clock,
                                                               TimeZone zone, GoodweEmulatorOptions options,
                                                               plant::House& house) {
  if (!speaks(family_of(options.device.profile), options.transport))
    return failure(ErrorCode::bad_input, "units of this family do not speak Modbus TCP");
  auto device = GoodweDevice::create(std::move(zone), std::move(options.device), house);
  if (!device) return std::move(device).failed();
  auto server = options.transport == Transport::udp
                    ? make_udp_server(io, clock, std::move(*device), options.seed)
                    : make_tcp_server(io, clock, std::move(*device), options.seed, options.longest_silence);
  if (auto bound = server->listen(options.address, options.port); !bound) return std::move(bound).failed();
  auto emulator = std::unique_ptr<GoodweEmulator>(new GoodweEmulator(std::move(server)));
  for (const FaultOrder& order : options.faults)
    if (auto applied = emulator->apply_fault(order); !applied) return std::move(applied).failed();
  return emulator;
}

GoodweEmulator::GoodweEmulator(std::shared_ptr<GoodweServer> server) : server_(std::move(server)) {}

GoodweEmulator::~GoodweEmulator() {
  server_->close();
}

std::uint16_t GoodweEmulator::port() const {
  return server_->port();
}

GoodweDevice& GoodweEmulator::device() {
  return server_->device();
}

Result<void> GoodweEmulator::apply_fault(const FaultOrder& order) {
  return server_->apply_fault(order);
}

std::uint64_t GoodweEmulator::requests() const {
  return server_->requests();
}

}  // namespace gridpilot::sim
