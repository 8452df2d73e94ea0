#include "gridpilot/app/coordinator.hpp"

#include <algorithm>

#include "gridpilot/control/effect.hpp"
#include "gridpilot/control/reason.hpp"

namespace gridpilot::app {
namespace {

// The rest of the present slot is expected to go on as the last minutes went.
constexpr Seconds recent{300};
// A forced command needs at most this many registers: it is not begun when the day's budget could not hold it.
constexpr int registers_of_a_command = 16;
constexpr Seconds longest_tick_shift{60};
constexpr int give_backs_before_pause = 3;
// Measured slots that the outlook learns from at the start; what is older counts for little.
constexpr std::chrono::days learnt_days{90};
// Feeding in this near to a limit is being throttled by it.
constexpr double at_limit = 0.97;
// A slot's energy that is not worth the name.
constexpr Energy nothing = watt_hours(10);

Instant next_tick(Instant now, Seconds cycle) {
  return Instant((now.time_since_epoch() / cycle + 1) * cycle);
}

/// Whether two decisions tell the inverter the same. Which of several limits binds may change at every reading.
bool is_same(const Decision& a, const Decision& b) {
  return a.command.action == b.command.action && a.command.power == b.command.power &&
         a.command.export_limit == b.command.export_limit && a.command.charging == b.command.charging;
}

}  // namespace

Coordinator::Coordinator(CoordinatorSettings settings, Doors doors)
    : settings_(std::move(settings)), doors_(std::move(doors)) {}

net::Awaitable<void> Coordinator::run() {
  const net::Timeline::Participant inside(doors_.timeline);
  for (;;) {
    co_await step();
    co_await doors_.timeline.wait_until(next_tick(doors_.timeline.clock().now(), settings_.cycle));
  }
}

/// The main flow, in the steps of docs/architecture.md.
net::Awaitable<void> Coordinator::step() {
  const Instant now = doors_.timeline.clock().now();
  notice_clock(now);
  co_await look_for_pause(now);
  co_await look_for_order(now);

  // 1 observe
  co_await observe(now);

  // 2 know, 3 price, 4 plan: prices and outlook are kept fresh by tasks of their own; a plan takes microseconds
  const Result<std::shared_ptr<const Plan>> plan = make_plan(now);
  plan_ = plan.value_or(nullptr);
  if (plan_) {
    doors_.writer.store_plan(*plan_);
    doors_.events.on_plan(plan_);
  }

  // 5 decide
  control::Choice choice = decide(plan, now);

  // 6 guard
  control::Guarded guarded = guard(now, choice.command);
  const Command command = dispatcher_.steady(guarded);

  if (guarded.bound_by)
    choice.reason = control::with_limit(std::move(choice.reason), choice.command, command, *guarded.bound_by);

  // 7 act
  const Verdict verdict = co_await act(now, command);

  // 8 record
  co_await record({.time = now,
                   .command = command,
                   .reason = std::move(choice.reason),
                   .bound_by = std::move(guarded.bound_by),
                   .alternatives = std::move(choice.alternatives),
                   .verdict = verdict});
  if (doors_.keep_forecasts) co_await doors_.keep_forecasts(now);
}

net::Awaitable<void> Coordinator::observe(Instant now) {
  if (paused_until_ || !co_await connect()) co_return;
  Result<Reading> reading = co_await doors_.inverter.read();
  if (!reading && reading.error().code == ErrorCode::stale) {
    disconnect();
    if (!co_await connect()) co_return;
    reading = co_await doors_.inverter.read();
  }
  if (!reading) {
    ++failed_reads_;
    doors_.events.on_read_failure(reading.error());
    co_return;
  }
  failed_reads_ = 0;
  // The reading's time is the tick's: what the device thinks of the time is not ours.
  reading->time = now;
  check(*reading);
  take(*reading);
  doors_.events.on_reading(*reading);
}

net::Awaitable<void> Coordinator::look_for_pause(Instant now) {
  if (!doors_.pause) co_return;
  const Result<std::optional<Instant>> pause = co_await doors_.pause(now);
  if (!pause) {
    doors_.events.on_pause_failure(pause.error());
    if (paused_until_ && *paused_until_ > now) co_return;
  }
  const std::optional<Instant> until = pause.value_or(std::nullopt);
  const bool begins = until && !paused_until_;
  const bool ends = !until && paused_until_;
  if (until != paused_until_) doors_.events.on_pause(until);
  if (begins) give_backs_to_try_ = give_backs_before_pause;
  if (until) co_await give_back_before_pause();
  paused_until_ = until;
  if (begins || ends) disconnect();
}

net::Awaitable<void> Coordinator::look_for_order(Instant now) {
  if (!doors_.order) co_return;
  const Result<std::optional<Command>> order = co_await doors_.order(now);
  if (!order) doors_.events.on_order_failure(order.error());
  const bool is_over = order_ && order_->until <= now;
  const std::optional<Command> holds = order ? *order : is_over ? std::nullopt : order_;
  if (holds != order_) doors_.events.on_order(holds);
  order_ = holds;
}

/// The owner's settings first, since a pause may last a day; a unit that is in the middle of its update already must
/// not be asked for ever.
net::Awaitable<void> Coordinator::give_back_before_pause() {
  if (give_backs_to_try_ == 0) co_return;
  const bool has_written = settings_.control == ControlMode::active && last_write_;
  const Result<void> given = has_written ? co_await doors_.inverter.give_back() : Result<void>{};
  give_backs_to_try_ = given ? 0 : give_backs_to_try_ - 1;
  if (!given) doors_.events.on_command_failure(given.error());
}

void Coordinator::disconnect() {
  identity_.reset();
  dispatcher_.forget();
  plausibility_.forget();
  told_.reset();
  left_.reset();
}

void Coordinator::check(Reading& reading) {
  PlausibilityCheck::Outcome outcome = plausibility_.judge(reading, settings_.profile);
  reading.plausibility = outcome.plausibility;
  implausible_ =
      outcome.plausibility == Plausibility::implausible ? std::optional(std::move(outcome.why)) : std::nullopt;
}

std::optional<bool> Coordinator::action_lapses() const {
  if (!decision_ || !identity_ || decision_->command.action == Action::self_use) return std::nullopt;
  return std::ranges::find(identity_->lapsing, decision_->command.action) != identity_->lapsing.end();
}

net::Awaitable<bool> Coordinator::connect() {
  if (identity_) co_return true;
  Result<ports::InverterIdentity> identity = co_await doors_.inverter.connect();
  if (!identity) {
    ++failed_reads_;
    doors_.events.on_read_failure(identity.error());
    co_return false;
  }
  identity_ = std::move(*identity);
  doors_.events.on_connected(*identity_);
  co_return true;
}

/// As far as the measured energy tells: a slot that fed in all that its limit lets was throttled by it. Where nothing
/// may be fed in, one whose sun was just what the house took: neither the grid nor the battery had anything to do.
forecast::PvFreedom Coordinator::freedom_in(const SlotEnergy& measured) const {
  const Energy most = settings_.site.export_limit * Hours(slot_length);
  const bool is_idle = measured.grid_import + measured.charge + measured.discharge < nothing;
  const bool is_throttled = most > nothing ? measured.grid_export >= most * at_limit : is_idle && measured.pv > nothing;
  return is_throttled ? forecast::PvFreedom::curtailed : forecast::PvFreedom::full;
}

/// Whether the unit holds PV down to the limit that it was given.
bool Coordinator::is_throttled(const Reading& reading) const {
  if (!decision_ || !decision_->command.export_limit || !reading.grid) return false;
  return decision_->verdict != Verdict::not_sent &&
         -*reading.grid >= *decision_->command.export_limit * at_limit - watts(50);
}

void Coordinator::take(const Reading& reading) {
  latest_ = reading;
  // A host whose clock went back must not overwrite what it recorded before.
  if (!readings_.empty() && reading.time <= readings_.newest().time) return;
  readings_.append(reading);
  doors_.writer.append(reading);
  if (const std::optional<SlotEnergy> completed = meter_.add(reading)) {
    doors_.writer.append(*completed);
    doors_.knowledge.learn(*completed, was_throttled_ ? forecast::PvFreedom::curtailed : freedom_in(*completed));
    was_throttled_ = false;
  }
  was_throttled_ = was_throttled_ || is_throttled(reading);
}

Result<std::shared_ptr<const Plan>> Coordinator::make_plan(Instant now) {
  const Reading* const reading = fresh_reading(now);
  if (reading == nullptr) return failure(ErrorCode::stale, "no reading of the inverter within the last minute");
  if (implausible_) return failure(ErrorCode::stale, "the reading contradicts itself: " + *implausible_);
  const std::optional<Soc> soc = reading->soc;
  if (!soc || !reading->load || !reading->pv)
    return failure(ErrorCode::stale, "the inverter reports no state of charge, load or PV");
  Result<const planner::Horizon*> horizon = doors_.knowledge.horizon(now);
  if (!horizon) return std::move(horizon).failed();
  const planner::Start start{.now = now,
                             .stored = stored_at(*soc, settings_.battery.capacity),
                             .load = recent_mean(now, &Reading::load),
                             .pv = recent_mean(now, &Reading::pv)};
  const PlanningProblem problem = planner::problem_of(**horizon, start, settings_.battery, settings_.site);
  auto answer = planner_.solve(problem);
  if (!answer) return std::unexpected(std::move(answer.error().error));
  return std::make_shared<const Plan>(planner::plan_of(problem, *answer, **horizon, start, settings_.battery));
}

control::Choice Coordinator::decide(const Result<std::shared_ptr<const Plan>>& plan, Instant now) const {
  if (paused_until_)
    return control::self_use_because(
        "Paused: nothing is sent to the inverter until " + to_rfc3339(*paused_until_) + ".",
        Slot::containing(now).end());
  if (order_) return control::as_ordered(*order_, Slot::containing(now).end());
  if (!plan)
    return control::self_use_because("Self-use, no plan: " + plan.error().message + ".", Slot::containing(now).end());
  constexpr std::array self_use_alone{Action::self_use};
  return control::follow_plan({.plan = **plan,
                               .battery = settings_.battery,
                               .site = settings_.site,
                               .available = identity_ ? std::span<const Action>(identity_->actions) : self_use_alone,
                               .can_limit_export = identity_ && identity_->can_limit_export,
                               .present = dispatcher_.present(),
                               .currency = doors_.knowledge.currency()});
}

control::Guarded Coordinator::guard(Instant now, const Command& command) {
  const bool clock_went_back = !readings_.empty() && readings_.newest().time > now;
  control::UnitAbilities unit;
  if (identity_)
    unit = {.actions = identity_->actions,
            .can_limit_export = identity_->can_limit_export,
            .can_block_charging = identity_->can_block_charging,
            .measures = identity_->measures};
  return guard_.check(
      command, {.now = now,
                .reading = latest_ ? &*latest_ : nullptr,
                .battery = settings_.battery,
                .site = settings_.site,
                .profile = settings_.profile,
                .unit = unit,
                .clock_is_trusted = !clock_went_back && !doors_.clock_trust.doubt(now),
                .write_budget_left = writes_today_ + registers_of_a_command <= settings_.write_budget_registers});
}

net::Awaitable<Verdict> Coordinator::act(Instant now, Command command) {
  if (settings_.control == ControlMode::observe || !identity_ || paused_until_) co_return Verdict::not_sent;
  begin_day_of_writes(now);
  Result<ports::CommandOutcome> outcome = co_await doors_.inverter.apply(command);
  if (!outcome) {
    doors_.events.on_command_failure(outcome.error());
    co_return Verdict::not_sent;
  }
  const bool has_written = outcome->registers_written > 0;
  if (has_written) left_ = told_ != command.action && told_ != Action::self_use ? told_ : std::nullopt;
  told_ = command.action;
  const Instant last_write = has_written ? now : last_write_.value_or(now);
  last_write_ = last_write;
  if (has_written) co_await record_command(now, command, *outcome);
  const Reading* const reading = fresh_reading(now);
  if (outcome->verdict != Verdict::pending || reading == nullptr) co_return outcome->verdict;
  co_return control::judge_effect(
      {.command = command, .age = now - last_write, .left = left_, .reserve = settings_.battery.reserve}, *reading);
}

net::Awaitable<void> Coordinator::record_command(Instant now, Command command, ports::CommandOutcome outcome) {
  writes_today_ += outcome.registers_written;
  ports::RecordedCommand recorded{.time = now,
                                  .command = command,
                                  .verdict = outcome.verdict,
                                  .registers_written = outcome.registers_written,
                                  .detail = std::move(outcome.detail)};
  doors_.events.on_command(recorded);
  const Result<void> stored = co_await doors_.writer.store_command(std::move(recorded));
  if (!stored) doors_.events.on_record_failure(stored.error());
}

/// A decision is stored when it tells the inverter something else, and once in every slot; in between only its verdict.
net::Awaitable<void> Coordinator::record(Decision decision) {
  ++decisions_made_;
  decision_ = decision;
  const bool is_new = !stored_decision_ || !is_same(*stored_decision_, decision) ||
                      Slot::containing(stored_decision_->time) != Slot::containing(decision.time);
  if (is_new) {
    co_await store(std::move(decision));
  } else if (stored_decision_ && stored_decision_->verdict != decision.verdict) {
    stored_decision_->verdict = decision.verdict;
    doors_.events.on_decision(decision);
    const Result<void> judged = co_await doors_.writer.judge_decision(stored_decision_id_, decision.verdict);
    if (!judged) doors_.events.on_record_failure(judged.error());
  }
}

net::Awaitable<void> Coordinator::store(Decision decision) {
  stored_decision_ = decision;
  doors_.events.on_decision(decision);
  const Result<std::int64_t> id = co_await doors_.writer.store_decision(std::move(decision));
  if (id)
    stored_decision_id_ = *id;
  else
    doors_.events.on_record_failure(id.error());
}

void Coordinator::notice_clock(Instant now) {
  if (last_tick_) {
    const Seconds shift = now - (*last_tick_ + settings_.cycle);
    if (shift > longest_tick_shift || shift < -longest_tick_shift) {
      meter_.interrupt();
      plausibility_.forget();
      doors_.events.on_clock_jump(shift);
    }
  }
  last_tick_ = now;
}

void Coordinator::begin_day_of_writes(Instant now) {
  const std::chrono::year_month_day today = doors_.knowledge.zone().date_of(now);
  if (today == writes_day_) return;
  writes_day_ = today;
  writes_today_ = 0;
}

const Reading* Coordinator::fresh_reading(Instant now) const {
  return latest_ && now - latest_->time <= control::oldest_reading ? &*latest_ : nullptr;
}

std::optional<Power> Coordinator::recent_mean(Instant now, Measured<Power> Reading::* value) const {
  Power sum;
  int count = 0;
  for (auto reading = readings_.end(); reading != readings_.begin();) {
    --reading;
    if (now - reading->time > recent) break;
    const std::optional<Power> measured = (*reading).*value;
    if (!measured || reading->plausibility == Plausibility::implausible) continue;
    sum += *measured;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / count;
}

net::Awaitable<Result<void>> Coordinator::resume() {
  const Instant now = doors_.timeline.clock().now();
  Result<std::optional<Reading>> last = co_await doors_.reader.last_reading();
  if (!last) co_return std::move(last).failed();
  const std::optional<Reading>& newest = *last;
  const Instant end = (newest ? newest->time : now) + Seconds(1);
  // Day by day, so that a week of readings is never held twice.
  for (int day = 7; day >= 1; --day) {
    const ports::TimeRange range{.from = end - std::chrono::days(day), .to = end - std::chrono::days(day - 1)};
    Result<std::vector<Reading>> readings = co_await doors_.reader.readings(range, readings_in_a_week);
    if (!readings) co_return std::move(readings).failed();
    for (Reading& reading : *readings) {
      check(reading);
      readings_.append(reading);
      static_cast<void>(meter_.add(reading));
    }
  }
  const Instant oldest = now - learnt_days;
  Result<std::vector<SlotEnergy>> slots = co_await doors_.reader.slot_energies({.from = oldest, .to = end});
  if (!slots) co_return std::move(slots).failed();
  for (const SlotEnergy& slot : *slots) doors_.knowledge.learn(slot, freedom_in(slot));
  for (int series = 0; series < price_series_count; ++series) {
    const auto kind = static_cast<PriceSeries>(series);
    // In parts, so that the whole past of a market is never held at once.
    constexpr std::chrono::days part{28};
    for (Instant from = now - Knowledge::price_history; from < now + std::chrono::days(3); from += part) {
      Result<std::vector<MarketPrice>> prices = co_await doors_.reader.prices(kind, {.from = from, .to = from + part});
      if (!prices) co_return std::move(prices).failed();
      doors_.knowledge.learn(kind, *prices);
    }
  }
  begin_day_of_writes(now);
  Result<int> written =
      co_await doors_.reader.registers_written_since(doors_.knowledge.zone().start_of_day(writes_day_));
  if (!written) co_return std::move(written).failed();
  writes_today_ = *written;
  co_return Result<void>{};
}

}  // namespace gridpilot::app
