#include "gridpilot/control/guard.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gridpilot::control {
namespace {

using namespace std::chrono_literals;

const Instant now = parse_rfc3339("2026-05-01T10:00:00Z").value();

struct Home {
  Battery battery{.max_charge = kilowatts(5), .max_discharge = kilowatts(5)};
  Site site{.import_limit = kilowatts(10), .export_limit = kilowatts(6)};
  Reading reading;
  bool clock_is_trusted = true;
  bool write_budget_left = true;

  Home() {
    reading.time = now - 20s;
    reading.soc = percent(50);
    reading.pv = watts(0);
    reading.load = watts(1000);
    reading.battery = watts(0);
    reading.grid = watts(1000);
  }
  [[nodiscard]] Guarded ask(Action action, double power_w, Soc stop_soc = percent(0)) const {
    if (action == Action::charge) stop_soc = percent(100);
    return guard({.action = action, .power = watts(power_w), .stop_soc = stop_soc},
                 {.now = now,
                  .reading = &reading,
                  .battery = battery,
                  .site = site,
                  .clock_is_trusted = clock_is_trusted,
                  .write_budget_left = write_budget_left});
  }
};

TEST(Guard, LeavesACommandWithinAllLimitsAlone) {
  const Guarded guarded = Home{}.ask(Action::charge, 4000);
  EXPECT_EQ(guarded.command.power, watts(4000));
  EXPECT_FALSE(guarded.bound_by);
}

TEST(Guard, FallsBackToSelfUseWithoutAFreshReading) {
  Home home;
  home.reading.time = now - 61s;
  EXPECT_EQ(home.ask(Action::charge, 4000).command.action, Action::self_use);
  EXPECT_EQ(home.ask(Action::charge, 4000).bound_by, "reading older than 60 s");
  const Guarded none =
      guard({.action = Action::hold}, {.now = now, .reading = nullptr, .battery = home.battery, .site = home.site});
  EXPECT_EQ(none.command.action, Action::self_use);
}

TEST(Guard, FallsBackToSelfUseWhenAnInputOfControlIsMissing) {
  Home home;
  home.reading.soc = std::nullopt;
  EXPECT_EQ(home.ask(Action::sell, 3000).command.action, Action::self_use);
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

TEST(Guard, KeepsTheFuseWhenTheHouseIsBusy) {
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

TEST(Guard, KeepsTheExportLimit) {
  Home home;
  home.reading.pv = watts(4000);
  const Guarded guarded = home.ask(Action::sell, 4000);
  EXPECT_EQ(guarded.command.power, watts(3000));
  EXPECT_EQ(guarded.bound_by, "export limit");
}

TEST(Guard, KeepsWhatTheBmsAllows) {
  Home home;
  home.reading.battery_voltage = volts(400);
  home.reading.battery_charge_limit = amperes(5);
  const Guarded guarded = home.ask(Action::charge, 4000);
  EXPECT_EQ(guarded.command.power, watts(2000));
  EXPECT_EQ(guarded.bound_by, "BMS charge current");
}

TEST(Guard, SellsNothingBelowTheReserve) {
  Home home;
  home.reading.soc = percent(10);
  EXPECT_EQ(home.ask(Action::sell, 4000).bound_by, "reserve of the battery");
}

TEST(Guard, NeverStopsSellingBelowTheReserve) {
  EXPECT_EQ(Home{}.ask(Action::sell, 1000, percent(5)).command.stop_soc, percent(10));
  EXPECT_EQ(Home{}.ask(Action::sell, 1000, percent(30)).command.stop_soc, percent(30));
}

RC_GTEST_PROP(Guard, NeverLetsTheHousePassItsLimits, ()) {
  Home home;
  home.reading.load = watts(*rc::gen::inRange(0, 12000));
  home.reading.pv = watts(*rc::gen::inRange(0, 12000));
  home.reading.soc = percent(*rc::gen::inRange(0, 101));
  const Power surplus = *home.reading.pv - *home.reading.load;
  const Power asked = watts(*rc::gen::inRange(0, 9000));
  const Guarded charging = guard({.action = Action::charge, .power = asked},
                                 {.now = now, .reading = &home.reading, .battery = home.battery, .site = home.site});
  if (charging.command.action == Action::charge) {
    RC_ASSERT(charging.command.power <= home.battery.max_charge);
    RC_ASSERT(charging.command.power - surplus <= home.site.import_limit);
  }
  const Guarded selling = guard({.action = Action::sell, .power = asked, .stop_soc = percent(10)},
                                {.now = now, .reading = &home.reading, .battery = home.battery, .site = home.site});
  if (selling.command.action == Action::sell) {
    RC_ASSERT(*home.reading.soc > home.battery.reserve);
    RC_ASSERT(selling.command.power + surplus <= home.site.export_limit);
  }
}

}  // namespace
}  // namespace gridpilot::control
