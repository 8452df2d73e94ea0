#include "gridpilot/app/commands/check_config.hpp"

#include <ostream>

#include "gridpilot/config/configuration.hpp"

namespace gridpilot::app {

ExitCode check_configuration(const CheckConfigOptions& options, const Streams& streams) {
  const config::Loaded loaded = config::load_configuration(options.file, config::Purpose::run);
  if (!loaded.problems.empty()) {
    streams.notices << config::to_text(loaded.problems);
    return ExitCode::bad_input;
  }
  streams.out << config::effective_text(loaded.configuration);
  for (const std::string& warning : config::warnings_of(loaded.configuration))
    streams.notices << options.file.string() << ": " << warning << '\n';
  return ExitCode::done;
}

}  // namespace gridpilot::app
