#include "gridpilot/app/live_state.hpp"

#include "gridpilot/control/guard.hpp"

namespace gridpilot::app {

void LiveState::count_inverter_failure(std::string detail) {
  ++inverter_failures_;
  inverter_detail_ = std::move(detail);
}

const api::Snapshot& LiveState::snapshot() const {
  const Instant now = parts_.timeline.clock().now();
  const Coordinator& coordinator = parts_.coordinator;
  const Slot present = Slot::containing(now);
  const std::vector<SlotPrice> price = parts_.knowledge.prices({.first = present, .last = present.next()});
  snapshot_ = {.time = now,
               .mode = mode_,
               .control = coordinator.settings().control,
               .reading = coordinator.latest(),
               .implausible = coordinator.implausible(),
               .price = price.empty() ? std::nullopt : std::optional(price.front()),
               .currency = parts_.knowledge.currency(),
               .decision = coordinator.decision(),
               .action_lapses = coordinator.action_lapses(),
               .paused_until = coordinator.paused_until(),
               .warnings = warnings(),
               .sources = {},
               .plan = coordinator.plan(),
               .battery_capacity = coordinator.settings().battery.capacity,
               .progress = progress_,
               .unhealthy = reasons_not_healthy()};
  snapshot_.sources.push_back(inverter_source(now));
  for (const DescribeSource& describe : sources_) snapshot_.sources.push_back(describe());
  snapshot_.sources.push_back(record_source(now));
  return snapshot_;
}

std::vector<api::PricedSlot> LiveState::prices(ports::TimeRange range) const {
  // A slot belongs to the range when it begins inside it.
  const auto first_from = [](Instant t) { return Slot::containing(t + slot_length - Seconds(1)); };
  std::vector<api::PricedSlot> priced;
  for (const SlotPrice& price :
       parts_.knowledge.prices({.first = first_from(range.from), .last = first_from(range.to)})) {
    api::PricedSlot slot{.price = price, .source = {}, .published_at = std::nullopt};
    const auto series = parts_.knowledge.bought_at(price.slot.start());
    const auto published = series ? parts_.knowledge.book().find(*series, price.slot) : std::nullopt;
    if (price.market && published) {
      slot.source = published->source;
      slot.published_at = published->published_at;
    }
    priced.push_back(slot);
  }
  return priced;
}

api::SourceState LiveState::inverter_source(Instant now) const {
  api::SourceState state{.name = "inverter", .failures = inverter_failures_, .detail = std::nullopt};
  const std::optional<Reading>& latest = parts_.coordinator.latest();
  const bool is_failing = parts_.coordinator.failed_reads() > 0;
  if (is_failing) state.detail = inverter_detail_;
  if (!latest) {
    state.condition = is_failing ? api::SourceCondition::failing : api::SourceCondition::waiting;
    return state;
  }
  state.age = now - latest->time;
  if (*state.age > control::oldest_reading)
    state.condition = api::SourceCondition::stale;
  else
    state.condition = is_failing ? api::SourceCondition::failing : api::SourceCondition::fresh;
  return state;
}

api::SourceState LiveState::record_source(Instant now) const {
  api::SourceState state{.name = "record", .condition = api::SourceCondition::fresh, .detail = std::nullopt};
  if (const std::optional<Reading>& latest = parts_.coordinator.latest()) state.age = now - latest->time;
  if (const std::optional<Error> sick = parts_.record.health()) {
    state.condition = api::SourceCondition::failing;
    state.detail = sick->message;
  }
  return state;
}

/// A silent inverter or a full disk is the sources' story: the program itself is well, and starting it anew helps
/// nobody.
std::vector<std::string> LiveState::reasons_not_healthy() const {
  std::vector<std::string> reasons;
  if (progress_) reasons.push_back(progress_->phase);
  for (const auto& doubt : doubts_)
    if (std::optional<std::string> reason = doubt()) reasons.push_back(std::move(*reason));
  return reasons;
}

std::vector<std::string> LiveState::warnings() const {
  std::vector<std::string> all = warnings_;
  for (const auto& warner : warners_)
    for (std::string& warning : warner()) all.push_back(std::move(warning));
  const Coordinator& coordinator = parts_.coordinator;
  const BatteryProfile* const profile = coordinator.settings().profile;
  const std::optional<Reading>& latest = coordinator.latest();
  if (profile == nullptr || !latest) return all;
  if (auto warning = control::warning_of(*latest, *profile)) all.push_back(std::move(*warning));
  return all;
}

}  // namespace gridpilot::app
