#include "gridpilot/inverter/goodwe/control.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "gridpilot/inverter/goodwe/inverter_clock.hpp"
#include "gridpilot/net/deadline.hpp"

namespace gridpilot::goodwe {
namespace {

constexpr std::chrono::seconds give_back_deadline{5};
constexpr std::uint16_t limits_count = 4;          // 45353 .. 45356
constexpr std::uint16_t export_and_ems_count = 4;  // 47509 .. 47512
// What a charging battery may take above its window's power before that counts as ignored.
constexpr double tolerated_share = 1.15;
constexpr Power tolerated_excess = watts(300);

[[nodiscard]] bool needs_a_window(Action action) {
  return action == Action::charge || action == Action::sell;
}

[[nodiscard]] std::vector<RegisterSpan> differing_spans(const std::vector<RegisterSpan>& wanted,
                                                        const Registers& present) {
  std::vector<RegisterSpan> out;
  for (const RegisterSpan& span : wanted)
    if (const auto part = differing(span, present)) out.push_back(*part);
  return out;
}

[[nodiscard]] int registers_in(const std::vector<RegisterSpan>& spans) {
  std::size_t count = 0;
  for (const RegisterSpan& span : spans) count += span.values.size();
  return static_cast<int>(count);
}

[[nodiscard]] bool covers(const RegisterSpan& span, std::uint16_t number) {
  return number >= span.first && number < span.first + span.values.size();
}

[[nodiscard]] std::string local_clock_text(const TimeZone& zone, Instant t) {
  return clock_text(zone, t);
}

[[nodiscard]] bool owners_touched(const std::optional<Snapshot>& snapshot, std::uint16_t number) {
  return snapshot && snapshot->touched.contains(number);
}

/// What is left of a command after its time: the inverter's own rule, and what safety blocked.
[[nodiscard]] Command lapsed(const Command& command) {
  return {.action = Action::self_use,
          .power = {},
          .stop_soc = command.stop_soc,
          .until = command.until,
          .charging = command.charging,
          .priority = command.priority};
}

[[nodiscard]] std::uint16_t tenths_of_amperes(Power power, Voltage voltage) {
  return static_cast<std::uint16_t>(std::clamp(std::floor(in_watts(power) / in_volts(voltage) * 10.0), 1.0, 1000.0));
}

}  // namespace

void Control::begin(std::string serial, Abilities abilities) {
  serial_ = std::move(serial);
  abilities_ = abilities;
  last_written_.clear();
  overridden_until_.reset();
  observed_.reset();
  charge_current_cap_.reset();
  refusals_ = 0;
  refusing_until_.reset();
  clock_checked_at_.reset();
  clock_error_ = Seconds{0};
}

ports::CommandOutcome Control::outcome(Verdict verdict, std::string detail) {
  return {.verdict = verdict, .registers_written = std::exchange(uncounted_, 0), .detail = std::move(detail)};
}

net::Awaitable<Result<ports::CommandOutcome>> Control::apply(Command command) {
  const Instant now = clock_.now();
  const bool is_safety = command.priority == Priority::safety;
  if (!is_safety && overridden_until_ && now < *overridden_until_)
    co_return outcome(Verdict::overridden, overridden_detail_);
  overridden_until_.reset();
  if (command.until <= now) command = lapsed(command);
  if (command.action != Action::charge) charge_current_cap_.reset();

  // 1. What stands in the registers, and whether it is what we left there.
  Result<Registers> present = co_await read_present(command);
  if (!present) co_return present.failed();
  if (const auto changed = changed_by_others(*present)) {
    last_written_.clear();
    if (!is_safety) {
      overridden_until_ = now + override_pause;
      overridden_detail_ = "register " + std::to_string(*changed) + " was changed by somebody else; left alone until " +
                           local_clock_text(zone_, *overridden_until_);
      co_return outcome(Verdict::overridden, overridden_detail_);
    }
  }

  // 2. Windows run by the inverter's clock.
  if (needs_a_window(command.action) && clock_check_is_due()) {
    const Result<void> looked = co_await look_at_clock(*present);
    if (!looked) co_return looked.failed();
  }

  // 3. What has to stand there, and what of it differs.
  Result<WantedRegisters> wanted = wanted_registers(command, situation(*present, command));
  if (!wanted) co_return wanted.failed();
  std::vector<RegisterSpan> spans = differing_spans(wanted->spans, *present);
  const std::optional<std::uint16_t> cap = spans.empty() ? cap_of_excess(command) : std::nullopt;
  if (cap) {
    charge_current_cap_ = cap;
    wanted = wanted_registers(command, situation(*present, command));
    if (!wanted) co_return wanted.failed();
    spans = differing_spans(wanted->spans, *present);
  }
  if (spans.empty()) co_return outcome(Verdict::pending, std::move(wanted->carrier));
  const bool always = is_safety || command.action == Action::self_use;
  if (!always && refusing_until_ && now < *refusing_until_)
    co_return failure(ErrorCode::busy, "the inverter refuses to be written to; left alone until " +
                                           local_clock_text(zone_, *refusing_until_));
  if (!always && !budget_.allows(registers_in(spans), now))
    co_return failure(ErrorCode::busy,
                      "the day's " + std::to_string(budget_.limit()) + " register writes are spent until midnight");

  // 4. The owner's values are on disk before anything is written.
  const Result<void> remembered = co_await remember_owners(*present, spans);
  if (!remembered) co_return remembered.failed();
  co_return co_await carry_out(std::move(*wanted), std::move(*present));
}

net::Awaitable<Result<void>> Control::look_at_clock(Registers present) {
  const Result<void> remembered = co_await remember_owners(std::move(present), {});
  if (!remembered) co_return remembered.failed();
  co_return co_await compare_clock(SetClock::yes);
}

/// The charge current, in 0.1 A, that keeps firmware to a window's power which charges at full power whatever the
/// window says (hazard 4): told by the battery once it had time to settle. Absent where nothing of the kind shows.
std::optional<std::uint16_t> Control::cap_of_excess(const Command& command) const {
  if (command.action != Action::charge || charge_current_cap_ || !abilities_.has_current_limits) return std::nullopt;
  const std::optional<Reading>& observed = observed_;
  if (!observed || observed->time < last_write_ + settling) return std::nullopt;
  const std::optional<Power> power = observed->battery;
  const std::optional<Voltage> voltage = observed->battery_voltage;
  if (!power || !voltage || *voltage < volts(1)) return std::nullopt;
  if (*power <= command.power * tolerated_share + tolerated_excess) return std::nullopt;
  return tenths_of_amperes(command.power, *voltage);
}

/// One request for each stretch of registers that a command may concern.
net::Awaitable<Result<Registers>> Control::read_present(Command command) {
  std::vector<std::pair<std::uint16_t, std::uint16_t>> stretches;
  if (abilities_.has_windows) {
    stretches.emplace_back(work_mode_register, std::uint16_t{1});
    const auto group_registers =
        static_cast<std::uint16_t>(eco_groups * static_cast<int>(registers_of(abilities_.eco_format)));
    stretches.emplace_back(eco_group_register(abilities_, 0), group_registers);
  }
  if (abilities_.has_export_limit && abilities_.has_ems) {
    stretches.emplace_back(export_enable_register, export_and_ems_count);
  } else {
    if (abilities_.has_export_limit) stretches.emplace_back(export_enable_register, std::uint16_t{2});
    if (abilities_.has_ems) stretches.emplace_back(ems_mode_register, std::uint16_t{2});
  }
  if (abilities_.has_eco_enable) stretches.emplace_back(eco_enable_register, std::uint16_t{1});
  const bool currents_matter = command.action == Action::sell || command.action == Action::charge ||
                               command.charging == Charging::blocked || !abilities_.has_ems ||
                               owners_touched(snapshot_, charge_current_register) ||
                               owners_touched(snapshot_, discharge_current_register);
  if (abilities_.has_current_limits && currents_matter) stretches.emplace_back(charge_current_register, limits_count);

  Registers present;
  for (const auto& [first, count] : stretches) {
    const Result<Words> words = co_await registers_->read(first, count);
    if (!words) co_return words.failed();
    present.set(first, words->span());
  }
  co_return present;
}

std::optional<std::uint16_t> Control::changed_by_others(const Registers& present) const {
  for (const auto& [number, value] : last_written_) {
    const auto stands = present.get(number);
    if (stands && *stands != value) return number;
  }
  return std::nullopt;
}

Situation Control::situation(const Registers& present, const Command& command) const {
  const Instant now = clock_.now();
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(command.until - now).count();
  Situation s{.abilities = abilities_,
              .present = present,
              .time = inverter_time(zone_, now, clock_error_),
              .minutes_until_lapse = static_cast<int>(std::clamp<std::int64_t>(minutes, 1, window_minutes)),
              .owners = {},
              .charge_current_cap = charge_current_cap_};
  if (!snapshot_) return s;
  for (const std::uint16_t number : snapshot_->touched)
    if (const auto owners = snapshot_->registers.find(number); owners != snapshot_->registers.end())
      s.owners.insert(*owners);
  return s;
}

/// Takes the snapshot where there is none yet, and notes in it what is about to be touched.
net::Awaitable<Result<void>> Control::remember_owners(Registers present, std::vector<RegisterSpan> to_be_written) {
  Snapshot next =
      snapshot_.value_or(Snapshot{.serial = serial_, .taken_at = clock_.now(), .registers = {}, .touched = {}});
  if (!snapshot_) {
    for (const auto& [number, value] : present.all()) next.registers[number] = value;
    constexpr std::pair<std::uint16_t, std::uint16_t> further[] = {{charge_current_register, limits_count},
                                                                   {export_enable_register, export_and_ems_count}};
    for (const auto& [first, count] : further) {
      // What the unit does not have, nobody writes.
      const Result<Words> words = co_await registers_->probe(first, count);
      if (!words) co_return words.failed();
      for (std::size_t i = 0; i < words->size(); ++i)
        next.registers[static_cast<std::uint16_t>(first + i)] = (*words)[i];
    }
  }
  for (const RegisterSpan& span : to_be_written)
    for (std::size_t i = 0; i < span.values.size(); ++i)
      next.touched.insert(static_cast<std::uint16_t>(span.first + i));
  if (snapshot_ && next.touched == snapshot_->touched) co_return Result<void>();
  const Result<void> saved = co_await snapshots_.save(to_json(next));
  if (!saved) co_return saved.failed();
  snapshot_ = std::move(next);
  co_return Result<void>();
}

net::Awaitable<Result<WriteReport>> Control::write(RegisterSpan span) {
  const auto registers = static_cast<int>(span.values.size());
  budget_.count(registers, clock_.now());
  uncounted_ += registers;
  // Noted before it is sent: the answer may be lost on the way back.
  for (std::size_t i = 0; i < span.values.size(); ++i)
    last_written_[static_cast<std::uint16_t>(span.first + i)] = span.values[i];
  Result<WriteReport> report = co_await registers_->write_and_read_back(span);
  note_write(report);
  if (!report || report->taken == WriteReport::Taken::no)
    for (std::size_t i = 0; i < span.values.size(); ++i)
      last_written_.erase(static_cast<std::uint16_t>(span.first + i));
  co_return report;
}

/// Silence is the network's; a unit that answers and does not carry out is left alone after some attempts.
void Control::note_write(const Result<WriteReport>& report) {
  last_write_ = clock_.now();
  if (report && report->taken == WriteReport::Taken::yes) {
    refusals_ = 0;
    refusing_until_.reset();
  } else if (report || report.error().code == ErrorCode::busy) {
    if (++refusals_ >= refusals_before_pause) refusing_until_ = last_write_ + refusal_pause;
  }
}

net::Awaitable<Result<ports::CommandOutcome>> Control::carry_out(WantedRegisters wanted, Registers present) {
  for (const RegisterSpan& span : wanted.spans) {
    const std::optional<RegisterSpan> part = differing(span, present);
    if (!part) continue;
    const Result<WriteReport> report = co_await write(*part);
    if (!report) co_return report.failed();
    if (report->taken == WriteReport::Taken::no) co_return outcome(Verdict::ignored, report->detail);
    present.set(part->first, part->values.span());
    if (!covers(*part, work_mode_register) || !abilities_.has_ems) continue;
    // Every change of the work mode resets EMS on real units: what stands there now decides the rest.
    const Result<Words> ems = co_await registers_->read(ems_mode_register, 2);
    if (!ems) co_return ems.failed();
    present.set(ems_mode_register, ems->span());
    last_written_.erase(ems_mode_register);
    last_written_.erase(ems_power_register);
  }
  co_return outcome(Verdict::pending, std::move(wanted.carrier));
}

// ---- the inverter's clock ----

bool Control::clock_check_is_due() const {
  const Instant now = clock_.now();
  return !clock_checked_at_ || now - *clock_checked_at_ >= clock_check_interval || now < *clock_checked_at_ ||
         zone_.offset_at(now) != zone_offset_when_checked_;
}

net::Awaitable<Result<void>> Control::compare_clock(SetClock set) {
  for (int round = 0; round < 2; ++round) {
    const Result<Words> words = co_await registers_->read(clock_register, 3);
    if (!words) co_return words.failed();
    const Instant now = clock_.now();
    const std::optional<CivilTime> shown = clock_of(*words);
    if (shown) clock_error_ = clock_error(*shown, zone_, now);
    const bool right = shown && std::chrono::abs(clock_error_) <= tolerated_clock_error;
    // In the night of the autumn change the same time comes twice; the clock is set after it.
    const bool may_set = set == SetClock::yes && round == 0 && budget_.allows(3, now) &&
                         !inverter_time(zone_, now, Seconds{0}).repeated_hour;
    if (right || !may_set) {
      if (!shown && set == SetClock::yes)
        co_return failure(ErrorCode::malformed, "the inverter's clock shows no possible time");
      // A clock that is off and not set is reckoned with: windows are shifted by its error. What connect() finds is
      // looked at again before the first window, which may set it.
      if (right || set == SetClock::yes) {
        clock_checked_at_ = now;
        zone_offset_when_checked_ = zone_.offset_at(now);
      }
      co_return Result<void>();
    }
    const Result<void> done = co_await set_clock();
    if (!done) co_return done.failed();
  }
  co_return Result<void>();
}

/// Not part of the snapshot: a right clock is not taken back. A refused write shows when the clock is read again.
net::Awaitable<Result<void>> Control::set_clock() {
  budget_.count(3, clock_.now());
  uncounted_ += 3;
  const Result<void> written =
      co_await registers_->write({.first = clock_register, .values = clock_words(zone_.civil(clock_.now()))});
  const bool refused =
      !written && (written.error().code == ErrorCode::rejected || written.error().code == ErrorCode::unsupported);
  if (!written && !refused) co_return written.failed();
  co_return Result<void>();
}

// ---- the owner's settings ----

net::Awaitable<Result<void>> Control::give_back_leftover(std::string serial) {
  snapshot_.reset();
  const Result<std::optional<std::string>> loaded = co_await snapshots_.load();
  if (!loaded) co_return loaded.failed();
  const std::optional<std::string>& text = *loaded;
  if (!text) co_return Result<void>();
  const Result<Snapshot> left = parse_snapshot(*text);
  // What was kept of another unit is no business of this one; it stays until this one's first write.
  if (left && left->serial != serial) co_return Result<void>();
  Snapshot owners = left ? *left : self_use_snapshot();
  snapshot_ = owners;
  co_return co_await restore(std::move(owners));
}

net::Awaitable<Result<void>> Control::give_back() {
  if (!snapshot_) co_return Result<void>();
  co_return co_await net::with_deadline(restore(*snapshot_), give_back_deadline, "giving the owner's settings back");
}

net::Awaitable<Result<void>> Control::restore(Snapshot owners) {
  for (const RegisterSpan& span : give_back_spans(owners)) {
    const Result<Words> words = co_await registers_->probe(span.first, static_cast<std::uint16_t>(span.values.size()));
    if (!words) co_return words.failed();
    if (words->size() == 0) continue;  // only a snapshot that could not be read names registers that the unit has not
    Registers present;
    present.set(span.first, words->span());
    const std::optional<RegisterSpan> part = differing(span, present);
    if (!part) continue;
    const Result<WriteReport> report = co_await write(*part);
    if (!report) co_return report.failed();
    if (report->taken == WriteReport::Taken::no) co_return failure(ErrorCode::rejected, report->detail);
  }
  last_written_.clear();
  const Result<void> forgotten = co_await snapshots_.remove();
  if (!forgotten) co_return forgotten.failed();
  snapshot_.reset();
  co_return Result<void>();
}

}  // namespace gridpilot::goodwe
