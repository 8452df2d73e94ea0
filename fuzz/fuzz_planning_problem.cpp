// Problem files and planning problems: what is read is planned, and what is planned keeps every limit of the problem
// and costs what its flows cost. A text that begins with a brace is a file; any other bytes are the numbers of a
// problem.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>

#include "gridpilot/codec/planning_problem.hpp"
#include "gridpilot/core/json.hpp"
#include "gridpilot/planner/planner.hpp"
#include "support/plan_referee.hpp"

namespace {

using namespace gridpilot;

void demand(bool holds, const std::string& fault) {
  if (holds) return;
  std::fputs((fault + "\n").c_str(), stderr);
  std::abort();
}

/// Numbers out of bytes: mostly whole multiples of a small step, so that ties and touching limits are common.
class Numbers {
 public:
  explicit Numbers(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  [[nodiscard]] bool left() const { return !bytes_.empty(); }
  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const std::uint8_t first = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return first;
  }
  double number(double step) {
    const std::uint8_t first = byte();
    if (first < 0xf8) return step * first;
    constexpr double odd[] = {0.0, 1e-13, 1e-9, 1.0 / 3.0, 1.0, 1e3, 1e6, 1e9};
    return odd[first - 0xf8];
  }
  double price() { return number(0.01) - number(0.01); }

 private:
  std::span<const std::uint8_t> bytes_;
};

PlanningProblem problem_from(Numbers numbers) {
  PlanningProblem problem;
  const std::uint8_t permissions = numbers.byte();
  problem.site = {.import_limit = kilowatts(numbers.number(0.25)),
                  .export_limit = kilowatts(numbers.number(0.25)),
                  .grid_charging = (permissions & 1) != 0,
                  .battery_export = (permissions & 2) != 0,
                  .curtailment = (permissions & 4) != 0};
  PlanningBattery& battery = problem.battery;
  battery.capacity = kilowatt_hours(numbers.number(0.1));
  battery.reserve = kilowatt_hours(numbers.number(0.1));
  battery.initial = std::min(battery.capacity, kilowatt_hours(numbers.number(0.1)));
  battery.max_charge = kilowatts(numbers.number(0.1));
  battery.max_discharge = kilowatts(numbers.number(0.1));
  battery.charge_efficiency = (permissions & 8) != 0 ? 1.0 : 1.0 / (1.0 + 0.01 * numbers.byte());
  battery.discharge_efficiency = (permissions & 16) != 0 ? 1.0 : 1.0 / (1.0 + 0.01 * numbers.byte());
  battery.wear = per_kilowatt_hour((permissions & 32) != 0 ? 0.0 : 0.001 * numbers.byte());
  battery.terminal_value = per_kilowatt_hour(numbers.price());
  while (numbers.left())
    problem.slots.push_back({.length = Hours((permissions & 64) != 0 ? 0.25 : numbers.number(0.01)),
                             .import_price = per_kilowatt_hour(numbers.price()),
                             .export_price = per_kilowatt_hour(numbers.price()),
                             .load = kilowatt_hours(numbers.number(0.01)),
                             .pv = kilowatt_hours(numbers.number(0.01))});
  return problem;
}

void plan(const PlanningProblem& problem) {
  planner::Planner planner;
  const auto answer = planner.solve(problem);
  if (!answer) {
    const bool infeasible = answer.error().error.code == ErrorCode::infeasible;
    demand(infeasible == answer.error().slot.has_value(), "a slot belongs to an infeasible problem");
    demand(!infeasible || *answer.error().slot < problem.slots.size(), "the slot is one of the problem's");
    demand(!infeasible || !problem.site.curtailment, "with curtailment there is always a plan");
    return;
  }
  const std::string fault = testing::plan_fault(problem, *answer, 1e-6);
  demand(fault.empty(), fault);
  std::string line;
  codec::write_planning_answer(line, problem.name, *answer);
  demand(json::Document::parse(line).has_value(), "the answer is a JSON document");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || data[0] != '{') {
    plan(problem_from(Numbers({data, size})));
    return 0;
  }
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto problem = codec::read_planning_problem(text);
  if (!problem) return 0;
  std::string written;
  codec::write_planning_problem(written, *problem);
  demand(codec::read_planning_problem(written).has_value(), "a problem survives being written");
  plan(*problem);
  return 0;
}
