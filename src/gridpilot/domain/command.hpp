#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/time.hpp"
#include "gridpilot/core/units.hpp"

namespace gridpilot {

enum class Action {
  self_use,  ///< the inverter's own rule: PV to load, surplus to battery, battery to load
  hold,      ///< the battery does not discharge; all PV goes into it first, and the grid feeds the load
  charge,    ///< charge at `power`, PV first and the rest from the grid, up to `stop_soc`
  sell,      ///< discharge at `power`, load first and the rest to the grid, down to `stop_soc`
  curtail,   ///< PV throttled
  standby,   ///< the battery neither charges nor discharges
};
inline constexpr std::array all_actions{Action::self_use, Action::hold,    Action::charge,
                                        Action::sell,     Action::curtail, Action::standby};
[[nodiscard]] std::string_view name_of(Action action) noexcept;
[[nodiscard]] std::optional<Action> action_named(std::string_view name) noexcept;

enum class ControlMode { observe, active };
[[nodiscard]] std::string_view name_of(ControlMode mode) noexcept;

/// What became of a command.
enum class Verdict {
  done,        ///< read back and seen in the measured power
  pending,     ///< read back, power not yet judged
  ignored,     ///< read back, but the power does not follow
  overridden,  ///< the registers were changed by somebody else
  not_sent,    ///< control is `observe`, or nothing had to be written, or it may not be
};
[[nodiscard]] std::string_view name_of(Verdict verdict) noexcept;

/// Whether the battery may be charged at all, by whatever rule.
enum class Charging { allowed, blocked };

/// Who gives a command: safety goes before another client's override and before the day's write budget.
enum class Priority { plan, safety };

/// What the inverter is told.
struct Command {
  Action action = Action::self_use;
  Power power;                  ///< magnitude at the battery's AC side for charge and sell; 0 otherwise
  Soc stop_soc = percent(100);  ///< charge: stop at or above; sell: stop at or below
  Instant until{};              ///< lapses then unless renewed
  /// Most that the home may feed in meanwhile, >= 0, beside any action; PV is throttled to it. Always there for
  /// `curtail`, which is the inverter's own rule under such a limit. Absent: as the owner has set it.
  std::optional<Power> export_limit = std::nullopt;
  Charging charging = Charging::allowed;  ///< blocked: charging current 0, beside any action (a battery too cold)
  Priority priority = Priority::plan;
  [[nodiscard]] friend bool operator==(const Command&, const Command&) = default;
};

/// Another action that was possible, and what it would have cost more.
struct Alternative {
  Action action = Action::self_use;
  Power power;
  Value extra_cost;
};

/// A command with its reason, as recorded and shown.
struct Decision {
  Instant time{};
  Command command;
  std::string reason;                   ///< one sentence for the owner
  std::optional<std::string> bound_by;  ///< the limit that changed the command, by name; absent where none did
  std::vector<Alternative> alternatives;
  Verdict verdict = Verdict::not_sent;
};

}  // namespace gridpilot
