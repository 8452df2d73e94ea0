#include "gridpilot/codec/planning_problem.hpp"

#include "gridpilot/core/json.hpp"

namespace gridpilot::codec {
namespace {

using json::Fields;
using json::Reader;
using json::Seen;
using json::Writer;

constexpr Fields slot_fields{"hours", "import_price", "export_price", "load_kwh", "pv_kwh"};
constexpr Fields battery_fields{
    "capacity_kwh",          "reserve_kwh",       "initial_kwh",          "max_charge_kw",  //
    "max_discharge_kw",      "charge_efficiency", "discharge_efficiency", "wear_per_kwh",   //
    "terminal_value_per_kwh"};
constexpr Fields site_fields{"import_limit_kw", "export_limit_kw", "grid_charging", "battery_export", "curtailment"};
constexpr Fields problem_fields{"name", "slots", "battery", "site", "optimal_cost"};
constexpr std::size_t required_problem_fields = 4;

void read_slot(Reader& in, PlanningSlot& slot) {
  const Seen seen = in.record(slot_fields, [&](std::size_t field) {
    const double number = in.number();
    switch (field) {
      case 0: slot.length = Hours(number); break;
      case 1: slot.import_price = per_kilowatt_hour(number); break;
      case 2: slot.export_price = per_kilowatt_hour(number); break;
      case 3: slot.load = kilowatt_hours(number); break;
      default: slot.pv = kilowatt_hours(number); break;
    }
  });
  in.require(slot_fields, seen);
}

void read_battery(Reader& in, PlanningBattery& battery) {
  const Seen seen = in.record(battery_fields, [&](std::size_t field) {
    const double number = in.number();
    switch (field) {
      case 0: battery.capacity = kilowatt_hours(number); break;
      case 1: battery.reserve = kilowatt_hours(number); break;
      case 2: battery.initial = kilowatt_hours(number); break;
      case 3: battery.max_charge = kilowatts(number); break;
      case 4: battery.max_discharge = kilowatts(number); break;
      case 5: battery.charge_efficiency = number; break;
      case 6: battery.discharge_efficiency = number; break;
      case 7: battery.wear = per_kilowatt_hour(number); break;
      default: battery.terminal_value = per_kilowatt_hour(number); break;
    }
  });
  in.require(battery_fields, seen);
}

void read_site(Reader& in, PlanningSite& site) {
  const Seen seen = in.record(site_fields, [&](std::size_t field) {
    switch (field) {
      case 0: site.import_limit = kilowatts(in.number()); break;
      case 1: site.export_limit = kilowatts(in.number()); break;
      case 2: site.grid_charging = in.boolean(); break;
      case 3: site.battery_export = in.boolean(); break;
      default: site.curtailment = in.boolean(); break;
    }
  });
  in.require(site_fields, seen);
}

}  // namespace

Result<PlanningProblem> read_planning_problem(std::string_view text) {
  return json::decode(text, [](Reader& in) {
    PlanningProblem problem;
    const Seen seen = in.record(problem_fields, [&](std::size_t field) {
      switch (field) {
        case 0: problem.name = in.string(); break;
        case 1: in.array([&] { read_slot(in, problem.slots.emplace_back()); }); break;
        case 2: read_battery(in, problem.battery); break;
        case 3: read_site(in, problem.site); break;
        default: static_cast<void>(in.number()); break;
      }
    });
    in.require(problem_fields, seen, 0, required_problem_fields);
    return problem;
  });
}

void write_planning_problem(std::string& out, const PlanningProblem& problem) {
  Writer to(out);
  to.begin_object().member("name", problem.name).key("slots").begin_array();
  for (const PlanningSlot& slot : problem.slots)
    to.begin_object()
        .member("hours", slot.length.count())
        .member("import_price", in_per_kilowatt_hour(slot.import_price))
        .member("export_price", in_per_kilowatt_hour(slot.export_price))
        .member("load_kwh", in_kilowatt_hours(slot.load))
        .member("pv_kwh", in_kilowatt_hours(slot.pv))
        .end_object();
  const PlanningBattery& battery = problem.battery;
  to.end_array()
      .key("battery")
      .begin_object()
      .member("capacity_kwh", in_kilowatt_hours(battery.capacity))
      .member("reserve_kwh", in_kilowatt_hours(battery.reserve))
      .member("initial_kwh", in_kilowatt_hours(battery.initial))
      .member("max_charge_kw", in_kilowatts(battery.max_charge))
      .member("max_discharge_kw", in_kilowatts(battery.max_discharge))
      .member("charge_efficiency", battery.charge_efficiency)
      .member("discharge_efficiency", battery.discharge_efficiency)
      .member("wear_per_kwh", in_per_kilowatt_hour(battery.wear))
      .member("terminal_value_per_kwh", in_per_kilowatt_hour(battery.terminal_value))
      .end_object();
  const PlanningSite& site = problem.site;
  to.key("site")
      .begin_object()
      .member("import_limit_kw", in_kilowatts(site.import_limit))
      .member("export_limit_kw", in_kilowatts(site.export_limit))
      .member("grid_charging", site.grid_charging)
      .member("battery_export", site.battery_export)
      .member("curtailment", site.curtailment)
      .end_object()
      .end_object();
}

void write_planning_answer(std::string& out, std::string_view name, const PlanningAnswer& answer) {
  Writer to(out);
  to.begin_object()
      .member("name", name)
      .member("cost", in_currency(answer.cost))
      .member("lower_bound", in_currency(answer.lower_bound))
      .member("value_of_initial_kwh", in_per_kilowatt_hour(answer.value_of_initial))
      .key("slots")
      .begin_array();
  for (const PlannedFlow& flow : answer.flows)
    to.begin_object()
        .member("ac_kwh", in_kilowatt_hours(flow.ac))
        .member("curtailed_kwh", in_kilowatt_hours(flow.curtailed))
        .member("import_kwh", in_kilowatt_hours(flow.grid_import))
        .member("export_kwh", in_kilowatt_hours(flow.grid_export))
        .member("stored_kwh", in_kilowatt_hours(flow.stored))
        .member("value_of_stored_kwh", in_per_kilowatt_hour(flow.value_of_stored))
        .end_object();
  to.end_array().end_object();
}

void write_infeasible(std::string& out, std::string_view name, std::size_t slot) {
  Writer(out)
      .begin_object()
      .member("name", name)
      .member("error", std::string_view("infeasible"))
      .member("slot", slot)
      .end_object();
}

}  // namespace gridpilot::codec
