#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

#include "gridpilot/planner/planner.hpp"

namespace gridpilot::planner {
namespace {

// Beyond these the 1e-9 kWh to which limits are kept are lost to rounding, or products overflow.
constexpr double most_kwh = 1e6;
constexpr double most_hours = 1e5;
constexpr double highest_price = 1e9;
constexpr double least_efficiency = 1e-4;

std::string text_of(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

/// Collects the first fault; a field's name is put together only where it is needed.
class Checker {
 public:
  void at_most(std::string_view field, double value, double most) {
    if (std::abs(value) <= most) return;
    if (!std::isfinite(value)) return fault(field, "must be a finite number", value);
    fault(field, "must be at most " + text_of(most) + " either way", value);
  }
  void price(std::string_view field, double value) { at_most(field, value, highest_price); }
  void energy(std::string_view field, double value) {
    if (value < 0.0) fault(field, "must not be negative", value);
    at_most(field, value, most_kwh);
  }
  /// A limit may be as large as is liked: "no limit" is written so.
  void limit(std::string_view field, double value) {
    if (!std::isfinite(value)) fault(field, "must be a finite number", value);
    if (value < 0.0) fault(field, "must not be negative", value);
  }
  void hours(std::string_view field, double value) {
    if (value <= 0.0) fault(field, "must be above 0", value);
    at_most(field, value, most_hours);
  }
  void efficiency(std::string_view field, double value) {
    if (!(value > 0.0 && value <= 1.0)) fault(field, "must be above 0 and at most 1", value);
    if (value < least_efficiency) fault(field, "must be at least " + text_of(least_efficiency), value);
  }
  void fault(std::string_view field, std::string_view rule, double value) {
    if (!message.empty()) return;
    message = prefix + std::string(field) + " " + std::string(rule) + ", is " + text_of(value);
  }

  std::string prefix;
  std::string message;
};

void check_battery(const PlanningBattery& battery, Checker& check) {
  check.energy("capacity_kwh", in_kilowatt_hours(battery.capacity));
  check.energy("reserve_kwh", in_kilowatt_hours(battery.reserve));
  check.energy("initial_kwh", in_kilowatt_hours(battery.initial));
  if (battery.initial > battery.capacity)
    check.fault("initial_kwh", "must not exceed capacity_kwh", in_kilowatt_hours(battery.initial));
  check.limit("max_charge_kw", in_kilowatts(battery.max_charge));
  check.limit("max_discharge_kw", in_kilowatts(battery.max_discharge));
  check.efficiency("charge_efficiency", battery.charge_efficiency);
  check.efficiency("discharge_efficiency", battery.discharge_efficiency);
  check.limit("wear_per_kwh", in_per_kilowatt_hour(battery.wear));
  check.price("wear_per_kwh", in_per_kilowatt_hour(battery.wear));
  check.price("terminal_value_per_kwh", in_per_kilowatt_hour(battery.terminal_value));
}

void check_slot(const PlanningSlot& slot, Checker& check) {
  check.hours("hours", slot.length.count());
  check.price("import_price", in_per_kilowatt_hour(slot.import_price));
  check.price("export_price", in_per_kilowatt_hour(slot.export_price));
  check.energy("load_kwh", in_kilowatt_hours(slot.load));
  check.energy("pv_kwh", in_kilowatt_hours(slot.pv));
}

}  // namespace

Result<void> validate(const PlanningProblem& problem) {
  Checker check;
  for (std::size_t index = 0; index < problem.slots.size(); ++index) {
    check_slot(problem.slots[index], check);
    if (check.message.empty()) continue;
    return failure(ErrorCode::bad_input, "slots[" + std::to_string(index) + "]." + check.message);
  }
  check.prefix = "battery.";
  check_battery(problem.battery, check);
  check.prefix = "site.";
  check.limit("import_limit_kw", in_kilowatts(problem.site.import_limit));
  check.limit("export_limit_kw", in_kilowatts(problem.site.export_limit));
  if (!check.message.empty()) return failure(ErrorCode::bad_input, std::move(check.message));
  return {};
}

}  // namespace gridpilot::planner
