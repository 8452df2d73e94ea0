#include "gridpilot/control/dispatcher.hpp"

namespace gridpilot::control {

Command Dispatcher::steady(const Command& decided) {
  Command command = decided;
  if (given_ && given_->action == decided.action) {
    const Power change = decided.power - given_->power;
    const bool moved = change > least_power_change || change < -least_power_change;
    const bool follows = moved && moved_before_;
    if (!follows) command.power = given_->power;
    moved_before_ = moved && !follows;
  } else {
    moved_before_ = false;
  }
  given_ = command;
  return command;
}

void Dispatcher::forget() {
  given_.reset();
  moved_before_ = false;
}

}  // namespace gridpilot::control
