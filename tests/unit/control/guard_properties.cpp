#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <utility>

#include "unit/control/guarded_home.hpp"

namespace gridpilot::control {
namespace {

using namespace std::chrono_literals;

template <class Q>
Measured<Q> perhaps(int least, int most) {
  if (*rc::gen::inRange(0, 40) == 0) return std::nullopt;
  if (*rc::gen::inRange(0, 80) == 0) return Q::from_raw(std::numeric_limits<double>::infinity());
  return Q::from_raw(*rc::gen::inRange(least, most));
}

void shake(Reading& r) {
  r.soc = perhaps<Soc>(0, 101);
  r.pv = perhaps<Power>(0, 12'000);
  r.load = perhaps<Power>(0, 15'000);
  r.grid = perhaps<Power>(-12'000, 15'000);
  r.battery = perhaps<Power>(-10'000, 10'000);
  r.battery_voltage = perhaps<Voltage>(315, 485);
  r.battery_temperature = perhaps<Temperature>(-22, 56);
  r.battery_charge_limit = perhaps<Current>(0, 40);
  r.battery_discharge_limit = perhaps<Current>(0, 40);
  r.grid_voltage_l1 = perhaps<Voltage>(199, 255);
  r.grid_voltage_l2 = perhaps<Voltage>(199, 255);
  r.grid_voltage_l3 = perhaps<Voltage>(199, 255);
  r.grid_current_l1 = perhaps<Current>(-20, 30);
  r.grid_current_l2 = perhaps<Current>(-20, 30);
  r.grid_current_l3 = perhaps<Current>(-20, 30);
  r.battery_alarms = *rc::gen::inRange(0, 20) == 0 ? 1 : 0;
}

Command any_command() {
  Command command{.action = *rc::gen::elementOf(std::vector<Action>(all_actions.begin(), all_actions.end())),
                  .power = watts(*rc::gen::inRange(0, 20'000)),
                  .stop_soc = percent(*rc::gen::inRange(0, 101))};
  if (*rc::gen::arbitrary<bool>()) command.export_limit = watts(*rc::gen::inRange(0, 12'000));
  return command;
}

bool is_outside(Measured<Voltage> value, double least, double most) {
  return value && (*value < volts(least) || *value > volts(most));
}

bool must_stand_still(const Reading& r) {
  return r.battery_alarms != 0 ||
         (r.battery_temperature && (*r.battery_temperature > celsius(53) || *r.battery_temperature < celsius(-20))) ||
         is_outside(r.battery_voltage, 320, 480) || is_outside(r.grid_voltage_l1, 200, 253) ||
         is_outside(r.grid_voltage_l2, 200, 253) || is_outside(r.grid_voltage_l3, 200, 253);
}

void check_charge(const Home& home, const Command& command) {
  const Reading& r = home.reading;
  RC_ASSERT(command.power <= home.battery.max_charge);
  RC_ASSERT(command.power <= *r.battery_voltage * std::min(amperes(32), *r.battery_charge_limit));
  RC_ASSERT(command.power + *r.load - *r.pv <= home.site.import_limit);
  RC_ASSERT(*r.battery_temperature >= celsius(0));
  const Power more_per_phase = (command.power - *r.battery) / 3.0;
  if (home.site.fuse)
    for (const auto& [current, voltage] :
         {std::pair(r.grid_current_l1, r.grid_voltage_l1), std::pair(r.grid_current_l2, r.grid_voltage_l2),
          std::pair(r.grid_current_l3, r.grid_voltage_l3)})
      if (current) RC_ASSERT(*voltage * *current + more_per_phase <= *voltage * *home.site.fuse + watts(1));
}

void check_sale(const Home& home, const Command& command) {
  const Reading& r = home.reading;
  RC_ASSERT(command.power <= home.battery.max_discharge);
  RC_ASSERT(command.power <= *r.battery_voltage * std::min(amperes(32), *r.battery_discharge_limit));
  RC_ASSERT(command.power + *r.pv - *r.load <= home.site.export_limit);
  RC_ASSERT(*r.soc > home.battery.reserve);
}

RC_GTEST_PROP(Guard, BreaksNoSafetyLimitWhateverTheInput, ()) {
  Home home;
  if (*rc::gen::inRange(0, 8) == 0) home.profile = nullptr;
  if (*rc::gen::arbitrary<bool>()) home.site.fuse = amperes(*rc::gen::inRange(10, 40));
  home.can_block_charging = *rc::gen::arbitrary<bool>();
  home.can_limit_export = *rc::gen::arbitrary<bool>();
  for (int step = 0; step < 25; ++step) {
    if (*rc::gen::inRange(0, 4) == 0) home.guard = Guard();  // emergencies last: else hardly anything else is seen
    home.now += Seconds(*rc::gen::inRange(1, 90));
    if (*rc::gen::inRange(0, 5) != 0) {
      shake(home.reading);
      home.reading.time = home.now - Seconds(*rc::gen::inRange(0, 70));
    }
    home.clock_is_trusted = *rc::gen::inRange(0, 6) != 0;
    home.write_budget_left = *rc::gen::inRange(0, 6) != 0;
    const Command wanted = any_command();
    const Guarded guarded = home.ask(wanted);
    const Command& command = guarded.command;
    if (!(command == wanted))
      RC_ASSERT(guarded.bound_by || command.export_limit != wanted.export_limit || command.stop_soc != wanted.stop_soc);
    if (home.profile == nullptr) {
      RC_ASSERT(command.action == Action::self_use);
      continue;
    }
    const bool is_fresh = home.now - home.reading.time <= oldest_reading;
    if (is_fresh && must_stand_still(home.reading)) RC_ASSERT(command.action == Action::standby);
    if (!is_fresh) RC_ASSERT(command.action == Action::standby || command.action == Action::self_use);
    if (command.action == Action::charge) check_charge(home, command);
    if (command.action == Action::sell) check_sale(home, command);
    if (command.charging == Charging::blocked) RC_ASSERT(home.can_block_charging);
    if (command.export_limit) RC_ASSERT(home.can_limit_export);
  }
}

/// An emergency that comes and goes at every reading is one emergency, however the values dance about its limit.
RC_GTEST_PROP(Guard, DoesNotChatterAboutALimit, ()) {
  Home home;
  bool was_still = false;
  for (int step = 0; step < 60; ++step) {
    home.pass(20s);
    home.reading.battery_temperature = celsius(51.5 + *rc::gen::inRange(0, 30) / 10.0);
    home.reading.grid_voltage_l1 = volts(251.5 + *rc::gen::inRange(0, 30) / 10.0);
    const bool is_still = home.own_rule().command.action == Action::standby;
    RC_ASSERT(!was_still || is_still);
    was_still = is_still;
  }
}

}  // namespace
}  // namespace gridpilot::control
