#include "gridpilot/codec/price_kinds.hpp"

#include <algorithm>
#include <array>

#include "gridpilot/codec/entsoe.hpp"
#include "gridpilot/codec/pse.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::codec {
namespace {

using pse::PriceReport;

constexpr PriceSeries sdac_only[] = {PriceSeries::sdac_15min};
constexpr PriceSeries sdac_and_rce[] = {PriceSeries::sdac_15min, PriceSeries::rce_15min};

// --- PSE: one business day in order; a page holds 100 rows, which is a day.

PriceQuestion pse_question(const PriceQuery& query, PriceReport report) {
  return {.url = query.settings.url + "/" + std::string(name_of(report)) +
                 "?$filter=" + percent_encoded("business_date eq '" + to_iso(query.day) + "'") +
                 "&$orderby=" + percent_encoded("dtime_utc asc")};
}

PriceReport report_of(PriceSeries series) {
  return series == PriceSeries::rce_15min ? PriceReport::rce_pln : PriceReport::csdac_pln;
}

PriceQuestion ask_pse(const PriceQuery& query) {
  return pse_question(query, report_of(query.series));
}
Result<PriceDocument> read_pse(std::string_view body, const PriceQuery& query) {
  return pse::parse_price_page(body, report_of(query.series));
}
PriceQuestion ask_energy_prices(const PriceQuery& query) {
  return pse_question(query, PriceReport::energy_prices);
}
Result<PriceDocument> read_energy_prices(std::string_view body, const PriceQuery&) {
  return pse::parse_price_page(body, PriceReport::energy_prices);
}

// --- ENTSO-E: times as yyyyMMddHHmm in UTC; the answer holds whole market days that touch the interval.

std::string compact_utc(Instant t) {
  std::string text = to_rfc3339(t).substr(0, 16);
  std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == 'T'; });
  return text;
}

PriceQuestion ask_entsoe(const PriceQuery& query) {
  const std::string code(entsoe::code_of(query.settings.zone));
  return {.url = query.settings.url + "?securityToken=" + percent_encoded(query.settings.token) +
                 "&documentType=A44&contract_MarketAgreement.type=A01&in_Domain=" + code + "&out_Domain=" + code +
                 "&periodStart=" + compact_utc(query.start()) + "&periodEnd=" + compact_utc(query.end()),
          .accept = "application/xml, text/xml"};
}
Result<PriceDocument> read_entsoe(std::string_view body, const PriceQuery& query) {
  return entsoe::parse_prices(body, entsoe::code_of(query.settings.zone));
}

std::span<const std::string_view> entsoe_zones() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all{"PL"};
    for (const entsoe::Zone& zone : entsoe::zones())
      if (zone.name != all.front()) all.push_back(zone.name);
    return all;
  }();
  return names;
}

std::unexpected<Error> wrong(std::string_view key, const std::string& sentence) {
  return failure(ErrorCode::bad_input, std::string(key) + ": " + sentence);
}

bool is_zone(const PriceKind& kind, std::string_view zone) {
  if (std::ranges::find(kind.zones, zone) != kind.zones.end()) return true;
  return kind.name == "entsoe" && !entsoe::code_of(zone).empty();
}

Result<void> complete_zone(const PriceKind& kind, PriceSourceSettings& settings) {
  if (kind.zones.empty()) {
    if (settings.zone.empty()) return {};
    return wrong("zone", std::string(kind.name) + " has no zones to choose from");
  }
  if (settings.zone.empty()) settings.zone = kind.zones.front();
  if (is_zone(kind, settings.zone)) return {};
  return wrong("zone", "'" + settings.zone + "' is not known; allowed: " + joined(kind.zones));
}

Result<void> complete_series(const PriceKind& kind, PriceSourceSettings& settings) {
  if (settings.series.empty()) {
    const auto taken = kind.all_series ? kind.series : kind.series.first(1);
    settings.series.assign(taken.begin(), taken.end());
  }
  std::vector<std::string_view> allowed;
  for (const PriceSeries series : kind.series) allowed.push_back(id_of(series));
  for (const PriceSeries series : settings.series) {
    if (std::ranges::find(kind.series, series) == kind.series.end())
      return wrong("series",
                   std::string(kind.name) + " has no " + std::string(id_of(series)) + "; allowed: " + joined(allowed));
    if (std::ranges::count(settings.series, series) > 1)
      return wrong("series", std::string(id_of(series)) + " stands twice");
  }
  return {};
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 40 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

}  // namespace

Instant PriceQuery::end() const {
  return zone.start_of_day(plus_days(day, 1));
}

std::span<const PriceKind> price_kinds() {
  static const auto kinds = std::to_array<PriceKind>({
      {.name = "pse",
       .about = "PSE's reports csdac-pln and rce-pln (PLN, Poland)",
       .url = "https://api.raporty.pse.pl/api",
       .series = sdac_and_rce,
       .all_series = true,
       .zones = {},
       .question = ask_pse,
       .read = read_pse},
      {.name = "pse-energy-prices",
       .about = "the day-ahead price in PSE's report energy-prices (PLN, Poland)",
       .url = "https://api.raporty.pse.pl/api",
       .series = sdac_only,
       .zones = {},
       .question = ask_energy_prices,
       .read = read_energy_prices},
      {.name = "entsoe",
       .about = "ENTSO-E Transparency Platform, day-ahead prices of any bidding zone",
       .url = "https://web-api.tp.entsoe.eu/api",
       .series = sdac_only,
       .token = Need::required,
       .zones = entsoe_zones(),
       .question = ask_entsoe,
       .read = read_entsoe},
  });
  return kinds;
}

const PriceKind* price_kind_named(std::string_view name) {
  const auto kinds = price_kinds();
  const auto found = std::ranges::find(kinds, name, &PriceKind::name);
  return found == kinds.end() ? nullptr : &*found;
}

Result<PriceSourceSettings> completed(PriceSourceSettings settings) {
  const PriceKind* kind = price_kind_named(settings.kind);
  if (kind == nullptr) {
    std::vector<std::string_view> names;
    for (const PriceKind& each : price_kinds()) names.push_back(each.name);
    return wrong("kind", "'" + settings.kind + "' is not known; allowed: " + joined(names));
  }
  if (auto zone = complete_zone(*kind, settings); !zone) return std::move(zone).failed();
  if (auto series = complete_series(*kind, settings); !series) return std::move(series).failed();
  if (settings.url.empty()) settings.url = kind->url;
  if (settings.url.empty()) return wrong("url", std::string(kind->name) + " needs an address");
  if (kind->token == Need::required && settings.token.empty())
    return wrong("token", std::string(kind->name) + " needs a token (token or token_file)");
  if (kind->token == Need::no && !settings.token.empty())
    return wrong("token", std::string(kind->name) + " takes no token");
  if (settings.name.empty()) {
    settings.name = settings.kind;
    // Two zones are two sources.
    if (!settings.zone.empty() && settings.zone != kind->zones.front()) settings.name += "-" + settings.zone;
    for (char& c : settings.name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (!is_name(settings.name))
    return wrong("name",
                 "'" + settings.name + "' is not one; allowed: lower-case letters, digits, '-' and '.', at most 40");
  return settings;
}

}  // namespace gridpilot::codec
