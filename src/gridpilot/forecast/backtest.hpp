#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "gridpilot/core/time.hpp"
#include "gridpilot/domain/forecast_record.hpp"
#include "gridpilot/domain/weather.hpp"
#include "gridpilot/forecast/quantiles.hpp"

namespace gridpilot::forecast {

/// One known slot of a series: kWh for load and PV, currency per kWh for prices.
struct Observation {
  Slot slot;
  double value = 0.0;
  const WeatherSlot* weather = nullptr;  ///< as it was measured; null where it is not known; borrowed for the call
};

/// Something that foresees one series of slots from what it was told of it: ours, and the naive rivals.
/// It knows nothing but what learn() gave it and the weather handed to forecast(), so it cannot look ahead.
class SeriesForecaster {
 public:
  virtual ~SeriesForecaster() = default;
  /// Takes a slot whose value has become known. In order of time, each slot once; gaps are possible.
  virtual void learn(const Observation& known) = 0;
  /// What is expected of every slot of the range, in order; absent where it cannot be foreseen (too little history).
  /// `weather` is what was foreseen of it at `issued_at`, in order of slots, gaps possible, empty where there is none.
  [[nodiscard]] virtual std::vector<std::optional<Quantiles>> forecast(Instant issued_at, SlotRange range,
                                                                       std::span<const WeatherSlot> weather) = 0;
};

using gridpilot::IssuedForecast;

/// How the past is gone through again.
struct Replay {
  std::span<const Observation> series;  ///< in order of time, each slot once
  std::span<const Instant> issues;      ///< when forecasts are made, ascending
  /// When a slot's value becomes known; never earlier for a later slot. Measured series: at the slot's end. Prices: at
  /// the day's publication.
  std::function<Instant(Slot)> known_at;
  /// Which slots a forecast issued then is asked for.
  std::function<SlotRange(Instant)> asked;
  /// The weather as it was foreseen at an instant for a range; empty: there is none.
  std::function<std::span<const WeatherSlot>(Instant, SlotRange)> weather = nullptr;
};

/// Goes through the issues in order: at each one the forecaster has learnt exactly what was known by then
/// (known_at ≤ issue), is asked, and the answer is handed to `take`.
void replay(const Replay& past, SeriesForecaster& forecaster, const std::function<void(const IssuedForecast&)>& take);

/// The same with several forecasters side by side; `take` gets their forecasts of an issue in their order.
void replay(const Replay& past, std::span<SeriesForecaster* const> forecasters,
            const std::function<void(std::span<const IssuedForecast>)>& take);

/// Known at the end of the slot: what a meter measures.
[[nodiscard]] inline Instant known_when_measured(Slot slot) {
  return slot.end();
}

}  // namespace gridpilot::forecast
