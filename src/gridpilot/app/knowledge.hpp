#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/forecast_record.hpp"
#include "gridpilot/domain/grid_signal.hpp"
#include "gridpilot/domain/outlook.hpp"
#include "gridpilot/domain/price_advice.hpp"
#include "gridpilot/domain/prices.hpp"
#include "gridpilot/domain/site.hpp"
#include "gridpilot/domain/weather.hpp"
#include "gridpilot/forecast/outlook.hpp"
#include "gridpilot/forecast/price_outlook.hpp"
#include "gridpilot/planner/horizon.hpp"
#include "gridpilot/tariff/pricing.hpp"

namespace gridpilot::app {

/// What the coordinator knows besides the reading: market prices, the home's measured slots, and what follows from
/// them: the horizon a plan is made for. Steps 2 and 3 of the main flow. The horizon is worked out anew when a slot
/// begins or a price changes and kept in between.
class Knowledge final : private tariff::MarketView {
 public:
  /// How far ahead is planned, as far as prices can be foreseen.
  static constexpr std::chrono::hours horizon_length{48};
  /// How much of a market's past is worth reading when the program starts: a year says all about its seasons.
  static constexpr std::chrono::days price_history{400};

  Knowledge(Site site, tariff::ContractBook contracts, TimeZone zone);
  Knowledge(const Knowledge&) = delete;
  Knowledge& operator=(const Knowledge&) = delete;

  /// Takes published prices; true where any is new or another than before.
  bool learn(PriceSeries series, const std::vector<MarketPrice>& prices);
  /// For those who keep the book fresh themselves; each change is to be told by prices_changed().
  [[nodiscard]] PriceBook& book_to_keep() { return book_; }
  void prices_changed(PriceSeries series);
  /// Takes what somebody else expects of prices in the market's zone: it moves the outlook of every series as far as it
  /// has proved right about that one.
  void learn(const PriceAdvice& advice);
  /// Takes the grid's signal.
  void learn(const std::vector<GridSignal>& signals);
  /// Whether any contract has its zones from the grid's signal.
  [[nodiscard]] bool follows_grid_signal() const;
  /// Takes a measured slot; slots come in order of time, a repeated one replaces the first. PV that was throttled in it
  /// teaches nothing of the sun.
  void learn(const SlotEnergy& measured, forecast::PvFreedom freedom);
  /// Takes what a source foresees or saw; of each kind the newest per source stays, with the instant it came from.
  void learn(WeatherForecast forecast);
  void learn(PvForecast forecast);
  void learn(WeatherObservation observation);

  /// What lies ahead, the present slot first. The failure says why not even the present slot has a price.
  /// Valid until the next call of learn() or horizon().
  [[nodiscard]] Result<const planner::Horizon*> horizon(Instant now);

  /// The first slot of a series that has to be foreseen: the present one of load and PV, of prices the one after the
  /// last that is published; absent where nothing is known of a market.
  [[nodiscard]] std::optional<Slot> foreseen_from(ForecastSeries series, Instant now) const;
  /// What is expected of each slot of a range, in the unit of the series; absent where nothing can be said.
  [[nodiscard]] std::vector<std::optional<Quantiles>> foreseen(ForecastSeries series, Instant now,
                                                               SlotRange range) const;

  /// All-in prices of the slots that have one, published or foreseen, as far as the horizon reaches.
  [[nodiscard]] std::vector<SlotPrice> prices(SlotRange range) const;
  [[nodiscard]] const PriceBook& book() const { return book_; }
  [[nodiscard]] const GridSignalBook& grid_signals() const { return signals_; }
  /// The series that the contract valid at an instant buys at; absent with fixed rates.
  [[nodiscard]] std::optional<PriceSeries> bought_at(Instant t) const;
  [[nodiscard]] const std::vector<SlotEnergy>& history() const { return history_; }
  /// The newest weather of any source; null before there is one. Its age is the caller's to judge, by `fetched_at`.
  [[nodiscard]] const WeatherForecast* weather() const { return weather_ ? &*weather_ : nullptr; }
  /// The newest PV forecast of each service, by its name.
  [[nodiscard]] const std::map<std::string_view, PvForecast>& pv_forecasts() const { return pv_forecasts_; }
  [[nodiscard]] const WeatherObservation* observed_weather() const {
    return observed_weather_ ? &*observed_weather_ : nullptr;
  }
  [[nodiscard]] const TimeZone& zone() const { return zone_; }
  [[nodiscard]] const std::string& currency() const;
  /// The contract valid at an instant, by name: "tauron-g12w-2026".
  [[nodiscard]] std::string contract_at(Instant t) const;

 private:
  [[nodiscard]] std::optional<tariff::Quote> quote(PriceSeries series, Slot slot) const override;
  [[nodiscard]] std::optional<int> grid_signal(Slot slot) const override;
  [[nodiscard]] Result<planner::Horizon> build(Instant now);
  [[nodiscard]] tariff::Pricer pricer() const;

  Site site_;
  tariff::ContractBook contracts_;
  TimeZone zone_;
  forecast::IsFreeDay is_free_day_;
  PriceBook book_;
  GridSignalBook signals_;
  /// What is foreseen of a series' prices, from all that was ever in the book.
  struct ForeseenPrices {
    forecast::PriceForecaster forecaster;
    Slot learnt_from;  ///< the earliest slot the forecaster was told
  };
  mutable std::vector<ForeseenPrices> foreseen_prices_;  ///< by series; being asked fills a cache
  mutable forecast::HomeOutlook outlook_;                ///< being asked fills caches
  std::vector<SlotEnergy> history_;                      ///< four weeks
  std::optional<WeatherForecast> weather_;
  std::map<std::string_view, PvForecast> pv_forecasts_;
  std::optional<WeatherObservation> observed_weather_;
  std::optional<planner::Horizon> horizon_;  ///< of the slot it begins with; absent when something changed
};

}  // namespace gridpilot::app
