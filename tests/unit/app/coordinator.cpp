#include "gridpilot/app/coordinator.hpp"

#include <gtest/gtest.h>

#include "gridpilot/net/task_group.hpp"
#include "support/memory_record.hpp"
#include "support/scripted_inverter.hpp"
#include "unit/app/made_contract.hpp"

namespace gridpilot::app {
namespace {

using namespace std::chrono_literals;

const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

const auto day = 2026y / 6 / 17;

struct TrustedClock final : ClockTrust {
  std::optional<std::string> why_not;
  [[nodiscard]] std::optional<std::string> doubt(Instant) const override { return why_not; }
};

struct Counts final : CoordinatorEvents {
  int readings = 0, failures = 0, plans = 0, decisions = 0, commands = 0, jumps = 0, record_failures = 0, pauses = 0,
      pause_failures = 0, orders = 0, order_failures = 0;
  void on_connected(const ports::InverterIdentity&) override {}
  void on_reading(const Reading&) override { ++readings; }
  void on_read_failure(const Error&) override { ++failures; }
  void on_plan(const std::shared_ptr<const Plan>&) override { ++plans; }
  void on_decision(const Decision&) override { ++decisions; }
  void on_command(const ports::RecordedCommand&) override { ++commands; }
  void on_command_failure(const Error&) override {}
  void on_record_failure(const Error&) override { ++record_failures; }
  void on_clock_jump(Seconds) override { ++jumps; }
  void on_pause(std::optional<Instant>) override { ++pauses; }
  void on_pause_failure(const Error&) override { ++pause_failures; }
  void on_order(const std::optional<Command>&) override { ++orders; }
  void on_order_failure(const Error&) override { ++order_failures; }
};

/// The coordinator on simulated time between a scripted inverter and a record in memory.
class CoordinatorRun : public ::testing::Test {
 protected:
  CoordinatorRun() {
    settings_.control = ControlMode::active;
    settings_.profile = battery_profile_named("hv-20kwh");
    settings_.battery.wear = per_kilowatt_hour(0.01);
    inverter_.measure = [this] { return measured_; };
    measured_.soc = percent(50);
    measured_.pv = watts(0);
    measured_.load = watts(1000);
    measured_.battery = watts(-1000);
    measured_.grid = watts(0);
    measured_.battery_voltage = volts(420);
    measured_.battery_temperature = celsius(20);
    measured_.battery_charge_limit = measured_.battery_discharge_limit = amperes(25);
    measured_.grid_voltage_l1 = measured_.grid_voltage_l2 = measured_.grid_voltage_l3 = volts(230);
    publish(day, 300);
    publish(plus_days(day, 1), 300);
  }

  void publish(std::chrono::year_month_day date, double per_mwh) {
    for (const PriceSeries series : {PriceSeries::sdac_15min, PriceSeries::rce_15min})
      knowledge_.learn(series, testing_support::flat_day(warsaw(), date, per_mwh));
  }
  void make_now_cheap_and_tomorrow_dear() {
    publish(day, 100);
    publish(plus_days(day, 1), 1500);
  }

  net::Awaitable<void> resume_and_run() {
    resumed_ = co_await coordinator_->resume();
    co_await coordinator_->run();
  }
  net::Awaitable<void> end_after(Seconds length) {
    {
      const net::Timeline::Participant inside(timeline_);
      co_await timeline_.wait_until(timeline_.clock().now() + length);
    }
    tasks_->cancel();
  }

  /// Runs for a stretch of simulated time; the tick at its very end is not in it.
  void run_for(Seconds length) {
    coordinator_ = std::make_unique<Coordinator>(
        settings_,
        Coordinator::Doors{timeline_, inverter_, record_, record_, knowledge_, trust_, events_, pause_at_, order_at_});
    tasks_ = std::make_unique<net::TaskGroup>(io_.get_executor(),
                                              [](std::string_view name, const std::exception_ptr& thrown) {
                                                ADD_FAILURE() << name << ": " << net::describe(thrown);
                                              });
    tasks_->spawn("end", end_after(length - 1s));
    tasks_->spawn("coordinator", resume_and_run());
    io_.run();
    io_.restart();
  }

