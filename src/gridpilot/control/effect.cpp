#include "gridpilot/control/effect.hpp"

#include <algorithm>

namespace gridpilot::control {
namespace {

// Meter noise and an inverter's own consumption.
constexpr Power idle = watts(150);
// A battery above this state of charge may take much less than it is offered.
constexpr Soc taper_begins = percent(85);
constexpr Soc soc_step = percent(1);
// What must show of a set point: tapers, losses and limits of the BMS eat the rest.
constexpr double least_share = 0.5;
// An inverter regulates what is fed in to this share of its limit.
constexpr double export_tolerance = 0.05;
// A deficit that the battery is sure to answer, and how far above the reserve.
constexpr Power clear_deficit = watts(500);
constexpr Soc well_above = percent(10);
// Self-use follows a moving load by some seconds, and meters differ.
constexpr double follows_within = 0.2;

/// Whether the battery does what the inverter's own rule makes of this sun and load.
bool follows_self_use(Power battery, Soc soc, const Reading& reading, Soc reserve) {
  if (!reading.pv || !reading.load) return true;
  const Power surplus = *reading.pv - *reading.load;
  const Power tolerance = std::max(idle * 2.0, std::max(surplus, -surplus) * follows_within);
  if (battery > std::max(surplus, Power{}) + tolerance) return false;  // hazard 6: it still charges from the grid
  if (battery < std::min(surplus, Power{}) - tolerance) return false;  // it still sells
  const bool must_give = surplus < -clear_deficit && soc > reserve + well_above;
  return !must_give || battery < -idle;  // hazard 7: it rests although it could give
}

bool shows(const Told& told, const Reading& reading) {
  const Command& command = told.command;
  const Power battery = *reading.battery;
  const Soc soc = *reading.soc;
  if (command.charging == Charging::blocked && battery > idle) return false;
  switch (command.action) {
    case Action::self_use:
    case Action::curtail:
      return !told.left || command.charging == Charging::blocked ||
             follows_self_use(battery, soc, reading, told.reserve);
    case Action::hold: return battery >= -idle;
    case Action::standby: return battery >= -idle && battery <= idle;
    case Action::charge:
      if (soc + soc_step >= command.stop_soc) return true;
      return battery >= command.power * least_share || (soc >= taper_begins && battery > Power{});
    case Action::sell: return soc - soc_step <= command.stop_soc || battery <= -(command.power * least_share);
  }
  return false;
}

bool keeps_export_limit(const Command& command, const Reading& reading) {
  if (!command.export_limit) return true;
  const Power tolerance = std::max(idle, *command.export_limit * export_tolerance);
  return -*reading.grid <= *command.export_limit + tolerance;
}

}  // namespace

Verdict judge_effect(const Told& told, const Reading& reading) {
  // A unit without battery is judged by what it feeds in alone.
  const bool is_about_battery = told.command.action != Action::curtail || reading.battery;
  if (is_about_battery && (!reading.battery || !reading.soc)) return Verdict::pending;
  if (told.command.export_limit && !reading.grid) return Verdict::pending;
  if (keeps_export_limit(told.command, reading) && (!is_about_battery || shows(told, reading))) return Verdict::done;
  return told.age > settling_time ? Verdict::ignored : Verdict::pending;
}

}  // namespace gridpilot::control
