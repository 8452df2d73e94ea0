#include "gridpilot/codec/reading_json.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace gridpilot::codec {
namespace {

std::string written(const Reading& reading) {
  std::string text;
  json::Writer out(text);
  write_reading(out, reading);
  return text;
}

Reading noon() {
  Reading reading;
  reading.time = parse_rfc3339("2026-05-01T12:00:20Z").value();
  reading.soc = percent(61);
  reading.pv = watts(3480);
  reading.grid = watts(-1200.5);
  reading.grid_voltage_l1 = volts(231.4);
  reading.import_total = kilowatt_hours(15231.7);
  reading.battery_alarms = 4'000'000'000U;
  reading.operation_mode = 2;
  return reading;
}

TEST(ReadingJson, NamesEveryNumberWithItsUnit) {
  EXPECT_EQ(written(noon()),
            R"({"time":"2026-05-01T12:00:20Z","soc_percent":61,"state_of_health_percent":null,"pv_w":3480,)"
            R"("load_w":null,"grid_w":-1200.5,"battery_w":null,"backup_w":null,"grid_l1_w":null,"grid_l2_w":null,)"
            R"("grid_l3_w":null,"grid_voltage_l1_v":231.4,"grid_voltage_l2_v":null,"grid_voltage_l3_v":null,)"
            R"("battery_voltage_v":null,"battery_current_a":null,"battery_charge_limit_a":null,)"
            R"("battery_discharge_limit_a":null,"battery_temperature_celsius":null,)"
            R"("inverter_temperature_celsius":null,"pv_total_kwh":null,"load_total_kwh":null,)"
            R"("import_total_kwh":15231.7,"export_total_kwh":null,"charge_total_kwh":null,)"
            R"("discharge_total_kwh":null,"battery_alarms":4000000000,"inverter_faults":0,"operation_mode":2})");
}

TEST(ReadingJson, TakesWhatLacksAsAbsent) {
  const auto readings = parse_readings(R"([{"pv_w":3480,"time":"2026-05-01T14:00:20+02:00","load_w":null}])");
  ASSERT_TRUE(readings) << readings.error().message;
  Reading expected;
  expected.time = noon().time;
  expected.pv = watts(3480);
  EXPECT_EQ(*readings, std::vector<Reading>{expected});
}

TEST(ReadingJson, NamesTheReadingAndTheFieldItRefuses) {
  const auto complaint = [](std::string_view text) { return parse_readings(text).error().message; };
  EXPECT_EQ(complaint(R"([{"time":"2026-05-01T12:00:20Z"},{"pv_w":1}])"),
            "[1]: field 'time' is missing (line 1, column 44)");
  EXPECT_EQ(complaint(R"([{"time":"2026-05-01T12:00:20","pv_w":1}])"),
            "[0].time: expected a time with its offset, as 2026-05-01T12:00:00Z (line 1, column 31)");
  EXPECT_EQ(complaint(R"([{"time":"2026-05-01T12:00:20Z","pv_kw":1}])"),
            "[0]: unknown field 'pv_kw', did you mean 'pv_w'? (line 1, column 41)");
  EXPECT_EQ(complaint(R"([{"time":"2026-05-01T12:00:20Z","operation_mode":65536}])"),
            "[0].operation_mode: a code lies between 0 and 65535 (line 1, column 55)");
}

// Any reading that an inverter could report: whole units and tenths as well as numbers with all their digits.
rc::Gen<Reading> any_reading() {
  return rc::gen::exec([] {
    Reading reading;
    reading.time = Instant(Seconds(*rc::gen::inRange<std::int64_t>(0, 4'102'444'800)));
    const auto number = [] {
      const double tenths = *rc::gen::inRange(-300'000, 300'000);
      const bool uneven = *rc::gen::arbitrary<bool>();
      return uneven ? tenths / 7.0 : tenths / 10.0;
    };
    const auto maybe = [&](auto& quantity) {
      using Q = std::remove_cvref_t<decltype(*quantity)>;
      if (*rc::gen::arbitrary<bool>()) quantity = Q::from_raw(number());
    };
    maybe(reading.soc);
    maybe(reading.pv);
    maybe(reading.load);
    maybe(reading.grid);
    maybe(reading.battery);
    maybe(reading.grid_voltage_l2);
    maybe(reading.battery_current);
    maybe(reading.inverter_temperature);
    maybe(reading.import_total);
    maybe(reading.discharge_total);
    reading.battery_alarms = *rc::gen::arbitrary<std::uint32_t>();
    reading.inverter_faults = *rc::gen::arbitrary<std::uint32_t>();
    reading.operation_mode = *rc::gen::arbitrary<std::uint16_t>();
    return reading;
  });
}

RC_GTEST_PROP(ReadingJson, ComesBackEqual, ()) {
  std::vector<Reading> readings;
  for (int count = *rc::gen::inRange(0, 5); count > 0; --count) readings.push_back(*any_reading());
  std::string text;
  json::Writer out(text);
  write_readings(out, readings);
  RC_ASSERT(parse_readings(text).value() == readings);
  RC_ASSERT(parse_readings(json::pretty(text).value()).value() == readings);
}

}  // namespace
}  // namespace gridpilot::codec
