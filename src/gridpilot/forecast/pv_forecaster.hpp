#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "gridpilot/domain/site.hpp"
#include "gridpilot/forecast/backtest.hpp"
#include "gridpilot/forecast/shading.hpp"
#include "gridpilot/forecast/slot_quantiles.hpp"

namespace gridpilot::forecast {

/// Whether the inverter was free to deliver all that the modules gave.
enum class PvFreedom { full, curtailed };

/// What a slot's PV forecast rests on.
enum class PvBasis { service, weather, sky };

/// Foresees a home's PV. Three ways side by side, each times what the home has taught of it at this time of day and
/// lately: another service's forecast where one covers the slot; the energy that the foreseen weather would give
/// (pv_energy) where there is one; the clear sky over the modules. Shading is learnt per position of the sun. Before
/// the home has taught anything each has a fixed band. Curtailed slots teach nothing. Night is certain. Values are kWh
/// a slot. About 1.5 MB.
class PvForecaster final : public SeriesForecaster {
 public:
  explicit PvForecaster(Site site);

  /// The irradiances that a source has worked out for planes of this site; kept until they are given anew.
  void take_planes(std::vector<TiltedIrradiance> given);
  /// What another service expects; its slots replace earlier words on them.
  void take(const PvForecast& of_service);
  void learn(const Observation& known) override { learn(known, PvFreedom::full); }
  void learn(const Observation& known, PvFreedom freedom);
  [[nodiscard]] std::vector<std::optional<Quantiles>> forecast(Instant issued_at, SlotRange range,
                                                               std::span<const WeatherSlot> weather) override;
  [[nodiscard]] double days_learnt() const { return by_sky_.days_learnt(); }
  /// What the forecast of a slot with this weather (null: unknown) rests on.
  [[nodiscard]] PvBasis basis_of(Slot slot, const WeatherSlot* weather) const;

 private:
  struct SkySlot {
    std::int64_t slot = -1;
    SunPosition sun;
    double clear_kwh = 0.0;
    std::size_t quarter = 0;  ///< of the solar day
  };
  [[nodiscard]] const SkySlot& sky(Slot slot);
  [[nodiscard]] SlotQuantiles::Place place_by_sky(const SkySlot& sky) const;
  [[nodiscard]] SlotQuantiles::Place place_by_guide(const SkySlot& sky, Energy guide) const;
  [[nodiscard]] std::optional<Energy> by_service(Slot slot) const;
  /// What each way knows when a forecast is made.
  struct Issue {
    SlotQuantiles::Moment by_service, by_weather, by_sky;
  };
  [[nodiscard]] Quantiles at(Slot slot, const WeatherSlot* weather, const Issue& issue);

  Site site_;
  double floor_kwh_ = 0.0;
  SlotQuantiles by_sky_;
  SlotQuantiles by_weather_;
  SlotQuantiles by_service_;
  std::map<Slot, Energy> service_;  ///< from two days before the last word on
  ShadingMap shading_;
  std::vector<TiltedIrradiance> planes_;
  std::array<SkySlot, 512> skies_{};  ///< the sun's position costs more than forecasting
};

}  // namespace gridpilot::forecast
