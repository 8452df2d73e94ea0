#include "gridpilot/config/price_settings.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gridpilot/codec/fixings.hpp"
#include "gridpilot/config/values.hpp"
#include "gridpilot/core/text.hpp"
#include "gridpilot/core/verify.hpp"

namespace gridpilot::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_sources = 16;

Result<std::chrono::minutes> time_of_day(std::string_view text) {
  const auto minutes = parse_clock(text);
  if (!minutes) return minutes.failed();
  return std::chrono::minutes(*minutes);
}

Result<std::chrono::minutes> interval(std::string_view text) {
  constexpr std::string_view range = "5 min to 6 h, whole minutes";
  const auto value = between(parse_duration(text), Milliseconds(5min), Milliseconds(6h), range);
  if (!value) return value.failed();
  if (*value % 1min != 0ms)
    return failure(ErrorCode::bad_input, "is finer than is kept here; allowed: " + std::string(range));
  return std::chrono::duration_cast<std::chrono::minutes>(*value);
}

Result<NetPrice> difference(std::string_view text) {
  const auto value = between(parse_price_per_kwh(text), 0.0, 100.0, "0 to 100 PLN/kWh");
  if (!value) return value.failed();
  return NetPrice::from_per_kwh(*value);
}

Result<std::chrono::minutes> resolution(std::string_view text) {
  const auto value = parse_duration(text);
  if (!value) return value.failed();
  if (*value != 15min && *value != 30min && *value != 60min)
    return failure(ErrorCode::bad_input, "is not a length of market periods; allowed: 15 min, 30 min, 60 min");
  return std::chrono::duration_cast<std::chrono::minutes>(*value);
}

Result<std::string> pointer(std::string_view text) {
  if (codec::is_json_pointer(text)) return std::string(text);
  return failure(
      ErrorCode::bad_input,
      "'" + std::string(text) + "' is not a JSON pointer; write it like '/data/prices', or '' for the whole");
}

Result<codec::PriceUnit> unit(std::string_view text) {
  const auto value = codec::parse_price_unit(text);
  if (value) return *value;
  return failure(
      ErrorCode::bad_input,
      "'" + std::string(text) + "' is not a unit of prices; write it like 'EUR/MWh', 'PLN/kWh' or 'EUR cent/kWh'");
}

/// Keys of kind json: where in the document prices stand.
void read_layout(Section& item, codec::JsonPriceLayout& layout) {
  static constexpr std::string_view edges[] = {"start", "end"};
  static constexpr std::string_view formats[] = {"rfc3339", "unix_seconds", "unix_millis", "local"};
  std::string rows;
  if (item.read("rows", rows, pointer)) layout.rows = rows;
  item.read("time", layout.time, pointer);
  item.require("price", layout.price, pointer);
  item.require("unit", layout.unit, unit);
  if (const auto edge = item.choice("period", edges))
    layout.edge = *edge == 0 ? codec::PeriodEdge::start : codec::PeriodEdge::end;
  item.read("resolution", layout.length, resolution);
  if (const auto format = item.choice("time_format", formats))
    layout.time_format = codec::time_format_named(formats[*format]).value_or(layout.time_format);
}

void read_series(Section& item, std::vector<PriceSeries>& series) {
  for (const std::string& text : item.texts("series")) {
    if (const auto found = price_series_with_id(text)) {
      series.push_back(*found);
      continue;
    }
    std::array<std::string_view, price_series_count> all{};
    for (std::size_t n = 0; n < all.size(); ++n) all[n] = id_of(static_cast<PriceSeries>(n));
    item.report("series", "'" + text + "' is not a series of prices; allowed: " + joined(all));
  }
}

/// The key that a sentence of codec::completed() begins with.
void report(Section& item, const Error& error) {
  const std::size_t colon = error.message.find(": ");
  const std::string key = error.message.substr(0, colon);
  item.report(key, colon == std::string::npos ? error.message : error.message.substr(colon + 2));
}

