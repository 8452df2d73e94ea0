#pragma once

#include <array>
#include <functional>
#include <optional>

#include "gridpilot/core/civil_time.hpp"

namespace gridpilot::forecast {

/// Tells days that people work from days they do not (Saturdays, Sundays, holidays): the two shapes of load and price.
using IsFreeDay = std::function<bool(std::chrono::year_month_day)>;

/// Recency-weighted means of a quantity by local quarter of the day and kind of day: each week back counts half as
/// much. One pass over four weeks fills it; asking costs nothing, so an outlook of two days takes well under a
/// millisecond.
class RecentQuarters {
 public:
  static constexpr std::chrono::days looked_back{28};

  /// Values after `reference` or more than `looked_back` before it are not taken. Zone and predicate are borrowed.
  RecentQuarters(const TimeZone& zone, const IsFreeDay& is_free_day, Instant reference)
      : zone_(zone), is_free_day_(is_free_day), reference_(reference) {}

  void add(Slot slot, double value);

  /// How much a value of another kind of day, or of a neighbouring quarter, counts beside the same one.
  struct Shares {
    double other_kind = 0.0;
    double neighbour = 0.0;
  };
  /// The mean for a slot; absent where nothing that counts is known.
  [[nodiscard]] std::optional<double> mean(Slot slot, Shares shares) const;

 private:
  // Quarters of the clock on the wall; a clock change leaves some without a value or with two.
  static constexpr int civil_quarters = std::chrono::days(1) / slot_length;
  struct Sum {
    double weighted = 0.0;
    double weight = 0.0;
  };
  struct Place {
    std::size_t kind;
    int quarter;
  };
  [[nodiscard]] Place place_of(Slot slot) const;

  const TimeZone& zone_;
  const IsFreeDay& is_free_day_;
  Instant reference_;
  std::array<std::array<Sum, civil_quarters>, 2> sums_{};
};

}  // namespace gridpilot::forecast
