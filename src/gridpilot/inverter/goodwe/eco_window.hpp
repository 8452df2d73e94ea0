#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gridpilot/codec/goodwe/eco_group.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/command.hpp"

/// What the registers must say for a command to hold, worked out without any I/O.
namespace gridpilot::goodwe {

/// What a unit was found to have.
struct Abilities {
  EcoFormat eco_format = EcoFormat::v2;
  ScheduleType eco_type = ScheduleType::eco;  ///< eco or eco_745
  bool has_windows = true;                    ///< a work mode and eco groups, which the firmware obeys
  bool has_ems = false;                       ///< registers 47511 and 47512
  bool has_export_limit = false;              ///< registers 47509 and 47510
  bool has_current_limits = false;            ///< registers 45353 to 45356
  bool has_eco_enable = false;                ///< register 47612 must be 1 for groups to act
  Power rating = kilowatts(10);
};

// Registers that control reads and may write (ET).
inline constexpr std::uint16_t clock_register = 45200;
inline constexpr std::uint16_t charge_current_register = 45353;
inline constexpr std::uint16_t discharge_current_register = 45355;
inline constexpr std::uint16_t minimum_soc_register = 45356;
inline constexpr std::uint16_t work_mode_register = 47000;
inline constexpr std::uint16_t export_enable_register = 47509;
inline constexpr std::uint16_t export_limit_register = 47510;
inline constexpr std::uint16_t ems_mode_register = 47511;
inline constexpr std::uint16_t ems_power_register = 47512;
inline constexpr std::uint16_t eco_v1_register = 47515;
inline constexpr std::uint16_t eco_v2_register = 47547;
inline constexpr std::uint16_t eco_enable_register = 47612;
inline constexpr int eco_groups = 4;

inline constexpr std::uint16_t work_mode_general = 0;
inline constexpr std::uint16_t work_mode_eco = 3;
inline constexpr std::uint16_t work_mode_self_use = 5;  ///< 745 only

[[nodiscard]] std::uint16_t eco_group_register(const Abilities& abilities, int group);
/// The register whose high byte switches the group.
[[nodiscard]] std::uint16_t eco_switch_register(const Abilities& abilities, int group);

/// Register values as last read.
class Registers {
 public:
  void set(std::uint16_t first, std::span<const std::uint16_t> values);
  void set(std::uint16_t number, std::uint16_t value) { values_[number] = value; }
  [[nodiscard]] std::optional<std::uint16_t> get(std::uint16_t number) const;
  [[nodiscard]] std::optional<EcoGroup> eco_group(const Abilities& abilities, int group) const;
  [[nodiscard]] const std::map<std::uint16_t, std::uint16_t>& all() const { return values_; }

 private:
  std::map<std::uint16_t, std::uint16_t> values_;
};

/// Values for consecutive registers.
struct RegisterSpan {
  std::uint16_t first = 0;
  Words values;
  [[nodiscard]] friend bool operator==(const RegisterSpan&, const RegisterSpan&) = default;
};

/// The parts of `wanted` that differ from what is there: from the first to the last differing register, one span, or
/// nothing.
[[nodiscard]] std::optional<RegisterSpan> differing(const RegisterSpan& wanted, const Registers& present);

/// What must stand in the registers, in the order of writing, and by what means.
struct WantedRegisters {
  std::vector<RegisterSpan> spans;
  std::string carrier;  ///< for the record: "eco window 12:05-12:35, charge 35 %"
};

/// The moment as the inverter sees it.
struct InverterTime {
  CivilTime local;             ///< of the inverter's own clock
  bool repeated_hour = false;  ///< inside the hour that the autumn change repeats
  /// Minutes until that hour begins; windows end there. Absent where it is further away than a window reaches.
  std::optional<int> minutes_to_repeated_hour = {};
  /// Minute of the day before which no window begins: after the repeated hour its end, else 0.
  int earliest_start = 0;
};

inline constexpr int window_minutes = 30;  ///< a window ends at most so far ahead
/// A window begins a little in the past, so that it holds at once on a clock that lags by less than is corrected.
inline constexpr int start_margin_minutes = 2;
inline constexpr int renew_minutes = 10;  ///< and is renewed when less than this is left

/// Everything the plan of registers depends on.
struct Situation {
  Abilities abilities;
  Registers present;
  InverterTime time;
  int minutes_until_lapse = window_minutes;  ///< of the command; > 0
  /// The registers that were touched, as the owner had them: a limit of ours that is no longer wanted goes back to it.
  std::map<std::uint16_t, std::uint16_t> owners;
  /// Highest charging current while a charge command holds, in 0.1 A: firmware that takes no notice of a window's power
  /// is kept to it by this (control.md 9, hazard 4). Absent: as the owner has it.
  std::optional<std::uint16_t> charge_current_cap;
};

/// unsupported where the unit has no carrier for the action.
[[nodiscard]] Result<WantedRegisters> wanted_registers(const Command& command, const Situation& situation);

/// The actions a unit can carry out.
[[nodiscard]] std::vector<Action> supported_actions(const Abilities& abilities);
/// Those of them that end by the inverter's own clock: what an eco window carries. Every other carrier, and an export
/// limit or blocked charging beside a window, stays until a write ends it.
[[nodiscard]] std::vector<Action> lapsing_actions(const Abilities& abilities);

}  // namespace gridpilot::goodwe