  const Instant start_ = warsaw().start_of_day(day) + 12h;
  net::asio::io_context io_;
  net::SimulatedTimeline timeline_{io_, start_};
  testing_support::ScriptedInverter inverter_;
  testing_support::MemoryRecord record_;
  Knowledge knowledge_{Site{}, testing_support::plain_market_contract(), warsaw()};
  TrustedClock trust_;
  Counts events_;
  CoordinatorSettings settings_;
  Reading measured_;
  std::function<net::Awaitable<Result<std::optional<Instant>>>(Instant)> pause_at_;
  std::function<net::Awaitable<Result<std::optional<Command>>>(Instant)> order_at_;
  std::unique_ptr<Coordinator> coordinator_;
  std::unique_ptr<net::TaskGroup> tasks_;
  Result<void> resumed_;
};

TEST_F(CoordinatorRun, ReadsEveryTwentySecondsAndPlansAtEveryReading) {
  run_for(10min);
  EXPECT_TRUE(resumed_);
  EXPECT_EQ(events_.readings, 30);
  EXPECT_EQ(events_.plans, 30);
  EXPECT_EQ(record_.kept_readings.size(), 30u);
}

TEST_F(CoordinatorRun, RecordsOneDecisionASlotWhileNothingChanges) {
  settings_.control = ControlMode::observe;
  run_for(1h);
  EXPECT_EQ(record_.kept_decisions.size(), 4u);
  EXPECT_EQ(record_.kept_slots.size(), 3u);
  for (const Decision& decision : record_.kept_decisions) EXPECT_FALSE(decision.reason.empty());
}

TEST_F(CoordinatorRun, ChargesWhenNowIsCheapAndWritesOnce) {
  make_now_cheap_and_tomorrow_dear();
  run_for(5min);
  ASSERT_FALSE(inverter_.applied.empty());
  EXPECT_EQ(inverter_.applied.back().action, Action::charge);
  EXPECT_EQ(record_.kept_commands.size(), 1u);
}

TEST_F(CoordinatorRun, TellsTheInverterNothingWhileItOnlyObserves) {
  settings_.control = ControlMode::observe;
  make_now_cheap_and_tomorrow_dear();
  run_for(5min);
  EXPECT_TRUE(inverter_.applied.empty());
  ASSERT_FALSE(record_.kept_decisions.empty());
  EXPECT_EQ(record_.kept_decisions.back().command.action, Action::charge);
  EXPECT_EQ(record_.kept_decisions.back().verdict, Verdict::not_sent);
}

TEST_F(CoordinatorRun, CallsACommandIgnoredWhenThePowerDoesNotFollow) {
  make_now_cheap_and_tomorrow_dear();
  run_for(5min);
  EXPECT_EQ(record_.kept_decisions.back().verdict, Verdict::ignored);
}

TEST_F(CoordinatorRun, KeepsAskingASilentInverterAndForcesNothing) {
  inverter_.silence = Error{.code = ErrorCode::timeout, .message = "silent"};
  run_for(5min);
  EXPECT_EQ(events_.failures, 15);
  EXPECT_TRUE(record_.kept_readings.empty());
  EXPECT_EQ(record_.kept_decisions.front().command.action, Action::self_use);
}

TEST_F(CoordinatorRun, ForcesNothingOnAClockThatIsDoubted) {
  trust_.why_not = "not synchronised";
  make_now_cheap_and_tomorrow_dear();
  run_for(5min);
  EXPECT_EQ(record_.kept_decisions.back().command.action, Action::self_use);
  EXPECT_EQ(record_.kept_decisions.back().bound_by, "host clock not trusted");
}

TEST_F(CoordinatorRun, ForcesNothingBeforeTheLastRecordedReading) {
  Reading future = measured_;
  future.time = start_ + 24h;
  record_.kept_readings = {future};
  make_now_cheap_and_tomorrow_dear();
  run_for(5min);
  EXPECT_EQ(record_.kept_decisions.back().command.action, Action::self_use);
  EXPECT_EQ(record_.kept_readings.size(), 1u) << "an earlier clock must not write into the record";
}

TEST_F(CoordinatorRun, StopsForcingWhenTheDaysWritesAreSpent) {
  record_.kept_commands = {{.time = start_ - 1h, .command = {}, .registers_written = 190, .detail = {}}};
  make_now_cheap_and_tomorrow_dear();
  run_for(5min);
  EXPECT_EQ(inverter_.applied.back().action, Action::self_use);
  EXPECT_EQ(record_.kept_decisions.back().bound_by, "register writes of the day are spent");
}

TEST_F(CoordinatorRun, GoesOnWhenTheRecordFails) {
  record_.failure = Error{.code = ErrorCode::io_failure, .message = "disk full"};
  run_for(5min);
  EXPECT_EQ(events_.readings, 15);
  EXPECT_GT(events_.record_failures, 0);
}

TEST_F(CoordinatorRun, SaysWhyItHasNoPlan) {
  measured_.soc = std::nullopt;
  run_for(1min);
  ASSERT_FALSE(record_.kept_decisions.empty());
  EXPECT_NE(record_.kept_decisions.back().reason.find("no plan"), std::string::npos);
  EXPECT_EQ(coordinator_->plan(), nullptr);
}

TEST_F(CoordinatorRun, ForcesNothingWithoutABatteryProfile) {
  settings_.profile = nullptr;
  make_now_cheap_and_tomorrow_dear();
  run_for(5min);
  for (const Command& command : inverter_.applied) EXPECT_EQ(command.action, Action::self_use);
  EXPECT_EQ(record_.kept_decisions.back().bound_by, "no battery profile");
}

TEST_F(CoordinatorRun, ConnectsAnewWhenTheUnitHasBecomeAnother) {
  inverter_.next_read_fails = Error{.code = ErrorCode::stale, .message = "another firmware"};
  run_for(2min);
  EXPECT_EQ(inverter_.connected, 2);
  EXPECT_EQ(events_.readings, 6) << "the tick that noticed it reads, too";
}

TEST_F(CoordinatorRun, NeitherActsOnNorLearnsFromReadingsThatContradictThemselves) {
  measured_.load = watts(4000);  // PV, grid and battery leave 1000 W
  make_now_cheap_and_tomorrow_dear();
  run_for(40min);
  EXPECT_EQ(inverter_.applied.back().action, Action::self_use);
  EXPECT_TRUE(record_.kept_slots.empty() || record_.kept_slots.front().coverage < 0.1);
  ASSERT_TRUE(coordinator_->implausible());
  EXPECT_EQ(record_.kept_readings.size(), 120u) << "they are recorded and shown";
}

TEST_F(CoordinatorRun, StoresNoDecisionMerelyBecauseAnotherLimitBinds) {
  make_now_cheap_and_tomorrow_dear();
  settings_.site.grid_charging = false;  // nothing may be charged at night: hold, for a reason that changes
  int reads = 0;
  inverter_.measure = [this, &reads] {
    Reading reading = measured_;
    reading.soc = ++reads % 2 == 0 ? percent(100) : percent(99.9);
    return reading;
  };
  run_for(14min);
  EXPECT_LE(record_.kept_decisions.size(), 3u);
}

TEST_F(CoordinatorRun, SaysWhetherThePresentActionLapses) {
  make_now_cheap_and_tomorrow_dear();
  run_for(2min);
  ASSERT_EQ(coordinator_->decision()->command.action, Action::charge);
  EXPECT_EQ(coordinator_->action_lapses(), true);
}

TEST_F(CoordinatorRun, SendsNothingInAPauseAndGivesTheSettingsBackBefore) {
  make_now_cheap_and_tomorrow_dear();
  const Instant begin = start_ + 2min;
  const Instant end = start_ + 7min;
  std::optional<int> calls_at_first;
  int calls_at_last = 0;
  pause_at_ = [&, this](Instant now) -> net::Awaitable<Result<std::optional<Instant>>> {
    if (now >= begin + 20s && now < end) {
      if (!calls_at_first) calls_at_first = inverter_.calls;
      calls_at_last = inverter_.calls;
    }
    co_return now >= begin&& now < end ? std::optional(end) : std::nullopt;
  };
  run_for(6min);
  EXPECT_EQ(inverter_.given_back, 1);
  EXPECT_EQ(calls_at_first, calls_at_last);
  EXPECT_EQ(coordinator_->paused_until(), end);
  EXPECT_EQ(coordinator_->decision()->command.action, Action::self_use);
  EXPECT_NE(coordinator_->decision()->reason.find("Paused"), std::string::npos);
  EXPECT_EQ(coordinator_->decision()->verdict, Verdict::not_sent);
  run_for(3min);  // a start of the daemon within the pause asks nothing, and connects when it is over
  EXPECT_EQ(inverter_.connected, 2);
  EXPECT_EQ(coordinator_->paused_until(), std::nullopt);
  EXPECT_EQ(inverter_.applied.back().action, Action::charge);
}

TEST_F(CoordinatorRun, TriesToGiveTheSettingsBackThreeTimesBeforeAPause) {
  make_now_cheap_and_tomorrow_dear();
  inverter_.cannot_give_back = Error{.code = ErrorCode::timeout, .message = "silent"};
  pause_at_ = [this](Instant now) -> net::Awaitable<Result<std::optional<Instant>>> {
    co_return now >= start_ + 1min ? std::optional(start_ + 1h) : std::nullopt;
  };
  run_for(2min);
  const int before = inverter_.calls;
  EXPECT_EQ(before, 1 + 2 * 3 + 3);  // connect; read and apply at three ticks; then giving back
}

TEST_F(CoordinatorRun, KeepsAPauseWhoseFileCannotBeRead) {
  pause_at_ = [this](Instant now) -> net::Awaitable<Result<std::optional<Instant>>> {
    if (now > start_ + 30s) co_return failure(ErrorCode::corrupt, "not JSON");
    co_return std::optional(start_ + 1h);
  };
  run_for(3min);
  EXPECT_EQ(inverter_.calls, 0);
  EXPECT_GT(events_.pause_failures, 0);
}

TEST_F(CoordinatorRun, DoesWhatItsOwnerOrdersUntilTheOrderEnds) {
  make_now_cheap_and_tomorrow_dear();  // the plan would charge
  const Command order{.action = Action::sell, .power = kilowatts(1), .stop_soc = percent(20), .until = start_ + 5min};
  order_at_ = [this, order](Instant now) -> net::Awaitable<Result<std::optional<Command>>> {
    if (now > start_ + 2min) co_return failure(ErrorCode::corrupt, "not JSON");  // it holds to its end all the same
    co_return std::optional(order);
  };
  run_for(4min);
  EXPECT_EQ(coordinator_->decision()->command.action, Action::sell);
  EXPECT_NE(coordinator_->decision()->reason.find("Ordered by the owner"), std::string::npos);
  EXPECT_EQ(inverter_.applied.back().action, Action::sell);
  EXPECT_EQ(events_.orders, 1);
  EXPECT_GT(events_.order_failures, 0);
}

TEST_F(CoordinatorRun, GoesBackToItsPlanWhenTheOrderIsOver) {
  make_now_cheap_and_tomorrow_dear();
  order_at_ = [this](Instant now) -> net::Awaitable<Result<std::optional<Command>>> {
    const Command order{.action = Action::hold, .until = start_ + 2min};
    co_return now < order.until ? std::optional(order) : std::nullopt;
  };
  run_for(4min);
  EXPECT_EQ(inverter_.applied.front().action, Action::hold);
  EXPECT_EQ(inverter_.applied.back().action, Action::charge);
  EXPECT_EQ(events_.orders, 2);
}

TEST_F(CoordinatorRun, KeepsItsOwnersOrderWithinTheGuardsLimits) {
  order_at_ = [this](Instant) -> net::Awaitable<Result<std::optional<Command>>> {
    co_return std::optional(Command{.action = Action::charge, .power = kilowatts(50), .until = start_ + 1h});
  };
  run_for(1min);
  EXPECT_EQ(coordinator_->decision()->command.action, Action::charge);
  EXPECT_LT(coordinator_->decision()->command.power, kilowatts(50));
  EXPECT_TRUE(coordinator_->decision()->bound_by);
}

}  // namespace
}  // namespace gridpilot::app
