#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/forecast/backtest.hpp"

namespace gridpilot::forecast {

/// Known slots of a series, found by how many local days they lie before another at the same time of the wall's clock.
class PastSlots {
 public:
  explicit PastSlots(TimeZone zone) : zone_(std::move(zone)) {}
  void add(Slot slot, double value);
  [[nodiscard]] std::optional<double> days_before(Slot slot, int days);

 private:
  /// Offset from UTC, found once a day: asking the zone for every slot of every day would cost more than all else.
  [[nodiscard]] Seconds offset_at(Slot slot);

  TimeZone zone_;
  Slot first_;
  std::vector<std::optional<double>> values_;                         ///< from first_ on
  std::unordered_map<std::int64_t, std::optional<Seconds>> offsets_;  ///< by UTC day; empty: it changes within the day
};

/// The rivals of every forecast. Each says with certainty, or by counting, what the past says about a slot.
class NaiveForecaster : public SeriesForecaster {
 public:
  explicit NaiveForecaster(TimeZone zone) : past_(std::move(zone)) {}
  void learn(const Observation& known) final { past_.add(known.slot, known.value); }
  /// The weather is not used, and the time of the issue only through what was learnt by then.
  [[nodiscard]] std::vector<std::optional<Quantiles>> forecast(Instant issued_at, SlotRange range,
                                                               std::span<const WeatherSlot> weather) final;

 protected:
  [[nodiscard]] virtual std::optional<Quantiles> expected(Slot slot) = 0;
  [[nodiscard]] PastSlots& past() { return past_; }

 private:
  PastSlots past_;
};

/// The same time of the last known day, at most a week back.
class Persistence final : public NaiveForecaster {
 public:
  using NaiveForecaster::NaiveForecaster;

 private:
  [[nodiscard]] std::optional<Quantiles> expected(Slot slot) override;
};

/// The same time of the same weekday: the last one known, at most four weeks back.
class WeeklyNaive final : public NaiveForecaster {
 public:
  using NaiveForecaster::NaiveForecaster;

 private:
  [[nodiscard]] std::optional<Quantiles> expected(Slot slot) override;
};

/// The quantiles of what the same time of the last 28 known days had; absent with fewer than seven.
class RecentQuantiles final : public NaiveForecaster {
 public:
  using NaiveForecaster::NaiveForecaster;

 private:
  [[nodiscard]] std::optional<Quantiles> expected(Slot slot) override;
};

}  // namespace gridpilot::forecast
