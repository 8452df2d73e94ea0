#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/money.hpp"
#include "gridpilot/core/time.hpp"
#include "gridpilot/domain/currency.hpp"

namespace gridpilot {

/// A market's series of prices. Which one a contract buys or sells at is the contract's word.
enum class PriceSeries {
  sdac_15min,      ///< day-ahead price (PSE csdac-pln): what a dynamic contract usually buys at
  rce_15min,       ///< RCE (PSE rce-pln): what prosumer export is settled at
  tge_fixing_1,    ///< TGE's own hourly auction: what some contracts buy at; an hour's price holds for its quarters
  retailer_price,  ///< what one retailer charges for energy, net, as it publishes it: for contracts with that retailer
};
inline constexpr int price_series_count = 4;

[[nodiscard]] std::string_view name_of(PriceSeries series) noexcept;  ///< "csdac-pln", "rce-pln": in records, sentences
[[nodiscard]] std::string_view id_of(PriceSeries series) noexcept;    ///< "sdac_15min", "rce_15min": in configurations
[[nodiscard]] std::optional<PriceSeries> price_series_with_id(std::string_view id) noexcept;

/// A net market price of one slot, and where it comes from.
struct MarketPrice {
  Slot slot;
  NetPrice price;
  std::optional<Instant> published_at;  ///< as the source says; absent where it does not say
  Instant fetched_at{};
  std::string_view source;  ///< the source's name; must outlive the price
  /// Where the price was published in another currency: how it was converted.
  std::optional<CurrencyFixing> fixing = std::nullopt;

  [[nodiscard]] friend bool operator==(const MarketPrice&, const MarketPrice&) = default;
};

/// Sources that say different things of one slot.
struct Disagreement {
  Slot slot;
  std::vector<MarketPrice> said;  ///< by every source, the most trusted first: the price in force
  NetPrice spread;                ///< between the highest and the lowest of them
};

/// What is known of market prices, slot by slot and source by source. In force is the price of the most trusted source
/// that has one; of one source a later document replaces an earlier one.
class PriceBook {
 public:
  /// The names of sources, the most trusted first. A source that is not named is trusted least of all, and what it said
  /// is not kept beside the price of another: so what an older record holds gives way without a trace. To be set before
  /// the first merge.
  void set_trust(std::vector<std::string> order) { trust_ = std::move(order); }
  [[nodiscard]] const std::vector<std::string>& trust() const { return trust_; }

  /// Takes what one source says. Returns how many slots have a price in force that is new or another than before: what
  /// a less trusted source says of a slot that has a price changes nothing, nor does the same price from a better one.
  int merge(PriceSeries series, const std::vector<MarketPrice>& prices);
  /// The price in force.
  [[nodiscard]] std::optional<MarketPrice> find(PriceSeries series, Slot slot) const;
  /// What every source says of a slot, the most trusted first.
  [[nodiscard]] std::vector<MarketPrice> said(PriceSeries series, Slot slot) const;
  /// The slots of a range whose sources differ by more than a tolerance, in order of time.
  [[nodiscard]] std::vector<Disagreement> disagreements(PriceSeries series, SlotRange range, NetPrice tolerance) const;
  /// One past the last slot known without a gap from `from` on; `from` itself where that slot is unknown.
  [[nodiscard]] Slot known_until(PriceSeries series, Slot from) const;
  /// The prices in force.
  [[nodiscard]] const std::map<Slot, MarketPrice>& series(PriceSeries series) const {
    return books_[static_cast<int>(series)].in_force;
  }
  /// Drops what lies before a slot.
  void forget_before(Slot slot);

 private:
  struct Book {
    std::map<Slot, MarketPrice> in_force;
    std::map<Slot, std::vector<MarketPrice>> others;  ///< less trusted, in order of trust
  };
  [[nodiscard]] std::size_t rank_of(std::string_view source) const;
  void keep_beside(Book& book, const MarketPrice& price) const;

  std::vector<std::string> trust_;
  Book books_[price_series_count];
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
