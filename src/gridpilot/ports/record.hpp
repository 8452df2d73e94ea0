#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gridpilot/domain/command.hpp"
#include "gridpilot/domain/outlook.hpp"
#include "gridpilot/domain/plan.hpp"
#include "gridpilot/domain/prices.hpp"
#include "gridpilot/domain/reading.hpp"
#include "gridpilot/net/async.hpp"

namespace gridpilot::ports {

/// A half-open stretch of time.
struct TimeRange {
  Instant from{};
  Instant to{};
};

/// The five values a chart draws, averaged over a stretch that begins at `time`; absent where nothing was measured.
struct ChartPoint {
  Instant time{};
  std::optional<Soc> soc;
  std::optional<Power> pv, load, grid, battery;
};

/// A decision as it was recorded.
struct RecordedDecision {
  std::int64_t id = 0;  ///< grows with time; a cursor for paging
  Decision decision;
};

/// A command as it went to the device.
struct RecordedCommand {
  Instant time{};
  Command command;
  Verdict verdict = Verdict::pending;
  int registers_written = 0;
  std::string detail;
};

/// One slot of a recorded plan: its inputs and what was planned, energies to 1 mWh, costs to 1e-8, values to 1e-9 per
/// kWh. What follows from the contract (zone, market price) is not kept.
struct RecordedPlanSlot {
  Slot slot;
  GrossPrice import_price;
  GrossPrice export_price;
  bool foreseen = false;
  OutlookSlot outlook;
  PlannedFlow flow;
  Action action = Action::self_use;
  Value cost;
};

/// The first plan of a slot, for replay. Its slots follow each other without gap; the first began at `computed_at`.
struct RecordedPlan {
  Instant computed_at{};
  Energy initial;
  Value cost;
  ValuePerEnergy value_of_stored;
  std::vector<RecordedPlanSlot> slots;
};

/// What is kept. Writing never blocks the loop. A call that reports a failure keeps its data all the same and writes
/// it when that becomes possible again, as long as the bounded buffer lasts. Cancelling ends the wait, not the writing.
class RecordWriter {
 public:
  virtual ~RecordWriter() = default;
  /// Buffered; returns at once, on disk within 60 s. A full buffer or a sick disk is reported by health().
  virtual void append(const Reading& reading) = 0;
  virtual void append(const SlotEnergy& energy) = 0;
  /// Completes when the prices are committed. They replace what was known of their slots.
  [[nodiscard]] virtual net::Awaitable<Result<void>> store_prices(PriceSeries series,
                                                                  std::vector<MarketPrice> prices) = 0;
  /// Buffered like readings. One plan is kept per slot: the first of each slot; others return at once.
  virtual void store_plan(const Plan& plan) = 0;
  /// Completes with the decision's id when it is on disk, synced.
  [[nodiscard]] virtual net::Awaitable<Result<std::int64_t>> store_decision(Decision decision) = 0;
  /// What became of a decision that was stored as pending; completes when that is on disk, synced.
  [[nodiscard]] virtual net::Awaitable<Result<void>> judge_decision(std::int64_t decision_id, Verdict verdict) = 0;
  /// Completes when the command is on disk, synced.
  [[nodiscard]] virtual net::Awaitable<Result<void>> store_command(RecordedCommand command) = 0;
  /// Everything accepted so far is on disk, synced.
  [[nodiscard]] virtual net::Awaitable<Result<void>> flush() = 0;
  /// The last failure that has not been overcome; absent while all is well.
  [[nodiscard]] virtual std::optional<Error> health() const = 0;
};

/// Reads see everything that was appended before the call, also what is not yet on disk.
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  /// Raw readings in order of time; at most `limit` of them.
  [[nodiscard]] virtual net::Awaitable<Result<std::vector<Reading>>> readings(TimeRange range, std::size_t limit) = 0;
  /// Means over stretches of `step`, aligned to UTC multiples of it. A stretch belongs to the range when it begins
  /// inside it and is then averaged whole, also beyond the range's end. Stretches without a reading are left out; at
  /// most `limit` points, the earliest.
  [[nodiscard]] virtual net::Awaitable<Result<std::vector<ChartPoint>>> chart(TimeRange range, Seconds step,
                                                                              std::size_t limit) = 0;
  /// Means between neighbouring `boundaries`, which ascend: the midnights around local days of 23, 24 or 25 hours.
  [[nodiscard]] virtual net::Awaitable<Result<std::vector<ChartPoint>>> chart_between(
      std::vector<Instant> boundaries) = 0;
  [[nodiscard]] virtual net::Awaitable<Result<std::vector<SlotEnergy>>> slot_energies(TimeRange range) = 0;
  /// The texts of `source` live as long as the record.
  [[nodiscard]] virtual net::Awaitable<Result<std::vector<MarketPrice>>> prices(PriceSeries series,
                                                                                TimeRange range) = 0;
  /// The plan kept for a slot; absent where none was made in it.
  [[nodiscard]] virtual net::Awaitable<Result<std::optional<RecordedPlan>>> plan_of(Slot slot) = 0;
  /// Newest first; only ids below `before_id` where that is given.
  [[nodiscard]] virtual net::Awaitable<Result<std::vector<RecordedDecision>>> decisions(
      TimeRange range, std::size_t limit, std::optional<std::int64_t> before_id) = 0;
  /// The newest reading; absent in a new record.
  [[nodiscard]] virtual net::Awaitable<Result<std::optional<Reading>>> last_reading() = 0;
  /// Registers written to the device since an instant: the day's budget survives a restart.
  [[nodiscard]] virtual net::Awaitable<Result<int>> registers_written_since(Instant from) = 0;
};

}  // namespace gridpilot::ports
