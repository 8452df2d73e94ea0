#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "gridpilot/core/time.hpp"
#include "gridpilot/domain/quantiles.hpp"

namespace gridpilot::forecast {

/// Where in the week a slot lies by the clock on the wall; a free day counts as Sunday.
struct WeekPlace {
  std::size_t weekday = 0;  ///< Monday 0 to Sunday 6
  std::size_t quarter = 0;  ///< of the day, 0 to 95
  [[nodiscard]] bool is_free() const { return weekday >= 5; }
};

/// How a profile forgets and what it takes for alike.
struct ProfileOptions {
  double half_life_days = 14.0;
  double width_quarters = 1.2;    ///< of the bell that spreads a value over the neighbouring quarters
  double same_kind_share = 0.8;   ///< what another day of the same kind (working, free) counts; 1: all alike
  double other_kind_share = 0.2;  ///< what a day of the other kind counts
};

/// The range of values that bins tell apart, on a logarithmic scale. Whatever lies below counts as the lowest.
struct ValueScale {
  double least = 0.0;
  double most = 0.0;
};

/// What a series has been at each quarter of each day of the week: histograms whose entries fade by age, spread over
/// neighbouring quarters and similar days. Learning costs the same however long the past. 260 kB; a seventh where all
/// days are alike.
class QuantileProfile {
 public:
  QuantileProfile(const ProfileOptions& options, const ValueScale& scale);

  /// A day has passed: everything counts a little less from now on.
  void grow_older();
  /// `weight` 1 is an ordinary value; less where it says less about other days.
  void add(const WeekPlace& place, double value, double weight);

  struct Answer {
    std::array<double, quantile_levels.size()> values{};
    double days = 0.0;  ///< how many recent days' worth of values it rests on; 0: nothing is known
  };
  [[nodiscard]] Answer at(const WeekPlace& place) const;

 private:
  static constexpr std::size_t bins = 100;
  static constexpr std::size_t quarters = std::chrono::days(1) / slot_length;
  struct Cell {
    std::array<float, bins> weight{};
    float sum = 0.0F;
  };
  [[nodiscard]] std::size_t cell_of(const WeekPlace& place) const {
    return (weekdays_ > 1 ? place.weekday : 0) * quarters + place.quarter;
  }
  [[nodiscard]] std::size_t bin_of(double value) const;
  void rescale();

  ProfileOptions options_;
  std::size_t weekdays_;  ///< that are told apart
  double log_least_ = 0.0;
  double log_step_ = 1.0;
  std::array<double, bins + 1> edges_{};
  std::vector<float> bell_;      ///< by distance in quarters
  float present_weight_ = 1.0F;  ///< of a value added now; it grows instead of all others fading
  float growth_ = 1.0F;
  std::vector<Cell> cells_;
};

}  // namespace gridpilot::forecast
