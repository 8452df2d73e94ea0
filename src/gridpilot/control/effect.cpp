#include "gridpilot/control/effect.hpp"

namespace gridpilot::control {
namespace {

// Meter noise and an inverter's own consumption.
constexpr Power idle = watts(150);
// A battery above this state of charge may take much less than it is offered.
constexpr Soc taper_begins = percent(85);
constexpr Soc soc_step = percent(1);
// What must show of a set point: tapers, losses and limits of the BMS eat the rest.
constexpr double least_share = 0.5;

bool shows(const Command& command, Power battery, Soc soc) {
  switch (command.action) {
    case Action::self_use:
    case Action::curtail: return true;
    case Action::hold: return battery >= -idle;
    case Action::standby: return battery >= -idle && battery <= idle;
    case Action::charge:
      if (soc + soc_step >= command.stop_soc) return true;
      return battery >= command.power * least_share || (soc >= taper_begins && battery > Power{});
    case Action::sell: return soc - soc_step <= command.stop_soc || battery <= -(command.power * least_share);
  }
  return false;
}

}  // namespace

Verdict judge_effect(const Command& command, const Reading& reading, Seconds age) {
  if (!reading.battery || !reading.soc) return Verdict::pending;
  if (shows(command, *reading.battery, *reading.soc)) return Verdict::done;
  return age > settling_time ? Verdict::ignored : Verdict::pending;
}

}  // namespace gridpilot::control
