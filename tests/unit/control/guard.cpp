#include "gridpilot/control/guard.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "unit/control/guarded_home.hpp"

namespace gridpilot::control {
namespace {

using namespace std::chrono_literals;

TEST(Guard, LeavesACommandWithinAllLimitsAlone) {
  Home home;
  const Guarded guarded = home.ask(Action::charge, 4000);
  EXPECT_EQ(guarded.command.power, watts(4000));
  EXPECT_EQ(guarded.command.priority, Priority::plan);
  EXPECT_FALSE(guarded.bound_by);
  EXPECT_FALSE(home.own_rule().bound_by);
}

TEST(Guard, FallsBackToSelfUseWithoutAFreshReading) {
  Home home;
  home.reading.time = start - 61s;
  EXPECT_EQ(home.ask(Action::charge, 4000).command.action, Action::self_use);
  EXPECT_EQ(home.ask(Action::charge, 4000).bound_by, "reading older than 60 s");
  GuardInput none = home.input();
  none.reading = nullptr;
  EXPECT_EQ(home.guard.check({.action = Action::hold}, none).bound_by, "no reading of the inverter yet");
}

TEST(Guard, ForcesNothingWithoutABatteryProfile) {
  Home home;
  home.profile = nullptr;
  for (const Action action : all_actions) {
    const Guarded guarded = home.ask(action, 3000);
    EXPECT_EQ(guarded.command.action, Action::self_use);
    if (action != Action::self_use) {
      EXPECT_EQ(guarded.bound_by, "no battery profile");
    }
  }
  home.reading.battery_alarms = 1;
  EXPECT_EQ(home.own_rule().command.action, Action::self_use);
}

TEST(Guard, TakesAValueThatShouldBeThereAndIsNotForUnsafe) {
  const auto without = [](auto take_away) {
    Home home;
    take_away(home.reading);
    return home.ask(Action::hold, 0);
  };
  EXPECT_EQ(without([](Reading& r) { r.soc = std::nullopt; }).command.action, Action::self_use);
  EXPECT_EQ(without([](Reading& r) { r.battery_temperature = std::nullopt; }).bound_by,
            "reading without battery temperature");
  EXPECT_EQ(without([](Reading& r) { r.battery_voltage = std::nullopt; }).bound_by, "reading without battery voltage");
  EXPECT_EQ(without([](Reading& r) { r.grid_voltage_l3 = std::nullopt; }).bound_by, "reading without grid voltage");
  EXPECT_EQ(without([](Reading& r) { r.battery_charge_limit = std::nullopt; }).bound_by,
            "reading without the BMS's current limits");
}

TEST(Guard, ForcesNothingOnAReadingWithEndlessValues) {
  Home home;
  home.reading.pv = home.reading.load = watts(std::numeric_limits<double>::infinity());
  const Guarded guarded = home.ask({.action = Action::sell, .power = kilowatts(3), .stop_soc = percent(20)});
  EXPECT_EQ(guarded.command.action, Action::self_use);
  EXPECT_EQ(guarded.bound_by, "reading with a value that is no finite number");
}

TEST(Guard, DoesNotMissWhatTheUnitDoesNotMeasure) {
  Home home;
  home.measures = {.battery_voltage = false,
                   .battery_temperature = false,
                   .battery_limits = false,
                   .grid_phases = 0,
                   .grid_voltages = 1};
  home.reading.battery_temperature = std::nullopt;
  home.reading.battery_voltage = std::nullopt;
  home.reading.battery_charge_limit = home.reading.battery_discharge_limit = std::nullopt;
  home.reading.grid_voltage_l2 = home.reading.grid_voltage_l3 = std::nullopt;
  EXPECT_EQ(home.ask(Action::charge, 4000).command.power, watts(4000));
}

TEST(Guard, LimitsWhatAUnitWithoutBatteryFeedsIn) {
  Home sun_only;
  sun_only.profile = nullptr;
  sun_only.actions = {Action::self_use, Action::curtail};
  sun_only.measures = {.state_of_charge = false,
                       .battery_voltage = false,
                       .battery_temperature = false,
                       .battery_limits = false,
                       .grid_phases = 0};
  sun_only.reading.soc = std::nullopt;
  sun_only.reading.battery = std::nullopt;
  EXPECT_EQ(sun_only.ask({.action = Action::curtail, .export_limit = watts(500)}).command.action, Action::curtail);
}

TEST(Guard, ForcesNothingOnAReadingThatContradictsItself) {
  Home home;
  home.reading.plausibility = Plausibility::implausible;
  EXPECT_EQ(home.ask(Action::sell, 3000).bound_by, "reading contradicts itself");
}

TEST(Guard, ForcesNothingOnAClockThatIsNotTrusted) {
  Home home;
  home.clock_is_trusted = false;
  EXPECT_EQ(home.ask(Action::charge, 4000).bound_by, "host clock not trusted");
}

TEST(Guard, ForcesNothingOnceTheWriteBudgetIsSpent) {
  Home home;
  home.write_budget_left = false;
  EXPECT_EQ(home.ask(Action::hold, 0).command.action, Action::self_use);
}

TEST(Guard, ForcesNothingThatTheUnitCannot) {
  Home home;
  home.actions = {Action::self_use, Action::hold};
  EXPECT_EQ(home.ask(Action::sell, 3000).bound_by, "the inverter cannot sell");
}

TEST(Guard, StandsStillInEveryEmergencyAndSaysWhich) {
  struct Case {
    const char* limit;
    void (*happen)(Reading&);
  };
  const std::array cases{
      Case{"battery alarm of the BMS", [](Reading& r) { r.battery_alarms = 4; }},
      Case{"battery too hot (above 53 °C)", [](Reading& r) { r.battery_temperature = celsius(53.1); }},
      Case{"battery too cold to discharge (below -20 °C)", [](Reading& r) { r.battery_temperature = celsius(-20.1); }},
      Case{"battery voltage (not 320 to 480 V)", [](Reading& r) { r.battery_voltage = volts(319.9); }},
      Case{"battery voltage (not 320 to 480 V)", [](Reading& r) { r.battery_voltage = volts(480.1); }},
      Case{"grid voltage (not 200 to 253 V)", [](Reading& r) { r.grid_voltage_l2 = volts(253.1); }},
      Case{"grid voltage (not 200 to 253 V)", [](Reading& r) { r.grid_voltage_l3 = volts(199.9); }},
  };
  for (const Case& one : cases) {
    Home home;
    one.happen(home.reading);
    const Guarded guarded = home.ask(Action::charge, 3000);
    EXPECT_EQ(guarded.command.action, Action::standby) << one.limit;
    EXPECT_EQ(guarded.command.priority, Priority::safety) << one.limit;
    EXPECT_EQ(guarded.bound_by, one.limit);
    home.actions = {Action::self_use, Action::charge};
    EXPECT_EQ(home.ask(Action::charge, 3000).command.action, Action::self_use) << one.limit;
  }
}

TEST(Guard, AllowsTheLimitsThemselves) {
  Home home;
  home.reading.battery_temperature = celsius(53);
  home.reading.battery_voltage = volts(480);
  home.reading.grid_voltage_l1 = volts(253);
  home.reading.grid_voltage_l2 = volts(200);
  EXPECT_EQ(home.ask(Action::hold, 0).command.action, Action::hold);
}

TEST(Guard, GoesBeforeTheWriteBudgetAndTheClockInAnEmergency) {
  Home home;
  home.reading.battery_alarms = 1;
  home.write_budget_left = false;
  home.clock_is_trusted = false;
  EXPECT_EQ(home.ask(Action::charge, 3000).command.action, Action::standby);
}

TEST(Guard, NamesTheFirstOfSeveralEmergencies) {
  Home home;
  home.reading.grid_voltage_l1 = volts(260);
  home.reading.battery_temperature = celsius(60);
  EXPECT_EQ(home.own_rule().bound_by, "battery too hot (above 53 °C)");
  home.reading.battery_alarms = 1;
  EXPECT_EQ(home.own_rule().bound_by, "battery alarm of the BMS");
}

TEST(Guard, BlocksChargingWhereItIsTooColdForIt) {
  Home home;
  home.reading.battery_temperature = celsius(-0.1);
  const Guarded charging = home.ask(Action::charge, 3000);
  EXPECT_EQ(charging.command.action, Action::self_use);
  EXPECT_EQ(charging.command.charging, Charging::blocked);
  EXPECT_EQ(charging.command.priority, Priority::safety);
  EXPECT_EQ(charging.bound_by, "battery too cold to charge (below 0 °C)");
  EXPECT_EQ(home.ask(Action::sell, 3000).command.action, Action::sell);
  EXPECT_EQ(home.own_rule().command.charging, Charging::blocked);
  home.can_block_charging = false;
  EXPECT_EQ(home.own_rule().command.action, Action::standby);
}

TEST(Guard, StaysInAnEmergencyUntilAMinuteWellWithinTheLimits) {
  Home home;
  home.reading.battery_temperature = celsius(53.1);
  ASSERT_EQ(home.own_rule().command.action, Action::standby);
  home.reading.battery_temperature = celsius(51.5);  // within 2 K of the limit
  for (int i = 0; i < 30; ++i) {
    home.pass(20s);
    EXPECT_EQ(home.own_rule().command.action, Action::standby);
  }
  home.reading.battery_temperature = celsius(51);
  for (int i = 0; i < 3; ++i) {
    home.pass(20s);
    EXPECT_EQ(home.own_rule().command.action, Action::standby) << i;
  }
  home.pass(20s);
  EXPECT_EQ(home.own_rule().command.action, Action::self_use);
}

TEST(Guard, BeginsTheSteadyMinuteAnewAfterAReadingThatIsMissingOrWrong) {
  Home home;
  home.reading.battery_voltage = volts(490);
  static_cast<void>(home.own_rule());
  home.reading.battery_voltage = volts(470);
  home.pass(20s);
  static_cast<void>(home.own_rule());
  home.now += 61s;  // no reading comes
  EXPECT_EQ(home.own_rule().command.action, Action::standby);
  home.reading.time = home.now;
  EXPECT_EQ(home.own_rule().command.action, Action::standby);
  home.pass(60s);
  EXPECT_EQ(home.own_rule().command.action, Action::self_use);
}

TEST(Guard, LeavesTheBatteryToTheHouseWhenThereIsNoGrid) {
  Home home;
  home.reading.grid_voltage_l1 = home.reading.grid_voltage_l2 = home.reading.grid_voltage_l3 = volts(190);
  ASSERT_EQ(home.own_rule().command.action, Action::standby);
  home.reading.grid_voltage_l1 = home.reading.grid_voltage_l2 = home.reading.grid_voltage_l3 = volts(0);
  EXPECT_EQ(home.own_rule().command.action, Action::self_use);
  EXPECT_EQ(home.ask(Action::hold, 0).bound_by, "no grid");
}

TEST(Guard, KeepsTheImportLimitWhenTheHouseIsBusy) {
  Home home;
  home.reading.load = watts(7250);
  const Guarded guarded = home.ask(Action::charge, 4000);
  EXPECT_EQ(guarded.command.power, watts(2700));
  EXPECT_EQ(guarded.bound_by, "import limit");
}

TEST(Guard, HoldsWhenNoStepOfChargingIsLeft) {
  Home home;
  home.reading.load = watts(9950);
  EXPECT_EQ(home.ask(Action::charge, 4000).command.action, Action::hold);
}

TEST(Guard, LeavesTheFullestPhaseRoomBelowItsFuse) {
  Home home;
  home.site.fuse = amperes(25);
  home.site.import_limit = kilowatts(17);
  home.reading.load = watts(6000);
  home.reading.grid_current_l1 = amperes(20);
  home.reading.grid_current_l2 = amperes(3);
  home.reading.grid_current_l3 = amperes(3);
  // 25 A less 1 A kept free less 20 A, at 230 V on each of three phases: 2760 W.
  const Guarded guarded = home.ask(Action::charge, 4000);
  EXPECT_EQ(guarded.command.power, watts(2700));
  EXPECT_EQ(guarded.bound_by, "house fuse");
  // What the battery takes already is in the currents.
  home.reading.battery = watts(1500);
  EXPECT_EQ(home.ask(Action::charge, 4500).command.power, watts(4200));
}

TEST(Guard, KnowsAPhaseByItsPowerWhereItsCurrentIsNotMeasured) {
  Home home;
  home.site.fuse = amperes(16);
  home.reading.grid_current_l1 = std::nullopt;
  home.reading.grid_l1 = watts(2990);
  EXPECT_EQ(home.ask(Action::charge, 4000).command.power, watts(1300));  // (15 A × 230 V − 2990 W) × 3 = 1380 W
  home.reading.grid_l1 = std::nullopt;
  EXPECT_EQ(home.ask(Action::charge, 4000).command.action, Action::hold);
}

TEST(Guard, TakesTheHouseForOnePhaseWhereNoneIsMeasured) {
  Home home;
  home.site.fuse = amperes(16);
  home.measures.grid_phases = 0;
  EXPECT_EQ(home.ask(Action::charge, 4000).command.power, watts(2400));  // 15 A × 230 V − 1000 W
}

TEST(Guard, KeepsTheExportLimit) {
  Home home;
  home.reading.pv = watts(4000);
  const Guarded guarded = home.ask(Action::sell, 4000);
  EXPECT_EQ(guarded.command.power, watts(3000));
  EXPECT_EQ(guarded.bound_by, "export limit");
}

TEST(Guard, LimitsWhatIsFedInWhileSelling) {
  Home home;
  EXPECT_EQ(home.ask(Action::sell, 2000).command.export_limit, kilowatts(6));
  EXPECT_EQ(home.ask({.action = Action::sell, .power = watts(2000), .stop_soc = percent(0), .export_limit = watts(500)})
                .command.export_limit,
            watts(500));
  home.can_limit_export = false;
  EXPECT_EQ(home.ask(Action::sell, 2000).command.export_limit, std::nullopt);
}

TEST(Guard, KeepsWhatTheBmsAllows) {
  Home home;
  home.reading.battery_voltage = volts(400);
  home.reading.battery_charge_limit = amperes(5);
  const Guarded guarded = home.ask(Action::charge, 4000);
  EXPECT_EQ(guarded.command.power, watts(2000));
  EXPECT_EQ(guarded.bound_by, "BMS charge current");
}

TEST(Guard, KeepsTheCurrentOfTheProfileWhenTheBmsAllowsMore) {
  Home home;
  home.battery.max_charge = home.battery.max_discharge = kilowatts(20);
  home.site.import_limit = home.site.export_limit = kilowatts(40);
  home.reading.battery_voltage = volts(400);
  home.reading.battery_charge_limit = home.reading.battery_discharge_limit = amperes(50);
  EXPECT_EQ(home.ask(Action::charge, 20'000).command.power, watts(12'800));
  EXPECT_EQ(home.ask(Action::sell, 20'000).bound_by, "current of the battery profile");
}

TEST(Guard, SellsNothingBelowTheReserve) {
  Home home;
  home.reading.soc = percent(10);
  EXPECT_EQ(home.ask(Action::sell, 4000).bound_by, "reserve of the battery");
}

TEST(Guard, NeverStopsSellingBelowTheReserve) {
  Home home;
  EXPECT_EQ(home.ask(Action::sell, 1000, percent(5)).command.stop_soc, percent(10));
  EXPECT_EQ(home.ask(Action::sell, 1000, percent(30)).command.stop_soc, percent(30));
}

TEST(Guard, ChargesAVeryLowBatteryGentlyUntilItHasRecovered) {
  Home home;
  home.write_budget_left = false;
  home.reading.soc = percent(5);
  const Guarded guarded = home.own_rule();
  EXPECT_EQ(guarded.command.action, Action::charge);
  EXPECT_EQ(guarded.command.power, kilowatts(1));
  EXPECT_EQ(guarded.command.stop_soc, percent(8));
  EXPECT_EQ(guarded.command.priority, Priority::safety);
  EXPECT_EQ(guarded.bound_by, "very low state of charge");
  home.reading.soc = percent(7);
  EXPECT_EQ(home.own_rule().command.action, Action::charge);
  home.reading.soc = percent(8);
  EXPECT_EQ(home.own_rule().command.action, Action::self_use);
  home.reading.soc = percent(7);
  EXPECT_EQ(home.own_rule().command.action, Action::self_use);
}

TEST(Guard, LiftsNoSafetyLimitForAVeryLowBattery) {
  Home home;
  home.reading.soc = percent(3);
  home.reading.load = watts(9700);
  EXPECT_EQ(home.own_rule().command.power, watts(300));
  EXPECT_EQ(home.own_rule().bound_by, "very low state of charge; import limit");
  home.reading.battery_temperature = celsius(-5);
  EXPECT_NE(home.own_rule().command.action, Action::charge);
  home.reading.battery_alarms = 1;
  EXPECT_EQ(home.own_rule().command.action, Action::standby);
}

TEST(Guard, LeavesAVeryLowBatteryToTheSunWhereTheGridMayNotCharge) {
  Home home;
  home.reading.soc = percent(3);
  home.site.grid_charging = false;
  EXPECT_EQ(home.own_rule().command.action, Action::self_use);
}

TEST(Guard, WarnsOfAWarmBattery) {
  Home home;
  EXPECT_FALSE(warning_of(home.reading, hv()));
  home.reading.battery_temperature = celsius(50);
  EXPECT_TRUE(warning_of(home.reading, hv()));
}

}  // namespace
}  // namespace gridpilot::control
