#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gridpilot/config/secrets.hpp"
#include "gridpilot/config/section.hpp"
#include "gridpilot/config/values.hpp"
#include "gridpilot/domain/weather_source.hpp"

namespace gridpilot::config {

struct WeatherSettings {
  std::vector<WeatherSourceSettings> sources;  ///< each kind at most once
};

/// A Redis that several gridpilots share documents through.
struct RedisSettings {
  Endpoint address;           ///< numeric
  std::string user;           ///< empty: the default user
  std::string password;       ///< a secret; empty: none
  std::string password_file;  ///< where it was read from; empty where there is none
};

struct CacheSettings {
  std::optional<RedisSettings> redis;
};

/// `weather.sources`; without it Open-Meteo, where the home's place was told.
[[nodiscard]] WeatherSettings read_weather(Section section, const PlaceOf& place_of, bool place_is_told);
/// `cache.redis`.
[[nodiscard]] CacheSettings read_cache(Section section, const PlaceOf& place_of);

}  // namespace gridpilot::config
