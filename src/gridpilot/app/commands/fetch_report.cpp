#include "gridpilot/app/commands/fetch_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "gridpilot/core/json.hpp"

namespace gridpilot::app {
namespace {

constexpr std::string_view unknown = "—";

/// Right-aligned; a dash where absent. The dash is one column wide and three bytes long.
std::string cell(std::optional<double> value, int width, int decimals) {
  if (!value) return std::string(static_cast<std::size_t>(std::max(width - 1, 0)), ' ') + std::string(unknown);
  return fmt::format("{:>{}.{}f}", *value, width, decimals);
}

std::optional<double> in_kwh(const std::optional<Energy>& energy) {
  return energy ? std::optional(in_kilowatt_hours(*energy)) : std::nullopt;
}
std::optional<double> degrees(const std::optional<Temperature>& air) {
  return air ? std::optional(in_celsius(*air)) : std::nullopt;
}

std::string time_text(const TimeZone& zone, Instant t) {
  return to_iso(zone.date_of(t)) + " " + clock_text(zone, t);
}

void begin_document(json::Writer& out, std::string_view source, const ShownDay& day, Instant fetched_at) {
  out.begin_object().member("source", source).member("date", to_iso(day.date)).member("fetched_at", fetched_at);
}

void write_slot(json::Writer& out, Slot slot) {
  out.begin_object().member("start", slot.start()).member("end", slot.end());
}

using Tilted = std::map<Slot, double>;
std::vector<Tilted> tilted_by_slot(const WeatherForecast& forecast) {
  std::vector<Tilted> all;
  all.reserve(forecast.planes.size());
  for (const TiltedIrradiance& plane : forecast.planes) all.emplace_back(plane.w_per_m2.begin(), plane.w_per_m2.end());
  return all;
}
std::optional<double> at(const Tilted& plane, Slot slot) {
  const auto found = plane.find(slot);
  return found == plane.end() ? std::nullopt : std::optional(found->second);
}

std::string document_of(const WeatherForecast& forecast, const ShownDay& day) {
  std::string text;
  json::Writer out(text);
  begin_document(out, forecast.source, day, forecast.fetched_at);
  const std::vector<Tilted> planes = tilted_by_slot(forecast);
  out.key("planes").begin_array();
  for (const TiltedIrradiance& plane : forecast.planes)
    out.begin_object()
        .member("tilt_degrees", plane.tilt_degrees)
        .member("azimuth_degrees", plane.azimuth_degrees)
        .end_object();
  out.end_array().key("slots").begin_array();
  for (const WeatherSlot& slot : forecast.slots) {
    write_slot(out, slot.slot);
    out.key("global_horizontal_w_per_m2").rounded(slot.global_horizontal_w_per_m2, 2);
    out.key("direct_normal_w_per_m2").rounded(slot.direct_normal_w_per_m2, 2);
    out.key("diffuse_horizontal_w_per_m2").rounded(slot.diffuse_horizontal_w_per_m2, 2);
    out.key("tilted_w_per_m2").begin_array();
    for (const Tilted& plane : planes) out.rounded(at(plane, slot.slot), 2);
    out.end_array();
    out.key("air_celsius").rounded(degrees(slot.air), 2);
    out.key("cloud_cover_percent").rounded(slot.cloud_cover_percent, 1);
    out.key("wind_m_per_s").rounded(slot.wind_m_per_s, 2);
    out.key("snow_depth_m").rounded(slot.snow_depth_m, 3).end_object();
  }
  out.end_array().end_object();
  return text + "\n";
}

}  // namespace

std::string describe(const WeatherForecast& forecast, const ShownDay& day) {
  if (day.as_json) return document_of(forecast, day);
  std::string out = fmt::format("{} of {}, asked {} (irradiance in W/m², means of the quarter that begins)\n",
                                forecast.source, to_iso(day.date), time_text(day.zone, forecast.fetched_at));
  out += "start   global  direct  diffuse";
  for (const TiltedIrradiance& plane : forecast.planes)
    out += fmt::format("  {:>9}", fmt::format("{:.0f}°/{:.0f}°", plane.tilt_degrees, plane.azimuth_degrees));
  out += "     air °C  cloud %  wind m/s  snow m\n";
  const std::vector<Tilted> planes = tilted_by_slot(forecast);
  for (const WeatherSlot& slot : forecast.slots) {
    out += clock_text(day.zone, slot.slot.start());
    out += cell(slot.global_horizontal_w_per_m2, 9, 0) + cell(slot.direct_normal_w_per_m2, 8, 0) +
           cell(slot.diffuse_horizontal_w_per_m2, 9, 0);
    for (const Tilted& plane : planes) out += cell(at(plane, slot.slot), 11, 0);
    out += cell(degrees(slot.air), 11, 1) + cell(slot.cloud_cover_percent, 9, 0) + cell(slot.wind_m_per_s, 10, 1) +
           cell(slot.snow_depth_m, 8, 2) + "\n";
  }
  return out;
}

std::string describe(const PvForecast& forecast, const ShownDay& day) {
  Energy total;
  for (const PvForecastSlot& slot : forecast.slots) total += slot.expected;
  if (day.as_json) {
    std::string text;
    json::Writer out(text);
    begin_document(out, forecast.source, day, forecast.fetched_at);
    out.key("expected_kwh").rounded(in_kilowatt_hours(total), 6).key("slots").begin_array();
    for (const PvForecastSlot& slot : forecast.slots) {
      write_slot(out, slot.slot);
      out.key("expected_kwh").rounded(in_kilowatt_hours(slot.expected), 6);
      out.key("p10_kwh").rounded(in_kwh(slot.p10), 6).key("p90_kwh").rounded(in_kwh(slot.p90), 6).end_object();
    }
    out.end_array().end_object();
    return text + "\n";
  }
  std::string out = fmt::format("{} of {}, asked {}: {:.2f} kWh\n", forecast.source, to_iso(day.date),
                                time_text(day.zone, forecast.fetched_at), in_kilowatt_hours(total));
  out += "start   expected kWh   10 %   90 %\n";
  for (const PvForecastSlot& slot : forecast.slots)
    out += clock_text(day.zone, slot.slot.start()) + cell(in_kilowatt_hours(slot.expected), 15, 3) +
           cell(in_kwh(slot.p10), 7, 3) + cell(in_kwh(slot.p90), 7, 3) + "\n";
  return out;
}

std::string describe(const WeatherObservation& seen, const ShownDay& day) {
  if (day.as_json) {
    std::string text;
    json::Writer out(text);
    out.begin_object().member("source", seen.source).member("station", seen.station).member("time", seen.time);
    out.key("air_celsius").rounded(degrees(seen.air), 2);
    out.member("wind_m_per_s", seen.wind_m_per_s).member("wind_from_degrees", seen.wind_from_degrees);
    out.member("humidity_percent", seen.humidity_percent).member("pressure_hpa", seen.pressure_hpa);
    out.member("precipitation_mm", seen.precipitation_mm).end_object();
    return text + "\n";
  }
  const auto line = [](std::string_view name, std::optional<double> value, int decimals, std::string_view unit) {
    return fmt::format("{:<10}{}\n", name,
                       value ? fmt::format("{:.{}f} {}", *value, decimals, unit) : std::string(unknown));
  };
  return fmt::format("{}, {} at {}\n", seen.source, seen.station, time_text(day.zone, seen.time)) +
         line("air", degrees(seen.air), 1, "°C") + line("wind", seen.wind_m_per_s, 1, "m/s") +
         line("from", seen.wind_from_degrees, 0, "°") + line("humidity", seen.humidity_percent, 1, "%") +
         line("pressure", seen.pressure_hpa, 1, "hPa") + line("rain", seen.precipitation_mm, 1, "mm");
}

std::string describe(const FetchedPrices& fetched, const ShownDay& day) {
  const MarketPrice& first = fetched.prices.front();
  if (day.as_json) {
    std::string text;
    json::Writer out(text);
    begin_document(out, fetched.source, day, first.fetched_at);
    out.member("series", id_of(fetched.series)).member("currency", fetched.currency.text());
    out.member("published_at", first.published_at).key("slots").begin_array();
    for (const MarketPrice& price : fetched.prices) {
      write_slot(out, price.slot);
      out.key("market_per_kwh").decimal(price.price.nanos_per_kwh(), 9).end_object();
    }
    out.end_array().end_object();
    return text + "\n";
  }
  std::string out =
      fmt::format("{} of {}, {}, asked {}{}\n", fetched.source, to_iso(day.date), id_of(fetched.series),
                  time_text(day.zone, first.fetched_at),
                  first.published_at ? ", published " + time_text(day.zone, *first.published_at) : std::string());
  if (first.fixing)
    out += fmt::format("one {} is {:.4f} {} by {} of {}\n", first.fixing->from.text(),
                       static_cast<double>(first.fixing->rate.ppm) / 1e6, first.fixing->to.text(), first.fixing->source,
                       to_iso(first.fixing->fixed_on));
  out += fmt::format("start   {}/MWh\n", fetched.currency.text());
  for (const MarketPrice& price : fetched.prices)
    out += clock_text(day.zone, price.slot.start()) +
           cell(static_cast<double>(price.price.nanos_per_kwh()) / 1e6, 10, 2) + "\n";
  return out;
}

WeatherForecast only_of(const WeatherForecast& forecast, const ShownDay& day) {
  const SlotRange range = day.zone.slots_of(day.date);
  WeatherForecast part = forecast;
  std::erase_if(part.slots, [&](const WeatherSlot& slot) { return !range.contains(slot.slot); });
  return part;
}

PvForecast only_of(const PvForecast& forecast, const ShownDay& day) {
  const SlotRange range = day.zone.slots_of(day.date);
  PvForecast part = forecast;
  std::erase_if(part.slots, [&](const PvForecastSlot& slot) { return !range.contains(slot.slot); });
  return part;
}

}  // namespace gridpilot::app
