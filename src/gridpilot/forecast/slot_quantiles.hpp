#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "gridpilot/core/time.hpp"
#include "gridpilot/domain/quantiles.hpp"
#include "gridpilot/forecast/quantile_profile.hpp"
#include "gridpilot/forecast/quantile_regression.hpp"

namespace gridpilot::forecast {

/// What the forecasters of load and PV have in common. A series is taken relative to a scale that the caller knows for
/// every slot (1 for load, what a clear sky or the foreseen weather would give for PV). Profiles say what the ratio
/// has been at this quarter of the week; a regression for each distance into the future weighs them, together with how
/// the last hours, the last day, yesterday's and last week's same quarter were above or below what is usual.
class SlotQuantiles {
 public:
  static constexpr std::size_t profile_count = 7;
  struct Options {
    std::array<ProfileOptions, profile_count> profiles;
    ValueScale ratios;
    double rate_near = 0.02;  ///< of learning, up to six hours ahead
    double rate_far = 0.006;  ///< beyond
    /// Expected ratio and what errors are measured in, before anything is known; follows the series.
    double typical_ratio = 1.0;
    bool follows_typical_ratio = true;
    /// Whether what the last slots were above the usual fades while slots have no value: it does in an evening that was
    /// not measured. It does not overnight for PV, which has no values then: what is known in the night is what was
    /// known at dusk.
    bool fades_in_gaps = true;
  };
  explicit SlotQuantiles(const Options& options);

  /// A slot as the caller sees it.
  struct Place {
    Slot slot;
    WeekPlace week;
    double scale = 1.0;  ///< > 0, in the unit of the series
    /// Ratio that is expected where nothing has been learnt yet, by level.
    Levels prior{};
    /// Anything else that may move the ratio, near 0 on ordinary days, same unit as the ratio; 0 where unknown.
    double influence = 0.0;
  };
  /// In order of time, each slot once; gaps are possible. `profile_weight` is what it counts in the profiles (1 as a
  /// rule, less on days that say little about others); the last hours are followed in any case.
  void learn(const Place& place, double value, double profile_weight);

  /// What was known when a slot was over.
  struct Moment {
    std::int64_t slot = -1;
    bool is_known = false;     ///< the slot has a value
    bool is_ordinary = false;  ///< which says something about the same quarter a week later
    double ratio = 0.0;
    double around = 0.0;      ///< mean ratio of the slot and up to two on either side
    double last_hours = 0.0;  ///< faded mean of ratio minus usual
    double last_day = 0.0;
  };
  /// What is known when `present` begins, some time after the last value or at once.
  [[nodiscard]] Moment known_before(Slot present) const;
  /// In the unit of the series, never below 0; for slots after `issue`.
  [[nodiscard]] Quantiles at(const Place& place, const Moment& issue) const;

  /// The median ratio that the profiles take for usual at a place.
  [[nodiscard]] double usual_ratio(const Place& place) const;
  /// Ratio over the usual one of the last day of slots, both averaged; 1 where nothing is known.
  [[nodiscard]] double last_day_level() const;
  /// Days' worth of slots learnt.
  [[nodiscard]] double days_learnt() const {
    return static_cast<double>(slots_learnt_ * slot_length / Seconds(1)) / 86'400.0;
  }

 private:
  static constexpr std::size_t common_features = 7;
  static constexpr std::array distances{1, 3, 6, 12, 24, 48, 80, 120, 168};
  static constexpr std::size_t remembered_slots = 1024;  ///< above a week and two days, a power of two
  using Regression = QuantileRegression<profile_count, common_features>;
  /// What the profiles say of a place, by profile and level.
  using Usual = std::array<Levels, profile_count>;

  [[nodiscard]] const Moment& moment(std::int64_t slot) const;
  [[nodiscard]] Moment& moment_to_fill(std::int64_t slot);
  void pass_time_until(std::int64_t slot);
  [[nodiscard]] Moment after_gap(const Moment& before, std::int64_t slot, std::int64_t gap) const;
  void look_around(std::int64_t slot);
  [[nodiscard]] const Usual& usual(const Place& place) const;
  void expect_news(const WeekPlace& place);
  [[nodiscard]] Regression::Features features(const Place& place, const Moment& issue) const;
  [[nodiscard]] double earlier_ratio_above(std::int64_t slot, std::int64_t step, std::int64_t issue,
                                           double usual) const;
  void train(const Place& place, double ratio);
  void follow_level(double ratio, double usual);

  Options options_;
  std::vector<QuantileProfile> profiles_;
  mutable std::vector<Usual> usual_;  ///< by place, read from the profiles once or twice a day
  mutable std::vector<std::uint8_t> is_stale_;
  std::vector<Regression> regressions_;  ///< by distance
  std::vector<Moment> moments_;
  std::int64_t newest_ = -1;
  std::int64_t days_passed_ = 0;
  std::int64_t slots_learnt_ = 0;
  double typical_ = 1.0;
  double level_sum_ = 0.0;  ///< faded sums over the last day: of ratios and of usual ones
  double usual_sum_ = 0.0;
};

}  // namespace gridpilot::forecast
