#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/api/state.hpp"
#include "gridpilot/core/civil_time.hpp"

/// The documents of docs/api.md: domain values in, JSON text out. What is missing is null, never 0. Energies and
/// amounts of money are rounded to 6 decimals, powers and states of charge to what meters resolve; contract and market
/// prices are exact.
namespace gridpilot::api {

[[nodiscard]] std::string health_document(const Snapshot& snapshot);
[[nodiscard]] std::string status_document(const Snapshot& snapshot, const TimeZone& zone);
/// Without a plan: all fields null and no slots.
[[nodiscard]] std::string plan_document(const Snapshot& snapshot);
[[nodiscard]] std::string prices_document(const std::vector<PricedSlot>& slots, std::string_view currency);
/// `next` is the `from` of the next page; absent on the last.
[[nodiscard]] std::string readings_document(std::string_view resolution, const std::vector<Reading>& readings,
                                            std::optional<Instant> next);
[[nodiscard]] std::string readings_document(std::string_view resolution, const std::vector<ports::ChartPoint>& points,
                                            std::optional<Instant> next);
/// `next` is the `cursor` of the next page; absent on the last.
[[nodiscard]] std::string decisions_document(const std::vector<ports::RecordedDecision>& decisions,
                                             std::optional<std::int64_t> next);

// Data of the events.
[[nodiscard]] std::string reading_event(const Reading& reading);
[[nodiscard]] std::string decision_event(const Decision& decision);
[[nodiscard]] std::string plan_event(const Plan& plan, std::string_view currency);
[[nodiscard]] std::string prices_event(SlotRange slots);
[[nodiscard]] std::string progress_event(const Progress& progress);

}  // namespace gridpilot::api
