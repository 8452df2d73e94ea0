#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gridpilot/app/commands/exit_code.hpp"

namespace gridpilot::app {

struct EmulateGoodweOptions {
  std::string family = "ET";
  std::string profile{};  ///< empty: the usual one of the family
  std::string transport = "udp";
  std::string listen = "127.0.0.1:8899";
  int count = 1;  ///< inverters on consecutive ports, each with a house of its own
  std::string serial{};
  double speed = 1.0;
  std::uint64_t seed = 1;  ///< of house, weather and faults
  std::string faults{};    ///< "loss=0.2,duplicate=0.1"
  std::string control{};   ///< path of the Unix socket; empty: none
  std::string start{};     ///< RFC 3339; empty: now
  double initial_soc_percent = 50.0;
  std::optional<double> rating_kw{};  ///< empty: 10, of an ES 5
  double capacity_kwh = 10.0;         ///< 0: no battery
  double peak_kw = 8.0;               ///< of the modules, half of them east and half west
  double annual_kwh = 4000.0;
  std::string time_zone = "Europe/Warsaw";
};

/// `gridpilot emulate goodwe`: a GoodWe inverter with a house behind it, until SIGTERM. bad_input where an option is
/// wrong or the port is taken, naming it.
[[nodiscard]] ExitCode emulate_goodwe(const EmulateGoodweOptions& options, const Streams& streams);

}  // namespace gridpilot::app
