#include "support/random_problem.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "support/random.hpp"

namespace gridpilot::testing {
namespace {

PlanningBattery battery_for(Random& random, Draw draw) {
  PlanningBattery battery;
  const bool odd = draw == Draw::anything;
  const double capacity = odd && random.chance(0.1) ? random.one_of(0.0, 1e-6, 0.01) : random.between(0.3, 20.0);
  battery.capacity = kilowatt_hours(capacity);
  battery.reserve = kilowatt_hours(random.one_of(0.0, 0.1, 0.2, 0.5) * capacity);
  double initial = random.between(0.0, capacity);
  if (random.chance(0.2)) initial = random.one_of(0.0, capacity, in_kilowatt_hours(battery.reserve));
  battery.initial = kilowatt_hours(initial);
  battery.max_charge = kilowatts(random.one_of(1.0, 3.0, 5.0, 10.0));
  battery.max_discharge = kilowatts(random.one_of(1.0, 3.0, 5.0, 10.0));
  if (odd && random.chance(0.1)) battery.max_charge = kilowatts(random.one_of(0.0, 1e5));
  if (odd && random.chance(0.1)) battery.max_discharge = kilowatts(random.one_of(0.0, 1e5));
  battery.charge_efficiency = random.one_of(1.0, 0.95, random.between(0.5, 1.0));
  battery.discharge_efficiency = random.one_of(1.0, 0.94, random.between(0.5, 1.0));
  battery.wear = per_kilowatt_hour(random.one_of(0.0, 0.02, 0.08));
  battery.terminal_value = per_kilowatt_hour(random.between(0.0, 1.0));
  if (odd && random.chance(0.2)) battery.terminal_value = per_kilowatt_hour(random.one_of(0.0, -0.5, 3.0));
  return battery;
}

PlanningSite site_for(Random& random, Draw draw) {
  PlanningSite site;
  site.import_limit = kilowatts(100.0);
  site.export_limit = kilowatts(draw == Draw::tight_export ? random.between(0.0, 4.0) : 100.0);
  site.curtailment = draw != Draw::tight_export && random.chance(0.5);
  if (draw == Draw::everyday) return site;
  site.grid_charging = random.chance(0.6);
  site.battery_export = random.chance(0.6);
  if (random.chance(0.4)) site.import_limit = kilowatts(random.one_of(0.0, 1.0, 2.0, 4.0));
  if (random.chance(0.4)) site.export_limit = kilowatts(random.one_of(0.0, 1.0, 2.0, 4.0));
  return site;
}

void set_prices(Random& random, Draw draw, bool coarse, PlanningSlot& slot) {
  double bought = random.between(0.05, 1.4);
  double sold = bought * random.between(0.1, 1.0);
  if (draw == Draw::anything) {
    bought = random.chance(0.3) ? random.between(-0.8, 0.2) : bought;
    sold = random.chance(0.4) ? random.between(-0.8, 1.5) : sold;
  }
  if (coarse) {
    bought = std::round(bought * 5.0) / 5.0;
    sold = std::round(sold * 5.0) / 5.0;
  }
  slot.import_price = per_kilowatt_hour(bought);
  slot.export_price = per_kilowatt_hour(draw == Draw::everyday ? std::min(bought, sold) : sold);
}

}  // namespace

PlanningProblem random_problem(std::uint64_t seed, std::size_t slots, Draw draw) {
  Random random(seed);
  PlanningProblem problem;
  problem.name = "random-" + std::to_string(seed);
  problem.battery = battery_for(random, draw);
  problem.site = site_for(random, draw);
  const bool coarse = random.chance(0.3);
  const double hours = random.one_of(0.25, 0.25, 0.5, 1.0);
  for (std::size_t index = 0; index < slots; ++index) {
    PlanningSlot& slot = problem.slots.emplace_back();
    slot.length = Hours(index == 0 && random.chance(0.3) ? random.one_of(1.0 / 3600.0, 0.1, 1e-5) : hours);
    set_prices(random, draw, coarse, slot);
    const double length = slot.length.count();
    slot.load = kilowatt_hours(random.chance(0.1) ? 0.0 : random.between(0.1, 3.0) * length);
    slot.pv = kilowatt_hours(random.chance(0.4) ? 0.0 : random.between(0.0, 7.0) * length);
    if (random.chance(0.05)) slot.pv = slot.load;
  }
  return problem;
}

PlanningProblem simulated_home(std::size_t slots, std::uint64_t seed) {
  Random random(seed);
  PlanningProblem problem;
  problem.name = "home-" + std::to_string(slots);
  problem.battery = {.capacity = kilowatt_hours(10.0),
                     .reserve = kilowatt_hours(1.0),
                     .initial = kilowatt_hours(4.0),
                     .max_charge = kilowatts(5.0),
                     .max_discharge = kilowatts(5.0),
                     .charge_efficiency = 0.95,
                     .discharge_efficiency = 0.95,
                     .wear = per_kilowatt_hour(0.05),
                     .terminal_value = per_kilowatt_hour(0.5)};
  problem.site = {.import_limit = kilowatts(14.0), .export_limit = kilowatts(10.0), .curtailment = true};
  constexpr double quarters_a_day = 96.0;
  double clouds = 0.7;
  double level = 0.45;
  for (std::size_t index = 0; index < slots; ++index) {
    const auto quarter = static_cast<double>(index);
    const double hour = std::fmod(quarter, quarters_a_day) / 4.0;
    const double season = std::cos(2.0 * std::numbers::pi * (quarter / quarters_a_day - 172.0) / 365.0);
    clouds = std::clamp(clouds + random.between(-0.15, 0.15), 0.1, 1.0);
    if (hour == 0.0) level = std::clamp(level + random.between(-0.1, 0.1), 0.15, 0.9);
    const double sun = std::max(0.0, std::cos(std::numbers::pi * (hour - 12.5) / (11.0 + 4.0 * season)));
    const double evening = std::exp(-0.5 * std::pow((hour - 19.0) / 1.8, 2.0));
    const double morning = std::exp(-0.5 * std::pow((hour - 7.5) / 1.2, 2.0));
    const double market = level * (1.0 + 0.5 * evening + 0.2 * morning - 0.6 * sun) + random.between(-0.03, 0.03);
    PlanningSlot& slot = problem.slots.emplace_back();
    slot.length = Hours(0.25);
    slot.import_price = per_kilowatt_hour(std::max(0.0, market) * 1.23 + 0.42);
    slot.export_price = per_kilowatt_hour(market);
    slot.pv = kilowatt_hours(0.25 * 5.0 * sun * clouds * (0.65 + 0.35 * season));
    slot.load = kilowatt_hours(0.25 * (0.25 + 0.9 * evening + 0.5 * morning + random.between(0.0, 0.3)));
  }
  return problem;
}

}  // namespace gridpilot::testing
