#pragma once

namespace gridpilot::app {

/// Reads the command line, runs the sub-command and returns the process's exit code.
[[nodiscard]] int run_command_line(int argc, char** argv);

}  // namespace gridpilot::app
