#pragma once

#include <string_view>

#include "gridpilot/app/commands/exit_code.hpp"

namespace gridpilot::app {

inline constexpr std::string_view version = GRIDPILOT_VERSION;

ExitCode print_version(const Streams& streams);

}  // namespace gridpilot::app
