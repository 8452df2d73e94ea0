#pragma once

#include <optional>
#include <vector>

#include "gridpilot/domain/outlook.hpp"
#include "gridpilot/domain/site.hpp"
#include "gridpilot/domain/weather.hpp"
#include "gridpilot/forecast/load_forecaster.hpp"
#include "gridpilot/forecast/pv_forecaster.hpp"

namespace gridpilot::forecast {

/// What a home's load and PV will be, learnt from its measured slots and from what weather and PV services say.
class HomeOutlook {
 public:
  HomeOutlook(const Site& site, const TimeZone& zone, const IsFreeDay& is_free_day);

  /// In order of time; an earlier or repeated slot, and one measured for less than four fifths, teaches nothing.
  void learn(const SlotEnergy& measured, PvFreedom freedom);
  /// The newest weather, also of the slots just past: they are compared with what was measured.
  void take(WeatherForecast weather);
  void take(const PvForecast& of_service) { pv_.take(of_service); }

  /// Expected values with their bands and where they come from, for every slot of the range.
  [[nodiscard]] Outlook make(Instant now, SlotRange range);
  [[nodiscard]] std::vector<std::optional<Quantiles>> load(Instant now, SlotRange range);
  [[nodiscard]] std::vector<std::optional<Quantiles>> pv(Instant now, SlotRange range);

 private:
  [[nodiscard]] const WeatherSlot* weather_at(Slot slot) const;
  [[nodiscard]] Origin pv_origin(Slot slot) const;

  LoadForecaster load_;
  PvForecaster pv_;
  std::vector<WeatherSlot> weather_;
};

/// Load and PV of a home of which nothing was measured and nothing is foreseen, under a cloudless sky: for looking at a
/// tariff, not for steering.
[[nodiscard]] std::vector<OutlookSlot> standard_outlook(const Site& site, const TimeZone& zone, SlotRange range);

}  // namespace gridpilot::forecast
