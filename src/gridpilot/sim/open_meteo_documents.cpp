#include "gridpilot/sim/open_meteo_documents.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <type_traits>
#include <utility>

#include "gridpilot/core/json.hpp"
#include "gridpilot/core/text.hpp"
#include "gridpilot/plant/house.hpp"

namespace gridpilot::sim {
namespace {

constexpr double degree = std::numbers::pi / 180.0;
constexpr double ground_reflectance = 0.18;
constexpr int looks_a_slot = 5;
/// The part of the day before in a forecast of three days ahead.
constexpr double most_error = 0.35;
constexpr double hours_to_most_error = 72.0;
constexpr std::int64_t most_means = std::chrono::days(32) / slot_length;

struct Variable {
  std::string_view name;
  std::string_view unit;
};
constexpr std::array variables{Variable{.name = "shortwave_radiation", .unit = "W/m²"},
                               Variable{.name = "direct_normal_irradiance", .unit = "W/m²"},
                               Variable{.name = "diffuse_radiation", .unit = "W/m²"},
                               Variable{.name = "global_tilted_irradiance", .unit = "W/m²"},
                               Variable{.name = "temperature_2m", .unit = "°C"},
                               Variable{.name = "cloud_cover", .unit = "%"},
                               Variable{.name = "wind_speed_10m", .unit = "km/h"},
                               Variable{.name = "snow_depth", .unit = "m"}};

OpenMeteoAnswer refused(const std::string& reason) {
  std::string body;
  json::Writer(body).begin_object().member("error", true).member("reason", reason).end_object();
  return {.status = 400, .body = std::move(body)};
}

std::vector<std::string_view> split(std::string_view list) {
  std::vector<std::string_view> parts;
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    if (end > 0) parts.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

double tilted(double beam_normal, double diffuse, const plant::SunDirection& sun, double tilt_degrees,
              double azimuth_from_south_degrees) {
  const double tilt = tilt_degrees * degree;
  const double azimuth = (azimuth_from_south_degrees + 180.0) * degree;
  const double incidence =
      sun.up * std::cos(tilt) + (sun.east * std::sin(azimuth) + sun.north * std::cos(azimuth)) * std::sin(tilt);
  const double horizontal = beam_normal * std::max(sun.up, 0.0) + diffuse;
  return beam_normal * std::max(incidence, 0.0) + diffuse * (1.0 + std::cos(tilt)) / 2.0 +
         horizontal * ground_reflectance * (1.0 - std::cos(tilt)) / 2.0;
}

}  // namespace

struct OpenMeteoDocuments::Ask {
  [[nodiscard]] std::optional<std::string> take(const net::HttpParameter& parameter);

