#include "gridpilot/codec/price_kinds.hpp"

#include <algorithm>
#include <array>

#include "gridpilot/codec/entsoe.hpp"
#include "gridpilot/codec/price_documents.hpp"
#include "gridpilot/codec/pse.hpp"
#include "gridpilot/codec/tge_report.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::codec {
namespace {

using pse::PriceReport;

constexpr std::size_t own_table_bytes = std::size_t{4} << 20U;

constexpr PriceSeries sdac_only[] = {PriceSeries::sdac_15min};
constexpr PriceSeries sdac_and_fixing[] = {PriceSeries::sdac_15min, PriceSeries::tge_fixing_1};
constexpr PriceSeries any_series[] = {PriceSeries::sdac_15min, PriceSeries::rce_15min, PriceSeries::tge_fixing_1,
                                      PriceSeries::retailer_price};
constexpr PriceSeries retailer_only[] = {PriceSeries::retailer_price};
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
    all.reserve(entsoe::zones().size());
    for (const entsoe::Zone& zone : entsoe::zones())
      if (zone.name != all.front()) all.push_back(zone.name);
    return all;
  }();
  return names;
}

// --- Energy-Charts: the end is the start of the last period.

constexpr std::string_view energy_charts_zones[] = {
    "PL",  "AT",  "BE",  "BG", "CH", "CZ",       "DE-LU", "DE-AT-LU", "DK1", "DK2", "EE",  "ES",
    "FI",  "FR",  "GR",  "HR", "HU", "IT-NORTH", "LT",    "LV",       "ME",  "NL",  "NO1", "NO2",
    "NO3", "NO4", "NO5", "PT", "RO", "RS",       "SE1",   "SE2",      "SE3", "SE4", "SI",  "SK"};

std::string unix_text(Instant t) {
  return std::to_string(t.time_since_epoch().count());
}

PriceQuestion ask_energy_charts(const PriceQuery& query) {
  return {.url = query.settings.url + "/price?bzn=" + query.settings.zone + "&start=" + unix_text(query.start()) +
                 "&end=" + unix_text(query.end() - slot_length)};
}
Result<PriceDocument> read_energy_charts(std::string_view body, const PriceQuery&) {
  return parse_energy_charts(body);
}

// --- Elering

constexpr std::string_view elering_zones[] = {"ee", "lv", "lt", "fi"};

PriceQuestion ask_elering(const PriceQuery& query) {
  return {.url = query.settings.url + "/nps/price?start=" + percent_encoded(to_rfc3339(query.start())) +
                 "&end=" + percent_encoded(to_rfc3339(query.end() - Seconds(1)))};
}
Result<PriceDocument> read_elering(std::string_view body, const PriceQuery& query) {
  return parse_elering(body, query.settings.zone);
}

// --- OTE: a SOAP question.

PriceQuestion ask_ote(const PriceQuery& query) {
  const std::string day = to_iso(query.day);
  return {.url = query.settings.url,
          .accept = "text/xml",
          .headers = {{"Content-Type", "text/xml; charset=utf-8"}},
          .post =
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
              "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" "
              "xmlns:p=\"http://www.ote-cr.cz/schema/service/public\"><e:Header/><e:Body>"
              "<p:GetDamPricePeriodE><p:StartDate>" +
              day + "</p:StartDate><p:EndDate>" + day +
              "</p:EndDate><p:PeriodResolution>PT15M</p:PeriodResolution></p:GetDamPricePeriodE>"
              "</e:Body></e:Envelope>"};
}
Result<PriceDocument> read_ote(std::string_view body, const PriceQuery&) {
  return parse_ote(body);
}

// --- Pstryk: the key in a header.

PriceQuestion ask_pstryk(const PriceQuery& query) {
  return {.url = query.settings.url + "/integrations/pricing/?resolution=hour&window_start=" +
                 percent_encoded(to_rfc3339(query.start())) + "&window_end=" + percent_encoded(to_rfc3339(query.end())),
          .headers = {{"Authorization", query.settings.token}}};
}
Result<PriceDocument> read_pstryk(std::string_view body, const PriceQuery&) {
  return parse_pstryk(body);
}

// --- What the configuration describes.

