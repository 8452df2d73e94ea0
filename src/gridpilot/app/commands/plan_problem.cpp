#include "gridpilot/app/commands/plan_problem.hpp"

#include <ostream>
#include <string>

#include "gridpilot/codec/planning_problem.hpp"
#include "gridpilot/os/file.hpp"
#include "gridpilot/planner/planner.hpp"

namespace gridpilot::app {
namespace {

/// One file; its line goes to `line`.
Result<ExitCode> answer(const std::filesystem::path& file, planner::Planner& planner, std::string& line) {
  auto text = os::read_file_unpacked(file);
  if (!text) return std::move(text).failed();
  auto problem = codec::read_planning_problem(*text);
  if (!problem) return std::unexpected(std::move(problem.error()).in(file.string()));
  auto solved = planner.solve(*problem);
  if (solved) {
    codec::write_planning_answer(line, problem->name, *solved);
    return ExitCode::done;
  }
  planner::SolveFailure& failed = solved.error();
  if (!failed.slot) return std::unexpected(std::move(failed.error).in(file.string()));
  codec::write_infeasible(line, problem->name, *failed.slot);
  return ExitCode::degraded;
}

}  // namespace

ExitCode plan_problems(const PlanProblemOptions& options, const Streams& streams) {
  planner::Planner planner;
  ExitCode worst = ExitCode::done;
  std::string line;
  for (const std::filesystem::path& file : options.files) {
    line.clear();
    const Result<ExitCode> code = answer(file, planner, line);
    if (!code) {
      streams.notices << code.error().message << '\n';
      worst = ExitCode::bad_input;
      continue;
    }
    streams.out << line << '\n';
    if (*code == ExitCode::degraded && worst == ExitCode::done) worst = ExitCode::degraded;
  }
  return worst;
}

}  // namespace gridpilot::app
