#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "gridpilot/app/commands/exit_code.hpp"

namespace gridpilot::app {

struct EmulateMarketOptions {
  std::string listen = "127.0.0.1:8080";
  std::optional<std::filesystem::path> prices{};  ///< CSV, plain or gzip; absent: generated
  double speed = 1.0;
  std::uint64_t seed = 1;
  std::string faults{};  ///< "latency_ms=300,torn=1"
  std::string start{};   ///< RFC 3339; empty: now
};

/// `gridpilot emulate market`: PSE's price documents, until SIGTERM. bad_input where an option or the file is wrong, or
/// the port is taken, naming it.
[[nodiscard]] ExitCode emulate_market(const EmulateMarketOptions& options, const Streams& streams);

}  // namespace gridpilot::app