PriceQuestion ask_tge(const PriceQuery& query) {
  return {.url = filled_address(query.settings.url, query),
          .accept = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"};
}
Result<PriceDocument> read_tge(std::string_view body, const PriceQuery& query) {
  return tge::parse_report(body, query.series == PriceSeries::tge_fixing_1 ? tge::Price::fixing_1 : tge::Price::sdac);
}
PriceQuestion ask_csv(const PriceQuery& query) {
  return {.url = filled_address(query.settings.url, query), .accept = "text/csv"};
}
Result<PriceDocument> read_csv(std::string_view body, const PriceQuery& query) {
  return parse_price_csv(body, query.settings.column, query.zone.slots_of(query.day), query.zone);
}
PriceQuestion ask_json(const PriceQuery& query) {
  PriceQuestion question{.url = filled_address(query.settings.url, query)};
  // A token that the address does not take goes where tokens usually go.
  if (!query.settings.token.empty() && query.settings.url.find("{token}") == std::string::npos)
    question.headers.emplace_back("Authorization", "Bearer " + query.settings.token);
  return question;
}
Result<PriceDocument> read_json(std::string_view body, const PriceQuery& query) {
  return parse_json_prices(body, query.settings.layout);
}

std::span<const std::string_view> no_zones() {
  return {};
}
std::span<const std::string_view> zones_of_energy_charts() {
  return energy_charts_zones;
}
std::span<const std::string_view> zones_of_elering() {
  return elering_zones;
}

constexpr auto all_kinds = std::to_array<PriceKind>({
    {.name = "pse",
     .about = "PSE's reports csdac-pln and rce-pln (PLN, Poland)",
     .url = "https://api.raporty.pse.pl/api",
     .series = sdac_and_rce,
     .all_series = true,
     .zones = no_zones,
     .question = ask_pse,
     .read = read_pse},
    {.name = "pse-energy-prices",
     .about = "the day-ahead price in PSE's report energy-prices (PLN, Poland)",
     .url = "https://api.raporty.pse.pl/api",
     .series = sdac_only,
     .zones = no_zones,
     .question = ask_energy_prices,
     .read = read_energy_prices},
    {.name = "entsoe",
     .about = "ENTSO-E Transparency Platform, day-ahead prices of any bidding zone",
     .url = "https://web-api.tp.entsoe.eu/api",
     .series = sdac_only,
     .token = Need::required,
     .zones = entsoe_zones,
     .question = ask_entsoe,
     .read = read_entsoe},
    {.name = "energy-charts",
     .about = "Energy-Charts (Fraunhofer ISE), day-ahead prices of bidding zones",
     .url = "https://api.energy-charts.info",
     .series = sdac_only,
     .zones = zones_of_energy_charts,
     .question = ask_energy_charts,
     .read = read_energy_charts},
    {.name = "elering",
     .about = "Elering, day-ahead prices of the Baltic states and Finland",
     .url = "https://dashboard.elering.ee/api",
     .series = sdac_only,
     .zones = zones_of_elering,
     .question = ask_elering,
     .read = read_elering},
    {.name = "ote",
     .about = "OTE, day-ahead prices of Czechia (SOAP)",
     .url = "https://www.ote-cr.cz/services/PublicDataService",
     .series = sdac_only,
     .zones = no_zones,
     .question = ask_ote,
     .read = read_ote},
    {.name = "pstryk",
     .about = "Pstryk, a Polish retailer: its net energy price per hour, rounded to a grosz",
     .url = "https://api.pstryk.pl",
     .series = retailer_only,
     .token = Need::required,
     .zones = no_zones,
     .question = ask_pstryk,
     .read = read_pstryk},
    {.name = "tge",
     .about = "TGE's daily report (XLSX): the coupled market's price and Fixing I",
     .url = {},
     .series = sdac_and_fixing,
     .all_series = true,
     .takes_files = true,
     .zones = no_zones,
     .question = ask_tge,
     .read = read_tge},
    {.name = "csv",
     .about = "a CSV table in a file or behind an address",
     .url = {},
     .series = any_series,
     .max_body_bytes = own_table_bytes,
     .takes_files = true,
     .zones = no_zones,
     .question = ask_csv,
     .read = read_csv},
    {.name = "json",
     .about = "any JSON document, as the configuration describes it",
     .url = {},
     .series = any_series,
     .token = Need::optional,
     .max_body_bytes = own_table_bytes,
     .takes_files = true,
     .zones = no_zones,
     .question = ask_json,
     .read = read_json},
});

struct Placeholder {
  std::string_view name;
  std::string (*text)(const PriceQuery& query);
};
constexpr auto placeholders = std::to_array<Placeholder>({
    {"{date}", [](const PriceQuery& query) { return to_iso(query.day); }},
    {"{next_date}", [](const PriceQuery& query) { return to_iso(plus_days(query.day, 1)); }},
    {"{year}", [](const PriceQuery& query) { return to_iso(query.day).substr(0, 4); }},
    {"{month}", [](const PriceQuery& query) { return to_iso(query.day).substr(5, 2); }},
    {"{day}", [](const PriceQuery& query) { return to_iso(query.day).substr(8, 2); }},
    {"{start}", [](const PriceQuery& query) { return percent_encoded(to_rfc3339(query.start())); }},
    {"{end}", [](const PriceQuery& query) { return percent_encoded(to_rfc3339(query.end())); }},
    {"{start_unix}", [](const PriceQuery& query) { return unix_text(query.start()); }},
    {"{end_unix}", [](const PriceQuery& query) { return unix_text(query.end()); }},
    {"{zone}", [](const PriceQuery& query) { return percent_encoded(query.settings.zone); }},
    {"{token}", [](const PriceQuery& query) { return percent_encoded(query.settings.token); }},
});

/// The first name in braces that is none of the placeholders; empty where all are.
std::string unknown_placeholder(std::string_view address) {
  for (std::size_t at = address.find('{'); at != std::string_view::npos; at = address.find('{', at + 1)) {
    const std::string_view rest = address.substr(at);
    const auto fits = [rest](const Placeholder& each) { return rest.starts_with(each.name); };
    if (std::ranges::none_of(placeholders, fits))
      return std::string(rest.substr(0, std::min(rest.find('}'), rest.size() - 1) + 1));
  }
  return {};
}

std::unexpected<Error> wrong(std::string_view key, const std::string& sentence) {
  return failure(ErrorCode::bad_input, std::string(key) + ": " + sentence);
}

bool is_zone(const PriceKind& kind, std::string_view zone) {
  const auto zones = kind.zones();
  if (std::ranges::find(zones, zone) != zones.end()) return true;
  return kind.name == "entsoe" && !entsoe::code_of(zone).empty();
}

Result<void> complete_zone(const PriceKind& kind, PriceSourceSettings& settings) {
  if (kind.zones().empty()) {
    if (settings.zone.empty()) return {};
    return wrong("zone", std::string(kind.name) + " has no zones to choose from");
  }
  if (settings.zone.empty()) settings.zone = kind.zones().front();
  if (is_zone(kind, settings.zone)) return {};
  return wrong("zone", "'" + settings.zone + "' is not known; allowed: " + joined(kind.zones()));
}

Result<void> complete_series(const PriceKind& kind, PriceSourceSettings& settings) {
  if (settings.series.empty()) {
    const auto taken = kind.all_series ? kind.series : kind.series.first(1);
    settings.series.assign(taken.begin(), taken.end());
  }
  std::vector<std::string_view> allowed;
  allowed.reserve(kind.series.size());
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

std::string filled_address(std::string_view address, const PriceQuery& query) {
  std::string filled;
  while (!address.empty()) {
    const auto* const found = std::ranges::find_if(
        placeholders, [address](const Placeholder& each) { return address.starts_with(each.name); });
    if (found != placeholders.end()) {
      filled += found->text(query);
      address.remove_prefix(found->name.size());
    } else {
      filled += address.front();
      address.remove_prefix(1);
    }
  }
  return filled;
}

Instant PriceQuery::end() const {
  return zone.start_of_day(plus_days(day, 1));
}

std::span<const PriceKind> price_kinds() {
  return all_kinds;
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
    names.reserve(all_kinds.size());
    for (const PriceKind& each : all_kinds) names.push_back(each.name);
    return wrong("kind", "'" + settings.kind + "' is not known; allowed: " + joined(names));
  }
  if (auto zone = complete_zone(*kind, settings); !zone) return std::move(zone).failed();
  if (auto series = complete_series(*kind, settings); !series) return std::move(series).failed();
  if (settings.url.empty()) settings.url = kind->url;
  if (settings.url.empty()) return wrong("url", std::string(kind->name) + " needs an address");
  if (const std::string unknown = unknown_placeholder(settings.url); !unknown.empty()) {
    std::vector<std::string_view> names;
    names.reserve(placeholders.size());
    for (const Placeholder& each : placeholders) names.push_back(each.name);
    return wrong("url", unknown + " is not known; allowed: " + joined(names));
  }
  if (settings.url.starts_with("file:") && !kind->takes_files)
    return wrong("url", std::string(kind->name) + " is not read from files");
  if (kind->name == "json" && !settings.layout.rows && settings.layout.time.empty())
    return wrong("time", "is needed where there are no rows: it points at the list of times");
  if (!settings.column.empty() && kind->name != "csv") return wrong("column", "only csv has columns");
  if (kind->token == Need::required && settings.token.empty())
    return wrong("token", std::string(kind->name) + " needs a token (token or token_file)");
  if (kind->token == Need::no && !settings.token.empty())
    return wrong("token", std::string(kind->name) + " takes no token");
  if (settings.name.empty()) {
    settings.name = settings.kind;
    // Two zones are two sources.
    if (!settings.zone.empty() && settings.zone != kind->zones().front()) settings.name += "-" + settings.zone;
    for (char& c : settings.name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (!is_name(settings.name))
    return wrong("name",
                 "'" + settings.name + "' is not one; allowed: lower-case letters, digits, '-' and '.', at most 40");
  return settings;
}

}  // namespace gridpilot::codec
