#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gridpilot/app/knowledge.hpp"
#include "gridpilot/domain/forecast_record.hpp"
#include "gridpilot/net/async.hpp"
#include "gridpilot/ports/forecast_archive.hpp"
#include "gridpilot/ports/record.hpp"

namespace gridpilot::app {

/// A forecast that a naive rival has beaten on each of the last seven days.
struct ForecastAlarm {
  ForecastSeries series = ForecastSeries::load;
  ForecastMethod rival = ForecastMethod::persistence;
  [[nodiscard]] friend bool operator==(const ForecastAlarm&, const ForecastAlarm&) = default;
};
/// "the load forecast has been worse than persistence on each of the last 7 days".
[[nodiscard]] std::string sentence_of(const ForecastAlarm& alarm);

/// Who wants to know how forecasts do. Called on the loop.
class ForecastEvents {
 public:
  virtual ~ForecastEvents() = default;
  /// A day is over and scored.
  virtual void on_forecasts_scored(std::chrono::year_month_day day, std::span<const DailyScore> scores) = 0;
  /// An alarm has begun, or `is_over`.
  virtual void on_forecast_alarm(const ForecastAlarm& alarm, bool is_over) = 0;
  virtual void on_forecast_failure(const Error& error) = 0;
};

/// Keeps every forecast with the time of its issue (of load and PV one each hour, of a market's prices one each time
/// more of them is published), holds those of each day against what came once the day is over, and raises an alarm
/// where a naive rival does better for a week. Lives on the loop.
class ForecastKeeper {
 public:
  static constexpr std::chrono::days forecasts_kept{90};

  struct Parts {
    const Knowledge& knowledge;
    ports::RecordReader& reader;
    ports::ForecastArchive& archive;
    net::asio::any_io_executor work;  ///< where scores are reckoned: some tens of milliseconds a day
    ForecastEvents& events;
  };
  explicit ForecastKeeper(Parts parts) : parts_(std::move(parts)) {}

  /// At every tick. Ends at once where nothing is due; a failure is told to the events and tried again a quarter later.
  [[nodiscard]] net::Awaitable<void> keep(Instant now);

  /// Those that hold.
  [[nodiscard]] const std::vector<ForecastAlarm>& alarms() const { return alarms_; }

 private:
  void archive_what_is_foreseen(Instant now);
  [[nodiscard]] net::Awaitable<Result<void>> score_days_that_are_over(Instant now);
  [[nodiscard]] net::Awaitable<Result<void>> remember(std::chrono::year_month_day today);
  [[nodiscard]] net::Awaitable<Result<std::vector<DailyScore>>> score(std::chrono::year_month_day day,
                                                                      ForecastSeries series);
  [[nodiscard]] net::Awaitable<Result<std::vector<std::pair<Slot, double>>>> observed(ForecastSeries series,
                                                                                      ports::TimeRange range);
  void look_for_alarms(std::chrono::year_month_day last);

  Parts parts_;
  std::optional<Instant> archived_hour_;
  std::map<ForecastSeries, Slot> archived_from_;  ///< where the last forecast of a market's prices began
  bool remembers_ = false;
  std::optional<std::chrono::year_month_day> scored_until_;  ///< the last day that is scored, or has nothing to score
  std::optional<Instant> not_before_;                        ///< after a failure
  std::vector<DailyScore> recent_;                           ///< two weeks
  std::vector<ForecastAlarm> alarms_;
};

}  // namespace gridpilot::app
