#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/net/async.hpp"
#include "gridpilot/os/clock.hpp"
#include "gridpilot/plant/house.hpp"
#include "gridpilot/sim/goodwe_device.hpp"
#include "gridpilot/sim/goodwe_faults.hpp"

namespace gridpilot::sim {

enum class Transport {
  udp,  ///< Modbus RTU and AA55 frames in datagrams, as the dongles of the first generation
  tcp,  ///< Modbus TCP, any number of connections; no AA55
};
[[nodiscard]] std::string_view name_of(Transport transport) noexcept;
/// ES units have no Modbus TCP (protocol.md, 1).
[[nodiscard]] bool speaks(goodwe::Family family, Transport transport) noexcept;

struct GoodweEmulatorOptions {
  std::string address = "127.0.0.1";  ///< numeric
  std::uint16_t port = 0;             ///< 0 takes a free one
  Transport transport = Transport::udp;
  DeviceOptions device{};
  std::vector<FaultOrder> faults{};
  std::uint64_t seed = 1;                              ///< of the faults
  std::chrono::milliseconds longest_silence{300'000};  ///< TCP: a connection that asks nothing so long is closed
};

/// A GoodWe inverter on the network: answers requests as soon as they come, in the clock's time. A frame that is torn,
/// has a wrong checksum or is for another unit gets no answer.
/// Everything happens on the io_context's thread, and only when asked: the house moves when somebody looks.
class GoodweEmulator {
 public:
  /// Clock and house are borrowed and must outlive the emulator. busy where the port is taken, naming it; bad_input for
  /// an address or serial number that is none, a fault that does not exist, or a transport that the family lacks.
  [[nodiscard]] static Result<std::unique_ptr<GoodweEmulator>> create(net::asio::io_context& io, const os::Clock& clock,
                                                                      TimeZone zone, GoodweEmulatorOptions options,
                                                                      plant::House& house);
  /// Closes its sockets at once; answers under way are lost as datagrams may be.
  ~GoodweEmulator();
  GoodweEmulator(const GoodweEmulator&) = delete;
  GoodweEmulator& operator=(const GoodweEmulator&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// As of the clock's present time.
  [[nodiscard]] GoodweDevice& device();
  /// Applies from the next request on. bad_input as in create().
  [[nodiscard]] Result<void> apply_fault(const FaultOrder& order);
  /// Requests that were read, frames for nobody included.
  [[nodiscard]] std::uint64_t requests() const;

 private:
  explicit GoodweEmulator(std::shared_ptr<class GoodweServer> server);
  std::shared_ptr<class GoodweServer> server_;
};

}  // namespace gridpilot::sim
