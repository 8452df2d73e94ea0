#include "gridpilot/control/dispatcher.hpp"

namespace gridpilot::control {
namespace {

bool differs(Power a, Power b) {
  return a - b > Dispatcher::least_power_change || b - a > Dispatcher::least_power_change;
}

}  // namespace

Command Dispatcher::steady(const Guarded& guarded) {
  Command command = guarded.command;
  bool moved = false;
  bool limit_moved = false;
  if (given_ && given_->action == command.action) {
    const bool is_cut = (guarded.bound_by && command.power < given_->power) || given_->power > guarded.most;
    moved = differs(command.power, given_->power);
    if (is_cut || (moved && moved_before_))
      moved = false;
    else
      command.power = given_->power;
    if (command.export_limit && given_->export_limit) {
      limit_moved = differs(*command.export_limit, *given_->export_limit);
      // Down to nothing at all is meant so: every watt of a negative price costs.
      const bool is_stop = *command.export_limit == Power{};
      if (is_stop || (limit_moved && limit_moved_before_))
        limit_moved = false;
      else
        command.export_limit = given_->export_limit;
    }
  }
  moved_before_ = moved;
  limit_moved_before_ = limit_moved;
  given_ = command;
  return command;
}

void Dispatcher::forget() {
  given_.reset();
  moved_before_ = false;
  limit_moved_before_ = false;
}

}  // namespace gridpilot::control
