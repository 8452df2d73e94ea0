#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/net/async.hpp"
#include "gridpilot/os/clock.hpp"
#include "gridpilot/sim/goodwe_emulator.hpp"

namespace gridpilot::sim {

/// Bytes on their way out, with room for what faults append.
struct Outgoing {
  std::array<std::uint8_t, 1400> bytes{};
  std::size_t size = 0;
  void append(goodwe::Bytes more);
  [[nodiscard]] goodwe::Bytes view() const { return goodwe::Bytes(bytes).first(size); }
};

/// What both transports have in common: the device, and what goes wrong before a request reaches it and after it has
/// answered. Kept alive by the handlers that wait on its sockets.
class GoodweServer : public std::enable_shared_from_this<GoodweServer> {
 public:
  GoodweServer(const os::Clock& clock, std::unique_ptr<GoodweDevice> device, std::uint64_t seed)
      : clock_(clock), device_(std::move(device)), seed_(seed) {}
  virtual ~GoodweServer() = default;
  GoodweServer(const GoodweServer&) = delete;
  GoodweServer& operator=(const GoodweServer&) = delete;

  [[nodiscard]] virtual Result<void> listen(const std::string& address, std::uint16_t port) = 0;
  virtual void close() = 0;
  [[nodiscard]] virtual std::uint16_t port() const = 0;

  [[nodiscard]] GoodweDevice& device() {
    device_->advance_to(clock_.now());
    return *device_;
  }
  [[nodiscard]] Result<void> apply_fault(const FaultOrder& order);
  [[nodiscard]] std::uint64_t requests() const { return requests_; }

 protected:
  /// With probability `p`; a new draw each time.
  [[nodiscard]] bool chance(double p) { return p > 0.0 && draw() < p; }
  [[nodiscard]] double draw();
  /// Counts a request and moves the house on; false where it is lost on the way here or nobody is at home.
  [[nodiscard]] bool arrives();
  /// The answer to a Modbus request, a sporadic exception, or the refusal of what does not exist.
  [[nodiscard]] std::optional<goodwe::FrameBuffer> answer_of(goodwe::Bytes request, goodwe::Framing framing);
  [[nodiscard]] std::optional<goodwe::FrameBuffer> answer_of(const Result<goodwe::ReceivedRequest>& received,
                                                             goodwe::Bytes request, goodwe::Framing framing);
  [[nodiscard]] bool lost_on_the_way_back() { return chance(faults_.loss / 2.0 / (1.0 - faults_.loss / 2.0)); }
  /// The frame as the wire distorts it: a wrong byte, a repeated part of it behind its end.
  [[nodiscard]] Outgoing distorted(const goodwe::FrameBuffer& frame);

  const os::Clock& clock_;
  std::unique_ptr<GoodweDevice> device_;
  GoodweFaults faults_;

 private:
  std::uint64_t seed_;
  std::int64_t draws_ = 0;
  std::uint64_t requests_ = 0;
};

[[nodiscard]] std::shared_ptr<GoodweServer> make_udp_server(net::asio::io_context& io, const os::Clock& clock,
                                                            std::unique_ptr<GoodweDevice> device, std::uint64_t seed);
[[nodiscard]] std::shared_ptr<GoodweServer> make_tcp_server(net::asio::io_context& io, const os::Clock& clock,
                                                            std::unique_ptr<GoodweDevice> device, std::uint64_t seed,
                                                            std::chrono::milliseconds longest_silence);

/// busy where a port is taken, bad_input for an address that this machine has not.
[[nodiscard]] Result<void> listening(const boost::system::error_code& outcome, std::string_view transport,
                                     const std::string& address, std::uint16_t port);

}  // namespace gridpilot::sim
