#pragma once

#include <array>
#include <cstdint>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/units.hpp"
#include "gridpilot/forecast/backtest.hpp"
#include "gridpilot/forecast/recent_quarters.hpp"
#include "gridpilot/forecast/slot_quantiles.hpp"

namespace gridpilot::forecast {

/// Foresees a home's load from its own past: what this quarter of this day of the week has been, lately and for long;
/// how the last hours, the last day, yesterday and last week were above that; and, where the weather is known, how much
/// colder than lately it will be. A free day counts as Sunday. Without a past it is the standard shape of the annual
/// consumption with a wide band; every day that is measured counts for more than that.
///
/// Days on which nobody is at home (less than half of what is usual, all day) are followed by the last hours' level but
/// hardly enter the profiles. Values are kWh a slot. About 2 MB.
class LoadForecaster final : public SeriesForecaster {
 public:
  LoadForecaster(TimeZone zone, IsFreeDay is_free_day, Energy annual_consumption);

  void learn(const Observation& known) override;
  /// Every slot after the last that was learnt has a forecast.
  [[nodiscard]] std::vector<std::optional<Quantiles>> forecast(Instant issued_at, SlotRange range,
                                                               std::span<const WeatherSlot> weather) override;
  /// Days' worth of measured slots behind it.
  [[nodiscard]] double days_learnt() const { return quantiles_.days_learnt(); }

 private:
  struct CivilSlot {
    std::int64_t slot = -1;
    WeekPlace week;
    double standard_kwh = 0.0;
  };
  [[nodiscard]] const CivilSlot& civil(Slot slot);
  [[nodiscard]] SlotQuantiles::Place place_of(Slot slot, const WeatherSlot* weather);
  [[nodiscard]] double cold(const WeatherSlot* weather) const;

  TimeZone zone_;
  IsFreeDay is_free_day_;
  Energy annual_consumption_;
  SlotQuantiles quantiles_;
  std::array<CivilSlot, 512> civil_{};  ///< asking the zone costs more than forecasting
  double usual_cold_ = 0.0;             ///< kelvins below the heating limit, mean of the last three days
  bool knows_cold_ = false;
};

}  // namespace gridpilot::forecast
