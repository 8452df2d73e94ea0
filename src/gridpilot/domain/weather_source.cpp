#include "gridpilot/domain/weather_source.hpp"

#include <algorithm>

namespace gridpilot {

std::string_view name_of(WeatherSourceKind kind) noexcept {
  switch (kind) {
    case WeatherSourceKind::open_meteo: return "open-meteo";
    case WeatherSourceKind::imgw: return "imgw";
    case WeatherSourceKind::forecast_solar: return "forecast-solar";
    case WeatherSourceKind::solcast: return "solcast";
  }
  return "";
}

Seconds default_interval(const WeatherSourceSettings& settings) {
  switch (settings.kind) {
    case WeatherSourceKind::open_meteo:
    case WeatherSourceKind::imgw: break;
    case WeatherSourceKind::forecast_solar: return std::chrono::minutes(30);
    case WeatherSourceKind::solcast: {
      const auto sites = static_cast<std::int64_t>(std::max<std::size_t>(settings.sites.size(), 1));
      const std::int64_t minutes = std::int64_t{24} * 60 * sites / std::max(settings.calls_per_day, 1) + 1;
      return std::max(std::chrono::minutes(minutes), std::chrono::minutes(15));
    }
  }
  return std::chrono::hours(1);
}

}  // namespace gridpilot
