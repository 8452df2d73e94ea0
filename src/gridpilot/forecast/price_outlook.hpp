#pragma once

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/forecast/backtest.hpp"
#include "gridpilot/forecast/error_spread.hpp"
#include "gridpilot/forecast/hourly_regression.hpp"
#include "gridpilot/forecast/price_history.hpp"
#include "gridpilot/forecast/quantiles.hpp"
#include "gridpilot/forecast/recent_quarters.hpp"

namespace gridpilot::forecast {

/// Foresees market prices beyond the last published slot from the market's own past. Per local hour a regression learns
/// what yesterday's price of the same quarter, a week ago's, the recent shape of the same kind of day, the level of the
/// last days and the kind of day say about the next day, the one after it and the third; how far it was off by hour
/// makes the quantiles. Prices are taken relative to the recent level and spread and then compressed (asinh), so that a
/// spike neither bends the weights nor is impossible. Days come whole: a local day is taken in when its last quarter is
/// known. docs/forecasting.md has the scores.
///
/// Values are currency per kWh (any unit works as long as it stays the same). Incremental: a day costs the same however
/// long the past, asking between two days costs a copy.
class PriceForecaster final : public SeriesForecaster {
 public:
  /// How many days after the last whole one something is still foreseen.
  static constexpr std::chrono::days reach{28};

  PriceForecaster(TimeZone zone, IsFreeDay is_free_day);

  /// A slot that was taken before is corrected where its day is still held (five weeks); older ones change nothing.
  void learn(const Observation& known) override;
  /// Absent: published slots, those before them, those beyond `reach`, and all before the first whole day. The weather
  /// is not used.
  [[nodiscard]] std::vector<std::optional<Quantiles>> forecast(Instant issued_at, SlotRange range,
                                                               std::span<const WeatherSlot> weather) override;
  /// The same for one slot.
  [[nodiscard]] std::optional<Quantiles> at(Slot slot);

  /// What somebody else foresees of a slot (PSE's price-fcst), in the same unit; a later word replaces an earlier one.
  /// It moves the forecast as far as such words have proved right before, at first not at all.
  void advise(Slot slot, double value);

 private:
  using Features = HourlyRegression::Features;
  struct DayForecast {
    std::chrono::sys_days date;
    bool is_evidence = false;  ///< made from enough days to learn from how it turns out
    double level = 0.0;
    double spread = 1.0;
    std::array<Features, civil_quarters> features;
    std::array<double, civil_quarters> centre;
    std::array<Quantiles, civil_quarters> quantiles;
  };
  /// The last four weeks, the newer a day the more it counts.
  struct Recent {
    PriceHistory::Values all;      ///< mean of each quarter
    PriceHistory::Values of_kind;  ///< the same, nearly only of days of one kind
    double level = 0.0;
    double spread = 1.0;
    double week = 0.0;  ///< mean of the last seven days
    std::ptrdiff_t days = 0;
  };
  /// What is known about days this far after the last whole one.
  struct Lead {
    HourlyRegression regression;
    ErrorSpread errors;
    std::deque<DayForecast> made;  ///< those that are not yet judged, oldest first
  };
  static constexpr std::size_t leads = 3;

  void close(std::chrono::sys_days date);
  void judge(Lead& lead, const PriceHistory::Day& day) const;
  [[nodiscard]] Recent recent(std::chrono::sys_days last, std::size_t kind) const;
  [[nodiscard]] DayForecast make(std::size_t lead, std::chrono::sys_days date, std::chrono::sys_days last) const;
  void describe(DayForecast& made, std::chrono::sys_days last_date) const;
  void foresee(std::chrono::sys_days last);
  void extend_to(Slot end, std::chrono::sys_days last);
  void append(const DayForecast& made);
  void weigh_advice(Slot slot, double value);
  [[nodiscard]] Quantiles advised(Slot slot, Quantiles own) const;
  [[nodiscard]] std::size_t kind_of(std::chrono::sys_days date) const;
  [[nodiscard]] std::size_t quarter_of(Slot slot) const;

  TimeZone zone_;
  IsFreeDay is_free_day_;
  PriceHistory history_;
  std::optional<std::chrono::sys_days> closed_;  ///< the last whole day
  std::vector<Lead> leads_;
  std::set<Slot> known_ahead_;  ///< known slots after the last whole day

  bool is_stale_ = false;  ///< a value that forecasts rest on was corrected
  Slot coming_first_;      ///< of the day after the last whole one
  std::vector<Quantiles> coming_;

  std::map<Slot, double> advice_;
  double advice_squares_ = 0.0;
  double advice_products_ = 0.0;
};

}  // namespace gridpilot::forecast
