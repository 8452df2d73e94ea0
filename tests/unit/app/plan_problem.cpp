#include "gridpilot/app/commands/plan_problem.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace gridpilot::app {
namespace {

/// Problem files in a folder of their own, gone with the test.
class PlanProblem : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              (std::string("plan_problem_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file(std::string_view name, std::string_view text) const {
    const auto path = folder_ / name;
    std::ofstream(path) << text;
    return path;
  }
  /// One hour with so much PV, no load, 1 kWh of room, and an export limit of 2 kW.
  std::filesystem::path problem(const std::string& name, const std::string& pv_kwh) const {
    return file(name + ".json", R"({"name":")" + name +
                                    R"(","slots":[{"hours":1,"import_price":0.5,"export_price":0.2,"load_kwh":0,)"
                                    R"("pv_kwh":)" +
                                    pv_kwh +
                                    R"(}],"battery":{"capacity_kwh":2,"reserve_kwh":0,"initial_kwh":1,)"
                                    R"("max_charge_kw":4,"max_discharge_kw":4,"charge_efficiency":1,)"
                                    R"("discharge_efficiency":1,"wear_per_kwh":0,"terminal_value_per_kwh":0.3},)"
                                    R"("site":{"import_limit_kw":5,"export_limit_kw":2,"grid_charging":true,)"
                                    R"("battery_export":true,"curtailment":false}})");
  }
  ExitCode run(std::vector<std::filesystem::path> files) {
    return plan_problems({.files = std::move(files)}, {.out = out_, .notices = notices_});
  }

  std::ostringstream out_;
  std::ostringstream notices_;

 private:
  std::filesystem::path folder_;
};

TEST_F(PlanProblem, AnswersOneLineAProblemInOrder) {
  EXPECT_EQ(run({problem("b", "1"), problem("a", "2")}), ExitCode::done);
  EXPECT_EQ(out_.str(), R"({"name":"b","cost":-0.6,"lower_bound":-0.6,"value_of_initial_kwh":0.2,"slots":[{"ac_kwh":1,)"
                        R"("curtailed_kwh":0,"import_kwh":0,"export_kwh":0,"stored_kwh":2,"value_of_stored_kwh":0.3}]})"
                        "\n"
                        R"({"name":"a","cost":-0.8,"lower_bound":-0.8,"value_of_initial_kwh":0.2,"slots":[{"ac_kwh":1,)"
                        R"("curtailed_kwh":0,"import_kwh":0,"export_kwh":1,"stored_kwh":2,"value_of_stored_kwh":0.3}]})"
                        "\n");
  EXPECT_EQ(notices_.str(), "");
}

TEST_F(PlanProblem, SaysWhichSlotMakesAProblemInfeasible) {
  EXPECT_EQ(run({problem("full", "9"), problem("fine", "1")}), ExitCode::degraded);
  EXPECT_TRUE(
      out_.str().starts_with("{\"name\":\"full\",\"error\":\"infeasible\",\"slot\":0}\n{\"name\":\"fine\",\"cost\""));
  EXPECT_EQ(notices_.str(), "");
}

TEST_F(PlanProblem, NamesFileFieldAndReasonAndAnswersTheOthers) {
  const auto torn = file("torn.json", R"({"name": "to)");
  const auto negative = problem("negative", "-1");
  EXPECT_EQ(run({torn, problem("full", "9"), negative, "/nowhere/lost.json", problem("fine", "1")}),
            ExitCode::bad_input);
  EXPECT_TRUE(
      out_.str().starts_with("{\"name\":\"full\",\"error\":\"infeasible\",\"slot\":0}\n{\"name\":\"fine\",\"cost\""));
  std::istringstream lines(notices_.str());
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, torn.string() + ": name: the text ends inside a string (line 1, column 10)");
  std::getline(lines, line);
  EXPECT_EQ(line, negative.string() + ": slots[0].pv_kwh must not be negative, is -1");
  std::getline(lines, line);
  EXPECT_NE(line.find("/nowhere/lost.json"), std::string::npos);
  EXPECT_FALSE(std::getline(lines, line));
}

}  // namespace
}  // namespace gridpilot::app
