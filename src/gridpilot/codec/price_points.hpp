#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/codec/local_day.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/currency.hpp"
#include "gridpilot/domain/prices.hpp"

/// What every decoder of price documents hands on, and how it becomes a whole local day of quarters.
namespace gridpilot::codec {

/// Beyond this, per MWh and in any currency, a price is not believed.
inline constexpr std::int64_t largest_price_per_mwh = 100'000;
[[nodiscard]] constexpr bool is_believable(NetPrice price) {
  constexpr std::int64_t most = largest_price_per_mwh * 1'000'000;
  return price.nanos_per_kwh() <= most && price.nanos_per_kwh() >= -most;
}

/// A price of one period as a document states it, in the document's currency. One of `utc`, `local` and `ordinal` tells
/// the period; where two are there they must agree.
struct PricePoint {
  NetPrice price;
  std::optional<Instant> utc;       ///< the period's start or end, as the document's `edge` says
  std::optional<LocalLabel> local;  ///< the same as local text
  std::optional<int> ordinal;       ///< the period's place among its `business_date`'s, from 0
  /// 15, 30 or 60; 0 where the document does not say: the least distance between two points of the day, an hour at
  /// most.
  std::chrono::minutes length{15};
  std::optional<std::chrono::year_month_day> business_date;     ///< the local delivery day
  std::optional<Instant> published_at;                          ///< as the source says
  std::optional<std::chrono::local_seconds> published_locally;  ///< the same as local text
};

/// What to do with points of other days than the one wanted.
enum class OtherDays {
  refuse,  ///< the document was asked for this day alone
  skip,    ///< the document covers what it likes
};

/// The content of one document.
struct PriceDocument {
  Currency currency = Currency::eur();
  PeriodEdge edge = PeriodEdge::start;
  OtherDays other_days = OtherDays::skip;
  std::vector<PricePoint> points;
  std::optional<Instant> published_at;  ///< of the whole document; a point's own goes before
  std::string next_link;                ///< where the document goes on; empty at its end
};

/// What a whole day's prices are to be.
struct DayRequest {
  PriceSeries series = PriceSeries::sdac_15min;
  std::chrono::year_month_day day;
  Instant fetched_at{};
  std::string_view source;  ///< must outlive the prices
};

/// The local day's quarters in order, all of them (92, 96 or 100), in the document's currency. Points may come in any
/// order. The UTC time of a point decides; without one its local text, and in the repeated hour without "a" the order
/// of the points. An hour's price holds for its four quarters; where quarters of the same hour are there too they are
/// taken, and their mean must be the hour's price to a hundredth.
/// not_published where there is no point of this day, or (OtherDays::skip) only its first part; malformed where a
/// quarter is missing (named), stands twice with different prices, belongs to another day that is refused, does not
/// exist on this day, where UTC and local time contradict each other, or where a price is not believed.
[[nodiscard]] Result<std::vector<MarketPrice>> day_prices(const PriceDocument& document, const DayRequest& request,
                                                          const TimeZone& zone);

}  // namespace gridpilot::codec
