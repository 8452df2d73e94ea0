#include "gridpilot/app/commands/day_plan.hpp"

#include <fmt/format.h>

#include <iterator>

#include "gridpilot/core/json_writer.hpp"

namespace gridpilot::app {
namespace {

struct Totals {
  Energy load, pv, charge, discharge, grid_import, grid_export;
  Value cost;  ///< of the flows; what is stored at the end is not deducted
  Value without_battery;
};

Totals totals_of(const Plan& plan) {
  Totals totals;
  for (const PlanSlot& slot : plan.slots) {
    totals.load += slot.outlook.load;
    totals.pv += slot.outlook.pv;
    if (slot.flow.ac > Energy{})
      totals.charge += slot.flow.ac;
    else
      totals.discharge += -slot.flow.ac;
    totals.grid_import += slot.flow.grid_import;
    totals.grid_export += slot.flow.grid_export;
    totals.cost += slot.cost;
    const Energy net = slot.outlook.load - slot.outlook.pv;
    totals.without_battery +=
        net * (net > Energy{} ? slot.price.import_price.as_value() : slot.price.export_price.as_value());
  }
  return totals;
}

double kwh(Energy energy) {
  return in_kilowatt_hours(energy);
}

/// "02:00"; on a day with an hour that comes twice also the offset, "02:00+02".
std::string local_time(const TimeZone& zone, Slot slot, bool with_offset) {
  std::string text = clock_text(zone, slot.start());
  if (with_offset)
    text +=
        fmt::format("{:+03d}", std::chrono::duration_cast<std::chrono::hours>(zone.offset_at(slot.start())).count());
  return text;
}

void append_heading(std::string& out, const PlanHeading& heading, const Plan& plan, const Site& site,
                    const Battery& battery) {
  const auto back = std::back_inserter(out);
  fmt::format_to(back, "{} on {}: {} quarters, market price {}\n", heading.tariff, to_iso(heading.date),
                 plan.slots.size(), heading.price_column);
  fmt::format_to(back, "battery {:g} kWh, {:g} kW in, {:g} kW out, reserve {:g} %, at {:g} % when the day begins\n",
                 kwh(battery.capacity), in_kilowatts(battery.max_charge), in_kilowatts(battery.max_discharge),
                 in_percent(battery.reserve), in_percent(heading.initial));
  Power peak;
  for (const PvPlane& plane : site.planes) peak += plane.peak;
  fmt::format_to(back, "PV {:g} kWp under a clear sky, standard load of {:g} kWh a year\n", in_kilowatts(peak),
                 kwh(site.annual_consumption));
  fmt::format_to(back, "a kWh left in the battery at the end counts {:.4f} {}\n\n",
                 in_per_kilowatt_hour(heading.terminal_value), heading.currency);
}

}  // namespace

std::string plan_table(const Plan& plan, const PlanHeading& heading, const Site& site, const Battery& battery,
                       const TimeZone& zone) {
  std::string out;
  append_heading(out, heading, plan, site, battery);
  const auto back = std::back_inserter(out);
  const bool repeats = zone.offset_at(plan.slots.front().slot.start()) > zone.offset_at(plan.slots.back().slot.start());
  fmt::format_to(back, "{:<8}  {:>8}  {:>8}  {:>7}  {:>7}  {:>8}  {:>8}  {:>5}  {:<8}  {:>8}  {}\n", "time", "import",
                 "export", "load", "pv", "battery", "grid", "SoC", "action", "cost", "zone");
  fmt::format_to(back, "{:<8}  {:>8}  {:>8}  {:>7}  {:>7}  {:>8}  {:>8}  {:>5}  {:<8}  {:>8}\n", "",
                 heading.currency + "/kWh", heading.currency + "/kWh", "kWh", "kWh", "kWh", "kWh", "%", "",
                 heading.currency);
  for (const PlanSlot& slot : plan.slots)
    fmt::format_to(
        back, "{:<8}  {:>8.4f}  {:>8.4f}  {:>7.3f}  {:>7.3f}  {:>8.3f}  {:>8.3f}  {:>5.1f}  {:<8}  {:>8.4f}  {}\n",
        local_time(zone, slot.slot, repeats), slot.price.import_price.per_kwh(), slot.price.export_price.per_kwh(),
        kwh(slot.outlook.load), kwh(slot.outlook.pv), kwh(slot.flow.ac),
        kwh(slot.flow.grid_import - slot.flow.grid_export), in_percent(soc_at(slot.flow.stored, battery.capacity)),
        name_of(slot.action), in_currency(slot.cost), slot.price.zone);
  const Totals totals = totals_of(plan);
  fmt::format_to(back,
                 "\nload {:.2f} kWh, PV {:.2f} kWh, battery {:.2f} kWh in and {:.2f} kWh out, grid {:.2f} kWh in and "
                 "{:.2f} kWh out\n",
                 kwh(totals.load), kwh(totals.pv), kwh(totals.charge), kwh(totals.discharge), kwh(totals.grid_import),
                 kwh(totals.grid_export));
  fmt::format_to(
      back,
      "cost {:.2f} {}; {:.2f} {} without the battery; stored energy is worth {:.4f} {} per kWh when the day begins\n",
      in_currency(totals.cost), heading.currency, in_currency(totals.without_battery), heading.currency,
      in_per_kilowatt_hour(plan.value_of_stored), heading.currency);
  return out;
}

std::string plan_json(const Plan& plan, const PlanHeading& heading, const Battery& battery) {
  std::string text;
  json::Writer json(text);
  json.begin_object();
  json.member("tariff", heading.tariff).member("date", to_iso(heading.date)).member("currency", heading.currency);
  json.member("price_column", heading.price_column);
  json.member("cost", in_currency(plan.cost));
  json.member("value_of_stored_kwh", in_per_kilowatt_hour(plan.value_of_stored));
  json.member("initial_kwh", kwh(plan.initial));
  json.member("terminal_value_per_kwh", in_per_kilowatt_hour(heading.terminal_value));
  json.key("slots").begin_array();
  for (const PlanSlot& slot : plan.slots) {
    json.begin_object();
    json.member("start", to_rfc3339(slot.slot.start())).member("end", to_rfc3339(slot.slot.end()));
    json.key("import_per_kwh").decimal(slot.price.import_price.nanos_per_kwh(), 9);
    json.key("export_per_kwh").decimal(slot.price.export_price.nanos_per_kwh(), 9);
    json.member("price_state", slot.price.foreseen ? "foreseen" : "published");
    json.member("zone", slot.price.zone);
    json.member("pv_kwh", kwh(slot.outlook.pv)).member("load_kwh", kwh(slot.outlook.load));
    json.member("battery_kwh", kwh(slot.flow.ac));
    json.member("grid_kwh", kwh(slot.flow.grid_import - slot.flow.grid_export));
    json.member("curtailed_kwh", kwh(slot.flow.curtailed));
    json.member("stored_kwh", kwh(slot.flow.stored));
    json.member("soc_percent", in_percent(soc_at(slot.flow.stored, battery.capacity)));
    json.member("action", name_of(slot.action)).member("cost", in_currency(slot.cost));
    json.end_object();
  }
  json.end_array();
  const Totals totals = totals_of(plan);
  json.key("totals").begin_object();
  json.member("load_kwh", kwh(totals.load)).member("pv_kwh", kwh(totals.pv));
  json.member("charge_kwh", kwh(totals.charge)).member("discharge_kwh", kwh(totals.discharge));
  json.member("import_kwh", kwh(totals.grid_import)).member("export_kwh", kwh(totals.grid_export));
  json.member("cost", in_currency(totals.cost));
  json.member("cost_without_battery", in_currency(totals.without_battery));
  json.end_object().end_object();
  return text;
}

}  // namespace gridpilot::app
