#pragma once

#include <CLI/CLI.hpp>

#include "gridpilot/app/commands/exit_code.hpp"

namespace gridpilot::app {

/// Adds `gridpilot inverter …`; the chosen sub-command puts its exit code into `exit_code`. Everything outlives
/// parsing.
void add_inverter_commands(CLI::App& root, const Streams& streams, ExitCode& exit_code);

}  // namespace gridpilot::app
