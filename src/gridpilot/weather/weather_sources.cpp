#include "gridpilot/weather/weather_sources.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace gridpilot::weather {

namespace {

using namespace std::chrono_literals;

/// A document that is this much younger than the interval is still the answer: processes that share it take turns.
constexpr Seconds margin_of_turn = 60s;

Seconds interval_of(const WeatherSourceSettings& settings) {
  return settings.interval > Seconds(0) ? settings.interval : default_interval(settings);
}

std::optional<net::RateLimitPolicy> rate_of(const WeatherSourceSettings& settings) {
  switch (settings.kind) {
    // 600 a minute and 10 000 a day are permitted; a home needs some dozens.
    case WeatherSourceKind::open_meteo: return net::RateLimitPolicy{.questions = 120, .window = 1h};
    case WeatherSourceKind::imgw: return net::RateLimitPolicy{.questions = 60, .window = 1h};
    // 12 an hour without a key, 60 with the smallest.
    case WeatherSourceKind::forecast_solar:
      return net::RateLimitPolicy{.questions = settings.key.empty() ? 12U : 60U, .window = 1h};
    case WeatherSourceKind::solcast:
      return net::RateLimitPolicy{.questions = static_cast<std::size_t>(std::max(settings.calls_per_day, 1)),
                                  .window = 24h};
  }
  return std::nullopt;
}

Result<void> judge(const WeatherSourceSettings& settings, const Home& home) {
  const auto lacks = [&](std::string_view what) {
    return failure(ErrorCode::bad_input, std::string(name_of(settings.kind)) + " needs " + std::string(what));
  };
  switch (settings.kind) {
    case WeatherSourceKind::open_meteo: break;
    case WeatherSourceKind::imgw:
      if (!net::is_cache_name(settings.station)) return lacks("a station, such as 'krakow'");
      break;
    case WeatherSourceKind::forecast_solar:
      if (home.planes.empty()) return lacks("a plane of modules (pv)");
      break;
    case WeatherSourceKind::solcast:
      if (settings.key.empty()) return lacks("a key");
      if (settings.sites.empty() || !std::ranges::all_of(settings.sites, net::is_cache_name))
        return lacks("the resource id of a rooftop site");
      break;
  }
  return {};
}

}  // namespace

net::FetcherOptions fetcher_options(const WeatherSourceSettings& settings, BuiltSource::Asking asking) {
  net::FetcherOptions options{.source = std::string(name_of(settings.kind)), .rate = rate_of(settings)};
  // A day's ten calls are too few for attempts.
  if (settings.kind == WeatherSourceKind::solcast) options.retry.max_attempts = 1;
  if (asking == BuiltSource::Asking::in_turn)
    options.fresh_for = std::max(interval_of(settings) - margin_of_turn, Seconds(0));
  return options;
}

Seconds BuiltSource::interval() const {
  return interval_of(settings_);
}

Result<std::unique_ptr<BuiltSource>> BuiltSource::create(const WeatherSourceSettings& settings, const Home& home,
                                                         const net::Fetcher::Parts& parts, Asking asking) {
  if (auto good = judge(settings, home); !good) return std::move(good).failed();
  return std::unique_ptr<BuiltSource>(new BuiltSource(settings, home, parts, asking));
}

BuiltSource::BuiltSource(const WeatherSourceSettings& settings, const Home& home, const net::Fetcher::Parts& parts,
                         Asking asking)
    : settings_(settings), fetcher_(parts, fetcher_options(settings, asking)) {
  const std::string_view name = name_of(settings_.kind);
  switch (settings_.kind) {
    case WeatherSourceKind::open_meteo:
      source_ =
          std::make_unique<DocumentSource<WeatherForecast>>(name, fetcher_, open_meteo_questions(home, settings_));
      break;
    case WeatherSourceKind::imgw:
      source_ = std::make_unique<DocumentSource<WeatherObservation>>(name, fetcher_, imgw_questions(settings_));
      break;
    case WeatherSourceKind::forecast_solar:
      source_ = std::make_unique<DocumentSource<PvForecast>>(name, fetcher_, forecast_solar_questions(home, settings_));
      break;
    case WeatherSourceKind::solcast:
      source_ = std::make_unique<DocumentSource<PvForecast>>(name, fetcher_, solcast_questions(settings_));
      break;
  }
}

}  // namespace gridpilot::weather
