#include "gridpilot/codec/entsoe.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "gridpilot/codec/xml.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::codec::entsoe {
namespace {

using std::chrono::minutes;

/// A year of quarters and a day more: nobody asks for longer, and a short text must not become a long list.
constexpr std::size_t most_points = std::size_t{367} * 100;

// Names and codes as the platform's list of areas has them.
constexpr auto all_zones = std::to_array<Zone>({
    {"AL", "10YAL-KESH-----5"},          {"AT", "10YAT-APG------L"},        {"BA", "10YBA-JPCC-----D"},
    {"BE", "10YBE----------2"},          {"BG", "10YCA-BULGARIA-R"},        {"CH", "10YCH-SWISSGRIDZ"},
    {"CZ", "10YCZ-CEPS-----N"},          {"DE-AT-LU", "10Y1001A1001A63L"},  {"DE-LU", "10Y1001A1001A82H"},
    {"DK1", "10YDK-1--------W"},         {"DK2", "10YDK-2--------M"},       {"EE", "10Y1001A1001A39I"},
    {"ES", "10YES-REE------0"},          {"FI", "10YFI-1--------U"},        {"FR", "10YFR-RTE------C"},
    {"GB", "10YGB----------A"},          {"GR", "10YGR-HTSO-----Y"},        {"HR", "10YHR-HEP------M"},
    {"HU", "10YHU-MAVIR----U"},          {"IE-SEM", "10Y1001A1001A59C"},    {"IT-CALABRIA", "10Y1001C--00096J"},
    {"IT-CNORTH", "10Y1001A1001A70O"},   {"IT-CSOUTH", "10Y1001A1001A71M"}, {"IT-NORTH", "10Y1001A1001A73I"},
    {"IT-SARDINIA", "10Y1001A1001A74G"}, {"IT-SICILY", "10Y1001A1001A75E"}, {"IT-SOUTH", "10Y1001A1001A788"},
    {"LT", "10YLT-1001A0008Q"},          {"LV", "10YLV-1001A00074"},        {"ME", "10YCS-CG-TSO---S"},
    {"MK", "10YMK-MEPSO----8"},          {"NL", "10YNL----------L"},        {"NO1", "10YNO-1--------2"},
    {"NO2", "10YNO-2--------T"},         {"NO3", "10YNO-3--------J"},       {"NO4", "10YNO-4--------9"},
    {"NO5", "10Y1001A1001A48H"},         {"PL", "10YPL-AREA-----S"},        {"PT", "10YPT-REN------W"},
    {"RO", "10YRO-TEL------P"},          {"RS", "10YCS-SERBIATSOV"},        {"SE1", "10Y1001A1001A44P"},
    {"SE2", "10Y1001A1001A45N"},         {"SE3", "10Y1001A1001A46L"},       {"SE4", "10Y1001A1001A47J"},
    {"SI", "10YSI-ELES-----O"},          {"SK", "10YSK-SEPS-----K"},        {"UA-IPS", "10Y1001C--000182"},
    {"XK", "10Y1001C--00100H"},
});

std::unexpected<Error> malformed(const std::string& sentence) {
  return failure(ErrorCode::malformed, sentence);
}

std::optional<minutes> resolution_of(std::string_view text) {
  if (text == "PT15M") return minutes(15);
  if (text == "PT30M") return minutes(30);
  if (text == "PT60M" || text == "PT1H") return minutes(60);
  return std::nullopt;
}

/// One Period: its interval, cut into equal parts.
struct Curve {
  Instant start;
  minutes length{60};
  std::size_t count = 0;
  bool may_omit = false;  ///< curve type A03
};

Result<std::map<std::size_t, NetPrice>> read_points(pugi::xml_node period, const Curve& curve) {
  std::map<std::size_t, NetPrice> prices;
  auto done = xml::each(period, "Point", [&](pugi::xml_node point) -> Result<void> {
    const auto position = parse_integer(xml::text(point, "position"));
    if (!position || *position < 1)
      return malformed("a point's position is " + xml::quoted(xml::text(point, "position")));
    const std::string where = "position " + std::to_string(*position);
    if (std::cmp_greater(*position, curve.count))
      return malformed(where + " lies outside an interval of " + std::to_string(curve.count) + " periods");
    const std::string_view text = xml::text(point, "price.amount");
    const auto price = parse_net_per_mwh(text);
    if (!price) return malformed(where + ": " + xml::quoted(text) + " is not a price");
    if (!is_believable(*price)) return malformed(where + ": a price beyond ±100 000 per MWh is not believed");
    const auto [entry, is_new] = prices.try_emplace(static_cast<std::size_t>(*position), *price);
    if (!is_new && entry->second != *price) return malformed(where + " stands twice with different prices");
    return {};
  });
  if (!done) return std::move(done).failed();
  return prices;
}

Result<Curve> read_curve(pugi::xml_node period, bool may_omit) {
  const pugi::xml_node interval = xml::child(period, "timeInterval");
  const auto start = parse_rfc3339(xml::text(interval, "start"));
  const auto end = parse_rfc3339(xml::text(interval, "end"));
  if (!start || !end || *end <= *start) return malformed("the time interval is not one");
  const auto length = resolution_of(xml::text(period, "resolution"));
  if (!length)
    return malformed("resolution " + xml::quoted(xml::text(period, "resolution")) +
                     " is not PT15M, PT30M, PT60M or PT1H");
  if ((*end - *start) % *length != Seconds(0))
    return malformed("the interval is no whole number of periods of " + std::to_string(length->count()) + " minutes");
  return Curve{.start = *start,
               .length = *length,
               .count = static_cast<std::size_t>((*end - *start) / *length),
               .may_omit = may_omit};
}

Result<void> read_period(pugi::xml_node period, bool may_omit, std::vector<PricePoint>& points) {
  const auto curve = read_curve(period, may_omit);
  if (!curve) return curve.failed();
  if (curve->count > most_points - points.size()) return malformed("longer than a year");
  const auto prices = read_points(period, *curve);
  if (!prices) return prices.failed();
  std::optional<NetPrice> held;
  for (std::size_t position = 1; position <= curve->count; ++position) {
    const auto own = prices->find(position);
    if (own != prices->end()) {
      held = own->second;
    } else if (!may_omit || !held) {
      return malformed("position " + std::to_string(position) + " is missing");
    }
    points.push_back({.price = *held,
                      .utc = curve->start + static_cast<std::int64_t>(position - 1) * curve->length,
                      .length = curve->length});
  }
  return {};
}

/// The day's auction of which a series comes; the first where the document does not say.
Result<long long> auction_of(pugi::xml_node series) {
  const std::string_view text = xml::text(series, "classificationSequence_AttributeInstanceComponent.position");
  if (text.empty()) return 1;
  const auto number = parse_integer(text);
  if (!number) return malformed("classification sequence " + xml::quoted(text) + " is not a number");
  return *number;
}

struct Series {
  long long auction = 1;
  Currency currency = Currency::eur();
  std::vector<PricePoint> points;
};

Result<void> check_zone(pugi::xml_node series, std::string_view zone_code) {
  if (zone_code.empty()) return {};
  for (const std::string_view name : {"in_Domain.mRID", "out_Domain.mRID"}) {
    const std::string_view code = xml::text(series, name);
    if (code != zone_code)
      return malformed(std::string(name) + " is " + xml::quoted(code) + ", not the zone that was asked for");
  }
  return {};
}

Result<Series> read_series(pugi::xml_node node, std::string_view zone_code, std::size_t read_before) {
  if (auto zone = check_zone(node, zone_code); !zone) return std::move(zone).failed();
  Series series;
  const auto auction = auction_of(node);
  if (!auction) return auction.failed();
  series.auction = *auction;
  const auto currency = Currency::parse(xml::text(node, "currency_Unit.name"));
  if (!currency) return malformed("currency " + xml::quoted(xml::text(node, "currency_Unit.name")) + " is not one");
  series.currency = *currency;
  // The unit of the amount is MWh; some documents name the currency once more instead.
  const std::string_view unit = xml::text(node, "price_Measure_Unit.name");
  if (unit != "MWH" && unit != currency->text())
    return malformed("the prices are per " + xml::quoted(unit) + ", not per MWH");
  const std::string_view curve = xml::text(node, "curveType");
  if (!curve.empty() && curve != "A01" && curve != "A03")
    return malformed("curve type " + xml::quoted(curve) + " is not known here");
  std::size_t number = 0;
  auto done = xml::each(node, "Period", [&](pugi::xml_node period) -> Result<void> {
    ++number;
    auto read = read_period(period, curve == "A03", series.points);
    if (!read) return std::unexpected(std::move(read.error()).in("Period " + std::to_string(number)));
    if (series.points.size() + read_before > most_points) return malformed("longer than a year");
    return {};
  });
  if (!done) return std::move(done).failed();
  return series;
}

std::unexpected<Error> acknowledged(pugi::xml_node root) {
  const pugi::xml_node reason = xml::child(root, "Reason");
  const std::string_view code = xml::text(reason, "code");
  const std::string_view text = xml::text(reason, "text");
  // One code means everything; only the text tells that there is nothing yet.
  if (text.starts_with("No matching data found"))
    return failure(ErrorCode::not_published, "the platform has no such data yet");
  return failure(ErrorCode::rejected, "the platform refuses with code " + xml::quoted(code) + ": " + xml::quoted(text));
}

}  // namespace

