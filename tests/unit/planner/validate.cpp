#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "gridpilot/planner/planner.hpp"
#include "problems.hpp"

namespace gridpilot::planner {
namespace {

struct Fault {
  const char* name;
  std::function<void(PlanningProblem&)> make;
  const char* sentence;
};

class Malformed : public ::testing::TestWithParam<Fault> {};

TEST_P(Malformed, NamesFieldRuleAndNumber) {
  auto problem = small_home({hour({}), hour({})});
  ASSERT_TRUE(validate(problem));
  GetParam().make(problem);
  const auto checked = validate(problem);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::bad_input);
  EXPECT_EQ(checked.error().message, GetParam().sentence);
  Planner planner;
  const auto answer = planner.solve(problem);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error.code, ErrorCode::bad_input);
  EXPECT_FALSE(answer.error().slot);
  EXPECT_FALSE(planner.value(problem));
}

constexpr double infinite = std::numeric_limits<double>::infinity();

INSTANTIATE_TEST_SUITE_P(
    Field, Malformed,
    ::testing::Values(Fault{"no_time", [](PlanningProblem& p) { p.slots[1].length = Hours(0.0); },
                            "slots[1].hours must be above 0, is 0"},
                      Fault{"backwards", [](PlanningProblem& p) { p.slots[0].length = Hours(-1.0); },
                            "slots[0].hours must be above 0, is -1"},
                      Fault{"price", [](PlanningProblem& p) { p.slots[1].import_price = per_kilowatt_hour(infinite); },
                            "slots[1].import_price must be a finite number, is inf"},
                      Fault{"huge", [](PlanningProblem& p) { p.slots[1].export_price = per_kilowatt_hour(-1e15); },
                            "slots[1].export_price must be at most 1e+09 either way, is -1e+15"},
                      Fault{"load", [](PlanningProblem& p) { p.slots[0].load = kilowatt_hours(-0.5); },
                            "slots[0].load_kwh must not be negative, is -0.5"},
                      Fault{"pv",
                            [](PlanningProblem& p) {
                              p.slots[0].pv = kilowatt_hours(std::numeric_limits<double>::quiet_NaN());
                            },
                            "slots[0].pv_kwh must be a finite number, is nan"},
                      Fault{"capacity", [](PlanningProblem& p) { p.battery.capacity = kilowatt_hours(-1.0); },
                            "battery.capacity_kwh must not be negative, is -1"},
                      Fault{"reserve", [](PlanningProblem& p) { p.battery.reserve = kilowatt_hours(-1.0); },
                            "battery.reserve_kwh must not be negative, is -1"},
                      Fault{"overfull", [](PlanningProblem& p) { p.battery.initial = kilowatt_hours(10.5); },
                            "battery.initial_kwh must not exceed capacity_kwh, is 10.5"},
                      Fault{"less_than_empty", [](PlanningProblem& p) { p.battery.initial = kilowatt_hours(-0.1); },
                            "battery.initial_kwh must not be negative, is -0.1"},
                      Fault{"charge_power", [](PlanningProblem& p) { p.battery.max_charge = kilowatts(-2.0); },
                            "battery.max_charge_kw must not be negative, is -2"},
                      Fault{"gain", [](PlanningProblem& p) { p.battery.charge_efficiency = 1.01; },
                            "battery.charge_efficiency must be above 0 and at most 1, is 1.01"},
                      Fault{"no_efficiency", [](PlanningProblem& p) { p.battery.discharge_efficiency = 0.0; },
                            "battery.discharge_efficiency must be above 0 and at most 1, is 0"},
                      Fault{"wear", [](PlanningProblem& p) { p.battery.wear = per_kilowatt_hour(-0.01); },
                            "battery.wear_per_kwh must not be negative, is -0.01"},
                      Fault{"import_limit", [](PlanningProblem& p) { p.site.import_limit = kilowatts(-1.0); },
                            "site.import_limit_kw must not be negative, is -1"},
                      Fault{"export_limit", [](PlanningProblem& p) { p.site.export_limit = kilowatts(infinite); },
                            "site.export_limit_kw must be a finite number, is inf"}),
    [](const auto& fault) { return fault.param.name; });

TEST(Wellformed, HasRoomForOddButMeaningfulProblems) {
  auto problem = small_home({});
  EXPECT_TRUE(validate(problem)) << "no slots";
  problem = small_home({hour({.import_price = -3.0, .export_price = 4.0})});
  problem.battery.reserve = kilowatt_hours(11.0);  // the floor is what is there
  problem.site.import_limit = kilowatts(1e30);
  EXPECT_TRUE(validate(problem));
  EXPECT_TRUE(Planner().solve(problem));
}

}  // namespace
}  // namespace gridpilot::planner
