#include "gridpilot/config/weather_settings.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

namespace gridpilot::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_sites = 8;

Result<Seconds> interval(std::string_view text) {
  const auto value = between(parse_duration(text), Milliseconds(15min), Milliseconds(24h), "15 min to 24 h");
  if (!value) return value.failed();
  return std::chrono::duration_cast<Seconds>(*value);
}

/// What stands in an address of the web: letters, digits, '-' and '.'.
Result<std::string> plain_name(std::string_view text) {
  const bool plain = !text.empty() && text.size() <= 100 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  if (!plain)
    return failure(ErrorCode::bad_input,
                   "'" + std::string(text) + "' is not a name of letters a to z, digits, '-' and '.'");
  return std::string(text);
}

Result<int> calls(std::string_view text) {
  const auto value = between(parse_plain_integer(text), std::int64_t{1}, std::int64_t{10'000}, "1 to 10000");
  if (!value) return value.failed();
  return static_cast<int>(*value);
}

void read_solcast(Section& item, WeatherSourceSettings& source) {
  for (const std::string& site : item.texts("sites")) {
    auto name = plain_name(site);
    if (name)
      source.sites.push_back(std::move(*name));
    else
      item.report("sites", name.error().message);
  }
  if (source.sites.empty()) item.report_missing("sites");
  if (source.sites.size() > most_sites) item.report("sites", "has more than 8 sites");
  item.read("calls_per_day", source.calls_per_day, calls);
  if (source.key.empty() && source.key_file.empty()) item.report_missing("key_file");
}

std::optional<WeatherSourceSettings> read_source(Section& item, const PlaceOf& place_of) {
  std::array<std::string_view, all_weather_source_kinds.size()> kinds{};
  std::ranges::transform(all_weather_source_kinds, kinds.begin(), [](WeatherSourceKind kind) { return name_of(kind); });
  if (!item.has("kind")) item.report_missing("kind");
  const auto kind = item.choice("kind", kinds);
  if (!kind) return std::nullopt;
  WeatherSourceSettings source{.kind = all_weather_source_kinds[*kind]};
  item.read("url", source.url, parse_url);
  item.read("interval", source.interval, interval);
  if (source.kind == WeatherSourceKind::imgw) {
    item.require("station", source.station, plain_name);
  } else {
    item.read("key", source.key, parse_text);
    read_secret_file(item, "key_file", place_of, source.key, source.key_file);
  }
  if (source.kind == WeatherSourceKind::solcast) read_solcast(item, source);
  item.finish();
  return source;
}

Result<Endpoint> numeric_endpoint(std::string_view text) {
  auto endpoint = parse_endpoint(text);
  if (!endpoint) return endpoint;
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  const bool numeric = inet_pton(AF_INET, endpoint->address.c_str(), ignored.data()) == 1 ||
                       inet_pton(AF_INET6, endpoint->address.c_str(), ignored.data()) == 1;
  if (!numeric || endpoint->port == 0)
    return failure(ErrorCode::bad_input,
                   "'" + std::string(text) + "' is not a numeric address and a port; write it like '127.0.0.1:6379'");
  return endpoint;
}

}  // namespace

WeatherSettings read_weather(Section section, const PlaceOf& place_of, bool place_is_told) {
  WeatherSettings settings;
  if (!section.has("sources")) {
    if (place_is_told) settings.sources.push_back({.kind = WeatherSourceKind::open_meteo});
    section.finish();
    return settings;
  }
  std::vector<Section> items = section.sections("sources");
  for (Section& item : items) {
    auto source = read_source(item, place_of);
    if (!source) continue;
    if (std::ranges::find(settings.sources, source->kind, &WeatherSourceSettings::kind) != settings.sources.end())
      item.report("kind", "stands in the list already");
    else
      settings.sources.push_back(std::move(*source));
  }
  section.finish();
  return settings;
}

CacheSettings read_cache(Section section, const PlaceOf& place_of) {
  CacheSettings settings;
  Section redis = section.section("redis");
  if (redis.given()) {
    RedisSettings read;
    redis.require("address", read.address, numeric_endpoint);
    redis.read("user", read.user, parse_text);
    read_secret_file(redis, "password_file", place_of, read.password, read.password_file);
    if (!read.user.empty() && read.password_file.empty()) redis.report("user", "needs a password_file");
    redis.finish();
    settings.redis = std::move(read);
  }
  section.finish();
  return settings;
}

}  // namespace gridpilot::config
