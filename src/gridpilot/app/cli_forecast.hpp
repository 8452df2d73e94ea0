#pragma once

#include <CLI/CLI.hpp>

#include "gridpilot/app/commands/exit_code.hpp"

namespace gridpilot::app {

/// Adds `gridpilot forecast …`; the chosen sub-command puts its exit code into `exit_code`. Everything outlives
/// parsing.
void add_forecast_commands(CLI::App& root, const Streams& streams, ExitCode& exit_code);

}  // namespace gridpilot::app
