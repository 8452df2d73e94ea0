#pragma once

#include <string>

#include "gridpilot/app/commands/exit_code.hpp"

namespace gridpilot::app {

struct RunOptions {
  std::string config;  ///< empty: the default of the system or user
  std::string data;    ///< empty: the configuration's, or the default
};

/// `gridpilot run`: the daemon, until SIGTERM or SIGINT.
ExitCode run_daemon(const RunOptions& options, const Streams& streams);

}  // namespace gridpilot::app
