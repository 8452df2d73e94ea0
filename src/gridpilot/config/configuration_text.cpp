#include <charconv>
#include <cmath>
#include <string>

#include "gridpilot/config/configuration.hpp"

namespace gridpilot::config {
namespace {

std::string number(double value) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed);
  return {text, end.ptr};
}

/// The same number to so many decimals, without zeros at the end: what a unit's factor added in digits is dropped.
std::string number(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  return number(std::nearbyint(value * scale) / scale);
}

std::string text(Power power) {
  return number(in_watts(power), 3) + " W";
}
std::string text(Energy energy) {
  return number(in_kilowatt_hours(energy), 6) + " kWh";
}
std::string text(Milliseconds time) {
  return std::to_string(time.count()) + " ms";
}
std::string text(Ratio ratio) {
  return number(static_cast<double>(ratio.ppm) / 1e6, 6);
}
std::string text(Current current) {
  return number(in_amperes(current), 3) + " A";
}
std::string text(bool yes) {
  return yes ? "yes" : "no";
}
template <class Tax>
std::string text(EnergyPrice<Tax> price) {
  return number(price.per_kwh(), 9) + " PLN/kWh";
}
std::string percent_text(double share) {
  return number(share * 100.0, 6) + " %";
}

/// Double quotes with what YAML wants escaped.
std::string quoted(const std::string& value) {
  std::string result = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

/// "https://user:secret@host/" → "https://***@host/".
std::string without_secret(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  const std::size_t host = scheme + 3;
  const std::size_t end = url.find('/', host);
  const std::size_t at = url.rfind('@', end == std::string::npos ? std::string::npos : end);
  if (at == std::string::npos || at < host) return url;
  return url.substr(0, host) + "***" + url.substr(at);
}

/// Collects "key: value" lines at one depth.
class Lines {
 public:
  void open(const char* section) { text_ += std::string(section) + ":\n"; }
  void open_nested(const char* section) { text_ += "  " + std::string(section) + ":\n"; }
  void top(const char* key, const std::string& value) { text_ += std::string(key) + ": " + value + "\n"; }
  void line(const char* key, const std::string& value) { text_ += "  " + std::string(key) + ": " + value + "\n"; }
  void nested(const std::string& key, const std::string& value) { text_ += "    " + key + ": " + value + "\n"; }
  void raw(const std::string& text) { text_ += text; }
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

void write_site(Lines& out, const Configuration& c) {
  out.open("site");
  out.line("name", quoted(c.site.name));
  out.line("latitude", number(c.site.latitude_degrees));
  out.line("longitude", number(c.site.longitude_degrees));
  out.line("time_zone", c.time_zone);
  out.line("annual_consumption", text(c.site.annual_consumption));
  out.line("inverter_rating", text(c.site.inverter_rating));
  out.line("import_limit", text(c.site.import_limit));
  out.line("export_limit", text(c.site.export_limit));
  out.line("grid_charging", text(c.site.grid_charging));
  out.line("battery_export", text(c.site.battery_export));
  out.line("curtailment", text(c.site.curtailment));
  if (c.site.fuse) out.line("fuse", text(*c.site.fuse));
  if (c.site.planes.empty()) return;
  out.open("pv");
  for (const PvPlane& plane : c.site.planes)
    out.raw("  - {peak: " + text(plane.peak) + ", tilt: " + number(plane.tilt_degrees) +
            ", azimuth: " + number(plane.azimuth_degrees) + "}\n");
}

void write_battery(Lines& out, const Battery& battery, const BatteryProfile* profile) {
  out.open("battery");
  out.line("capacity", text(battery.capacity));
  if (profile != nullptr) out.line("profile", std::string(profile->name));
  out.line("reserve", number(in_percent(battery.reserve)) + " %");
  out.line("max_charge", text(battery.max_charge));
  out.line("max_discharge", text(battery.max_discharge));
  out.line("charge_efficiency", percent_text(battery.charge_efficiency));
  out.line("discharge_efficiency", percent_text(battery.discharge_efficiency));
  out.line("wear", number(in_per_kilowatt_hour(battery.wear), 9) + " PLN/kWh");
}

void write_inverter(Lines& out, const InverterSettings& inverter) {
  out.open("inverter");
  out.line("family", std::string(name_of(inverter.family)));
  if (!inverter.address.empty()) out.line("address", quoted(inverter.address));
  out.line("transport", std::string(name_of(inverter.transport)));
  out.line("port", std::to_string(inverter.port));
  if (inverter.unit != 0) out.line("unit", std::to_string(inverter.unit));
  out.line("longest_read", std::to_string(inverter.longest_read));
  out.line("export_limit_unit", std::string(name_of(inverter.export_limit_unit)));
  out.line("timeout", text(inverter.timeout));
  out.line("retries", std::to_string(inverter.retries));
  out.line("pacing", text(inverter.pacing));
}

void write_energy(Lines& out, const tariff::EnergyChoice& energy) {
  out.open_nested("energy");
  if (const auto* market = std::get_if<tariff::MarketEnergy>(&energy)) {
    out.nested("kind", "market");
    out.nested("index", std::string(name_of(market->index)));
    out.nested("factor", text(market->factor));
    out.nested("margin", text(market->margin));
    if (market->floor) out.nested("floor", text(*market->floor));
    return;
  }
  out.nested("kind", "fixed");
  if (const auto* own = std::get_if<tariff::OwnRates>(&energy)) {
    out.raw("    rates:\n");
    for (const auto& [zone, rate] : own->rate_of_zone) out.raw("      " + quoted(zone) + ": " + text(rate) + "\n");
  }
}

void write_export(Lines& out, const tariff::ExportChoice& feed_in) {
  out.open_nested("export");
  if (const auto* fixed = std::get_if<tariff::FixedExport>(&feed_in)) {
    out.nested("kind", "fixed");
    out.nested("rate", text(fixed->rate));
    return;
  }
  const auto& rce = std::get<tariff::RceExportChoice>(feed_in);
  out.nested("kind", "rce");
  if (rce.rule) out.nested("rce_hour_rule", std::string(name_of(*rce.rule)));
  if (rce.factor) out.nested("factor", text(*rce.factor));
  if (rce.value_share) out.nested("value_share", text(*rce.value_share));
}

void write_tariff(Lines& out, const TariffSettings& tariff) {
  out.open("tariff");
  if (!tariff.contract.empty()) out.line("contract", quoted(tariff.contract));
  if (!tariff.contract_files.empty()) {
    out.raw("  contract_files:\n");
    for (const auto& path : tariff.contract_files) out.raw("    - " + quoted(path.string()) + "\n");
  }
  write_energy(out, tariff.energy);
  write_export(out, tariff.feed_in);
}

void write_layout(const auto& line, const codec::JsonPriceLayout& layout) {
  if (layout.rows) line("rows", quoted(*layout.rows));
  if (!layout.time.empty()) line("time", quoted(layout.time));
  line("price", quoted(layout.price));
  line("unit", codec::to_text(layout.unit));
  line("period", layout.edge == codec::PeriodEdge::start ? "start" : "end");
  if (layout.length.count() > 0) line("resolution", std::to_string(layout.length.count()) + " min");
  line("time_format", std::string(name_of(layout.time_format)));
}

void write_source(Lines& out, const PriceSourceEntry& entry) {
  const codec::PriceSourceSettings& source = entry.settings;
  const auto line = [&out](const char* key, const std::string& value) {
    out.raw("      " + std::string(key) + ": " + value + "\n");
  };
  out.raw("    - kind: " + source.kind + "\n");
  line("name", quoted(source.name));
  if (!source.zone.empty()) line("zone", quoted(source.zone));
  constexpr std::string_view file = "file://";
  if (source.url.starts_with(file))
    line("file", quoted(source.url.substr(file.size())));
  else
    line("url", quoted(without_secret(source.url)));
  if (!entry.token_file.empty())
    line("token_file", quoted(entry.token_file));
  else if (!source.token.empty())
    line("token", quoted("***"));
  std::string series;
  for (const PriceSeries each : source.series) series += (series.empty() ? "" : ", ") + std::string(id_of(each));
  line("series", "[" + series + "]");
  if (!source.column.empty()) line("column", quoted(source.column));
  if (source.kind == "json") write_layout(line, source.layout);
}

void write_prices(Lines& out, const PriceSettings& prices) {
  out.open("prices");
  out.line("url", quoted(without_secret(prices.url)));
  if (!prices.ca_file.empty()) out.line("ca_file", quoted(prices.ca_file));
  char clock[32];
  const int minutes = static_cast<int>(prices.ask_from.count());
  const int length = std::snprintf(clock, sizeof clock, "\"%02d:%02d\"", minutes / 60, minutes % 60);
  out.line("ask_from", std::string(clock, static_cast<std::size_t>(length)));
  out.line("longest_interval", std::to_string(prices.longest_interval.count()) + " min");
  out.line("tolerated_difference", text(prices.tolerated_difference));
  out.open_nested("fixing");
  out.nested("kind", prices.fixing.kind);
  if (!prices.fixing.url.empty()) out.nested("url", quoted(without_secret(prices.fixing.url)));
  out.open_nested("sources");
  for (const PriceSourceEntry& source : prices.sources) write_source(out, source);
}

void write_source(Lines& out, const WeatherSourceSettings& source) {
  const auto line = [&out](const char* key, const std::string& value) {
    out.raw("      " + std::string(key) + ": " + value + "\n");
  };
  out.raw("    - kind: " + std::string(name_of(source.kind)) + "\n");
  if (!source.url.empty()) line("url", quoted(without_secret(source.url)));
  const Seconds interval = source.interval > Seconds(0) ? source.interval : default_interval(source);
  line("interval", std::to_string(interval.count()) + " s");
  if (!source.key_file.empty())
    line("key_file", quoted(source.key_file));
  else if (!source.key.empty())
    line("key", quoted("***"));
  if (!source.station.empty()) line("station", quoted(source.station));
  if (source.kind != WeatherSourceKind::solcast) return;
  out.raw("      sites:\n");
  for (const std::string& site : source.sites) out.raw("        - " + quoted(site) + "\n");
  line("calls_per_day", std::to_string(source.calls_per_day));
}

void write_weather(Lines& out, const WeatherSettings& weather) {
  out.open("weather");
  if (weather.sources.empty()) return out.line("sources", "[]");
  out.open_nested("sources");
  for (const WeatherSourceSettings& source : weather.sources) write_source(out, source);
}

std::string text(const Endpoint& endpoint) {
  const bool six = endpoint.address.find(':') != std::string::npos;
  return quoted((six ? "[" + endpoint.address + "]" : endpoint.address) + ":" + std::to_string(endpoint.port));
}

void write_cache(Lines& out, const CacheSettings& cache) {
  if (!cache.redis) return;
  out.open("cache");
  out.open_nested("redis");
  out.nested("address", text(cache.redis->address));
  if (!cache.redis->user.empty()) out.nested("user", quoted(cache.redis->user));
  if (!cache.redis->password_file.empty()) out.nested("password_file", quoted(cache.redis->password_file));
}

}  // namespace

std::vector<std::string> warnings_of(const Configuration& configuration) {
  std::vector<std::string> warnings;
  if (configuration.battery_profile == nullptr) {
    std::string names;
    for (const BatteryProfile& profile : battery_profiles())
      names += (names.empty() ? "" : ", ") + std::string(profile.name);
    warnings.push_back("no 'battery.profile' is given, so the battery is left to itself (self-use); allowed: " + names);
  }
  if (configuration.site.planes.empty()) warnings.emplace_back("no 'pv' is given, so no production is expected");
  return warnings;
}

std::string effective_text(const Configuration& c) {
  Lines out;
  write_site(out, c);
  write_battery(out, c.battery, c.battery_profile);
  write_inverter(out, c.inverter);
  write_tariff(out, c.tariff);
  write_prices(out, c.prices);
  write_weather(out, c.weather);
  write_cache(out, c.cache);
  out.top("control", std::string(name_of(c.control.mode)));
  out.top("cycle", std::to_string(c.control.cycle.count()) + " s");
  out.top("write_budget", std::to_string(c.control.write_budget));
  out.top("require_synchronised_clock", text(c.control.require_synchronised_clock));
  out.open("api");
  out.line("listen", text(c.api));
  if (!c.data_folder.empty()) out.top("data", quoted(c.data_folder.string()));
  out.open("log");
  out.line("level", std::string(name_of(c.log.level)));
  out.line("format", std::string(name_of(c.log.format)));
  return std::move(out).take();
}

}  // namespace gridpilot::config
