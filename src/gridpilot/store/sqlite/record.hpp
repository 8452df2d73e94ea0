#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gridpilot/ports/forecast_archive.hpp"
#include "gridpilot/ports/record.hpp"

namespace gridpilot::store {

/// The record in one SQLite file: one writing connection on a thread of its own, read-only connections on a few more.
/// The loop's thread only hands data over. All functions are called on the loop's thread. docs/storage.md has the
/// schema.
class SqliteRecord final : public ports::RecordWriter, public ports::RecordReader, public ports::ForecastArchive {
 public:
  struct Options {
    std::filesystem::path path;                    ///< its folder must exist; the file is created with mode 0600
    Seconds flush_after{60};                       ///< wall time after which buffered rows are committed
    std::size_t flush_rows = 512;                  ///< so many buffered rows are committed at once
    std::size_t buffer_rows = 30'240;              ///< kept of each kind while the disk is sick; the oldest are dropped
    std::chrono::milliseconds lock_wait{2'000};    ///< how long another program's lock is waited for
    std::chrono::milliseconds retry_after{1'000};  ///< after a failure; doubled each time to at most 30 s
    int reader_threads = 2;
  };

  /// Blocks (opens, checks, migrates): called before the loop runs. `loop` is where awaiting coroutines go on; its
  /// context must outlive the record.
  /// A file that is damaged or no database is renamed to `<path>.corrupt-<time>` and a new one is begun (see notices);
  /// nothing is ever deleted. Errors: busy (locked by another program), unsupported (written by a newer gridpilot, or
  /// by another program), io_failure (folder lacking or not writable).
  [[nodiscard]] static Result<std::unique_ptr<SqliteRecord>> open(const Options& options,
                                                                  net::asio::any_io_executor loop);

  /// Waits for the threads; what could not be written by then is lost. Close first.
  ~SqliteRecord() override;
  SqliteRecord(const SqliteRecord&) = delete;
  SqliteRecord& operator=(const SqliteRecord&) = delete;

  /// Sentences for the log about what opening did besides: migrated from, set aside as.
  [[nodiscard]] const std::vector<std::string>& notices() const;

  /// Writes what is buffered, synced, and ends the threads; at most 5 s, then `timeout`. Afterwards every call answers
  /// `cancelled`.
  [[nodiscard]] net::Awaitable<Result<void>> close();

  void append(const Reading& reading) override;
  void append(const SlotEnergy& energy) override;
  [[nodiscard]] net::Awaitable<Result<void>> store_prices(PriceSeries series, std::vector<MarketPrice> prices) override;
  void store_plan(const Plan& plan) override;
  [[nodiscard]] net::Awaitable<Result<std::int64_t>> store_decision(Decision decision) override;
  [[nodiscard]] net::Awaitable<Result<void>> judge_decision(std::int64_t decision_id, Verdict verdict) override;
  [[nodiscard]] net::Awaitable<Result<void>> store_command(ports::RecordedCommand command) override;
  [[nodiscard]] net::Awaitable<Result<void>> flush() override;
  [[nodiscard]] std::optional<Error> health() const override;

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

  void store_forecast(ForecastSeries series, const IssuedForecast& forecast) override;
  void store_scores(std::vector<DailyScore> scores) override;
  void forget_forecasts_before(Instant instant) override;
  [[nodiscard]] net::Awaitable<Result<std::vector<IssuedForecast>>> forecasts(ForecastSeries series,
                                                                              ports::TimeRange issued) override;
  [[nodiscard]] net::Awaitable<Result<std::vector<DailyScore>>> scores(std::chrono::year_month_day from) override;

 private:
  struct Parts;
  explicit SqliteRecord(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace gridpilot::store
