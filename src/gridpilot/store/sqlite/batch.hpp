#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "gridpilot/store/sqlite/inserts.hpp"
#include "gridpilot/store/sqlite/outcome.hpp"

namespace gridpilot::store {

/// A row and who waits for it. `done` is empty where nobody does, or where he has been told of a failure already.
template <class Row, class Answer = void>
struct Awaited {
  Row row;
  typename Outcome<Answer>::Deliver done;
};

struct SeriesPrices {
  PriceSeries series;
  std::vector<MarketPrice> prices;
};

struct Judgement {
  std::int64_t decision_id = 0;
  Verdict verdict = Verdict::pending;
};

/// What goes into one transaction: group commit is nothing but taking everything that has come meanwhile.
struct Batch {
  std::vector<Reading> readings;
  std::vector<SlotEnergy> energies;
  std::vector<PackedPlan> plans;
  std::vector<PackedForecast> forecasts;
  std::vector<DailyScore> scores;
  std::optional<Instant> forget_forecasts_before;
  std::vector<Awaited<SeriesPrices>> prices;
  std::vector<Awaited<Decision, std::int64_t>> decisions;
  std::vector<Awaited<Judgement>> judgements;
  std::vector<Awaited<ports::RecordedCommand>> commands;
  std::vector<Outcome<void>::Deliver> committed;  ///< wait for the commit
  std::vector<Outcome<void>::Deliver> synced;     ///< wait until all that was ever committed is on disk

  /// Rows for which nobody waits.
  [[nodiscard]] std::size_t buffered() const {
    return readings.size() + energies.size() + plans.size() + forecasts.size() + scores.size() +
           (forget_forecasts_before ? 1U : 0U);
  }
  /// Somebody waits.
  [[nodiscard]] bool urgent() const;
  /// Has to be on disk when it is committed.
  [[nodiscard]] bool durable() const { return !decisions.empty() || !judgements.empty() || !commands.empty(); }
  [[nodiscard]] bool empty() const { return buffered() == 0 && !urgent(); }

  /// Puts later rows behind these and leaves `later` empty, its memory kept.
  void append(Batch& later);
  /// Drops the oldest rows beyond `limit` of each kind, telling those who still wait for one; returns how many.
  std::size_t limit_to(std::size_t limit);

  /// One transaction. Rows that the schema refuses are left out and their owners told; `refused` keeps the last reason.
  /// After a failure nothing is committed and nobody was told anything.
  [[nodiscard]] Result<void> write(Database& database, Inserts& inserts);
  /// Tells everybody who waits, those for `synced` the answer given, and forgets the rows.
  void succeed(const Result<void>& on_disk);
  /// Tells everybody who waits; rows are kept to be tried again.
  void fail(const Error& why);

  std::optional<Error> refused;

 private:
  [[nodiscard]] Result<void> write_rows(Database& database, Inserts& inserts);
  [[nodiscard]] Result<void> note(Result<void> written);

  // Answers of the transaction, in the order of the rows; given when it is committed.
  std::vector<Result<std::int64_t>> decision_ids_;
  std::vector<Result<void>> judgement_answers_, command_answers_, price_answers_;
};

}  // namespace gridpilot::store
