#pragma once

#include <filesystem>

#include "gridpilot/app/commands/exit_code.hpp"

namespace gridpilot::app {

struct CheckConfigOptions {
  std::filesystem::path file;
};

/// `gridpilot check-config FILE`: every problem on standard error, one a line (bad_input), or the configuration in
/// effect, defaults included and secrets masked, on standard output.
[[nodiscard]] ExitCode check_configuration(const CheckConfigOptions& options, const Streams& streams);

}  // namespace gridpilot::app
