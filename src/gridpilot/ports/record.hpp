#pragma once

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

/// What is kept. Writing never blocks the loop: calls complete when the record's own executor has taken the data;
/// decisions and commands when they are on disk, synced. Readings may be up to 60 s behind.
class RecordWriter {
 public:
  virtual ~RecordWriter() = default;
  /// Buffered; returns at once. A full buffer or a sick disk is reported by health().
  virtual void append(const Reading& reading) = 0;
  virtual void append(const SlotEnergy& energy) = 0;
  [[nodiscard]] virtual net::Awaitable<Result<void>> store_prices(PriceSeries series,
                                                                  std::vector<MarketPrice> prices) = 0;
  /// One plan is kept per slot: the first of each slot.
  virtual void store_plan(const Plan& plan) = 0;
  [[nodiscard]] virtual net::Awaitable<Result<void>> store_decision(Decision decision) = 0;
  [[nodiscard]] virtual net::Awaitable<Result<void>> store_command(RecordedCommand command) = 0;
  /// Everything accepted so far is on disk.
  [[nodiscard]] virtual net::Awaitable<Result<void>> flush() = 0;
  /// The last failure that has not been overcome; absent while all is well.
  [[nodiscard]] virtual std::optional<Error> health() const = 0;
};

class RecordReader {
 public:
  virtual ~RecordReader() = default;
  /// Raw readings in order of time; at most `limit` of them.
  [[nodiscard]] virtual net::Awaitable<Result<std::vector<Reading>>> readings(TimeRange range, std::size_t limit) = 0;
  /// Means over stretches of `step`, aligned to UTC multiples of it (to local days by `day_offset` for a day's step);
  /// a stretch belongs to the range when it begins inside it. Stretches without a reading are left out.
  [[nodiscard]] virtual net::Awaitable<Result<std::vector<ChartPoint>>> chart(TimeRange range, Seconds step,
                                                                              std::size_t limit) = 0;
  [[nodiscard]] virtual net::Awaitable<Result<std::vector<SlotEnergy>>> slot_energies(TimeRange range) = 0;
  [[nodiscard]] virtual net::Awaitable<Result<std::vector<MarketPrice>>> prices(PriceSeries series,
                                                                                TimeRange range) = 0;
  /// Newest first; only ids below `before_id` where that is given.
  [[nodiscard]] virtual net::Awaitable<Result<std::vector<RecordedDecision>>> decisions(
      TimeRange range, std::size_t limit, std::optional<std::int64_t> before_id) = 0;
  /// The newest reading; absent in a new record.
  [[nodiscard]] virtual net::Awaitable<Result<std::optional<Reading>>> last_reading() = 0;
  /// Registers written to the device since an instant: the day's budget survives a restart.
  [[nodiscard]] virtual net::Awaitable<Result<int>> registers_written_since(Instant from) = 0;
};

}  // namespace gridpilot::ports
