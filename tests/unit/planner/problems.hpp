#pragma once

#include <initializer_list>
#include <string>

#include "gridpilot/codec/planning_problem.hpp"
#include "gridpilot/domain/planning.hpp"

namespace gridpilot::planner {

/// A small home without losses, wear or limits: 10 kWh, 4 kW, everything allowed but curtailment, slots of an hour.
[[nodiscard]] inline PlanningProblem small_home(std::initializer_list<PlanningSlot> slots) {
  PlanningProblem problem;
  problem.name = "small";
  problem.slots = slots;
  problem.battery = {.capacity = kilowatt_hours(10.0),
                     .reserve = kilowatt_hours(0.0),
                     .initial = kilowatt_hours(5.0),
                     .max_charge = kilowatts(4.0),
                     .max_discharge = kilowatts(4.0)};
  problem.site = {.import_limit = kilowatts(100.0), .export_limit = kilowatts(100.0)};
  return problem;
}

struct HourNumbers {
  double import_price = 0.0;
  double export_price = 0.0;
  double load = 0.0;
  double pv = 0.0;
};

[[nodiscard]] inline PlanningSlot hour(const HourNumbers& numbers) {
  return {.length = Hours(1.0),
          .import_price = per_kilowatt_hour(numbers.import_price),
          .export_price = per_kilowatt_hour(numbers.export_price),
          .load = kilowatt_hours(numbers.load),
          .pv = kilowatt_hours(numbers.pv)};
}

/// As a problem file, for the message of a failed test.
[[nodiscard]] inline std::string shown(const PlanningProblem& problem) {
  std::string text;
  codec::write_planning_problem(text, problem);
  return text;
}

}  // namespace gridpilot::planner
