#include "gridpilot/weather/questions.hpp"

#include <charconv>
#include <set>
#include <utility>

#include "gridpilot/codec/forecast_solar.hpp"
#include "gridpilot/codec/imgw.hpp"
#include "gridpilot/codec/open_meteo.hpp"
#include "gridpilot/codec/solcast.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::weather {

namespace {

constexpr int past_days = 2;
constexpr int forecast_days = 4;  ///< today is the first
constexpr int solcast_hours = 72;

std::string number(double value, int decimals) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, decimals);
  std::string shown(text, end.ptr);
  while (shown.contains('.') && (shown.back() == '0' || shown.back() == '.')) {
    const bool was_point = shown.back() == '.';
    shown.pop_back();
    if (was_point) break;
  }
  return shown == "-0" ? "0" : shown;
}

std::string base_of(const WeatherSourceSettings& settings, std::string_view otherwise) {
  std::string base = settings.url.empty() ? std::string(otherwise) : settings.url;
  while (base.ends_with('/')) base.pop_back();
  return base;
}

/// For the name of a document: "50.06-19.94".
std::string place_of(const Home& home) {
  return number(home.latitude_degrees, 4) + "-" + number(home.longitude_degrees, 4);
}

std::string direction_of(const PvPlane& plane) {
  return "-tilt" + number(plane.tilt_degrees, 2) + "-azimuth" + number(plane.azimuth_degrees, 2);
}

Question<WeatherForecast> open_meteo_question(const Home& home, const WeatherSourceSettings& settings,
                                              const PvPlane* plane) {
  std::string url =
      base_of(settings, settings.key.empty() ? "https://api.open-meteo.com" : "https://customer-api.open-meteo.com") +
      "/v1/forecast?latitude=" + number(home.latitude_degrees, 4) + "&longitude=" + number(home.longitude_degrees, 4) +
      "&minutely_15=shortwave_radiation,direct_normal_irradiance,diffuse_radiation,temperature_2m,"
      "cloud_cover,wind_speed_10m";
  std::optional<codec::open_meteo::Plane> asked;
  std::string key = "forecast-" + place_of(home);
  if (plane != nullptr) {
    asked = codec::open_meteo::Plane{.tilt_degrees = plane->tilt_degrees, .azimuth_degrees = plane->azimuth_degrees};
    url += ",global_tilted_irradiance&tilt=" + number(plane->tilt_degrees, 2) +
           "&azimuth=" + number(codec::open_meteo::azimuth_from_compass(plane->azimuth_degrees), 2);
    key += direction_of(*plane);
  }
  url += "&hourly=snow_depth&wind_speed_unit=ms&timezone=GMT&past_days=" + std::to_string(past_days) +
         "&forecast_days=" + std::to_string(forecast_days);
  if (!settings.key.empty()) url += "&apikey=" + percent_encoded(settings.key);
  return {.request = {.key = std::move(key), .url = std::move(url)},
          .decode = [asked](std::string body, Instant fetched_at) {
            return codec::open_meteo::decode(std::move(body), fetched_at, asked);
          }};
}

}  // namespace

std::vector<Question<WeatherForecast>> open_meteo_questions(const Home& home, const WeatherSourceSettings& settings) {
  std::vector<Question<WeatherForecast>> questions;
  std::set<std::pair<double, double>> directions;
  for (const PvPlane& plane : home.planes) {
    if (directions.emplace(plane.tilt_degrees, plane.azimuth_degrees).second)
      questions.push_back(open_meteo_question(home, settings, &plane));
  }
  if (questions.empty()) questions.push_back(open_meteo_question(home, settings, nullptr));
  return questions;
}

std::vector<Question<WeatherObservation>> imgw_questions(const WeatherSourceSettings& settings) {
  std::vector<Question<WeatherObservation>> questions;
  questions.push_back({.request = {.key = "synop-" + settings.station,
                                   .url = base_of(settings, "https://danepubliczne.imgw.pl") +
                                          "/api/data/synop/station/" + percent_encoded(settings.station)},
                       .decode = [station = settings.station](std::string body, Instant) -> Result<WeatherObservation> {
                         auto observations = codec::imgw::decode_synop(std::move(body));
                         if (!observations) return std::move(observations).failed();
                         if (observations->size() != 1)
                           return failure(ErrorCode::wrong_answer, "IMGW sent " + std::to_string(observations->size()) +
                                                                       " stations instead of '" + station + "'");
                         return std::move(observations->front());
                       }});
  return questions;
}

std::vector<Question<PvForecast>> forecast_solar_questions(const Home& home, const WeatherSourceSettings& settings) {
  std::vector<Question<PvForecast>> questions;
  for (const PvPlane& plane : home.planes) {
    const std::string peak = number(in_kilowatts(plane.peak), 3);
    const std::string url = base_of(settings, "https://api.forecast.solar") +
                            (settings.key.empty() ? "" : "/" + percent_encoded(settings.key)) + "/estimate/" +
                            number(home.latitude_degrees, 4) + "/" + number(home.longitude_degrees, 4) + "/" +
                            number(plane.tilt_degrees, 0) + "/" +
                            number(codec::open_meteo::azimuth_from_compass(plane.azimuth_degrees), 0) + "/" + peak +
                            "?time=utc";
    questions.push_back(
        {.request = {.key = "estimate-" + place_of(home) + direction_of(plane) + "-peak" + peak, .url = url},
         .decode = [](std::string body, Instant fetched_at) -> Result<PvForecast> {
           auto answer = codec::forecast_solar::decode(std::move(body), fetched_at, TimeZone::load);
           if (!answer) return std::move(answer).failed();
           return std::move(answer->forecast);
         }});
  }
  return questions;
}

std::vector<Question<PvForecast>> solcast_questions(const WeatherSourceSettings& settings) {
  std::vector<Question<PvForecast>> questions;
  questions.reserve(settings.sites.size());
  for (const std::string& site : settings.sites) {
    questions.push_back(
        {.request = {.key = "rooftop-" + site,
                     .url = base_of(settings, "https://api.solcast.com.au") + "/rooftop_sites/" +
                            percent_encoded(site) + "/forecasts?format=json&hours=" + std::to_string(solcast_hours),
                     .headers = {{"Authorization", "Bearer " + settings.key}}},
         .decode = [](std::string body, Instant fetched_at) {
           return codec::solcast::decode(std::move(body), fetched_at);
         }});
  }
  return questions;
}

}  // namespace gridpilot::weather
