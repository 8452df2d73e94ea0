#include "gridpilot/api/documents.hpp"

#include <gtest/gtest.h>

#include "gridpilot/core/json.hpp"
#include "support/fixed_house.hpp"

namespace gridpilot::api {
namespace {

Instant at(std::string_view text) {
  return parse_rfc3339(text).value();
}

Decision decision() {
  Decision made{.time = at("2026-11-25T12:00:00Z"),
                .command = {.action = Action::charge, .power = watts(3000), .until = at("2026-11-25T12:15:00Z")},
                .reason = "Cheap \"now\".",
                .bound_by = "fuse",
                .alternatives = {},
                .verdict = Verdict::pending};
  made.alternatives.push_back({.action = Action::standby, .power = Power(), .extra_cost = currency(0.4251239)});
  return made;
}

TEST(StatusDocument, SaysNullWhereNothingIsKnown) {
  Snapshot nothing;
  nothing.time = at("2026-11-25T01:30:00Z");
  nothing.mode = "live";
  EXPECT_EQ(status_document(nothing, TimeZone::utc()),
            R"({"time":"2026-11-25T01:30:00Z","time_zone":"UTC","mode":"live","control":"observe","healthy":false,)"
            R"("reasons":["no decision has been made yet"],"reading":null,"price":null,"decision":null,"sources":[],)"
            R"("progress":null,"action_lapses":null,"paused_until":null,"warnings":[]})");
}

TEST(StatusDocument, HasEveryFieldWithItsUnit) {
  Snapshot s;
  s.time = at("2026-11-25T12:00:25Z");
  s.mode = "demo";
  s.control = ControlMode::active;
  s.reading = Reading{};
  s.reading->time = at("2026-11-25T12:00:00Z");
  s.reading->soc = percent(55);
  s.reading->pv = watts(1200);
  s.reading->grid = watts(-310.26);
  s.reading->battery = watts(0);
  s.price = SlotPrice{.slot = Slot::containing(s.time),
                      .import_price = GrossPrice::from_nanos_per_kwh(612'345'678),
                      .export_price = GrossPrice::from_nanos_per_kwh(-20'000'000),
                      .market = {},
                      .foreseen = true,
                      .zone = "high"};
  s.decision = decision();
  s.sources = {{.name = "inverter", .condition = SourceCondition::fresh, .age = Seconds(25)},
               {.name = "rce-pln", .condition = SourceCondition::failing, .failures = 2, .detail = "no answer"}};
  s.progress = Progress{.phase = "filling history", .done = 0.33333};
  s.action_lapses = false;
  s.paused_until = at("2026-11-25T13:00:00Z");
  s.warnings = {"the battery is warm"};
  EXPECT_EQ(
      status_document(s, TimeZone::utc()),
      R"({"time":"2026-11-25T12:00:25Z","time_zone":"UTC","mode":"demo","control":"active","healthy":true,"reasons":[],)"
      R"("reading":{"time":"2026-11-25T12:00:00Z","age_s":25,"soc_percent":55,"pv_w":1200,"load_w":null,"grid_w":-310.3,)"
      R"("battery_w":0,"implausible":null},)"
      R"("price":{"import_per_kwh":0.612345678,"export_per_kwh":-0.02,"currency":"PLN","price_state":"foreseen","zone":"high"},)"
      R"("decision":{"time":"2026-11-25T12:00:00Z","action":"charge","power_w":3000,"until":"2026-11-25T12:15:00Z",)"
      R"("reason":"Cheap \"now\".","verdict":"pending","bound_by":"fuse",)"
      R"("alternatives":[{"action":"standby","power_w":null,"extra_cost":0.425124}]},)"
      R"("sources":[{"name":"inverter","state":"fresh","age_s":25,"failures":0,"detail":null},)"
      R"({"name":"rce-pln","state":"failing","age_s":null,"failures":2,"detail":"no answer"}],)"
      R"("progress":{"phase":"filling history","done":0.3333},)"
      R"("action_lapses":false,"paused_until":"2026-11-25T13:00:00Z","warnings":["the battery is warm"]})");
}

TEST(StatusDocument, NeverShowsANegativeAge) {
  Snapshot s;
  s.time = at("2026-11-25T12:00:00Z");
  s.reading = Reading{};
  s.reading->time = s.time + Seconds(3);  // the machine's clock was set back
  EXPECT_TRUE(status_document(s, TimeZone::utc()).contains(R"("age_s":0,)"));
}

TEST(HealthDocument, IsOkOnceADecisionWasMade) {
  Snapshot s;
  EXPECT_EQ(health_document(s), R"({"status":"degraded","reasons":["no decision has been made yet"]})");
  s.decision = decision();
  EXPECT_EQ(health_document(s), R"({"status":"ok"})");
  s.unhealthy = {"the loop is 12 s late"};
  EXPECT_EQ(health_document(s), R"({"status":"degraded","reasons":["the loop is 12 s late"]})");
}

TEST(PlanDocument, IsEmptyButWholeBeforeTheFirstPlan) {
  EXPECT_EQ(plan_document(Snapshot{}),
            R"({"computed_at":null,"currency":"PLN","cost":null,"value_of_stored_kwh":null,"initial_kwh":null,)"
            R"("capacity_kwh":null,"slots":[]})");
}

TEST(PlanDocument, HasEveryFieldOfASlot) {
  Snapshot s;
  s.battery_capacity = kilowatt_hours(10);
  const Instant now = at("2026-11-25T12:05:00Z");
  Plan plan;
  plan.computed_at = now;
  plan.initial = kilowatt_hours(4);
  plan.cost = currency(-0.1234567);
  plan.value_of_stored = per_kilowatt_hour(0.75);
  PlanSlot slot;
  slot.slot = Slot::containing(now);
  slot.start = now;
  slot.price.import_price = GrossPrice::from_nanos_per_kwh(500'000'000);
  slot.outlook.pv = kilowatt_hours(1.0 / 3);
  slot.outlook.load = kilowatt_hours(0.1);
  slot.outlook.load_origin = Origin::recent_days;
  slot.flow.ac = kilowatt_hours(-0.5);
  slot.flow.grid_export = kilowatt_hours(0.7333333333);
  slot.flow.stored = kilowatt_hours(3.5);
  slot.flow.value_of_stored = per_kilowatt_hour(0.8);
  slot.action = Action::sell;
  slot.cost = currency(-0.2);
  plan.slots.push_back(slot);
  s.plan = std::make_shared<const Plan>(plan);
  EXPECT_EQ(
      plan_document(s),
      R"({"computed_at":"2026-11-25T12:05:00Z","currency":"PLN","cost":-0.123457,"value_of_stored_kwh":0.75,)"
      R"("initial_kwh":4,"capacity_kwh":10,"slots":[{"start":"2026-11-25T12:05:00Z","end":"2026-11-25T12:15:00Z",)"
      R"("import_per_kwh":0.5,"export_per_kwh":0,"price_state":"published","pv_kwh":0.333333,"load_kwh":0.1,)"
      R"("battery_kwh":-0.5,"grid_kwh":-0.733333,"curtailed_kwh":0,"stored_kwh":3.5,"soc_percent":35,"action":"sell",)"
      R"("cost":-0.2,"value_of_stored_kwh":0.8,"pv_origin":"clear_sky","load_origin":"recent_days"}]})");
}

TEST(PlanDocument, KeepsTheBalanceOfEverySlotThroughRounding) {
  const testing::FixedHouse house(at("2026-03-25T10:07:20Z"));
  const std::string text = plan_document(house.snapshot());
  const auto document = json::Document::parse(text);
  ASSERT_TRUE(document);
  const auto slots = document->root().array("slots");
  ASSERT_TRUE(slots);
  ASSERT_EQ(slots->size(), 144U);
  for (const auto& slot : *slots) {
    const double left = *slot.number("grid_kwh") + *slot.number("pv_kwh") - *slot.number("curtailed_kwh");
    EXPECT_NEAR(left, *slot.number("load_kwh") + *slot.number("battery_kwh"), 3e-6);
  }
}

TEST(PricesDocument, TellsForeseenFromPublishedAndUnknownFromZero) {
  const Slot slot = Slot::containing(at("2026-10-25T00:45:00Z"));
  SlotPrice market{.slot = slot,
                   .import_price = GrossPrice::from_nanos_per_kwh(1),
                   .export_price = GrossPrice(),
                   .market = NetPrice::from_nanos_per_kwh(-412'340'000),
                   .foreseen = false,
                   .zone = "low"};
  SlotPrice fixed{
      .slot = slot.next(), .import_price = {}, .export_price = {}, .market = {}, .foreseen = true, .zone = {}};
  EXPECT_EQ(prices_document({{.price = market, .source = "csdac-pln", .published_at = at("2026-10-24T11:30:00Z")},
                             {.price = fixed, .source = {}, .published_at = {}}},
                            "PLN"),
            R"({"currency":"PLN","slots":[{"start":"2026-10-25T00:45:00Z","end":"2026-10-25T01:00:00Z",)"
            R"("market_per_kwh":-0.41234,"import_per_kwh":0.000000001,"export_per_kwh":0,"price_state":"published",)"
            R"("zone":"low","source":"csdac-pln","published_at":"2026-10-24T11:30:00Z"},)"
            R"({"start":"2026-10-25T01:00:00Z","end":"2026-10-25T01:15:00Z","market_per_kwh":null,"import_per_kwh":0,)"
            R"("export_per_kwh":0,"price_state":"foreseen","zone":null,"source":null,"published_at":null}]})");
}

TEST(ReadingsDocument, IsTheSameForReadingsAndMeans) {
  Reading reading;
  reading.time = at("2026-11-25T01:00:00Z");
  reading.soc = percent(50.5);
  reading.load = watts(300);
  const std::string expected =
      R"({"resolution":"20s","readings":[{"time":"2026-11-25T01:00:00Z","soc_percent":50.5,"pv_w":null,"load_w":300,)"
      R"("grid_w":null,"battery_w":null}],"next":"2026-11-25T01:00:20Z"})";
  const Instant next = reading.time + Seconds(20);
  EXPECT_EQ(readings_document("20s", std::vector{reading}, next), expected);
  const ports::ChartPoint point{
      .time = reading.time, .soc = percent(50.5), .pv = {}, .load = watts(300), .grid = {}, .battery = {}};
  EXPECT_EQ(readings_document("20s", std::vector{point}, next), expected);
  EXPECT_EQ(readings_document("1h", std::vector<Reading>(), {}), R"({"resolution":"1h","readings":[],"next":null})");
}

TEST(DecisionsDocument, HasACursorOnlyWhereThereIsMore) {
  EXPECT_EQ(decisions_document({{.id = 17, .decision = decision()}}, 17),
            R"({"decisions":[{"id":17,"time":"2026-11-25T12:00:00Z","action":"charge","power_w":3000,)"
            R"("until":"2026-11-25T12:15:00Z","reason":"Cheap \"now\".","verdict":"pending","bound_by":"fuse",)"
            R"("alternatives":[{"action":"standby","power_w":null,"extra_cost":0.425124}]}],"next":"17"})");
  EXPECT_EQ(decisions_document({}, {}), R"({"decisions":[],"next":null})");
}

}  // namespace
}  // namespace gridpilot::api
