#pragma once

#include <optional>

#include "gridpilot/domain/command.hpp"

namespace gridpilot::control {

/// Whether a limit cut the power of a command: cuts pass at once, whatever steadiness would say.
enum class Ceiling { none, binds };

/// Keeps set points steady: the power of an action follows the plan only when it has moved by more than
/// `least_power_change` for two readings in a row. A different action passes at once, and so does a cut by a limit.
class Dispatcher {
 public:
  static constexpr Power least_power_change = watts(200);

  /// The command to give, for the one that passed the guard. `until` and stop SoC always follow it.
  [[nodiscard]] Command steady(const Command& guarded, Ceiling ceiling);

  /// What was last given; absent before the first call and after forget().
  [[nodiscard]] const std::optional<Command>& present() const { return given_; }
  /// The device may be doing anything: nothing is kept.
  void forget();

 private:
  std::optional<Command> given_;
  bool moved_before_ = false;
};

}  // namespace gridpilot::control
