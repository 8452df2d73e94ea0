#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "gridpilot/ports/forecast_archive.hpp"
#include "gridpilot/ports/record.hpp"

namespace gridpilot::testing_support {

/// A record in memory, for tests of what is recorded and when. `failure` makes every write fail.
class MemoryRecord final : public ports::RecordWriter, public ports::RecordReader, public ports::ForecastArchive {
 public:
  std::vector<Reading> kept_readings;
  std::vector<SlotEnergy> kept_slots;
  std::vector<MarketPrice> kept_prices[price_series_count];
  std::vector<Plan> kept_plans;
  std::vector<Decision> kept_decisions;
  std::vector<ports::RecordedCommand> kept_commands;
  std::vector<std::pair<ForecastSeries, IssuedForecast>> kept_forecasts;
  std::vector<DailyScore> kept_scores;
  std::optional<Instant> forgotten_before;
  std::optional<Error> failure;

  void append(const Reading& reading) override { kept_readings.push_back(reading); }
  void append(const SlotEnergy& energy) override { kept_slots.push_back(energy); }
  net::Awaitable<Result<void>> store_prices(PriceSeries series, std::vector<MarketPrice> prices) override {
    auto& kept = kept_prices[static_cast<int>(series)];
    kept.insert(kept.end(), prices.begin(), prices.end());
    co_return written();
  }
  void store_plan(const Plan& plan) override { kept_plans.push_back(plan); }
  net::Awaitable<Result<std::int64_t>> store_decision(Decision decision) override {
    if (failure) co_return std::unexpected(*failure);
    kept_decisions.push_back(std::move(decision));
    co_return static_cast<std::int64_t>(kept_decisions.size());
  }
  net::Awaitable<Result<void>> judge_decision(std::int64_t decision_id, Verdict verdict) override {
    kept_decisions[static_cast<std::size_t>(decision_id - 1)].verdict = verdict;
    co_return written();
  }
  net::Awaitable<Result<void>> store_command(ports::RecordedCommand command) override {
    kept_commands.push_back(std::move(command));
    co_return written();
  }
  net::Awaitable<Result<void>> flush() override { co_return written(); }
  std::optional<Error> health() const override { return failure; }

  net::Awaitable<Result<std::vector<Reading>>> readings(ports::TimeRange range, std::size_t limit) override {
    std::vector<Reading> found;
    for (const Reading& reading : kept_readings)
      if (range.from <= reading.time && reading.time < range.to && found.size() < limit) found.push_back(reading);
    co_return found;
  }
  net::Awaitable<Result<std::vector<ports::ChartPoint>>> chart(ports::TimeRange, Seconds, std::size_t) override {
    co_return std::vector<ports::ChartPoint>{};
  }
  net::Awaitable<Result<std::vector<ports::ChartPoint>>> chart_between(std::vector<Instant>) override {
    co_return std::vector<ports::ChartPoint>{};
  }
  net::Awaitable<Result<std::vector<SlotEnergy>>> slot_energies(ports::TimeRange range) override {
    std::vector<SlotEnergy> found;
    for (const SlotEnergy& slot : kept_slots)
      if (range.from <= slot.slot.start() && slot.slot.start() < range.to) found.push_back(slot);
    co_return found;
  }
  net::Awaitable<Result<std::vector<MarketPrice>>> prices(PriceSeries series, ports::TimeRange range) override {
    std::vector<MarketPrice> found;
    for (const MarketPrice& price : kept_prices[static_cast<int>(series)])
      if (range.from <= price.slot.start() && price.slot.start() < range.to) found.push_back(price);
    co_return found;
  }
  net::Awaitable<Result<std::optional<ports::RecordedPlan>>> plan_of(Slot) override {
    co_return std::optional<ports::RecordedPlan>{};
  }
  net::Awaitable<Result<std::vector<ports::RecordedDecision>>> decisions(ports::TimeRange, std::size_t,
                                                                         std::optional<std::int64_t>) override {
    co_return std::vector<ports::RecordedDecision>{};
  }
  net::Awaitable<Result<std::optional<Reading>>> last_reading() override {
    co_return kept_readings.empty() ? std::optional<Reading>{} : kept_readings.back();
  }
  net::Awaitable<Result<int>> registers_written_since(Instant from) override {
    int sum = 0;
    for (const ports::RecordedCommand& command : kept_commands)
      if (command.time >= from) sum += command.registers_written;
    co_return sum;
  }

  void store_forecast(ForecastSeries series, const IssuedForecast& forecast) override {
    kept_forecasts.emplace_back(series, forecast);
  }
  void store_scores(std::vector<DailyScore> scores) override {
    kept_scores.insert(kept_scores.end(), scores.begin(), scores.end());
  }
  void forget_forecasts_before(Instant instant) override { forgotten_before = instant; }
  net::Awaitable<Result<std::vector<IssuedForecast>>> forecasts(ForecastSeries series,
                                                                ports::TimeRange issued) override {
    std::vector<IssuedForecast> found;
    for (const auto& [of, forecast] : kept_forecasts)
      if (of == series && issued.from <= forecast.issued_at && forecast.issued_at < issued.to)
        found.push_back(forecast);
    co_return found;
  }
  net::Awaitable<Result<std::vector<DailyScore>>> scores(std::chrono::year_month_day from) override {
    std::vector<DailyScore> found;
    for (const DailyScore& score : kept_scores)
      if (score.day >= from) found.push_back(score);
    co_return found;
  }

 private:
  [[nodiscard]] Result<void> written() const {
    if (failure) return std::unexpected(*failure);
    return {};
  }
};

}  // namespace gridpilot::testing_support
