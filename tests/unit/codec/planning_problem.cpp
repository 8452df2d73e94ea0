#include "gridpilot/codec/planning_problem.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gridpilot::codec {
namespace {

const std::string two_slots =
    R"({"name":"two \"quarters\"","slots":[)"
    R"({"hours":0.25,"import_price":0.9,"export_price":-0.1,"load_kwh":0.2,"pv_kwh":0},)"
    R"({"hours":0.5,"import_price":1,"export_price":0.5,"load_kwh":0.3,"pv_kwh":1.25}],)"
    R"("battery":{"capacity_kwh":10,"reserve_kwh":1,"initial_kwh":5,"max_charge_kw":3.68,"max_discharge_kw":5,)"
    R"("charge_efficiency":0.95,"discharge_efficiency":0.94,"wear_per_kwh":0.05,"terminal_value_per_kwh":0.4},)"
    R"("site":{"import_limit_kw":14,"export_limit_kw":10,"grid_charging":true,"battery_export":false,)"
    R"("curtailment":true}})";

std::string with(std::string from, std::string to) {
  std::string text = two_slots;
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(PlanningProblemFile, IsReadFieldByField) {
  const auto problem = read_planning_problem(two_slots);
  ASSERT_TRUE(problem) << problem.error().message;
  EXPECT_EQ(problem->name, "two \"quarters\"");
  ASSERT_EQ(problem->slots.size(), 2);
  EXPECT_EQ(problem->slots[1].length, Hours(0.5));
  EXPECT_EQ(problem->slots[0].import_price, per_kilowatt_hour(0.9));
  EXPECT_EQ(problem->slots[0].export_price, per_kilowatt_hour(-0.1));
  EXPECT_EQ(problem->slots[1].load, kilowatt_hours(0.3));
  EXPECT_EQ(problem->slots[1].pv, kilowatt_hours(1.25));
  EXPECT_EQ(problem->battery.capacity, kilowatt_hours(10.0));
  EXPECT_EQ(problem->battery.reserve, kilowatt_hours(1.0));
  EXPECT_EQ(problem->battery.initial, kilowatt_hours(5.0));
  EXPECT_EQ(problem->battery.max_charge, kilowatts(3.68));
  EXPECT_EQ(problem->battery.max_discharge, kilowatts(5.0));
  EXPECT_EQ(problem->battery.charge_efficiency, 0.95);
  EXPECT_EQ(problem->battery.discharge_efficiency, 0.94);
  EXPECT_EQ(problem->battery.wear, per_kilowatt_hour(0.05));
  EXPECT_EQ(problem->battery.terminal_value, per_kilowatt_hour(0.4));
  EXPECT_EQ(problem->site.import_limit, kilowatts(14.0));
  EXPECT_EQ(problem->site.export_limit, kilowatts(10.0));
  EXPECT_TRUE(problem->site.grid_charging);
  EXPECT_FALSE(problem->site.battery_export);
  EXPECT_TRUE(problem->site.curtailment);
}

TEST(PlanningProblemFile, ComesBackAsItWasWritten) {
  std::string written;
  write_planning_problem(written, *read_planning_problem(two_slots));
  EXPECT_EQ(written, two_slots);
}

TEST(PlanningProblemFile, MayTellItsOptimum) {
  EXPECT_TRUE(read_planning_problem(with("\"slots\"", "\"optimal_cost\":-1.5,\"slots\"")));
  EXPECT_FALSE(read_planning_problem(with("\"slots\"", "\"optimal_cost\":null,\"slots\"")));
}

struct Fault {
  const char* from;
  const char* to;
  const char* sentence;
};

class MalformedProblemFile : public ::testing::TestWithParam<Fault> {};

TEST_P(MalformedProblemFile, NamesFieldAndReason) {
  const auto problem = read_planning_problem(with(GetParam().from, GetParam().to));
  ASSERT_FALSE(problem);
  EXPECT_EQ(problem.error().code, ErrorCode::malformed);
  EXPECT_TRUE(problem.error().message.starts_with(GetParam().sentence)) << problem.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Of, MalformedProblemFile,
    ::testing::Values(Fault{",\"pv_kwh\":1.25", "", "slots[1]: field 'pv_kwh' is missing"},
                      Fault{"pv_kwh", "pv_kw", "slots[0]: unknown field 'pv_kw', did you mean 'pv_kwh'?"},
                      Fault{"1.25", "\"1.25\"", "slots[1].pv_kwh: expected a number, found a string"},
                      Fault{"1.25", "null", "slots[1].pv_kwh: expected a number, found null"},
                      Fault{"1.25", "1.25,\"hours\":1", "slots[1]: field 'hours' comes twice"},
                      Fault{"true", "1", "site.grid_charging: expected a boolean, found a number"},
                      Fault{"\"wear_per_kwh\":0.05,", "", "battery: field 'wear_per_kwh' is missing"},
                      Fault{"\"site\"", "\"sites\"", "unknown field 'sites', did you mean 'site'?"},
                      Fault{"\"name\":\"two \\\"quarters\\\"\",", "", "field 'name' is missing"},
                      Fault{"true}}", "true}", "site: the text ends before its closing '}'"},
                      Fault{"true}}", "true}} {}", "text after the end of the document"}));

TEST(PlanningAnswerLine, HasTheFieldsAndTheShortestNumbers) {
  PlanningAnswer answer;
  answer.cost = currency(-0.1);
  answer.lower_bound = currency(-0.1);
  answer.value_of_initial = per_kilowatt_hour(0.5);
  answer.flows.push_back({.ac = kilowatt_hours(-1.0 / 3.0),
                          .curtailed = kilowatt_hours(0.0),
                          .grid_import = kilowatt_hours(0.0),
                          .grid_export = kilowatt_hours(0.25),
                          .stored = kilowatt_hours(4.0),
                          .value_of_stored = per_kilowatt_hour(0.4)});
  std::string line;
  write_planning_answer(line, "a", answer);
  EXPECT_EQ(line, R"({"name":"a","cost":-0.1,"lower_bound":-0.1,"value_of_initial_kwh":0.5,"slots":[{"ac_kwh":)"
                  R"(-0.3333333333333333,"curtailed_kwh":0,"import_kwh":0,"export_kwh":0.25,"stored_kwh":4,)"
                  R"("value_of_stored_kwh":0.4}]})");
  line.clear();
  write_infeasible(line, "b", 7);
  EXPECT_EQ(line, R"({"name":"b","error":"infeasible","slot":7})");
}

}  // namespace
}  // namespace gridpilot::codec
