#pragma once

#include <optional>
#include <string>

#include "gridpilot/codec/goodwe/device_info.hpp"
#include "gridpilot/inverter/goodwe/link.hpp"
#include "gridpilot/net/exchange.hpp"

namespace gridpilot::goodwe {

/// What answers at an address.
struct Detected {
  DeviceInfo device;
  std::uint8_t unit = et_unit;  ///< Modbus address that answered
};

/// What is known beforehand; absent: found out.
struct DetectionHints {
  std::optional<Family> family{};
  std::optional<std::uint8_t> unit{};
};

/// Asks what is at the other end of a link. The exchange must outlive it.
class Detector {
 public:
  Detector(net::Exchange& exchange, Transport transport) : exchange_(exchange), transport_(transport) {}

  /// Finds out family and model (protocol.md 5.2): over datagrams the identification that every family answers and the
  /// tags in its serial number decide; else ET, DT and ES are tried in this order by their own device information.
  /// not_found where something answers that is none of them; timeout or unreachable where nothing does.
  [[nodiscard]] net::Awaitable<Result<Detected>> detect(DetectionHints hints);

  /// The family's own device information.
  [[nodiscard]] net::Awaitable<Result<DeviceInfo>> read_device_info(Family family, std::uint8_t unit);

 private:
  [[nodiscard]] net::Awaitable<std::optional<Family>> identified_family();

  net::Exchange& exchange_;
  Transport transport_;
};

/// Factory Modbus address of a family.
[[nodiscard]] constexpr std::uint8_t usual_unit(Family family) {
  return family == Family::dt ? dt_unit : et_unit;
}

}  // namespace gridpilot::goodwe
