#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/forecast/backtest.hpp"
#include "gridpilot/forecast/quantiles.hpp"

namespace gridpilot::forecast {

/// Mean over quantile_levels of the pinball loss: a quantile costs its level for each unit that it lies below the
/// value, and one minus its level for each unit above. In the unit of the series; for a certain forecast half its
/// absolute error.
[[nodiscard]] double pinball_loss(const Quantiles& expected, double actual);

/// Sums over scored slots; what is asked of it is a mean, absent while nothing is scored. Scores add up.
class Score {
 public:
  void add(const Quantiles& expected, double actual);
  Score& operator+=(const Score& other);

  [[nodiscard]] std::int64_t count() const { return sums_.count; }
  /// Of p50, in the unit of the series.
  [[nodiscard]] std::optional<double> mean_absolute_error() const { return mean(sums_.absolute); }
  /// Mean of p50 minus what came: above 0 it expects too much.
  [[nodiscard]] std::optional<double> bias() const { return mean(sums_.error); }
  [[nodiscard]] std::optional<double> pinball() const { return mean(sums_.pinball); }
  /// Share of values from p10 to p90, both included: 0.8 is what the band promises.
  [[nodiscard]] std::optional<double> coverage() const { return mean(static_cast<double>(sums_.inside)); }

  /// The sums themselves, for the record.
  [[nodiscard]] const ScoreSums& sums() const { return sums_; }
  [[nodiscard]] static Score from_sums(const ScoreSums& sums);

 private:
  [[nodiscard]] std::optional<double> mean(double sum) const {
    return sums_.count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(sums_.count));
  }

  ScoreSums sums_;
};

using gridpilot::horizon_bands;
using gridpilot::HorizonBand;
/// Absent beyond 48 hours.
[[nodiscard]] std::optional<HorizonBand> band_of(Slot slot, Slot first);

/// A score for each band.
struct BandScores {
  std::array<Score, horizon_bands.size()> bands;
  [[nodiscard]] const Score& of(HorizonBand band) const { return bands[static_cast<std::size_t>(band)]; }
  [[nodiscard]] Score& of(HorizonBand band) { return bands[static_cast<std::size_t>(band)]; }
  [[nodiscard]] Score all() const;
  BandScores& operator+=(const BandScores& other);
};

using Method = ForecastMethod;
inline constexpr auto methods = forecast_methods;

/// Scores by method.
struct Comparison {
  std::array<BandScores, methods.size()> scores;
  [[nodiscard]] const BandScores& of(Method method) const { return scores[static_cast<std::size_t>(method)]; }
  [[nodiscard]] BandScores& of(Method method) { return scores[static_cast<std::size_t>(method)]; }
  Comparison& operator+=(const Comparison& other);
};

/// Goes through the past again with our forecaster and the three rivals, all knowing the same, and scores them on the
/// slots of which all four foresaw something and the series has the value. Left out are slots in which nothing can be
/// (PV at night): the value is 0 and all four were certain of it. Only slots of `scored` count; the days before it are
/// learnt from all the same.
[[nodiscard]] Comparison compare(const Replay& past, SeriesForecaster& own, const TimeZone& zone, SlotRange scored);

}  // namespace gridpilot::forecast
