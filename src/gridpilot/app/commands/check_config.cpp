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
  if (loaded.configuration.site.planes.empty())
    streams.notices << options.file.string() << ": no 'pv' is given, so no production is expected\n";
  return ExitCode::done;
}

}  // namespace gridpilot::app
