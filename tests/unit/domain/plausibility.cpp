#include "gridpilot/domain/plausibility.hpp"

#include <gtest/gtest.h>

#include "gridpilot/plant/house.hpp"

namespace gridpilot {
namespace {

using namespace std::chrono_literals;

const Instant morning = parse_rfc3339("2026-06-17T04:00:00Z").value();
const BatteryProfile* const profile = battery_profile_named("hv-20kwh");

/// A house on 2 kW from the grid whose meter of the load is off by so much.
Reading measured(Instant t, double load_error_w) {
  Reading reading;
  reading.time = t;
  reading.soc = percent(50);
  reading.pv = watts(0);
  reading.grid = watts(2000);
  reading.battery = watts(0);
  reading.battery_voltage = volts(400);
  reading.load = watts(2000 + load_error_w);
  return reading;
}

Plausibility after_a_minute(double load_error_w) {
  PlausibilityCheck check;
  PlausibilityCheck::Outcome outcome;
  for (int i = 0; i < 4; ++i) outcome = check.judge(measured(morning + i * 20s, load_error_w), profile);
  return outcome.plausibility;
}

TEST(PlausibilityCheck, SaysNothingBeforeThereIsAMean) {
  PlausibilityCheck check;
  EXPECT_EQ(check.judge(measured(morning, 5000), profile).plausibility, Plausibility::unchecked);
  EXPECT_EQ(check.judge(measured(morning + 20s, 5000), profile).plausibility, Plausibility::unchecked);
  EXPECT_EQ(check.judge(measured(morning + 40s, 5000), profile).plausibility, Plausibility::implausible);
}

TEST(PlausibilityCheck, ToleratesTwoHundredWattsOrTheShareOfTheLargestFlow) {
  EXPECT_EQ(after_a_minute(-199), Plausibility::plausible);
  EXPECT_EQ(after_a_minute(-201), Plausibility::implausible);
  // The load is the largest flow itself: 8 % of 6000 W are 480 W.
  PlausibilityCheck check;
  PlausibilityCheck::Outcome outcome;
  for (int i = 0; i < 4; ++i) {
    Reading reading = measured(morning + i * 20s, 0);
    reading.grid = watts(5530);
    reading.load = watts(6000);
    outcome = check.judge(reading, profile);
  }
  EXPECT_EQ(outcome.plausibility, Plausibility::plausible);
}

TEST(PlausibilityCheck, ForgetsAnErrorThatAMinuteHasPassedOver) {
  PlausibilityCheck check;
  for (int i = 0; i < 4; ++i) static_cast<void>(check.judge(measured(morning + i * 20s, 1000), profile));
  EXPECT_EQ(check.judge(measured(morning + 80s, 0), profile).plausibility, Plausibility::implausible);
  static_cast<void>(check.judge(measured(morning + 100s, 0), profile));
  EXPECT_EQ(check.judge(measured(morning + 120s, 0), profile).plausibility, Plausibility::plausible);
}

TEST(PlausibilityCheck, RefusesAPowerThatTheBatteryCannotCarryAtOnce) {
  PlausibilityCheck check;
  Reading spike = measured(morning, 0);
  spike.battery = watts(-16'801);  // 42 A at 400 V are 16.8 kW
  const PlausibilityCheck::Outcome outcome = check.judge(spike, profile);
  EXPECT_EQ(outcome.plausibility, Plausibility::implausible);
  EXPECT_NE(outcome.why.find("16801 W"), std::string::npos) << outcome.why;
  spike.battery = watts(-16'799);
  EXPECT_EQ(check.judge(spike, profile).plausibility, Plausibility::unchecked);
}

TEST(PlausibilityCheck, KeepsASpikeOutOfTheMean) {
  PlausibilityCheck check;
  for (int i = 0; i < 3; ++i) static_cast<void>(check.judge(measured(morning + i * 20s, 0), profile));
  Reading spike = measured(morning + 60s, 0);
  spike.battery = watts(60'000);
  EXPECT_EQ(check.judge(spike, profile).plausibility, Plausibility::implausible);
  EXPECT_EQ(check.judge(measured(morning + 80s, 0), profile).plausibility, Plausibility::plausible);
}

/// The inverter's own losses are in no meter: a whole day of a house with sun, load and a battery that is made to work
/// must not look implausible.
TEST(PlausibilityCheck, DoesNotTakeAnInvertersLossesForAnError) {
  plant::HouseOptions options;
  options.planes = {PvPlane{.peak = kilowatts(8)}};
  plant::House house(TimeZone::load("Europe/Warsaw").value(), options, morning);
  PlausibilityCheck check;
  int implausible = 0;
  for (int tick = 0; tick < 24 * 180; ++tick) {
    const Instant t = morning + tick * 20s;
    if (tick % 540 == 0) {
      plant::InverterSetting setting;
      setting.rule = tick % 1080 == 0 ? plant::Rule::charge : plant::Rule::discharge;
      setting.power = kilowatts(9);
      setting.discharge_stop = percent(10);
      house.set(setting);
    }
    house.advance_to(t);
    Reading reading;
    reading.time = t;
    reading.soc = house.pack().soc();
    reading.pv = house.flows().pv;
    reading.load = house.flows().load;
    reading.grid = house.flows().grid;
    reading.battery = house.flows().battery;
    reading.battery_voltage = house.pack().voltage_at(house.flows().battery);
    if (check.judge(reading, profile).plausibility == Plausibility::implausible) ++implausible;
  }
  EXPECT_EQ(implausible, 0);
}

}  // namespace
}  // namespace gridpilot
