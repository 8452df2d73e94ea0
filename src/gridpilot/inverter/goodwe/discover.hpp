#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/result.hpp"
#include "gridpilot/net/async.hpp"

namespace gridpilot::goodwe {

/// A dongle that answered the call into the network.
struct DiscoveredDongle {
  std::string address;      ///< dotted IPv4
  std::string mac_address;  ///< 12 hexadecimal digits
  std::string name;         ///< of its access point: "Solar-WiFi" and the end of the serial number
  [[nodiscard]] friend bool operator==(const DiscoveredDongle&, const DiscoveredDongle&) = default;
};

struct DiscoveryOptions {
  std::string target = "255.255.255.255";  ///< numeric; a broadcast address, or one host
  std::uint16_t port = 48899;
  std::chrono::milliseconds wait{1000};  ///< for answers, after each call
  int calls = 3;
};

/// Calls into the local network and lists every dongle that answers, each once, in the order of answering. Answers of
/// another form are passed over. bad_input where the target is not numeric; unreachable where the call cannot be sent.
[[nodiscard]] net::Awaitable<Result<std::vector<DiscoveredDongle>>> discover(DiscoveryOptions options);

/// "ip,mac,name"; nullopt for anything else.
[[nodiscard]] std::optional<DiscoveredDongle> parse_dongle(std::string_view answer);

}  // namespace gridpilot::goodwe
