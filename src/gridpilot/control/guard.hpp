#pragma once

#include <optional>
#include <span>
#include <string>

#include "gridpilot/control/emergency.hpp"
#include "gridpilot/domain/battery_profile.hpp"
#include "gridpilot/domain/command.hpp"
#include "gridpilot/domain/measures.hpp"
#include "gridpilot/domain/reading.hpp"
#include "gridpilot/domain/site.hpp"

namespace gridpilot::control {

/// What the inverter can do, as far as the guard must know. Borrowed for the call.
struct UnitAbilities {
  std::span<const Action> actions;  ///< self_use is always possible
  bool can_limit_export = false;
  bool can_block_charging = false;
  MeasuredBySafety measures;
};

/// What the guard looks at. Borrowed for the call.
struct GuardInput {
  Instant now{};
  const Reading* reading = nullptr;  ///< the newest one; null where there never was one
  const Battery& battery;
  const Site& site;
  const BatteryProfile* profile = nullptr;  ///< null: none is configured, and nothing is ever forced
  UnitAbilities unit;
  bool clock_is_trusted = true;   ///< the host's clock may be acted upon
  bool write_budget_left = true;  ///< the day's register writes are not spent
};

struct Guarded {
  Command command;
  std::optional<std::string> bound_by;  ///< the limit that changed the command, in the owner's words
  Power most;                           ///< of charge and sell: the highest power that the limits allow now
};

/// A reading older than this is not acted upon.
inline constexpr Seconds oldest_reading{60};
/// At or below it, and below the reserve, the battery is charged from the grid, gently, until it holds the second.
inline constexpr Soc very_low_soc = percent(5);
inline constexpr Soc low_soc_recovered = percent(8);
inline constexpr Power gentle_charge = kilowatts(1);
/// Kept free below the house fuse on every phase: the inverter's losses, and meters that round.
inline constexpr Current fuse_margin = amperes(1);

/// The last word on every command, in the order of docs/guard.md: what must not be while energy is moved, then the
/// house's fuse, charging at a very low state of charge, then the plan's command within all limits. Missing or stale
/// input is unsafe input: the inverter's own rule. The limit that binds is named. Remembers emergencies until they are
/// over. Another client's override is the driver's: commands of Priority::safety go before it, the others do not.
class Guard {
 public:
  [[nodiscard]] Guarded check(const Command& wanted, const GuardInput& given);

 private:
  [[nodiscard]] Guarded stand_still(const Command& wanted, const GuardInput& input, Emergency emergency) const;
  [[nodiscard]] Guarded within_limits(const Command& wanted, const GuardInput& input);
  void look_at_low_soc(const GuardInput& input);

  Emergencies emergencies_;
  bool low_soc_ = false;
};

/// A sentence where the battery is warm enough that its owner should know; nothing is limited by it.
[[nodiscard]] std::optional<std::string> warning_of(const Reading& reading, const BatteryProfile& profile);

}  // namespace gridpilot::control
