#include "gridpilot/codec/open_meteo.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "gridpilot/core/json.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::codec::open_meteo {

namespace {

struct Unit {
  std::string_view name;
  double factor = 1.0;  ///< to the canonical unit, after the offset has been taken off
  double offset = 0.0;
};
constexpr std::array radiation_units{Unit{.name = "W/m²"}};
constexpr std::array temperature_units{Unit{.name = "°C"}, Unit{.name = "°F", .factor = 5.0 / 9.0, .offset = 32.0}};
constexpr std::array percent_units{Unit{.name = "%"}};
constexpr std::array wind_units{Unit{.name = "m/s"}, Unit{.name = "km/h", .factor = 1.0 / 3.6},
                                Unit{.name = "mp/h", .factor = 0.44704}, Unit{.name = "kn", .factor = 1852.0 / 3600.0}};
constexpr std::array depth_units{Unit{.name = "m"}, Unit{.name = "ft", .factor = 0.3048}};

enum class Quantity { global, direct_normal, diffuse, tilted, air, cloud, wind, snow };
enum class Kind {
  mean_before,  ///< of the interval that ends at the label
  at_label,
};

struct Variable {
  std::string_view name;
  Quantity quantity;
  Kind kind;
  std::span<const Unit> units;
  double least, most;  ///< in the canonical unit
};
// Means stand before instants: they are preferred.
constexpr std::array variables{
    Variable{"shortwave_radiation", Quantity::global, Kind::mean_before, radiation_units, 0.0, 2000.0},
    Variable{"direct_normal_irradiance", Quantity::direct_normal, Kind::mean_before, radiation_units, 0.0, 2000.0},
    Variable{"diffuse_radiation", Quantity::diffuse, Kind::mean_before, radiation_units, 0.0, 2000.0},
    Variable{"global_tilted_irradiance", Quantity::tilted, Kind::mean_before, radiation_units, 0.0, 2500.0},
    Variable{"shortwave_radiation_instant", Quantity::global, Kind::at_label, radiation_units, 0.0, 2000.0},
    Variable{"direct_normal_irradiance_instant", Quantity::direct_normal, Kind::at_label, radiation_units, 0.0, 2000.0},
    Variable{"diffuse_radiation_instant", Quantity::diffuse, Kind::at_label, radiation_units, 0.0, 2000.0},
    Variable{"global_tilted_irradiance_instant", Quantity::tilted, Kind::at_label, radiation_units, 0.0, 2500.0},
    Variable{"temperature_2m", Quantity::air, Kind::at_label, temperature_units, -90.0, 60.0},
    Variable{"cloud_cover", Quantity::cloud, Kind::at_label, percent_units, 0.0, 100.0},
    Variable{"wind_speed_10m", Quantity::wind, Kind::at_label, wind_units, 0.0, 150.0},
    Variable{"snow_depth", Quantity::snow, Kind::at_label, depth_units, 0.0, 50.0},
};

/// A block of the document: "minutely_15" or "hourly".
struct Block {
  std::string_view name;
  Seconds step;
};
constexpr std::array blocks{Block{.name = "minutely_15", .step = slot_length},
                            Block{.name = "hourly", .step = Seconds(3600)}};

// No zone lies further off.
constexpr Seconds easternmost = std::chrono::hours(15);
constexpr Seconds westernmost = std::chrono::hours(-13);

using Values = std::vector<std::optional<double>>;

/// A value of a slot that is not known yet; the first that is put stays.
void put(std::optional<double>& into, double value) {
  if (!into) into = value;
}

class Builder {
 public:
  explicit Builder(std::optional<Plane> plane) : plane_(plane) {}

  [[nodiscard]] Result<void> read(const json::Value& root);
  [[nodiscard]] WeatherForecast take(Instant fetched_at) const;

 private:
  struct SlotValues {
    std::optional<double> global, direct_normal, diffuse, tilted, air, cloud, wind, snow;
  };
  [[nodiscard]] Result<void> read_block(const json::Value& root, const Block& block, Seconds utc_offset);
  [[nodiscard]] Result<std::vector<Instant>> read_times(const json::Value& times, std::string_view unit,
                                                        Seconds utc_offset) const;
  [[nodiscard]] Result<Values> read_values(const json::Value& list, const Variable& variable, const Unit& unit,
                                           std::size_t count) const;
  void spread(const Variable& variable, const Values& values, const std::vector<Instant>& times, Seconds step);
  static std::optional<double>& member(SlotValues& slot, Quantity quantity);

