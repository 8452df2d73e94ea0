#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/time.hpp"

namespace gridpilot {

enum class WeatherSourceKind { open_meteo, imgw, forecast_solar, solcast };
inline constexpr std::array all_weather_source_kinds{WeatherSourceKind::open_meteo, WeatherSourceKind::imgw,
                                                     WeatherSourceKind::forecast_solar, WeatherSourceKind::solcast};
/// "open-meteo", "imgw", "forecast-solar", "solcast": in the configuration, in status and on the command line.
[[nodiscard]] std::string_view name_of(WeatherSourceKind kind) noexcept;

/// One source of weather or PV outlook as its owner chose it.
struct WeatherSourceSettings {
  WeatherSourceKind kind = WeatherSourceKind::open_meteo;
  std::string url;                 ///< without path of the question; empty: the public service
  std::string key;                 ///< access key, a secret; empty where none is needed
  std::string key_file;            ///< where the key was read from; empty where it was given itself
  std::string station;             ///< of IMGW: "krakow"
  std::vector<std::string> sites;  ///< of Solcast: resource ids, whose forecasts are added
  int calls_per_day = 10;          ///< of Solcast: what the account permits
  Seconds interval{0};             ///< between two questions; 0: default_interval()
};

/// How often the kind is asked where its owner says nothing: Open-Meteo and IMGW each hour, forecast.solar each half
/// hour, Solcast as often as its calls a day permit.
[[nodiscard]] Seconds default_interval(const WeatherSourceSettings& settings);

}  // namespace gridpilot
