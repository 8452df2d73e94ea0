#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

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

  [[nodiscard]] std::int64_t count() const { return count_; }
  /// Of p50, in the unit of the series.
  [[nodiscard]] std::optional<double> mean_absolute_error() const { return mean(absolute_); }
  /// Mean of p50 minus what came: above 0 it expects too much.
  [[nodiscard]] std::optional<double> bias() const { return mean(error_); }
  [[nodiscard]] std::optional<double> pinball() const { return mean(pinball_); }
  /// Share of values from p10 to p90, both included: 0.8 is what the band promises.
  [[nodiscard]] std::optional<double> coverage() const { return mean(static_cast<double>(inside_)); }

  /// The sums themselves, for the record.
  struct Sums {
    std::int64_t count = 0;
    std::int64_t inside = 0;
    double absolute = 0.0, error = 0.0, pinball = 0.0;
  };
  [[nodiscard]] Sums sums() const { return {count_, inside_, absolute_, error_, pinball_}; }
  [[nodiscard]] static Score from_sums(const Sums& sums);

 private:
  [[nodiscard]] std::optional<double> mean(double sum) const {
    return count_ == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count_));
  }

  std::int64_t count_ = 0;
  std::int64_t inside_ = 0;
  double absolute_ = 0.0;
  double error_ = 0.0;
  double pinball_ = 0.0;
};

/// How far ahead a slot was foreseen, counted from the first slot of its forecast: for prices that is the first one
/// after the last published.
enum class HorizonBand { to_6_hours, to_24_hours, to_48_hours };
inline constexpr std::array horizon_bands{HorizonBand::to_6_hours, HorizonBand::to_24_hours, HorizonBand::to_48_hours};
[[nodiscard]] std::string_view name_of(HorizonBand band) noexcept;  ///< "0-6 h", "6-24 h", "24-48 h"
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

/// What is compared: our forecast and its three rivals (naive.hpp), in this order.
enum class Method { own, persistence, weekly_naive, recent_quantiles };
inline constexpr std::array methods{Method::own, Method::persistence, Method::weekly_naive, Method::recent_quantiles};
/// "own", "persistence", "weekly_naive", "empirical_28_days".
[[nodiscard]] std::string_view name_of(Method method) noexcept;

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
