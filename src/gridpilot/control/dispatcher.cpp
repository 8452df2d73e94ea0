#include "gridpilot/control/dispatcher.hpp"

namespace gridpilot::control {

Command Dispatcher::steady(const Command& guarded, Ceiling ceiling) {
  Command command = guarded;
  bool moved = false;
  if (given_ && given_->action == guarded.action) {
    const Power change = guarded.power - given_->power;
    const bool is_cut = ceiling == Ceiling::binds && change < Power{};
    moved = change > least_power_change || change < -least_power_change;
    const bool follows = is_cut || (moved && moved_before_);
    if (!follows) command.power = given_->power;
    if (follows) moved = false;
  }
  moved_before_ = moved;
  given_ = command;
  return command;
}

void Dispatcher::forget() {
  given_.reset();
  moved_before_ = false;
}

}  // namespace gridpilot::control
