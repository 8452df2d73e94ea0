#include <algorithm>
#include <string>
#include <utility>

#include "gridpilot/codec/price_documents.hpp"
#include "gridpilot/core/json.hpp"

namespace gridpilot::codec {
namespace {

/// A year of quarters on either side of now.
constexpr std::int64_t latest_second = 253'402'300'799;  // the end of the year 9999

Instant read_unix_seconds(json::Reader& in) {
  const std::int64_t seconds = in.integer();
  if (seconds < 0 || seconds > latest_second) {
    in.fail("not a time in seconds since 1970");
    return {};
  }
  return Instant(Seconds(seconds));
}

/// Absent for a null. `decimals` turn the document's unit into nanos per kWh.
std::optional<NetPrice> read_price(json::Reader& in, int decimals) {
  if (in.null()) return std::nullopt;
  const NetPrice price = NetPrice::from_nanos_per_kwh(in.fixed(decimals));
  if (!is_believable(price)) in.fail("a price beyond ±100 000 per MWh is not believed");
  return price;
}
constexpr int per_mwh = 6;
constexpr int per_kwh = 9;

/// "EUR / MWh", with or without blanks.
std::optional<Currency> currency_per_mwh(std::string_view text) {
  std::string unit(text);
  std::erase(unit, ' ');
  if (!unit.ends_with("/MWh")) return std::nullopt;
  return Currency::parse(unit.substr(0, unit.size() - 4));
}

}  // namespace

Result<PriceDocument> parse_energy_charts(std::string_view text) {
  static constexpr json::Fields fields{"unix_seconds", "price", "unit"};
  return json::decode(text, [](json::Reader& in) {
    PriceDocument document;
    std::vector<Instant> times;
    std::vector<std::optional<NetPrice>> prices;
    const json::Seen seen = in.record(
        fields,
        [&](std::size_t field) {
          if (field == 0) {
            in.array([&] { times.push_back(read_unix_seconds(in)); });
          } else if (field == 1) {
            in.array([&] { prices.push_back(read_price(in, per_mwh)); });
          } else {
            const auto currency = currency_per_mwh(in.string());
            if (!currency) in.fail("not a currency per MWh");
            document.currency = currency.value_or(Currency::eur());
          }
        },
        json::Unknown::skip);
    in.require(fields, seen);
    if (times.size() != prices.size() && !in.failed())
      in.fail("has " + std::to_string(times.size()) + " times and " + std::to_string(prices.size()) + " prices");
    if (in.failed()) return document;
    document.points.reserve(times.size());
    for (std::size_t n = 0; n < times.size(); ++n)
      if (const auto& price = prices[n])
        document.points.push_back({.price = *price, .utc = times[n], .length = std::chrono::minutes(0)});
    return document;
  });
}

Result<PriceDocument> parse_elering(std::string_view text, std::string_view zone) {
  static constexpr json::Fields envelope{"success", "data"};
  static constexpr json::Fields fields{"timestamp", "price"};
  bool success = true;
  bool has_zone = false;
  auto document = json::decode(text, [&](json::Reader& in) {
    PriceDocument read;
    const auto read_row = [&] {
      PricePoint point{.length = std::chrono::minutes(0)};
      std::optional<NetPrice> price;
      const json::Seen seen = in.record(
          fields,
          [&](std::size_t field) {
            if (field == 0) {
              point.utc = read_unix_seconds(in);
            } else {
              price = read_price(in, per_mwh);
            }
          },
          json::Unknown::skip);
      in.require(fields, seen);
      if (!price) return;
      point.price = *price;
      read.points.push_back(point);
    };
    const json::Seen seen = in.record(
        envelope,
        [&](std::size_t field) {
          if (field == 0) {
            success = in.boolean();
            return;
          }
          in.object([&](std::string_view name) {
            if (name != zone) return in.skip();
            if (has_zone) return in.fail("the zone stands twice");
            has_zone = true;
            in.array(read_row);
          });
        },
        json::Unknown::skip);
    if (success) in.require(envelope, seen, 1);
    return read;
  });
  if (!document) return document;
  if (!success) return failure(ErrorCode::rejected, "the server answers that it had no success");
  if (!has_zone) return failure(ErrorCode::not_published, "the answer has no prices of zone " + std::string(zone));
  return document;
}

Result<PriceDocument> parse_pstryk(std::string_view text) {
  static constexpr json::Fields envelope{"frames"};
  static constexpr json::Fields fields{"price_net", "start", "end"};
  return json::decode(text, [](json::Reader& in) {
    PriceDocument document{.currency = Currency::pln()};
    const auto read_time = [&in]() -> Instant {
      const auto time = parse_rfc3339(in.string());
      if (!time) in.fail("not a time with an offset");
      return time.value_or(Instant{});
    };
    const auto read_frame = [&] {
      std::optional<NetPrice> price;
      Instant start{};
      Instant end{};
      const json::Seen seen = in.record(
          fields,
          [&](std::size_t field) {
            if (field == 0) {
              price = read_price(in, per_kwh);
            } else if (field == 1) {
              start = read_time();
            } else {
              end = read_time();
            }
          },
          json::Unknown::skip);
      in.require(fields, seen);
      const Seconds length = end - start;
      if (length != Seconds(900) && length != Seconds(1800) && length != Seconds(3600))
        in.fail("a frame lasts 15, 30 or 60 minutes");
      if (price)
        document.points.push_back(
            {.price = *price, .utc = start, .length = std::chrono::duration_cast<std::chrono::minutes>(length)});
    };
    const json::Seen seen = in.record(envelope, [&](std::size_t) { in.array(read_frame); }, json::Unknown::skip);
    in.require(envelope, seen);
    return document;
  });
}

}  // namespace gridpilot::codec