  std::optional<Plane> plane_;
  std::map<Slot, SlotValues> slots_;
  bool has_tilted_ = false;
};

std::optional<double>& Builder::member(SlotValues& slot, Quantity quantity) {
  switch (quantity) {
    case Quantity::global: return slot.global;
    case Quantity::direct_normal: return slot.direct_normal;
    case Quantity::diffuse: return slot.diffuse;
    case Quantity::tilted: return slot.tilted;
    case Quantity::air: return slot.air;
    case Quantity::cloud: return slot.cloud;
    case Quantity::wind: return slot.wind;
    case Quantity::snow: break;
  }
  return slot.snow;
}

Result<void> Builder::read(const json::Value& root) {
  const auto offset = root.optional_integer("utc_offset_seconds");
  if (!offset) return offset.failed();
  const std::int64_t utc_offset = offset->value_or(0);
  if (utc_offset % slot_length.count() != 0 || utc_offset > easternmost.count() || utc_offset < westernmost.count())
    return root.at("utc_offset_seconds")->objection("no zone has this offset");
  if (!*offset) {
    // Without an offset only a document in UTC is unambiguous.
    const auto zone = root.optional_string("timezone");
    if (!zone) return zone.failed();
    if (*zone != "GMT" && *zone != "UTC") return root.objection("has no utc_offset_seconds");
  }
  bool any = false;
  for (const Block& block : blocks) {
    if (const auto found = root.find(block.name); !found || found->is_null()) continue;
    any = true;
    if (auto done = read_block(root, block, Seconds(utc_offset)); !done) return done;
  }
  if (!any) return root.objection("has neither minutely_15 nor hourly");
  return {};
}

Result<void> Builder::read_block(const json::Value& root, const Block& block, Seconds utc_offset) {
  const auto lists = root.object(block.name);
  if (!lists) return lists.failed();
  const auto units = root.object(std::string(block.name) + "_units");
  if (!units) return units.failed();
  const auto time_unit = units->string("time");
  if (!time_unit) return time_unit.failed();
  const auto time_list = lists->array("time");
  if (!time_list) return time_list.failed();
  const auto times = read_times(*time_list, *time_unit, utc_offset);
  if (!times) return times.failed();
  for (const Variable& variable : variables) {
    const auto list = lists->find(variable.name);
    if (!list) continue;
    const auto written = units->string(variable.name);
    if (!written) return written.failed();
    const auto unit = std::ranges::find(variable.units, *written, &Unit::name);
    if (unit == variable.units.end())
      return units->at(variable.name)->objection("the unit '" + std::string(*written) + "' is not known here");
    if (variable.quantity == Quantity::tilted) {
      if (!plane_) return list->objection("no plane was asked for");
      has_tilted_ = true;
    }
    const auto values = read_values(*list, variable, *unit, times->size());
    if (!values) return values.failed();
    spread(variable, *values, *times, block.step);
  }
  return {};
}

Result<std::vector<Instant>> Builder::read_times(const json::Value& list, std::string_view unit,
                                                 Seconds utc_offset) const {
  const bool is_text = unit == "iso8601";
  if (!is_text && unit != "unixtime") return list.objection("the unit '" + std::string(unit) + "' is not known here");
  std::vector<Instant> times;
  times.reserve(list.size());
  for (const json::Value value : list) {
    Instant time;
    if (is_text) {
      const auto text = value.string();
      if (!text) return text.failed();
      const auto as_if_utc = parse_rfc3339(std::string(*text) + "Z");
      if (!as_if_utc) return value.objection("not a local time");
      time = *as_if_utc - utc_offset;
    } else {
      const auto seconds = value.integer();
      if (!seconds) return seconds.failed();
      if (*seconds < 0 || *seconds > 32'503'680'000) return value.objection("not a time of this millennium");
      time = Instant(Seconds(*seconds));
    }
    if (Slot::containing(time).start() != time) return value.objection("not on a quarter of an hour");
    if (!times.empty() && time <= times.back()) return value.objection("the times do not ascend");
    times.push_back(time);
  }
  return times;
}

Result<Values> Builder::read_values(const json::Value& list, const Variable& variable, const Unit& unit,
                                    std::size_t count) const {
  if (list.kind() != json::Kind::array) return list.objection("expected an array");
  if (list.size() != count)
    return list.objection("has " + std::to_string(list.size()) + " values for " + std::to_string(count) + " times");
  Values values;
  values.reserve(count);
  for (const json::Value value : list) {
    if (value.is_null()) {
      values.emplace_back();
      continue;
    }
    const auto number = value.number();
    if (!number) return number.failed();
    const double canonical = (*number - unit.offset) * unit.factor;
    if (canonical < variable.least || canonical > variable.most) return value.objection("no weather has this value");
    values.emplace_back(canonical);
  }
  return values;
}

void Builder::spread(const Variable& variable, const Values& values, const std::vector<Instant>& times, Seconds step) {
  const auto quarters = static_cast<double>(step / slot_length);
  for (std::size_t n = 0; n < times.size(); ++n) {
    const std::optional<double> value = values[n];
    if (!value) continue;
    if (variable.kind == Kind::mean_before) {
      for (Instant t = times[n] - step; t < times[n]; t += slot_length)
        put(member(slots_[Slot::containing(t)], variable.quantity), *value);
      continue;
    }
    const std::optional<double> before = n == 0 ? std::nullopt : values[n - 1];
    if (!before || times[n] - times[n - 1] != step) continue;
    const double from = *before;
    const double rise = (*value - from) / quarters;
    double middle = 0.5;
    for (Instant t = times[n - 1]; t < times[n]; t += slot_length, middle += 1.0)
      put(member(slots_[Slot::containing(t)], variable.quantity), from + rise * middle);
  }
}

WeatherForecast Builder::take(Instant fetched_at) const {
  WeatherForecast forecast{
      .source = source_name, .issued_at = std::nullopt, .fetched_at = fetched_at, .slots = {}, .planes = {}};
  TiltedIrradiance tilted;
  if (plane_) {
    tilted.tilt_degrees = plane_->tilt_degrees;
    tilted.azimuth_degrees = plane_->azimuth_degrees;
  }
  for (const auto& [slot, values] : slots_) {
    if (values.tilted) tilted.w_per_m2.emplace_back(slot, *values.tilted);
    const bool any = values.global || values.direct_normal || values.diffuse || values.air || values.cloud ||
                     values.wind || values.snow;
    if (!any) continue;
    WeatherSlot& weather = forecast.slots.emplace_back();
    weather.slot = slot;
    weather.global_horizontal_w_per_m2 = values.global;
    weather.direct_normal_w_per_m2 = values.direct_normal;
    weather.diffuse_horizontal_w_per_m2 = values.diffuse;
    if (values.air) weather.air = celsius(*values.air);
    weather.cloud_cover_percent = values.cloud;
    weather.wind_m_per_s = values.wind;
    weather.snow_depth_m = values.snow;
  }
  if (has_tilted_) forecast.planes.push_back(std::move(tilted));
  return forecast;
}

}  // namespace

double azimuth_from_compass(double degrees) {
  return std::fmod(std::fmod(degrees, 360.0) + 360.0, 360.0) - 180.0;
}

double compass_from_azimuth(double degrees) {
  return std::fmod(std::fmod(degrees + 180.0, 360.0) + 360.0, 360.0);
}

Result<WeatherForecast> decode(std::string text, Instant fetched_at, std::optional<Plane> plane) {
  const auto document = json::Document::parse(std::move(text));
  if (!document) return document.failed();
  const json::Value root = document->root();
  if (root.optional_boolean("error").value_or(std::nullopt).value_or(false)) {
    const std::string_view reason = root.optional_string("reason").value_or(std::nullopt).value_or("no reason given");
    return failure(ErrorCode::rejected, "Open-Meteo refuses: " + std::string(reason));
  }
  Builder builder(plane);
  if (auto done = builder.read(root); !done) return std::move(done).failed();
  return builder.take(fetched_at);
}

}  // namespace gridpilot::codec::open_meteo
