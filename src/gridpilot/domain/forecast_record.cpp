#include "gridpilot/domain/forecast_record.hpp"

namespace gridpilot {
namespace {

/// The one of `all` that has this name.
template <class Kinds>
auto named(const Kinds& all, std::string_view name) -> std::optional<typename Kinds::value_type> {
  for (const auto kind : all)
    if (name_of(kind) == name) return kind;
  return std::nullopt;
}

}  // namespace

std::string_view name_of(ForecastSeries series) noexcept {
  if (const auto prices = price_series_of(series)) return name_of(*prices);
  return series == ForecastSeries::load ? "load" : "pv";
}

std::optional<ForecastSeries> forecast_series_named(std::string_view name) noexcept {
  return named(forecast_series, name);
}

std::optional<PriceSeries> price_series_of(ForecastSeries series) noexcept {
  switch (series) {
    case ForecastSeries::sdac_price: return PriceSeries::sdac_15min;
    case ForecastSeries::rce_price: return PriceSeries::rce_15min;
    case ForecastSeries::tge_fixing_price: return PriceSeries::tge_fixing_1;
    case ForecastSeries::retailer_price: return PriceSeries::retailer_price;
    case ForecastSeries::load:
    case ForecastSeries::pv: break;
  }
  return std::nullopt;
}

std::string_view name_of(ForecastMethod method) noexcept {
  switch (method) {
    case ForecastMethod::own: return "own";
    case ForecastMethod::persistence: return "persistence";
    case ForecastMethod::weekly_naive: return "weekly_naive";
    case ForecastMethod::recent_quantiles: return "empirical_28_days";
  }
  return "";
}

std::optional<ForecastMethod> forecast_method_named(std::string_view name) noexcept {
  return named(forecast_methods, name);
}

std::string_view name_of(HorizonBand band) noexcept {
  switch (band) {
    case HorizonBand::to_6_hours: return "0-6 h";
    case HorizonBand::to_24_hours: return "6-24 h";
    case HorizonBand::to_48_hours: return "24-48 h";
  }
  return "";
}

std::optional<HorizonBand> horizon_band_named(std::string_view name) noexcept {
  return named(horizon_bands, name);
}

}  // namespace gridpilot
