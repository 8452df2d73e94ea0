#pragma once

#include <iosfwd>

namespace gridpilot::app {

/// How a command ended, as scripts rely on it (docs/commands.md).
enum class ExitCode {
  done = 0,
  failed = 1,       ///< could not be done: device silent, database locked
  bad_input = 2,    ///< bad usage or bad input; standard error says file, line or field, reason, allowed values
  degraded = 3,     ///< done, but degraded or infeasible
  not_running = 4,  ///< the daemon does not answer
};

/// Where a command writes: the answer alone to `out`, notices and errors to `notices`.
struct Streams {
  std::ostream& out;
  std::ostream& notices;
};

}  // namespace gridpilot::app
