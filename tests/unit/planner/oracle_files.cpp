// Problems with a proven optimum: our own synthetic ones, and those on market prices where $GRIDPILOT_DATA has them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gridpilot/codec/planning_problem.hpp"
#include "gridpilot/core/json.hpp"
#include "gridpilot/planner/planner.hpp"
#include "support/plan_referee.hpp"

namespace gridpilot::planner {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder, bool market) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".json" && entry.path().filename().string().starts_with("market-") == market)
      files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

void expect_optimum(const std::filesystem::path& path) {
  SCOPED_TRACE(path.filename().string());
  const std::string text = text_of(path);
  const auto document = json::Document::parse(text);
  ASSERT_TRUE(document) << document.error().message;
  const double optimum = document->root().number("optimal_cost").value();
  const auto problem = codec::read_planning_problem(text);
  ASSERT_TRUE(problem) << problem.error().message;
  Planner planner;
  const auto answer = planner.solve(*problem);
  ASSERT_TRUE(answer) << answer.error().error.message;
  EXPECT_EQ(testing::plan_fault(*problem, *answer), "");
  // The optimum is known to a gap of 1e-8 of a solver.
  EXPECT_NEAR(in_currency(answer->cost), optimum, 1e-7 * std::max(1.0, std::abs(optimum)));
  const auto value = planner.value(*problem);
  ASSERT_TRUE(value);
  EXPECT_NEAR(in_currency(value->cost), in_currency(answer->cost), 1e-10 * std::max(1.0, std::abs(optimum)));
  EXPECT_EQ(value->value_of_initial, answer->value_of_initial);
}

TEST(OracleFiles, SyntheticProblemsReachTheirProvenOptimum) {
  const auto files = files_in(std::filesystem::path(GRIDPILOT_SOURCE_DIR) / "tests/data/planner", false);
  ASSERT_EQ(files.size(), 44);
  for (const auto& file : files) expect_optimum(file);
}

TEST(OracleFiles, MarketProblemsReachTheirProvenOptimum) {
  const char* const data = std::getenv("GRIDPILOT_DATA");
  if (data == nullptr) GTEST_SKIP() << "problems on market prices are outside the repository: set GRIDPILOT_DATA";
  const auto files = files_in(std::filesystem::path(data) / "oracle/planner", true);
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) expect_optimum(file);
}

}  // namespace
}  // namespace gridpilot::planner