std::optional<PriceSourceEntry> read_source(Section& item, const std::string& pse_url, const PlaceOf& place_of) {
  std::vector<std::string_view> kinds;
  for (const codec::PriceKind& kind : codec::price_kinds()) kinds.push_back(kind.name);
  if (!item.has("kind")) item.report_missing("kind");
  const auto kind = item.choice("kind", kinds);
  if (!kind) return std::nullopt;
  PriceSourceEntry entry;
  codec::PriceSourceSettings& settings = entry.settings;
  settings.kind = kinds[*kind];
  item.read("name", settings.name, parse_text);
  item.read("zone", settings.zone, parse_text);
  item.read("url", settings.url, parse_url);
  std::string file;
  if (item.read("file", file, parse_text)) {
    if (!settings.url.empty()) item.report("file", "stands beside url; a source has one place");
    settings.url = "file://" + place_of(file).string();
  }
  if (settings.url.empty() && settings.kind.starts_with("pse")) settings.url = pse_url;
  item.read("token", settings.token, parse_text);
  read_secret_file(item, "token_file", place_of, settings.token, entry.token_file);
  read_series(item, settings.series);
  item.read("column", settings.column, parse_text);
  if (settings.kind == "json") read_layout(item, settings.layout);
  auto complete = codec::completed(std::move(settings));
  if (!complete) {
    // What could not be read has been told already.
    if (entry.token_file.empty() || !complete.error().message.starts_with("token:")) report(item, complete.error());
    item.finish();
    return std::nullopt;
  }
  settings = std::move(*complete);
  item.finish();
  return entry;
}

void read_sources(Section& section, PriceSettings& prices, const PlaceOf& place_of) {
  if (!section.has("sources")) {
    prices.sources = pse_alone(prices.url);
    return;
  }
  std::vector<Section> items = section.sections("sources");
  if (items.empty()) section.report("sources", "is empty; left out it is PSE");
  if (items.size() > most_sources) section.report("sources", "has more than 16 sources");
  for (Section& item : items) {
    auto entry = read_source(item, prices.url, place_of);
    if (!entry) continue;
    const auto has_its_name = [&entry](const PriceSourceEntry& other) {
      return other.settings.name == entry->settings.name;
    };
    if (std::ranges::any_of(prices.sources, has_its_name))
      item.report("name", "'" + entry->settings.name + "' stands in the list already; give this one a name of its own");
    else
      prices.sources.push_back(std::move(*entry));
  }
}

FixingSettings read_fixing(Section section) {
  FixingSettings fixing;
  std::vector<std::string_view> kinds;
  for (const codec::FixingKind& kind : codec::fixing_kinds()) kinds.push_back(kind.name);
  if (const auto kind = section.choice("kind", kinds)) fixing.kind = kinds[*kind];
  section.read("url", fixing.url, parse_url);
  section.finish();
  return fixing;
}

}  // namespace

bool PriceSettings::has(PriceSeries series) const {
  return std::ranges::any_of(sources, [series](const PriceSourceEntry& entry) {
    return std::ranges::find(entry.settings.series, series) != entry.settings.series.end();
  });
}

std::vector<PriceSourceEntry> pse_alone(const std::string& url) {
  auto pse = codec::completed({.kind = "pse", .url = url});
  GRIDPILOT_VERIFY(pse.has_value());
  return {{.settings = std::move(*pse), .token_file = {}}};
}

PriceSettings read_prices(Section section, const PlaceOf& place_of) {
  PriceSettings prices;
  section.read("url", prices.url, parse_url);
  std::string file;
  if (section.read("ca_file", file, parse_text)) prices.ca_file = place_of(file).string();
  section.read("ask_from", prices.ask_from, time_of_day);
  section.read("longest_interval", prices.longest_interval, interval);
  section.read("tolerated_difference", prices.tolerated_difference, difference);
  prices.fixing = read_fixing(section.section("fixing"));
  read_sources(section, prices, place_of);
  section.finish();
  return prices;
}

}  // namespace gridpilot::config
