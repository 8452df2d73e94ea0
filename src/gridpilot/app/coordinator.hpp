#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gridpilot/app/clock_trust.hpp"
#include "gridpilot/app/knowledge.hpp"
#include "gridpilot/control/dispatcher.hpp"
#include "gridpilot/control/guard.hpp"
#include "gridpilot/control/strategy.hpp"
#include "gridpilot/core/ring_buffer.hpp"
#include "gridpilot/domain/battery_profile.hpp"
#include "gridpilot/domain/command.hpp"
#include "gridpilot/domain/plan.hpp"
#include "gridpilot/domain/plausibility.hpp"
#include "gridpilot/domain/reading.hpp"
#include "gridpilot/domain/site.hpp"
#include "gridpilot/domain/slot_meter.hpp"
#include "gridpilot/net/timeline.hpp"
#include "gridpilot/planner/planner.hpp"
#include "gridpilot/ports/inverter.hpp"
#include "gridpilot/ports/record.hpp"

namespace gridpilot::app {

/// Who wants to know what the coordinator saw and did: API, events, log. Called on the loop, right after the fact.
class CoordinatorEvents {
 public:
  virtual ~CoordinatorEvents() = default;
  virtual void on_connected(const ports::InverterIdentity& identity) = 0;
  virtual void on_reading(const Reading& reading) = 0;
  virtual void on_read_failure(const Error& error) = 0;
  virtual void on_plan(const std::shared_ptr<const Plan>& plan) = 0;
  /// A new decision, or the verdict of the present one.
  virtual void on_decision(const Decision& decision) = 0;
  virtual void on_command(const ports::RecordedCommand& command) = 0;
  virtual void on_command_failure(const Error& error) = 0;
  virtual void on_record_failure(const Error& error) = 0;
  /// The host's clock moved by more than a minute against the tick before.
  virtual void on_clock_jump(Seconds jump) = 0;
  /// A pause has begun or moved its end; absent: it is over.
  virtual void on_pause(std::optional<Instant> until) = 0;
  /// It cannot be told whether there is a pause; what held before goes on.
  virtual void on_pause_failure(const Error& error) = 0;
  /// The owner has given an order, or another one; absent: it is over.
  virtual void on_order(const std::optional<Command>& order) = 0;
  /// It cannot be told what the owner wants; the order that held before goes on until its end.
  virtual void on_order_failure(const Error& error) = 0;
};

struct CoordinatorSettings {
  Battery battery;
  Site site;
  const BatteryProfile* profile = nullptr;  ///< null: none is configured, and nothing is ever forced
  ControlMode control = ControlMode::observe;
  Seconds cycle{20};
  int write_budget_registers = 200;  ///< a local day
};

/// The main flow: at every tick it observes, knows, prices, plans, decides, guards, acts and records.
/// Lives on the loop; everything it is given outlives it.
class Coordinator {
 public:
  struct Doors {
    net::Timeline& timeline;
    ports::Inverter& inverter;
    ports::RecordWriter& writer;
    ports::RecordReader& reader;
    Knowledge& knowledge;
    const ClockTrust& clock_trust;
    CoordinatorEvents& events;
    /// When the pause of the inverter ends that holds at an instant; absent where there is none. Empty: never any.
    std::function<net::Awaitable<Result<std::optional<Instant>>>(Instant now)> pause = nullptr;
    /// What the owner wants done instead of the plan at an instant; absent: the plan. Empty: always the plan.
    std::function<net::Awaitable<Result<std::optional<Command>>>(Instant now)> order = nullptr;
    /// Keeps what is foreseen and holds it against what came, at the end of every tick. Empty: nobody does.
    std::function<net::Awaitable<void>(Instant now)> keep_forecasts = nullptr;
  };
  Coordinator(CoordinatorSettings settings, Doors doors);

  /// Takes up the record where it ended: readings of the last week, measured slots, prices, the day's register writes.
  [[nodiscard]] net::Awaitable<Result<void>> resume();
  /// Ticks until it is cancelled. The inverter may be silent: it is asked again at every tick.
  [[nodiscard]] net::Awaitable<void> run();

