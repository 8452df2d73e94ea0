#pragma once

#include <array>
#include <cstdint>
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

/// Foresees a home's PV. Two ways side by side: from the clear sky over the modules, times what usually arrives of it
/// at this time of day and lately; and, for slots of which the weather is foreseen, from the energy that this weather
/// would give (pv_energy), times what usually is measured of that. Shading is learnt per position of the sun. The
/// weather's way is taken as soon as a slot's weather is known; before the home has taught it anything with a fixed
/// band. Curtailed slots teach nothing. Night is certain. Values are kWh a slot. About 1 MB.
class PvForecaster final : public SeriesForecaster {
 public:
  explicit PvForecaster(Site site);

  /// The irradiances that a source has worked out for planes of this site; kept until they are given anew.
  void take_planes(std::vector<TiltedIrradiance> given);
  void learn(const Observation& known) override { learn(known, PvFreedom::full); }
  void learn(const Observation& known, PvFreedom freedom);
  [[nodiscard]] std::vector<std::optional<Quantiles>> forecast(Instant issued_at, SlotRange range,
                                                               std::span<const WeatherSlot> weather) override;
  [[nodiscard]] double days_learnt() const { return by_sky_.days_learnt(); }
  /// Whether a slot's forecast rests on this weather.
  [[nodiscard]] bool can_use(const WeatherSlot& weather) const;

 private:
  struct SkySlot {
    std::int64_t slot = -1;
    SunPosition sun;
    double clear_kwh = 0.0;
    std::size_t quarter = 0;  ///< of the solar day
  };
  [[nodiscard]] const SkySlot& sky(Slot slot);
  [[nodiscard]] SlotQuantiles::Place place_by_sky(const SkySlot& sky) const;
  [[nodiscard]] std::optional<SlotQuantiles::Place> place_by_weather(const SkySlot& sky,
                                                                     const WeatherSlot* weather) const;

  Site site_;
  double floor_kwh_ = 0.0;
  SlotQuantiles by_sky_;
  SlotQuantiles by_weather_;
  ShadingMap shading_;
  std::vector<TiltedIrradiance> planes_;
  std::array<SkySlot, 512> skies_{};  ///< the sun's position costs more than forecasting
};

}  // namespace gridpilot::forecast
