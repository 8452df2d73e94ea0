#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "gridpilot/core/time.hpp"
#include "gridpilot/domain/prices.hpp"
#include "gridpilot/domain/quantiles.hpp"

namespace gridpilot {

/// A series that is foreseen slot by slot.
enum class ForecastSeries {
  load,        ///< kWh a slot
  pv,          ///< kWh a slot
  sdac_price,  ///< currency per kWh, net; so the further ones
  rce_price,
  tge_fixing_price,
  retailer_price,
};
inline constexpr std::array forecast_series{ForecastSeries::load,
                                            ForecastSeries::pv,
                                            ForecastSeries::sdac_price,
                                            ForecastSeries::rce_price,
                                            ForecastSeries::tge_fixing_price,
                                            ForecastSeries::retailer_price};
/// "load", "pv", and of prices the series' name: "csdac-pln", "rce-pln".
[[nodiscard]] std::string_view name_of(ForecastSeries series) noexcept;
[[nodiscard]] std::optional<ForecastSeries> forecast_series_named(std::string_view name) noexcept;

/// The market whose prices a series foresees; absent for load and PV.
[[nodiscard]] std::optional<PriceSeries> price_series_of(ForecastSeries series) noexcept;

/// A forecast and when it was made.
struct IssuedForecast {
  Instant issued_at{};
  Slot first;
  std::vector<std::optional<Quantiles>> slots;  ///< from `first` on; absent where nothing could be foreseen

  [[nodiscard]] friend bool operator==(const IssuedForecast&, const IssuedForecast&) = default;
};

/// What forecasts are compared with each other: ours and its three rivals (forecast/naive.hpp), in this order.
enum class ForecastMethod { own, persistence, weekly_naive, recent_quantiles };
inline constexpr std::array forecast_methods{ForecastMethod::own, ForecastMethod::persistence,
                                             ForecastMethod::weekly_naive, ForecastMethod::recent_quantiles};
/// "own", "persistence", "weekly_naive", "empirical_28_days".
[[nodiscard]] std::string_view name_of(ForecastMethod method) noexcept;
[[nodiscard]] std::optional<ForecastMethod> forecast_method_named(std::string_view name) noexcept;

/// How far ahead a slot was foreseen, counted from the first slot of its forecast: for prices that is the first one
/// after the last published.
enum class HorizonBand { to_6_hours, to_24_hours, to_48_hours };
inline constexpr std::array horizon_bands{HorizonBand::to_6_hours, HorizonBand::to_24_hours, HorizonBand::to_48_hours};
[[nodiscard]] std::string_view name_of(HorizonBand band) noexcept;  ///< "0-6 h", "6-24 h", "24-48 h"
[[nodiscard]] std::optional<HorizonBand> horizon_band_named(std::string_view name) noexcept;

/// Sums over the slots that were scored, in the unit of the series; divided by the count they are means.
struct ScoreSums {
  std::int64_t count = 0;
  std::int64_t inside = 0;  ///< values from p10 to p90
  double absolute = 0.0;    ///< |p50 − value|
  double error = 0.0;       ///< p50 − value
  double pinball = 0.0;     ///< mean pinball loss over quantile_levels

  [[nodiscard]] friend bool operator==(const ScoreSums&, const ScoreSums&) = default;
};

/// How a method did on the slots of one local day, foreseen from this far ahead.
struct DailyScore {
  ForecastSeries series = ForecastSeries::load;
  std::chrono::year_month_day day;
  ForecastMethod method = ForecastMethod::own;
  HorizonBand band = HorizonBand::to_6_hours;
  ScoreSums sums;

  [[nodiscard]] friend bool operator==(const DailyScore&, const DailyScore&) = default;
};

}  // namespace gridpilot
