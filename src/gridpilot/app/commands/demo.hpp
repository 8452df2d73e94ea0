#pragma once

#include <cstdint>
#include <string>

#include "gridpilot/app/commands/exit_code.hpp"

namespace gridpilot::app {

struct DemoOptions {
  double speed = 60.0;  ///< simulated seconds per second, once the history is filled
  int port = 8080;
  int history_days = 2;
  std::string start;  ///< RFC 3339: the time that the demo takes for the present; empty: now
  std::string data;   ///< empty: a folder of its own below the default state folder
};

/// `gridpilot demo`: a simulated house, a GoodWe emulator and a market emulator on loopback, and the daemon on them.
/// History is what the same daemon lived through at full speed over the same sockets. Goes on where its record ends.
ExitCode run_demo(const DemoOptions& options, const Streams& streams);

}  // namespace gridpilot::app
