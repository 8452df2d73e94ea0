// The planner against its figures (docs/performance.md) and against Clp on the same problems as linear programmes.
// Problems are the files of tests/data/planner, and those of $GRIDPILOT_DATA/oracle/planner where it is set.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "gridpilot/codec/planning_problem.hpp"
#include "gridpilot/planner/planner.hpp"
#include "support/planning_lp.hpp"
#include "support/random_problem.hpp"

namespace {

using namespace gridpilot;

constexpr std::size_t two_days = 192;
constexpr std::size_t year = 35'040;

/// The problems of 192 slots whose file name, without "market-", begins so.
std::vector<PlanningProblem> problems_of(std::string_view family) {
  std::vector<std::filesystem::path> folders{std::filesystem::path(GRIDPILOT_SOURCE_DIR) / "tests/data/planner"};
  if (const char* const data = std::getenv("GRIDPILOT_DATA"))
    folders.push_back(std::filesystem::path(data) / "oracle/planner");
  std::vector<PlanningProblem> problems;
  for (const auto& folder : folders)
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      std::string name = entry.path().filename().string();
      const bool market = name.starts_with("market-");
      if (market) name.erase(0, 7);
      if (!name.starts_with(family) || (folder != folders.front() && !market)) continue;
      std::ifstream file(entry.path());
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      auto problem = codec::read_planning_problem(text);
      if (problem && problem->slots.size() == two_days) problems.push_back(std::move(*problem));
    }
  std::ranges::sort(problems, {}, &PlanningProblem::name);
  return problems;
}

void report(benchmark::State& state, std::size_t problems) {
  state.counters["problems"] = static_cast<double>(problems);
  state.counters["per_problem"] = benchmark::Counter(
      static_cast<double>(problems), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void plan_all(benchmark::State& state, const std::vector<PlanningProblem>& problems) {
  if (problems.empty()) return state.SkipWithError("no such problem");
  planner::Planner planner;
  PlanningAnswer answer;
  for (auto _ : state)
    for (const PlanningProblem& problem : problems) {
      if (!planner.solve_into(problem, answer)) state.SkipWithError("no plan");
      benchmark::DoNotOptimize(answer.flows.data());
    }
  report(state, problems.size());
}

void value_and_plan(benchmark::State& state, const char* family) {
  plan_all(state, problems_of(family));
}

void value_alone(benchmark::State& state, const char* family) {
  const auto problems = problems_of(family);
  planner::Planner planner;
  for (auto _ : state)
    for (const PlanningProblem& problem : problems) benchmark::DoNotOptimize(planner.value(problem));
  report(state, problems.size());
}

/// The rival solves from a basis of slacks; building its matrix is not timed.
void clp_cold(benchmark::State& state, testing::PlanningLp::Method method) {
  std::vector<std::unique_ptr<testing::PlanningLp>> programmes;
  const auto problems = problems_of("everyday");
  for (const PlanningProblem& problem : problems) programmes.push_back(std::make_unique<testing::PlanningLp>(problem));
  for (auto _ : state)
    for (const auto& programme : programmes) {
      state.PauseTiming();
      programme->prepare();
      state.ResumeTiming();
      benchmark::DoNotOptimize(programme->solve_cold(method));
    }
  report(state, programmes.size());
}

void simulated_home(benchmark::State& state) {
  const auto slots = static_cast<std::size_t>(state.range(0));
  plan_all(state, {testing::simulated_home(slots)});
  state.SetComplexityN(state.range(0));
}

/// Prices that make nearly every slot non-convex: exports dearer than imports, losses that pay.
void non_convex_home(benchmark::State& state) {
  PlanningProblem problem = testing::simulated_home(static_cast<std::size_t>(state.range(0)));
  for (std::size_t index = 0; index < problem.slots.size(); ++index)
    problem.slots[index].export_price = problem.slots[index].import_price + per_kilowatt_hour(0.05);
  plan_all(state, {problem});
}

BENCHMARK_CAPTURE(value_and_plan, everyday, "everyday")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(value_alone, everyday, "everyday")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(clp_cold, dual, testing::PlanningLp::Method::dual)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(clp_cold, primal, testing::PlanningLp::Method::primal)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(clp_cold, dual_with_presolve, testing::PlanningLp::Method::dual_with_presolve)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(value_and_plan, negative_export, "negative-export")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(value_and_plan, pv_only_curtailed, "pv-only-curtailed")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(value_and_plan, all, "")->Unit(benchmark::kMicrosecond);
BENCHMARK(non_convex_home)->Arg(two_days)->Unit(benchmark::kMicrosecond);
BENCHMARK(simulated_home)
    ->Arg(96)
    ->Arg(two_days)
    ->Arg(384)
    ->Arg(768)
    ->Arg(2'976)
    ->Arg(8'760)
    ->Arg(17'520)
    ->Arg(year)
    ->Unit(benchmark::kMicrosecond)
    ->Complexity(benchmark::oN);

}  // namespace
