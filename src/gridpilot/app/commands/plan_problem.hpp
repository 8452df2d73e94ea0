#pragma once

#include <filesystem>
#include <vector>

#include "gridpilot/app/commands/exit_code.hpp"

namespace gridpilot::app {

struct PlanProblemOptions {
  std::vector<std::filesystem::path> files;
};

/// `gridpilot plan --problem FILE...`: one line of JSON a problem, in the order given. A problem without a plan gets
/// its line too (degraded); one that cannot be read or is malformed gets none but a notice with file, field and reason,
/// and the others are still answered. bad_input wins over degraded.
[[nodiscard]] ExitCode plan_problems(const PlanProblemOptions& options, const Streams& streams);

}  // namespace gridpilot::app
