#pragma once

#include <optional>

#include "gridpilot/control/guard.hpp"
#include "gridpilot/domain/command.hpp"

namespace gridpilot::control {

/// Keeps set points steady: the power of an action, and the limit on what is fed in beside it, follow the plan only
/// when they have moved by more than `least_power_change` for two readings in a row. A different action passes at once,
/// and so does whatever a limit asks for: nothing that is kept exceeds what the guard allows now.
class Dispatcher {
 public:
  static constexpr Power least_power_change = watts(200);

  /// The command to give, for what passed the guard. Everything but the two powers always follows it.
  [[nodiscard]] Command steady(const Guarded& guarded);

  /// What was last given; absent before the first call and after forget().
  [[nodiscard]] const std::optional<Command>& present() const { return given_; }
  /// The device may be doing anything: nothing is kept.
  void forget();

 private:
  std::optional<Command> given_;
  bool moved_before_ = false;        ///< the power, at the reading before
  bool limit_moved_before_ = false;  ///< the same of the export limit
};

}  // namespace gridpilot::control
