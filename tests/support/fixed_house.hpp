#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "gridpilot/api/state.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/ports/record.hpp"

namespace gridpilot::testing {

/// A house whose every value follows from the time alone: prices of two days with a cheap and negative noon and dear
/// evening, sun, load, a battery that follows a simple rule, with exact balance. For documents and for looking at the
/// page; nothing in it is measured or optimal.
class FixedHouse final : public api::StateView {
 public:
  explicit FixedHouse(Instant now);

  [[nodiscard]] const api::Snapshot& snapshot() const override { return snapshot_; }
  [[nodiscard]] std::vector<api::PricedSlot> prices(ports::TimeRange range) const override;

  /// Lets time pass: readings, plan and decision of the new moment.
  void move_to(Instant now);
  [[nodiscard]] static Reading reading_at(Instant t);
  /// Prices are published until here; later slots are foreseen.
  [[nodiscard]] static Slot published_until(Instant now);

  api::Snapshot snapshot_;

 private:
  [[nodiscard]] Plan plan_at(Instant now) const;
};

/// Answers from FixedHouse::reading_at; every call is counted, and fails where `failing` says so.
class FixedRecord final : public ports::RecordReader {
 public:
  [[nodiscard]] net::Awaitable<Result<std::vector<Reading>>> readings(ports::TimeRange range,
                                                                      std::size_t limit) override;
  [[nodiscard]] net::Awaitable<Result<std::vector<ports::ChartPoint>>> chart(ports::TimeRange range, Seconds step,
                                                                             std::size_t limit) override;
  [[nodiscard]] net::Awaitable<Result<std::vector<ports::ChartPoint>>> chart_between(
      std::vector<Instant> boundaries) override;
  [[nodiscard]] net::Awaitable<Result<std::vector<SlotEnergy>>> slot_energies(ports::TimeRange range) override;
  [[nodiscard]] net::Awaitable<Result<std::vector<MarketPrice>>> prices(PriceSeries series,
                                                                        ports::TimeRange range) override;
  [[nodiscard]] net::Awaitable<Result<std::optional<ports::RecordedPlan>>> plan_of(Slot slot) override;
  [[nodiscard]] net::Awaitable<Result<std::vector<ports::RecordedDecision>>> decisions(
      ports::TimeRange range, std::size_t limit, std::optional<std::int64_t> before_id) override;
  [[nodiscard]] net::Awaitable<Result<std::optional<Reading>>> last_reading() override;
  [[nodiscard]] net::Awaitable<Result<int>> registers_written_since(Instant from) override;

  std::optional<Error> failing;
  std::optional<Instant> begins;              ///< nothing was recorded before
  std::vector<ports::RecordedDecision> kept;  ///< oldest first
  std::vector<Instant> asked_boundaries;
};

}  // namespace gridpilot::testing