  std::optional<double> latitude, longitude;
  std::vector<std::string_view> quarters, hours;
  double tilt = 0.0;
  double azimuth = 0.0;
  int past_days = 0;
  int forecast_days = 7;
  bool wind_in_m_per_s = false;
  Seconds step{900};  ///< of the block that is being written
};

void OpenMeteoDocuments::move_to(double latitude_degrees, double longitude_degrees) {
  if (!means_.empty() && latitude_degrees == latitude_degrees_ && longitude_degrees == longitude_degrees_) return;
  means_.clear();
  latitude_degrees_ = latitude_degrees;
  longitude_degrees_ = longitude_degrees;
  weather_ = plant::House::weather_of(latitude_degrees, longitude_degrees, house_seed_);
}

const OpenMeteoDocuments::Mean& OpenMeteoDocuments::mean_of(Slot slot) {
  const auto [place, is_new] = means_.try_emplace(slot);
  Mean& mean = place->second;
  if (!is_new) return mean;
  for (int look = 0; look < looks_a_slot; ++look) {
    const plant::Sky sky = weather_.at(slot.start() + slot_length * (2 * look + 1) / (2 * looks_a_slot));
    mean.beam_normal += sky.beam_normal / looks_a_slot;
    mean.diffuse += sky.diffuse_horizontal / looks_a_slot;
    if (look == looks_a_slot / 2) mean.sun = sky.sun;
  }
  return mean;
}

OpenMeteoDocuments::Mean OpenMeteoDocuments::foreseen(Slot slot, Instant now) {
  Mean mean = mean_of(slot);
  const double ahead = std::chrono::duration<double, std::ratio<3600>>(slot.start() - now).count();
  if (ahead <= 0.0) return mean;
  const double error = std::min(ahead / hours_to_most_error, 1.0) * most_error;
  const Mean& before = mean_of(slot - std::chrono::days(1) / slot_length);
  mean.beam_normal += error * (before.beam_normal - mean.beam_normal);
  mean.diffuse += error * (before.diffuse - mean.diffuse);
  return mean;
}

double OpenMeteoDocuments::value_at(std::string_view variable, Instant label, const Ask& ask, Instant now) {
  if (variable == "temperature_2m") return in_celsius(weather_.air_temperature(label));
  if (variable == "cloud_cover") return 100.0 * weather_.at(label).cloud_cover;
  // The simulated weather has neither wind nor snow.
  if (variable == "wind_speed_10m" || variable == "snow_depth") return 0.0;
  double sum = 0.0;
  int count = 0;
  for (Instant t = label - ask.step; t < label; t += slot_length, ++count) {
    const Mean mean = foreseen(Slot::containing(t), now);
    if (variable == "direct_normal_irradiance")
      sum += mean.beam_normal;
    else if (variable == "diffuse_radiation")
      sum += mean.diffuse;
    else if (variable == "global_tilted_irradiance")
      sum += tilted(mean.beam_normal, mean.diffuse, mean.sun, ask.tilt, ask.azimuth);
    else
      sum += mean.beam_normal * std::max(mean.sun.up, 0.0) + mean.diffuse;
  }
  return sum / count;
}

/// Takes one parameter; the sentence says what is wrong with it.
std::optional<std::string> OpenMeteoDocuments::Ask::take(const net::HttpParameter& parameter) {
  const std::string& name = parameter.name;
  const auto number = [&](double least, double most) -> std::optional<double> {
    const auto value = parse_number(parameter.value);
    return value && *value >= least && *value <= most ? value : std::nullopt;
  };
  const auto put = [&](auto& into, double least, double most) -> std::optional<std::string> {
    const auto value = number(least, most);
    if (!value) return "Invalid value for parameter '" + name + "'";
    into = static_cast<std::remove_reference_t<decltype(into)>>(*value);
    return std::nullopt;
  };
  if (name == "tilt") return put(tilt, 0.0, 90.0);
  if (name == "azimuth") return put(azimuth, -180.0, 180.0);
  if (name == "past_days") return put(past_days, 0.0, 16.0);
  if (name == "forecast_days") return put(forecast_days, 0.0, 16.0);
  if (name == "latitude") {
    latitude = number(-90.0, 90.0);
    if (!latitude) return "Latitude must be in range of -90 to 90°.";
  } else if (name == "longitude") {
    longitude = number(-180.0, 180.0);
    if (!longitude) return "Longitude must be in range of -180 to 180°.";
  } else if (name == "minutely_15" || name == "hourly") {
    auto& asked = name == "hourly" ? hours : quarters;
    asked = split(parameter.value);
    for (const std::string_view variable : asked)
      if (std::ranges::find(variables, variable, &Variable::name) == variables.end())
        return "Cannot initialize variable from invalid String value " + std::string(variable);
  } else if (name == "timezone") {
    if (parameter.value != "GMT" && parameter.value != "UTC") return "Only GMT is emulated";
  } else if (name == "wind_speed_unit") {
    wind_in_m_per_s = parameter.value == "ms";
  }
  return std::nullopt;
}

OpenMeteoAnswer OpenMeteoDocuments::answer(const std::vector<net::HttpParameter>& parameters, Instant now) {
  Ask ask;
  for (const net::HttpParameter& parameter : parameters)
    if (const auto reason = ask.take(parameter)) return refused(*reason);
  if (!ask.latitude || !ask.longitude) return refused("Parameters 'latitude' and 'longitude' are required");
  move_to(*ask.latitude, *ask.longitude);

  std::string body;
  json::Writer out(body);
  out.begin_object().member("latitude", *ask.latitude).member("longitude", *ask.longitude);
  out.member("utc_offset_seconds", 0).member("timezone", "GMT").member("timezone_abbreviation", "GMT");
  out.member("elevation", 200.0);
  const auto write_block = [&](std::string_view name, const std::vector<std::string_view>& asked, Seconds step) {
    if (asked.empty()) return;
    ask.step = step;
    const Instant midnight = std::chrono::floor<std::chrono::days>(now);
    const Instant first = midnight - std::chrono::days(ask.past_days);
    const Instant last = midnight + std::chrono::days(ask.forecast_days);
    out.key_text(std::string(name) + "_units").begin_object().member("time", "iso8601");
    for (const std::string_view variable : asked) {
      const std::string_view unit = std::ranges::find(variables, variable, &Variable::name)->unit;
      out.key_text(variable).value(variable == "wind_speed_10m" && ask.wind_in_m_per_s ? "m/s" : unit);
    }
    out.end_object().key_text(name).begin_object().key("time").begin_array();
    for (Instant t = first; t < last; t += step) out.value(to_rfc3339(t).substr(0, 16));
    out.end_array();
    for (const std::string_view variable : asked) {
      out.key_text(variable).begin_array();
      for (Instant t = first; t < last; t += step) out.rounded(value_at(variable, t, ask, now), 2);
      out.end_array();
    }
    out.end_object();
  };
  write_block("minutely_15", ask.quarters, slot_length);
  write_block("hourly", ask.hours, Seconds(3600));
  out.end_object();
  while (std::ssize(means_) > most_means) means_.erase(means_.begin());
  return {.status = 200, .body = std::move(body)};
}

}  // namespace gridpilot::sim
