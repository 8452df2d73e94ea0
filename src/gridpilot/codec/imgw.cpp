#include "gridpilot/codec/imgw.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include "gridpilot/core/json.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::codec::imgw {

namespace {

/// A number as text, as number, or absent, between two limits.
Result<std::optional<double>> read_number(const json::Value& row, std::string_view name, double least, double most) {
  const auto value = row.find(name);
  if (!value || value->is_null()) return std::optional<double>();
  std::optional<double> number;
  if (value->kind() == json::Kind::number) {
    number = value->number().value();
  } else {
    const auto text = value->string();
    if (!text) return text.failed();
    if (text->empty()) return std::optional<double>();
    number = parse_number(*text);
    if (!number) return value->objection("'" + std::string(*text) + "' is not a number");
  }
  if (*number < least || *number > most) return value->objection("no weather has this value");
  return number;
}

Result<Instant> read_time(const json::Value& row) {
  const auto date_text = row.string("data_pomiaru");
  if (!date_text) return date_text.failed();
  const auto date = parse_date(*date_text);
  if (!date) return row.at("data_pomiaru")->objection("not a date");
  const auto hour_read = read_number(row, "godzina_pomiaru", 0.0, 23.0);
  if (!hour_read) return hour_read.failed();
  const std::optional<double> hour = *hour_read;
  if (!hour) return row.objection("godzina_pomiaru is missing");
  const auto whole = static_cast<int>(*hour);
  if (static_cast<double>(whole) != *hour) return row.at("godzina_pomiaru")->objection("not a full hour");
  return std::chrono::sys_days(*date) + std::chrono::hours(whole);
}

Result<WeatherObservation> read_station(const json::Value& row) {
  if (const auto status = row.find("status"); status && row.size() <= 2) {
    const std::string_view message = row.optional_string("message").value_or(std::nullopt).value_or("no such station");
    return failure(ErrorCode::not_found, "IMGW: " + std::string(message));
  }
  WeatherObservation observation;
  observation.source = source_name;
  const auto station = row.string("stacja");
  if (!station) return station.failed();
  observation.station = *station;
  const auto time = read_time(row);
  if (!time) return time.failed();
  observation.time = *time;
  const auto air_read = read_number(row, "temperatura", -90.0, 60.0);
  if (!air_read) return air_read.failed();
  const std::optional<double> air = *air_read;
  if (air) observation.air = celsius(*air);
  const auto read_into = [&row](std::optional<double>& into, std::string_view name, double least,
                                double most) -> Result<void> {
    const auto number = read_number(row, name, least, most);
    if (!number) return number.failed();
    into = *number;
    return {};
  };
  if (auto done = read_into(observation.wind_m_per_s, "predkosc_wiatru", 0.0, 150.0); !done)
    return std::move(done).failed();
  if (auto done = read_into(observation.wind_from_degrees, "kierunek_wiatru", 0.0, 360.0); !done)
    return std::move(done).failed();
  if (auto done = read_into(observation.humidity_percent, "wilgotnosc_wzgledna", 0.0, 100.0); !done)
    return std::move(done).failed();
  if (auto done = read_into(observation.precipitation_mm, "suma_opadu", 0.0, 2000.0); !done)
    return std::move(done).failed();
  if (auto done = read_into(observation.pressure_hpa, "cisnienie", 500.0, 1100.0); !done)
    return std::move(done).failed();
  return observation;
}

}  // namespace

Result<std::vector<WeatherObservation>> decode_synop(std::string text) {
  const auto document = json::Document::parse(std::move(text));
  if (!document) return document.failed();
  const json::Value root = document->root();
  std::vector<WeatherObservation> observations;
  if (root.kind() == json::Kind::object) {
    auto one = read_station(root);
    if (!one) return std::move(one).failed();
    observations.push_back(std::move(*one));
    return observations;
  }
  if (root.kind() != json::Kind::array) return root.objection("expected a station or a list of stations");
  observations.reserve(root.size());
  for (const json::Value row : root) {
    if (row.kind() != json::Kind::object) return row.objection("expected a station");
    auto one = read_station(row);
    if (!one) return std::move(one).failed();
    observations.push_back(std::move(*one));
  }
  return observations;
}

}  // namespace gridpilot::codec::imgw
