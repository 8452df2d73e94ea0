#include "gridpilot/domain/command.hpp"
#include "gridpilot/domain/outlook.hpp"

namespace gridpilot {

std::string_view name_of(Action action) noexcept {
  switch (action) {
    case Action::self_use: return "self_use";
    case Action::hold: return "hold";
    case Action::charge: return "charge";
    case Action::sell: return "sell";
    case Action::curtail: return "curtail";
    case Action::standby: return "standby";
  }
  return "";
}

std::optional<Action> action_named(std::string_view name) noexcept {
  for (const Action action : all_actions)
    if (name_of(action) == name) return action;
  return std::nullopt;
}

std::string_view name_of(ControlMode mode) noexcept {
  return mode == ControlMode::active ? "active" : "observe";
}

std::string_view name_of(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::done: return "done";
    case Verdict::pending: return "pending";
    case Verdict::ignored: return "ignored";
    case Verdict::overridden: return "overridden";
    case Verdict::not_sent: return "not_sent";
  }
  return "";
}

std::string_view name_of(Origin origin) noexcept {
  switch (origin) {
    case Origin::published: return "published";
    case Origin::recent_days: return "recent_days";
    case Origin::standard_profile: return "standard_profile";
    case Origin::clear_sky: return "clear_sky";
    case Origin::weather: return "weather";
    case Origin::service: return "service";
  }
  return "";
}

}  // namespace gridpilot
