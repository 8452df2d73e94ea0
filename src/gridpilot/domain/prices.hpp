#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/money.hpp"
#include "gridpilot/core/time.hpp"

namespace gridpilot {

/// A market's series of prices. Which one a contract buys or sells at is the contract's word.
enum class PriceSeries {
  sdac_15min,  ///< day-ahead price (PSE csdac-pln): what a dynamic contract usually buys at
  rce_15min,   ///< RCE (PSE rce-pln): what prosumer export is settled at
};
inline constexpr int price_series_count = 2;

[[nodiscard]] std::string_view name_of(PriceSeries series) noexcept;  ///< "csdac-pln", "rce-pln"

/// A net market price of one slot, and where it comes from.
struct MarketPrice {
  Slot slot;
  NetPrice price;
  std::optional<Instant> published_at;  ///< as the source says; absent where it does not say
  Instant fetched_at{};
  std::string_view source;  ///< static text: the source's name

  [[nodiscard]] friend bool operator==(const MarketPrice&, const MarketPrice&) = default;
};

/// What is known of market prices, slot by slot. A later document replaces an earlier one for the same slot.
class PriceBook {
 public:
  /// Returns how many slots are new or have another price than before.
  int merge(PriceSeries series, const std::vector<MarketPrice>& prices);
  [[nodiscard]] std::optional<MarketPrice> find(PriceSeries series, Slot slot) const;
  /// One past the last slot known without a gap from `from` on; `from` itself where that slot is unknown.
  [[nodiscard]] Slot known_until(PriceSeries series, Slot from) const;
  [[nodiscard]] const std::map<Slot, MarketPrice>& series(PriceSeries series) const {
    return books_[static_cast<int>(series)];
  }
  /// Drops what lies before a slot.
  void forget_before(Slot slot);

 private:
  std::map<Slot, MarketPrice> books_[price_series_count];
};

/// What a household pays and receives in one slot, all in.
struct SlotPrice {
  Slot slot;
  GrossPrice import_price;
  GrossPrice export_price;
  std::optional<NetPrice> market;  ///< the market price that the import price rests on; absent for fixed contracts
  bool foreseen = false;           ///< rests on a forecast because nothing is published yet
  std::string_view zone;           ///< the tariff's zone, static text owned by the contract
};

}  // namespace gridpilot
