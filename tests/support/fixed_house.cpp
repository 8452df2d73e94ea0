#include "support/fixed_house.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "gridpilot/core/verify.hpp"

namespace gridpilot::testing {
namespace {

constexpr Energy capacity = kilowatt_hours(10);
constexpr Power most = kilowatts(5);
constexpr double efficiency = 0.95;

/// Hours since the site's midnight, as if its offset never changed.
double hour_of(Instant t) {
  return static_cast<double>((t.time_since_epoch().count() + 3600) % 86400) / 3600.0;
}

double bump(double hour, double at, double width) {
  const double x = (hour - at) / width;
  return std::exp(-x * x);
}

Power sun(Instant t) {
  const double hour = hour_of(t);
  if (hour < 6.0 || hour > 18.0) return Power();
  return watts(std::round(5200.0 * std::pow(std::sin(std::numbers::pi * (hour - 6.0) / 12.0), 1.5)));
}

Power load(Instant t) {
  const double hour = hour_of(t);
  const double ripple = 60.0 * std::sin(static_cast<double>(t.time_since_epoch().count()) / 500.0);
  return watts(std::round(330.0 + 700.0 * bump(hour, 7.5, 1.2) + 1500.0 * bump(hour, 19.5, 2.0) + ripple));
}

NetPrice market(Slot slot) {
  const double hour = hour_of(slot.start());
  return NetPrice::from_per_kwh(0.42 + 0.25 * bump(hour, 8.0, 1.5) + 0.75 * bump(hour, 19.0, 2.0) -
                                0.52 * bump(hour, 13.0, 1.7));
}

SlotPrice price_of(Slot slot, bool foreseen) {
  const NetPrice net = market(slot);
  const double hour = hour_of(slot.start());
  const bool low = hour < 6.0 || hour >= 22.0 || (hour >= 13.0 && hour < 15.0);
  const NetPrice network = NetPrice::from_per_kwh(low ? 0.0512 : 0.3298);
  return {.slot = slot,
          .import_price = with_vat(net + network, Ratio::from_percent(23)),
          .export_price = GrossPrice::from_nanos_per_kwh(std::max<std::int64_t>(0, net.nanos_per_kwh())),
          .market = net,
          .foreseen = foreseen,
          .zone = low ? "low" : "high"};
}

Action action_at(Instant t) {
  const double hour = hour_of(t);
  if (hour >= 12.0 && hour < 15.0) return Action::charge;
  if (hour >= 18.5 && hour < 20.0) return Action::sell;
  if (hour >= 22.0 || hour < 5.0) return Action::hold;
  return Action::self_use;
}

Power battery_at(Instant t, Energy stored) {
  const Power surplus = sun(t) - load(t);
  Power wanted = surplus;
  switch (action_at(t)) {
    case Action::charge: wanted = kilowatts(3); break;
    case Action::sell: wanted = kilowatts(-4); break;
    case Action::hold: wanted = std::max(Power(), surplus); break;
    default: break;
  }
  wanted = std::clamp(wanted, -most, most);
  if (wanted > Power() && stored >= capacity) return Power();
  if (wanted < Power() && stored <= capacity * 0.1) return Power();
  return wanted;
}

Energy after(Energy stored, Power battery, Hours time) {
  const Energy moved = battery * time;
  return std::clamp(stored + (moved > Energy() ? moved * efficiency : moved / efficiency), capacity * 0.1, capacity);
}

/// What is stored at a moment, from a fixed level at 05:00 of its day on in steps of five minutes.
Energy stored_at_time(Instant t) {
  const auto since_five = static_cast<std::int64_t>((hour_of(t) + 19.0) * 3600.0) % 86400;
  Energy stored = kilowatt_hours(3.2);
  constexpr Seconds step{300};
  for (Instant at = t - Seconds(since_five); at + step <= t; at += step)
    stored = after(stored, battery_at(at, stored), step);
  return stored;
}

}  // namespace

FixedHouse::FixedHouse(Instant now) {
  snapshot_.mode = "demo";
  snapshot_.battery_capacity = capacity;
  move_to(now);
}

Slot FixedHouse::published_until(Instant now) {
  // The market has published until the site's next midnight, from 13:00 on a day more.
  const auto midnight = Slot::containing(now - Seconds(static_cast<std::int64_t>(hour_of(now) * 3600.0)));
  return midnight + (hour_of(now) < 13.0 ? 96 : 192);
}

void FixedHouse::move_to(Instant now) {
  snapshot_.time = now;
  snapshot_.reading = reading_at(now - now.time_since_epoch() % Seconds(20));
  const Slot slot = Slot::containing(now);
  snapshot_.price = price_of(slot, false);
  const Action action = action_at(now);
  Decision decision;
  decision.time = slot.start();
  decision.command.action = action;
  decision.command.until = slot.end();
  if (action == Action::charge) decision.command.power = kilowatts(3);
  if (action == Action::sell) decision.command.power = kilowatts(4);
  decision.reason = action == Action::charge
                        ? "Charge at 3 kW: a kWh costs 0.31 PLN now and saves 1.38 PLN at 19:00."
                        : (action == Action::sell ? "Sell at 4 kW: this is the dearest hour until tomorrow evening."
                                                  : "The battery follows the house: nothing better is in sight.");
  decision.alternatives = {{.action = Action::standby, .power = Power(), .extra_cost = currency(0.42)}};
  snapshot_.decision = decision;
  snapshot_.sources = {
      {.name = "inverter", .condition = api::SourceCondition::fresh, .age = now - snapshot_.reading->time},
      {.name = "csdac-pln", .condition = api::SourceCondition::fresh, .age = Seconds(5400)},
      {.name = "rce-pln",
       .condition = api::SourceCondition::failing,
       .age = Seconds(93000),
       .failures = 3,
       .detail = "api.raporty.pse.pl: no answer within 10 s"},
      {.name = "outlook", .condition = api::SourceCondition::fresh, .age = Seconds(12)}};
  snapshot_.plan = std::make_shared<const Plan>(plan_at(now));
}

Reading FixedHouse::reading_at(Instant t) {
  const Energy stored = stored_at_time(t);
  const Power battery = battery_at(t, stored);
  Reading reading;
  reading.time = t;
  reading.soc = soc_at(stored, capacity);
  reading.pv = sun(t);
  reading.load = load(t);
  reading.battery = battery;
  reading.grid = load(t) + battery - sun(t);
  return reading;
}

std::vector<api::PricedSlot> FixedHouse::prices(ports::TimeRange range) const {
  std::vector<api::PricedSlot> all;
  const Slot end = published_until(snapshot_.time);
  Slot slot = Slot::containing(range.from);
  if (slot.start() < range.from) slot = slot.next();
  for (; slot < end && slot.start() < range.to; slot = slot.next())
    all.push_back({.price = price_of(slot, false), .source = "csdac-pln", .published_at = std::nullopt});
  return all;
}

Plan FixedHouse::plan_at(Instant now) const {
  Plan plan;
  plan.computed_at = now;
  plan.initial = stored_at_time(now);
  plan.value_of_stored = per_kilowatt_hour(1.02);
  const Slot published = published_until(now);
  Energy stored = plan.initial;
  const Slot first = Slot::containing(now);
  for (Slot slot = first; slot < first + 144; slot = slot.next()) {
    PlanSlot planned;
    planned.slot = slot;
    planned.start = std::max(now, slot.start());
    const Hours length = slot.end() - planned.start;
    planned.price = price_of(slot, slot >= published);
    planned.action = action_at(slot.start());
    const Power battery = battery_at(slot.start(), stored);
    stored = after(stored, battery, length);
    const Energy pv = sun(slot.start()) * length;
    const Energy used = load(slot.start()) * length;
    const Energy net = used + battery * length - pv;
    planned.outlook = {.slot = slot, .load = used, .pv = pv, .load_origin = Origin::recent_days};
    planned.flow = {.ac = battery * length,
                    .curtailed = Energy(),
                    .grid_import = std::max(net, Energy()),
                    .grid_export = std::max(-net, Energy()),
                    .stored = stored,
                    .value_of_stored = per_kilowatt_hour(1.02)};
    planned.cost = planned.price.import_price.as_value() * planned.flow.grid_import -
                   planned.price.export_price.as_value() * planned.flow.grid_export;
    plan.cost += planned.cost;
    plan.slots.push_back(planned);
  }
  return plan;
}

net::Awaitable<Result<std::vector<Reading>>> FixedRecord::readings(ports::TimeRange range, std::size_t limit) {
  if (failing) co_return std::unexpected(*failing);
  std::vector<Reading> all;
  Instant from = std::max(range.from, begins.value_or(range.from));
  from += (Seconds(20) - from.time_since_epoch() % Seconds(20)) % Seconds(20);
  for (Instant t = from; t < range.to && all.size() < limit; t += Seconds(20)) all.push_back(FixedHouse::reading_at(t));
  co_return all;
}

net::Awaitable<Result<std::vector<ports::ChartPoint>>> FixedRecord::chart(ports::TimeRange range, Seconds step,
                                                                          std::size_t limit) {
  if (failing) co_return std::unexpected(*failing);
  std::vector<ports::ChartPoint> all;
  Instant from = std::max(range.from, begins.value_or(range.from));
  from += (step - from.time_since_epoch() % step) % step;
  for (Instant t = from; t < range.to && all.size() < limit; t += step) {
    const Reading middle = FixedHouse::reading_at(t + step / 2);
    all.push_back({.time = t,
                   .soc = middle.soc,
                   .pv = middle.pv,
                   .load = middle.load,
                   .grid = middle.grid,
                   .battery = middle.battery});
  }
  co_return all;
}

net::Awaitable<Result<std::vector<ports::ChartPoint>>> FixedRecord::chart_between(std::vector<Instant> boundaries) {
  asked_boundaries = boundaries;
  if (failing) co_return std::unexpected(*failing);
  std::vector<ports::ChartPoint> all;
  for (std::size_t i = 0; i + 1 < boundaries.size(); ++i)
    all.push_back({.time = boundaries[i], .soc = percent(50), .pv = {}, .load = {}, .grid = {}, .battery = {}});
  co_return all;
}

net::Awaitable<Result<std::vector<SlotEnergy>>> FixedRecord::slot_energies(ports::TimeRange) {
  co_return std::vector<SlotEnergy>();
}

net::Awaitable<Result<std::vector<MarketPrice>>> FixedRecord::prices(PriceSeries, ports::TimeRange) {
  co_return std::vector<MarketPrice>();
}

net::Awaitable<Result<std::optional<ports::RecordedPlan>>> FixedRecord::plan_of(Slot) {
  co_return std::optional<ports::RecordedPlan>();
}

net::Awaitable<Result<std::vector<ports::RecordedDecision>>> FixedRecord::decisions(
    ports::TimeRange range, std::size_t limit, std::optional<std::int64_t> before_id) {
  if (failing) co_return std::unexpected(*failing);
  std::vector<ports::RecordedDecision> all;
  for (auto at = kept.rbegin(); at != kept.rend() && all.size() < limit; ++at)
    if (range.from <= at->decision.time && at->decision.time < range.to && (!before_id || at->id < *before_id))
      all.push_back(*at);
  co_return all;
}

net::Awaitable<Result<std::optional<Reading>>> FixedRecord::last_reading() {
  co_return std::optional<Reading>();
}

net::Awaitable<Result<int>> FixedRecord::registers_written_since(Instant) {
  co_return 0;
}

}  // namespace gridpilot::testing
