#pragma once

#include <map>
#include <optional>
#include <string>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/command.hpp"
#include "gridpilot/inverter/goodwe/control_registers.hpp"
#include "gridpilot/inverter/goodwe/eco_window.hpp"
#include "gridpilot/inverter/goodwe/snapshot.hpp"
#include "gridpilot/inverter/goodwe/write_budget.hpp"
#include "gridpilot/os/clock.hpp"
#include "gridpilot/ports/inverter.hpp"

namespace gridpilot::goodwe {

/// Everything that writes to an inverter of any family: commands, the inverter's clock, the owner's settings. One call
/// at a time.
class Control {
 public:
  /// Somebody else's change is left alone for so long.
  static constexpr Seconds override_pause{15 * 60};
  /// The inverter's clock is compared so often, and after every change of summer time.
  static constexpr Seconds clock_check_interval{24 * 3600};
  /// A unit that refuses write after write (firmware updates do that, hazard 10) is only read for so long.
  static constexpr Seconds refusal_pause{15 * 60};
  static constexpr int refusals_before_pause = 3;
  /// A battery shows a new window's power by then.
  static constexpr Seconds settling{60};

  Control(ControlRegisters& registers, SnapshotStore& snapshots, const os::Clock& clock, TimeZone zone,
          WriteBudget budget)
      : registers_(&registers),
        snapshots_(snapshots),
        clock_(clock),
        zone_(std::move(zone)),
        budget_(std::move(budget)) {}

  /// From now on through these registers, which must outlive it.
  void use(ControlRegisters& registers) { registers_ = &registers; }

  /// Gives back what a run before this one left changed on this unit; nothing where it left nothing.
  [[nodiscard]] net::Awaitable<Result<void>> give_back_leftover(std::string serial);
  /// Forgets what was known of the unit's registers: a new connection begins.
  void begin(std::string serial, Abilities abilities);
  enum class SetClock { yes, no };
  /// Asks how far the inverter's clock is off; sets it where it may and must be set.
  [[nodiscard]] net::Awaitable<Result<void>> compare_clock(SetClock set);

  [[nodiscard]] net::Awaitable<Result<ports::CommandOutcome>> apply(Command command);
  /// What the battery does, to tell firmware that takes no notice of a window's power.
  void observe(const Reading& reading) { observed_ = reading; }
  [[nodiscard]] net::Awaitable<Result<void>> give_back();

  [[nodiscard]] const WriteBudget& budget() const { return budget_; }

 private:
  /// The steps of apply(), in their order.
  [[nodiscard]] net::Awaitable<Result<Registers>> read_present(Command command);
  [[nodiscard]] net::Awaitable<Result<void>> remember_owners(Registers present,
                                                             std::vector<RegisterSpan> to_be_written);
  [[nodiscard]] net::Awaitable<Result<ports::CommandOutcome>> carry_out(WantedRegisters wanted, Registers present);

  [[nodiscard]] net::Awaitable<Result<void>> restore(Snapshot owners);
  [[nodiscard]] net::Awaitable<Result<WriteReport>> write(RegisterSpan span);
  [[nodiscard]] net::Awaitable<Result<void>> set_clock();
  [[nodiscard]] std::optional<std::uint16_t> changed_by_others(const Registers& present) const;
  [[nodiscard]] Situation situation(const Registers& present, const Command& command) const;
  [[nodiscard]] bool clock_check_is_due() const;
  [[nodiscard]] std::optional<std::uint16_t> cap_of_excess(const Command& command) const;
  [[nodiscard]] net::Awaitable<Result<void>> look_at_clock(Registers present);
  void note_write(const Result<WriteReport>& report);
  [[nodiscard]] ports::CommandOutcome outcome(Verdict verdict, std::string detail);

  ControlRegisters* registers_;
  SnapshotStore& snapshots_;
  const os::Clock& clock_;
  TimeZone zone_;
  WriteBudget budget_;

  std::string serial_;
  Abilities abilities_;
  std::optional<Snapshot> snapshot_;                     ///< as it is on disk
  std::map<std::uint16_t, std::uint16_t> last_written_;  ///< to notice other writers
  std::optional<Instant> overridden_until_;
  std::string overridden_detail_;
  std::optional<Reading> observed_;
  std::optional<std::uint16_t> charge_current_cap_;  ///< 0.1 A
  Instant last_write_{};
  int refusals_ = 0;  ///< writes in a row that the unit did not carry out
  std::optional<Instant> refusing_until_;
  Seconds clock_error_{0};
  std::optional<Instant> clock_checked_at_;
  Seconds zone_offset_when_checked_{0};
  int uncounted_ = 0;  ///< registers written that no outcome has told of yet
};

}  // namespace gridpilot::goodwe
