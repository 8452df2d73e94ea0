#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "gridpilot/store/sqlite/plan_packing.hpp"
#include "unit/store/support.hpp"

namespace gridpilot::store::test {
namespace {

using ports::RecordedCommand;
using ports::RecordedDecision;
using ports::RecordedPlan;
using ports::RecordedPlanSlot;
using testing::ElementsAre;
using testing::IsEmpty;

class RoundTrip : public RecordTest {};

Reading full_reading() {
  Reading r;
  r.time = at(20);
  r.soc = percent(55.5);
  r.state_of_health = percent(98);
  r.pv = watts(4321);
  r.load = watts(812);
  r.grid = watts(-2509);
  r.battery = watts(1000);
  r.backup = watts(15);
  r.grid_l1 = watts(-900);
  r.grid_l2 = watts(-800);
  r.grid_l3 = watts(-809);
  r.grid_voltage_l1 = volts(230.1);
  r.grid_voltage_l2 = volts(231.25);
  r.grid_voltage_l3 = volts(229.9);
  r.battery_voltage = volts(402.3);
  r.battery_current = amperes(-12.4);
  r.battery_charge_limit = amperes(25);
  r.battery_discharge_limit = amperes(24.5);
  r.battery_temperature = celsius(-3.25);
  r.inverter_temperature = celsius(41.5);
  r.pv_total = kilowatt_hours(12345.6);
  r.load_total = kilowatt_hours(9876.5);
  r.import_total = kilowatt_hours(4000.123456);
  r.export_total = kilowatt_hours(5000.1);
  r.charge_total = kilowatt_hours(2000.2);
  r.discharge_total = kilowatt_hours(1900.3);
  r.battery_alarms = 0xffffffffU;
  r.inverter_faults = 0x80000001U;
  r.operation_mode = 65535;
  return r;
}

TEST_F(RoundTrip, KeepsEveryFieldOfAReading) {
  const auto record = open();
  record->append(full_reading());
  EXPECT_THAT(value(record->readings(always, 10)), ElementsAre(full_reading()));
  EXPECT_EQ(value(record->last_reading()), full_reading());
}

TEST_F(RoundTrip, KeepsAbsentAbsentAndZeroZero) {
  const auto record = open();
  Reading nothing;
  nothing.time = at(0);
  Reading zero = nothing;
  zero.time = at(20);
  zero.soc = percent(0);
  zero.pv = watts(0);
  zero.battery_current = amperes(0);
  zero.pv_total = kilowatt_hours(0);
  record->append(nothing);
  record->append(zero);
  EXPECT_THAT(value(record->readings(always, 10)), ElementsAre(nothing, zero));
}

TEST_F(RoundTrip, HasNoLastReadingWhenNew) {
  EXPECT_EQ(value(open()->last_reading()), std::nullopt);
}

TEST_F(RoundTrip, GivesReadingsOfTheRangeInOrderUpToTheLimit) {
  const auto record = open();
  for (const int s : {60, 0, 40, 20, 80}) {
    Reading r;
    r.time = at(s);
    record->append(r);
  }
  const auto times = [&](ports::TimeRange range, std::size_t limit) {
    std::vector<std::int64_t> seconds;
    for (const Reading& r : value(record->readings(range, limit))) seconds.push_back((r.time - at(0)).count());
    return seconds;
  };
  EXPECT_THAT(times({at(20), at(80)}, 100), ElementsAre(20, 40, 60));
  EXPECT_THAT(times({at(0), at(100)}, 2), ElementsAre(0, 20));
  EXPECT_THAT(times({at(80), at(20)}, 2), IsEmpty());
}

/// A quantity on the grid of the record's integers, `parts` of them in one, or absent.
template <class M, class Make>
M measured(int low, int high, double parts, Make make) {
  const auto number = *rc::gen::maybe(rc::gen::inRange(low, high));
  return number ? M(make(*number / parts)) : M();
}

std::vector<Reading> random_readings(std::int64_t from_s) {
  const auto count = *rc::gen::inRange(1, 40);
  std::vector<Reading> readings;
  for (int i = 0; i < count; ++i) {
    Reading r;
    r.time = at(from_s + 20 * i);
    r.soc = measured<Measured<Soc>>(0, 1001, 10, percent);
    for (Measured<Power>* p : {&r.pv, &r.load, &r.grid, &r.battery, &r.backup, &r.grid_l1, &r.grid_l2, &r.grid_l3})
      *p = measured<Measured<Power>>(-100'000, 100'000, 1, watts);
    for (Measured<Voltage>* v : {&r.grid_voltage_l1, &r.battery_voltage})
      *v = measured<Measured<Voltage>>(0, 100'000, 100, volts);
    r.battery_current = measured<Measured<Current>>(-10'000, 10'000, 100, amperes);
    r.battery_temperature = measured<Measured<Temperature>>(-5'000, 10'000, 100, celsius);
    r.pv_total = measured<Measured<Energy, double>>(0, 2'000'000'000, 1e6, kilowatt_hours);
    r.battery_alarms = *rc::gen::arbitrary<std::uint32_t>();
    r.operation_mode = *rc::gen::arbitrary<std::uint16_t>();
    readings.push_back(r);
  }
  return readings;
}

TEST_F(RoundTrip, KeepsRandomReadings) {
  const auto record = open();
  std::int64_t from_s = 0;  // each case has an hour of its own
  EXPECT_TRUE(rc::check([&] {
    const std::vector<Reading> readings = random_readings(from_s);
    for (const Reading& r : readings) record->append(r);
    const ports::TimeRange hour{at(from_s), at(from_s + 3600)};
    from_s += 3600;
    RC_ASSERT(value(record->readings(hour, 1000)) == readings);
  }));
}

TEST_F(RoundTrip, KeepsSlotEnergiesToTheMilliwattHour) {
  const auto record = open();
  const SlotEnergy energy{.slot = Slot::containing(at(900)),
                          .load = watt_hours(123.456),
                          .pv = watt_hours(0),
                          .grid_import = watt_hours(0.001),
                          .grid_export = watt_hours(1000),
                          .charge = watt_hours(2.5),
                          .discharge = watt_hours(7),
                          .coverage = 44.0 / 45.0};
  record->append(energy);
  const std::vector<SlotEnergy> read = value(record->slot_energies({at(900), at(1800)}));
  ASSERT_EQ(read.size(), 1);
  EXPECT_EQ(read[0].slot, energy.slot);
  EXPECT_DOUBLE_EQ(in_watt_hours(read[0].load), 123.456);
  EXPECT_DOUBLE_EQ(in_watt_hours(read[0].grid_import), 0.001);
  EXPECT_DOUBLE_EQ(in_watt_hours(read[0].grid_export), 1000);
  EXPECT_DOUBLE_EQ(in_watt_hours(read[0].charge), 2.5);
  EXPECT_DOUBLE_EQ(in_watt_hours(read[0].discharge), 7);
  EXPECT_NEAR(read[0].coverage, 44.0 / 45.0, 1e-6);
  EXPECT_THAT(value(record->slot_energies({at(901), at(9000)})), IsEmpty());
}

TEST_F(RoundTrip, KeepsPricesAndLetsALaterDocumentReplaceThem) {
  const auto record = open();
  const Slot slot = Slot::containing(at(0));
  const MarketPrice first{.slot = slot,
                          .price = NetPrice::from_nanos_per_kwh(-412'340'000),
                          .published_at = std::nullopt,
                          .fetched_at = at(5),
                          .source = "pse"};
  const MarketPrice second{.slot = slot.next(),
                           .price = NetPrice::from_nanos_per_kwh(1),
                           .published_at = at(-40'000),
                           .fetched_at = at(5),
                           .source = "pse"};
  MarketPrice later = first;
  later.price = NetPrice::from_nanos_per_kwh(7);
  later.fetched_at = at(3600);
  done(record->store_prices(PriceSeries::sdac_15min, {first, second}));
  EXPECT_THAT(value(record->prices(PriceSeries::sdac_15min, always)), ElementsAre(first, second));
  EXPECT_THAT(value(record->prices(PriceSeries::rce_15min, always)), IsEmpty());
  done(record->store_prices(PriceSeries::sdac_15min, {later}));
  EXPECT_THAT(value(record->prices(PriceSeries::sdac_15min, {at(0), at(900)})), ElementsAre(later));
}

TEST_F(RoundTrip, KeepsDecisionsWithTheirAlternatives) {
  const auto record = open();
  Decision decision = decision_at(0, "zażółć 'gęślą' jaźń; -- \"quoted\"");
  decision.bound_by = "battery_charge_limit";
  decision.alternatives = {{Action::self_use, watts(0), currency(0.12345678)},
                           {Action::sell, watts(2500), currency(-1)}};
  const std::int64_t first = value(record->store_decision(decision));
  const std::int64_t second = value(record->store_decision(decision_at(20)));
  EXPECT_GT(second, first);

  const std::vector<RecordedDecision> read = value(record->decisions(always, 10, std::nullopt));
  ASSERT_EQ(read.size(), 2);
  EXPECT_EQ(read[0].id, second);
  EXPECT_EQ(read[0].decision.bound_by, std::nullopt);
  const Decision& d = read[1].decision;
  EXPECT_EQ(d.time, decision.time);
  EXPECT_EQ(d.command, decision.command);
  EXPECT_EQ(d.reason, decision.reason);
  EXPECT_EQ(d.bound_by, decision.bound_by);
  EXPECT_EQ(d.verdict, Verdict::pending);
  ASSERT_EQ(d.alternatives.size(), 2);
  EXPECT_EQ(d.alternatives[0].action, Action::self_use);
  EXPECT_DOUBLE_EQ(in_currency(d.alternatives[0].extra_cost), 0.12345678);
  EXPECT_EQ(d.alternatives[1].power, watts(2500));
}

TEST_F(RoundTrip, PagesDecisionsBackwardsByTheirIds) {
  const auto record = open();
  for (int i = 0; i < 5; ++i) static_cast<void>(value(record->store_decision(decision_at(20 * i))));
  const auto ids = [&](std::optional<std::int64_t> before) {
    std::vector<std::int64_t> read;
    for (const auto& d : value(record->decisions({at(20), at(100)}, 2, before))) read.push_back(d.id);
    return read;
  };
  EXPECT_THAT(ids(std::nullopt), ElementsAre(5, 4));
  EXPECT_THAT(ids(4), ElementsAre(3, 2));
  EXPECT_THAT(ids(2), IsEmpty());
}

TEST_F(RoundTrip, JudgesADecisionLater) {
  const auto record = open();
  const std::int64_t id = value(record->store_decision(decision_at(0)));
  done(record->judge_decision(id, Verdict::overridden));
  EXPECT_EQ(value(record->decisions(always, 1, std::nullopt)).at(0).decision.verdict, Verdict::overridden);
  const Result<void> unknown = wait(record->judge_decision(id + 1, Verdict::done));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
}

TEST_F(RoundTrip, CountsRegistersWrittenSinceAnInstant) {
  const auto record = open();
  EXPECT_EQ(value(record->registers_written_since(at(0))), 0);
  for (const int s : {0, 100, 200})
    done(record->store_command(RecordedCommand{.time = at(s),
                                               .command = decision_at(s).command,
                                               .verdict = Verdict::done,
                                               .registers_written = 4,
                                               .detail = "mode and power"}));
  EXPECT_EQ(value(record->registers_written_since(at(100))), 8);
}

PlanSlot plan_slot(Slot slot, int seed) {
  PlanSlot s;
  s.slot = slot;
  s.start = slot.start();
  s.price.slot = slot;
  s.price.import_price = GrossPrice::from_nanos_per_kwh(900'000'000 + 1'234'567 * seed);
  s.price.export_price = GrossPrice::from_nanos_per_kwh(-30'000'000 * (seed % 3));
  s.price.foreseen = seed % 2 == 1;
  s.outlook = {.slot = slot,
               .load = watt_hours(100.125 + seed),
               .pv = watt_hours(seed % 5 == 0 ? 0 : 333.001),
               .load_origin = Origin::recent_days,
               .pv_origin = Origin::clear_sky};
  s.flow = {.ac = watt_hours(-50.5 * (seed % 4)),
            .curtailed = watt_hours(0),
            .grid_import = watt_hours(12),
            .grid_export = watt_hours(seed),
            .stored = kilowatt_hours(5 + 0.01 * seed),
            .value_of_stored = per_kilowatt_hour(0.7)};
  s.action = all_actions[static_cast<std::size_t>(seed) % all_actions.size()];
  s.cost = currency(-0.01234567 * seed);
  return s;
}

Plan plan_from(Slot first, int slots) {
  Plan plan;
  plan.computed_at = first.start() + Seconds(140);
  plan.initial = kilowatt_hours(4.2);
  plan.cost = currency(3.21);
  plan.value_of_stored = per_kilowatt_hour(0.654321);
  for (int i = 0; i < slots; ++i) plan.slots.push_back(plan_slot(first + i, i));
  return plan;
}

void expect_like(const RecordedPlanSlot& read, const PlanSlot& planned) {
  EXPECT_EQ(read.slot, planned.slot);
  EXPECT_EQ(read.import_price, planned.price.import_price);
  EXPECT_EQ(read.export_price, planned.price.export_price);
  EXPECT_EQ(read.foreseen, planned.price.foreseen);
  EXPECT_EQ(read.outlook.load_origin, planned.outlook.load_origin);
  EXPECT_EQ(read.outlook.pv_origin, planned.outlook.pv_origin);
  EXPECT_EQ(read.action, planned.action);
  const auto near = [](auto a, auto b) { EXPECT_NEAR(a.raw(), b.raw(), 0.6e-6); };
  near(read.outlook.load, planned.outlook.load);
  near(read.outlook.pv, planned.outlook.pv);
  near(read.flow.ac, planned.flow.ac);
  near(read.flow.curtailed, planned.flow.curtailed);
  near(read.flow.grid_import, planned.flow.grid_import);
  near(read.flow.grid_export, planned.flow.grid_export);
  near(read.flow.stored, planned.flow.stored);
  EXPECT_NEAR(read.flow.value_of_stored.raw(), planned.flow.value_of_stored.raw(), 0.6e-9);
  EXPECT_NEAR(read.cost.raw(), planned.cost.raw(), 0.6e-8);
}

TEST_F(RoundTrip, KeepsTheFirstPlanOfASlot) {
  const auto record = open();
  const Slot slot = Slot::containing(at(0));
  const Plan plan = plan_from(slot, 140);
  Plan later = plan;
  later.computed_at += Seconds(20);
  record->store_plan(plan);
  record->store_plan(later);
  record->store_plan(Plan{});
  const std::optional<RecordedPlan> read = value(record->plan_of(slot));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->computed_at, plan.computed_at);
  EXPECT_NEAR(in_kilowatt_hours(read->initial), 4.2, 1e-9);
  EXPECT_NEAR(in_currency(read->cost), 3.21, 1e-9);
  EXPECT_NEAR(in_per_kilowatt_hour(read->value_of_stored), 0.654321, 1e-12);
  ASSERT_EQ(read->slots.size(), plan.slots.size());
  for (std::size_t i = 0; i < plan.slots.size(); ++i) expect_like(read->slots[i], plan.slots[i]);
  EXPECT_EQ(value(record->plan_of(slot.next())), std::nullopt);
}

TEST_F(RoundTrip, KeepsTheFirstPlanOfASlotAcrossARestart) {
  const Slot slot = Slot::containing(at(0));
  const Plan plan = plan_from(slot, 4);
  auto record = open();
  record->store_plan(plan);
  done(record->close());
  record = open();
  record->store_plan(plan_from(slot, 2));
  EXPECT_EQ(value(record->plan_of(slot))->slots.size(), 4);
}

TEST(PlanPacking, TakesAFewKilobytesForTwoDays) {
  const Result<std::vector<std::byte>> packed = pack_slots(plan_from(Slot::from_index(2'000'000), 192).slots);
  ASSERT_TRUE(packed);
  EXPECT_LT(packed->size(), 6'000);
}

TEST(PlanPacking, RefusesGapsAndNumbersThatAreNotFinite) {
  Plan plan = plan_from(Slot::from_index(10), 3);
  plan.slots[2].slot = Slot::from_index(20);
  EXPECT_FALSE(pack_slots(plan.slots));
  plan = plan_from(Slot::from_index(10), 3);
  plan.slots[1].flow.stored = kilowatt_hours(std::nan(""));
  EXPECT_FALSE(pack_slots(plan.slots));
}

RC_GTEST_PROP(PlanPacking, SurvivesAnyBytes, ()) {
  const auto bytes = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
  const auto slots = unpack_slots(std::as_bytes(std::span(bytes)), Slot::from_index(5));
  if (slots) RC_ASSERT(slots->size() <= bytes.size() / 12);
  if (!slots) RC_ASSERT(slots.error().code == ErrorCode::corrupt);
}

RC_GTEST_PROP(PlanPacking, IsUndoneByUnpacking, ()) {
  Plan plan;
  const auto count = *rc::gen::inRange(0, 50);
  const auto energy = [] { return watt_hours(*rc::gen::inRange(-100'000'000, 100'000'000) / 1000.0); };
  for (int i = 0; i < count; ++i) {
    PlanSlot& s = plan.slots.emplace_back(plan_slot(Slot::from_index(7 + i), i));
    s.price.import_price = GrossPrice::from_nanos_per_kwh(*rc::gen::arbitrary<std::int64_t>());
    s.price.export_price = GrossPrice::from_nanos_per_kwh(*rc::gen::arbitrary<std::int32_t>());
    s.flow = {energy(), energy(), energy(), energy(), energy(), per_kilowatt_hour(*rc::gen::inRange(-99, 99) / 7.0)};
  }
  const auto slots = unpack_slots(pack_slots(plan.slots).value(), Slot::from_index(7));
  RC_ASSERT(slots.has_value());
  RC_ASSERT(slots->size() == plan.slots.size());
  for (std::size_t i = 0; i < slots->size(); ++i) {
    expect_like((*slots)[i], plan.slots[i]);
    RC_ASSERT(!testing::Test::HasFailure());
  }
}

}  // namespace
}  // namespace gridpilot::store::test
