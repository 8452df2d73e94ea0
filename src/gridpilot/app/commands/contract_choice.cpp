#include "gridpilot/app/commands/contract_choice.hpp"

#include <ostream>

namespace gridpilot::app {

std::optional<config::Loaded> configuration_or_defaults(const std::optional<std::filesystem::path>& file,
                                                        const Streams& streams) {
  config::Loaded loaded = file ? config::load_configuration(*file, config::Purpose::plan)
                               : config::parse_configuration("", "defaults", config::Purpose::plan);
  if (loaded.problems.empty()) return loaded;
  streams.notices << config::to_text(loaded.problems);
  return std::nullopt;
}

ExitCode refuse(const Error& error, const Streams& streams) {
  return refuse(std::string_view(error.message), streams);
}

ExitCode refuse(std::string_view message, const Streams& streams) {
  streams.notices << message << '\n';
  return ExitCode::bad_input;
}

}  // namespace gridpilot::app
