#include <utility>

#include "gridpilot/codec/price_documents.hpp"
#include "gridpilot/codec/xml.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::codec {
namespace {

std::unexpected<Error> malformed(const std::string& sentence) {
  return failure(ErrorCode::malformed, sentence);
}

std::optional<std::chrono::minutes> resolution_of(std::string_view text) {
  // Older documents have hours and do not say so.
  if (text.empty() || text == "PT60M" || text == "PT1H") return std::chrono::minutes(60);
  if (text == "PT30M") return std::chrono::minutes(30);
  if (text == "PT15M") return std::chrono::minutes(15);
  return std::nullopt;
}

/// Whether the clock text fits the period's place in its day, as far as that can be told without knowing whether the
/// clock is changed on it.
bool fits(std::string_view interval, long long index, std::chrono::minutes length) {
  if (interval.empty()) return true;
  const auto start = parse_clock_label(interval);
  if (!start || start->length >= interval.size() || interval[start->length] != '-') return false;
  const auto end = parse_clock_label(interval.substr(start->length + 1));
  if (!end) return false;
  const long long off = start->minute_of_day - (index - 1) * length.count();
  return off == 0 || off == 60 || off == -60;
}

Result<PricePoint> read_item(pugi::xml_node item) {
  PricePoint point;
  const auto date = parse_date(xml::text(item, "Date"));
  if (!date) return malformed("Date " + xml::quoted(xml::text(item, "Date")) + " is not a date");
  point.business_date = *date;
  const std::string_view resolution = xml::text(item, "PeriodResolution");
  const auto length = resolution_of(resolution);
  if (!length) return malformed("PeriodResolution " + xml::quoted(resolution) + " is not known here");
  point.length = *length;
  const std::string_view index_text = xml::text(item, "PeriodIndex");
  const auto index = parse_integer(index_text);
  // A day of 25 hours has a hundred quarters.
  if (!index || *index < 1 || *index > std::chrono::hours(25) / *length)
    return malformed(to_iso(*date) + ": PeriodIndex " + xml::quoted(index_text) + " is not one of a day");
  point.ordinal = static_cast<int>(*index - 1);
  const std::string where = to_iso(*date) + ", period " + std::to_string(*index);
  const std::string_view interval = xml::text(item, "PeriodInterval");
  if (!fits(interval, *index, *length))
    return malformed(where + ": PeriodInterval " + xml::quoted(interval) + " is not that period");
  const std::string_view price_text = xml::text(item, "Price");
  const auto price = parse_net_per_mwh(price_text);
  if (!price) return malformed(where + ": Price " + xml::quoted(price_text) + " is not a price");
  if (!is_believable(*price)) return malformed(where + ": a price beyond ±100 000 per MWh is not believed");
  point.price = *price;
  return point;
}

}  // namespace

Result<PriceDocument> parse_ote(std::string_view text) {
  const auto parsed = xml::parse(text);
  if (!parsed) return parsed.failed();
  const pugi::xml_node envelope = xml::root(*parsed);
  const pugi::xml_node body = xml::child(envelope, "Body");
  if (xml::local_name(envelope) != "Envelope" || !body)
    return malformed("a " + xml::quoted(xml::local_name(envelope)) + " and not a SOAP envelope");
  if (const pugi::xml_node fault = xml::child(body, "Fault"))
    return failure(ErrorCode::rejected, "the server refuses: " + xml::quoted(xml::text(fault, "faultstring")));
  const pugi::xml_node response = xml::child(body, "GetDamPricePeriodEResponse");
  if (!response) return malformed("has no GetDamPricePeriodEResponse");
  PriceDocument document;
  std::size_t number = 0;
  auto done = xml::each(xml::child(response, "Result"), "Item", [&](pugi::xml_node item) -> Result<void> {
    ++number;
    auto point = read_item(item);
    if (!point) return std::unexpected(std::move(point.error()).in("Item " + std::to_string(number)));
    document.points.push_back(*point);
    return {};
  });
  if (!done) return std::move(done).failed();
  return document;
}

}  // namespace gridpilot::codec
