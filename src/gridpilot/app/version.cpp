#include "gridpilot/app/version.hpp"

#include <ostream>

namespace gridpilot::app {

ExitCode print_version(const Streams& streams) {
  streams.out << "gridpilot " << version << " (" << __VERSION__ << ")\n";
  return ExitCode::done;
}

}  // namespace gridpilot::app