  /// A week of readings, oldest first.
  [[nodiscard]] const RingBuffer<Reading>& readings() const { return readings_; }
  /// The newest reading; it may be old.
  [[nodiscard]] const std::optional<Reading>& latest() const { return latest_; }
  /// Null where none could be made at the last tick.
  [[nodiscard]] const std::shared_ptr<const Plan>& plan() const { return plan_; }
  [[nodiscard]] const std::optional<Decision>& decision() const { return decision_; }
  [[nodiscard]] const std::optional<ports::InverterIdentity>& identity() const { return identity_; }
  [[nodiscard]] std::uint64_t decisions_made() const { return decisions_made_; }
  /// Read attempts that failed since the last that succeeded.
  [[nodiscard]] int failed_reads() const { return failed_reads_; }
  /// Why the newest reading is not trusted, in a sentence; absent where it is.
  [[nodiscard]] const std::optional<std::string>& implausible() const { return implausible_; }
  /// Until then nothing is sent to the inverter; absent where it is not paused.
  [[nodiscard]] std::optional<Instant> paused_until() const { return paused_until_; }
  /// Whether the present action ends by the inverter's own clock when nobody renews it; absent where none is forced or
  /// it is not known what the inverter can do.
  [[nodiscard]] std::optional<bool> action_lapses() const;
  [[nodiscard]] int writes_today() const { return writes_today_; }
  [[nodiscard]] const CoordinatorSettings& settings() const { return settings_; }

 private:
  [[nodiscard]] net::Awaitable<void> step();
  [[nodiscard]] net::Awaitable<void> observe(Instant now);
  [[nodiscard]] Result<std::shared_ptr<const Plan>> make_plan(Instant now);
  [[nodiscard]] control::Choice decide(const Result<std::shared_ptr<const Plan>>& plan, Instant now) const;
  [[nodiscard]] control::Guarded guard(Instant now, const Command& command);
  [[nodiscard]] net::Awaitable<Verdict> act(Instant now, Command command);
  [[nodiscard]] net::Awaitable<void> record(Decision decision);
  [[nodiscard]] net::Awaitable<void> store(Decision decision);

  [[nodiscard]] net::Awaitable<void> look_for_pause(Instant now);
  [[nodiscard]] net::Awaitable<void> look_for_order(Instant now);
  [[nodiscard]] net::Awaitable<void> give_back_before_pause();
  [[nodiscard]] net::Awaitable<bool> connect();
  /// The unit may be another, or in another state than it was left in: it is asked anew.
  void disconnect();
  void check(Reading& reading);
  [[nodiscard]] net::Awaitable<void> record_command(Instant now, Command command, ports::CommandOutcome outcome);
  [[nodiscard]] forecast::PvFreedom freedom_in(const SlotEnergy& measured) const;
  [[nodiscard]] bool is_throttled(const Reading& reading) const;
  void take(const Reading& reading);
  void notice_clock(Instant now);
  void begin_day_of_writes(Instant now);
  /// The newest reading while it may be acted upon; null otherwise.
  [[nodiscard]] const Reading* fresh_reading(Instant now) const;
  /// Over the last minutes; absent where the value was not measured in them.
  [[nodiscard]] std::optional<Power> recent_mean(Instant now, Measured<Power> Reading::* value) const;

  CoordinatorSettings settings_;
  Doors doors_;
  planner::Planner planner_;
  control::Guard guard_;
  control::Dispatcher dispatcher_;
  PlausibilityCheck plausibility_;
  RingBuffer<Reading> readings_;
  SlotMeter meter_;

  std::optional<ports::InverterIdentity> identity_;
  std::optional<Reading> latest_;
  std::shared_ptr<const Plan> plan_;
  std::optional<Decision> decision_;
  std::optional<Decision> stored_decision_;
  std::int64_t stored_decision_id_ = 0;
  std::optional<std::string> implausible_;
  bool was_throttled_ = false;  ///< PV, in the slot that is being measured
  std::optional<Instant> paused_until_;
  std::optional<Command> order_;  ///< of the owner, which goes before the plan
  int give_backs_to_try_ = 0;     ///< before the unit is left alone in a pause
  std::optional<Action> told_;    ///< what the inverter was told last
  std::optional<Action> left_;    ///< the forced action that the last write ended
  std::optional<Instant> last_write_;
  std::optional<Instant> last_tick_;
  std::chrono::year_month_day writes_day_{};
  int writes_today_ = 0;
  int failed_reads_ = 0;
  std::uint64_t decisions_made_ = 0;
};

}  // namespace gridpilot::app
