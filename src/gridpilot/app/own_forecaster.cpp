#include "gridpilot/app/own_forecaster.hpp"

#include "gridpilot/forecast/load_forecaster.hpp"
#include "gridpilot/forecast/price_outlook.hpp"
#include "gridpilot/forecast/pv_forecaster.hpp"
#include "gridpilot/tariff/holidays.hpp"

namespace gridpilot::app {
forecast::IsFreeDay free_days_of(const TimeZone& zone) {
  if (zone.name() == "Europe/Warsaw") return tariff::is_free_day;
  return [](std::chrono::year_month_day date) {
    const std::chrono::weekday day{std::chrono::sys_days(date)};
    return day == std::chrono::Saturday || day == std::chrono::Sunday;
  };
}

std::unique_ptr<forecast::SeriesForecaster> own_forecaster(ForecastSeries series, const Site& site,
                                                           const TimeZone& zone) {
  if (price_series_of(series)) return std::make_unique<forecast::PriceForecaster>(zone, free_days_of(zone));
  if (series == ForecastSeries::pv) return std::make_unique<forecast::PvForecaster>(site);
  return std::make_unique<forecast::LoadForecaster>(zone, free_days_of(zone), site.annual_consumption);
}

}  // namespace gridpilot::app