std::span<const Zone> zones() {
  return all_zones;
}

std::string_view code_of(std::string_view zone) {
  const auto* const found = std::ranges::find(all_zones, zone, &Zone::name);
  if (found != all_zones.end()) return found->code;
  constexpr std::size_t code_length = 16;
  const bool is_code = zone.size() == code_length && std::ranges::all_of(zone, [](char c) {
                         return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
                       });
  return is_code ? zone : std::string_view();
}

Result<PriceDocument> parse_prices(std::string_view text, std::string_view zone_code) {
  const auto parsed = xml::parse(text);
  if (!parsed) return parsed.failed();
  const pugi::xml_node root = xml::root(*parsed);
  if (xml::local_name(root) == "Acknowledgement_MarketDocument") return acknowledged(root);
  if (xml::local_name(root) != "Publication_MarketDocument")
    return malformed("a " + xml::quoted(xml::local_name(root)) + " and not a Publication_MarketDocument");
  if (xml::text(root, "type") != "A44")
    return malformed("document type " + xml::quoted(xml::text(root, "type")) + " and not A44");

  std::vector<Series> all;
  std::size_t number = 0;
  std::size_t count = 0;
  auto done = xml::each(root, "TimeSeries", [&](pugi::xml_node node) -> Result<void> {
    ++number;
    const std::string_view agreement = xml::text(node, "contract_MarketAgreement.type");
    if (!agreement.empty() && agreement != "A01") return {};  // of an intraday auction
    auto series = read_series(node, zone_code, count);
    if (!series) return std::unexpected(std::move(series.error()).in("TimeSeries " + std::to_string(number)));
    count += series->points.size();
    all.push_back(std::move(*series));
    return {};
  });
  if (!done) return std::move(done).failed();
  if (all.empty()) return malformed("has no TimeSeries of a day-ahead auction");

  const auto first = std::ranges::min(all, {}, &Series::auction).auction;
  PriceDocument document{.currency = all.front().currency};
  for (const Series& series : all) {
    if (series.currency != document.currency) return malformed("has prices in two currencies");
    if (series.auction == first)
      document.points.insert(document.points.end(), series.points.begin(), series.points.end());
  }
  return document;
}

}  // namespace gridpilot::codec::entsoe
