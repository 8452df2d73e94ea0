#include "gridpilot/plant/house.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace gridpilot::plant {
namespace {

using namespace std::chrono_literals;

TimeZone warsaw() {
  return TimeZone::load("Europe/Warsaw").value();
}

const Instant spring = std::chrono::sys_days(2026y / 4 / 10);

House house(std::uint64_t seed = 1, Soc soc = percent(50)) {
  HouseOptions options;
  options.seed = seed;
  options.initial_soc = soc;
  options.planes = {PvPlane{.peak = kilowatts(4), .azimuth_degrees = 120},
                    PvPlane{.peak = kilowatts(4), .azimuth_degrees = 240}};
  return House(warsaw(), options, spring);
}

InverterSetting any_setting() {
  InverterSetting setting;
  setting.rule = *rc::gen::element(Rule::self_use, Rule::charge, Rule::discharge, Rule::charge_from_pv, Rule::standby,
                                   Rule::import_at_ac, Rule::export_at_ac);
  setting.power = watts(static_cast<double>(*rc::gen::inRange(0, 12'000)));
  setting.discharge_stop = percent(static_cast<double>(*rc::gen::inRange(0, 30)));
  setting.charge_stop = percent(static_cast<double>(*rc::gen::inRange(70, 101)));
  if (*rc::gen::arbitrary<bool>()) setting.charge_limit = amperes(static_cast<double>(*rc::gen::inRange(0, 30)));
  if (*rc::gen::arbitrary<bool>()) setting.export_limit = watts(static_cast<double>(*rc::gen::inRange(0, 8'000)));
  return setting;
}

RC_GTEST_PROP(HouseLife, KeepsEnergyAndBounds, ()) {
  House home = house(*rc::gen::arbitrary<std::uint64_t>(), percent(static_cast<double>(*rc::gen::inRange(10, 101))));
  const Energy before = home.pack().stored();
  Instant t = spring;
  for (int i = 0; i < 20; ++i) {
    home.set(any_setting());
    t += Seconds(*rc::gen::inRange(1, 5000));
    home.advance_to(t);
    RC_ASSERT(home.pack().soc() >= percent(0));
    RC_ASSERT(home.pack().soc() <= percent(100));
    const Flows& f = home.flows();
    RC_ASSERT(std::abs(in_watts(f.grid + f.pv - f.load - f.battery - f.losses)) < 1e-6);
    RC_ASSERT(f.battery <= charge_taper(home.pack().soc(), home.options().pack.max_charge) + watts(1e-6));
    if (home.setting().export_limit) RC_ASSERT(f.grid >= -*home.setting().export_limit - watts(1e-6));
    if (home.setting().charge_limit)
      RC_ASSERT(f.battery <= *home.setting().charge_limit * home.pack().open_circuit_voltage() + watts(1e-6));
  }
  const Counters& c = home.totals();
  const Energy balance = c.grid_import - c.grid_export + c.pv - c.load - c.charge + c.discharge - c.losses;
  RC_ASSERT(std::abs(in_watt_hours(balance)) < 1e-3);
  const Energy stored = before + c.charge * 0.975 - c.discharge / 0.975 - home.pack().standing_loss();
  RC_ASSERT(std::abs(in_watt_hours(home.pack().stored() - stored)) < 1e-3);
}

TEST(HouseLife, IsTheSameHoweverOftenItIsLookedAt) {
  House once = house();
  House often = house();
  once.advance_to(spring + 24h);
  for (int i = 1; i <= 24 * 360; ++i) often.advance_to(spring + i * 10s);
  EXPECT_NEAR(in_watt_hours(once.pack().stored()), in_watt_hours(often.pack().stored()), 1.0);
  EXPECT_NEAR(in_watt_hours(once.totals().load), in_watt_hours(often.totals().load), 1e-6);
}

TEST(HouseWithoutBattery, LivesFromPvAndTheGridAlone) {
  HouseOptions options;
  options.has_battery = false;
  House home(warsaw(), options, spring);
  const Energy stored = home.pack().stored();
  for (Instant t = spring; t < spring + 24h; t += 15min) {
    // Even an order to charge finds nothing that could.
    home.set({.rule = t < spring + 12h ? Rule::self_use : Rule::charge, .power = kilowatts(3)});
    home.advance_to(t);
    EXPECT_EQ(home.flows().battery, watts(0));
    const Flows& f = home.flows();
    EXPECT_NEAR(in_watts(f.grid + f.pv - f.load - f.losses), 0.0, 1e-6);
  }
  EXPECT_GT(home.totals().pv, kilowatt_hours(5));
  EXPECT_EQ(home.totals().charge + home.totals().discharge, kilowatt_hours(0));
  EXPECT_EQ(home.pack().stored(), stored);
}

TEST(HouseLife, StopsAtTheFloorAndAtTheCeiling) {
  House home = house(1, percent(40));
  home.set({.rule = Rule::discharge, .power = kilowatts(5), .discharge_stop = percent(20)});
  home.advance_to(spring + 3h);
  EXPECT_NEAR(in_percent(home.pack().soc()), 20.0, 0.3);
  home.set({.rule = Rule::charge, .power = kilowatts(5), .charge_stop = percent(80)});
  home.advance_to(spring + 7h);
  EXPECT_NEAR(in_percent(home.pack().soc()), 80.0, 0.3);
}

TEST(HouseLife, ObeysTheInvertersDischargeCurrent) {
  House home = house(1, percent(80));
  home.set({.rule = Rule::discharge, .power = kilowatts(5), .discharge_limit = amperes(0)});
  EXPECT_EQ(home.flows().battery, watts(0));
}

TEST(HouseLife, CountsTheDayFromLocalMidnight) {
  House home = house();
  const Instant midnight = warsaw().start_of_day(2026y / 4 / 11);
  home.advance_to(midnight - 20s);
  EXPECT_GT(home.today().load, kilowatt_hours(4));
  home.advance_to(midnight + 20s);
  EXPECT_LT(home.today().load, kilowatt_hours(0.2));
  EXPECT_GT(home.totals().load, kilowatt_hours(4));
}

TEST(HouseLife, GoesOnFromARecord) {
  HouseOptions options;
  options.initial_totals.pv = kilowatt_hours(1234);
  House home(warsaw(), options, spring);
  home.set_soc(percent(73));
  EXPECT_NEAR(in_percent(home.pack().soc()), 73.0, 1e-9);
  EXPECT_EQ(home.totals().pv, kilowatt_hours(1234));
}

TEST(HouseOptions, TakeTheInvertersLossesOutOfTheBatterys) {
  const HouseOptions options = HouseOptions::of(Site{}, Battery{});
  EXPECT_NEAR(options.pack.charge_efficiency * options.inverter.efficiency, 0.95, 1e-12);
  EXPECT_GT(options.pack.max_charge, kilowatts(5));
}

}  // namespace
}  // namespace gridpilot::plant
