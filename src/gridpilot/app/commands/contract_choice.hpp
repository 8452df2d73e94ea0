#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "gridpilot/app/commands/exit_code.hpp"
#include "gridpilot/config/configuration.hpp"

namespace gridpilot::app {

/// The configuration a command was given, or the defaults with the embedded contracts; nullopt, after the problems were
/// printed, where it is wrong.
[[nodiscard]] std::optional<config::Loaded> configuration_or_defaults(const std::optional<std::filesystem::path>& file,
                                                                      const Streams& streams);

/// Prints an error to the notices; bad_input, so that a command can return it.
[[nodiscard]] ExitCode refuse(const Error& error, const Streams& streams);
[[nodiscard]] ExitCode refuse(std::string_view message, const Streams& streams);

}  // namespace gridpilot::app
