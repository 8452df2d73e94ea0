#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/prices.hpp"
#include "gridpilot/tariff/contract.hpp"

namespace gridpilot::tariff {

/// A market price and whether it is published or a forecast.
struct Quote {
  NetPrice price;
  bool foreseen = false;
};

/// What is known or foreseen of the market when slots are priced.
class MarketView {
 public:
  virtual ~MarketView() = default;
  /// The price of one quarter; nullopt where nothing is known of it, not even by forecast.
  [[nodiscard]] virtual std::optional<Quote> quote(PriceSeries series, Slot slot) const = 0;
  /// The grid operator's signal (PSE's Kompas, 0 to 3) of the hour; nullopt where it is not known.
  [[nodiscard]] virtual std::optional<int> grid_signal(Slot) const { return std::nullopt; }
};

/// What to do about a date for which no contract is valid.
enum class OutsideValidity {
  fail,           ///< bad_input naming the date and the validity: commands
  carry_nearest,  ///< the last valid contract's rates, marked foreseen: a plan that looks past New Year
};

/// An import price with its parts, per kWh. Sums are rounded half to even once, after VAT.
struct ImportPrice {
  std::optional<NetPrice> market;    ///< price × factor, not below the floor; absent with a fixed energy rate
  std::optional<NetPrice> margin;    ///< absent with a fixed energy rate
  std::optional<NetPrice> excise;    ///< absent with a fixed energy rate, which holds it already
  std::optional<GrossPrice> energy;  ///< the fixed rate; absent with a market price
  NetPrice network;
  SystemCharges charges;
  NetPrice total_net;
  GrossPrice total_gross;
};

/// import = (market × factor + margin + excise) × (1 + VAT) + (network + quality + RES + cogeneration) × (1 + VAT), or
/// the fixed energy rate in the first term. `market` is the index's net price; without meaning for a fixed rate, and
/// bad_input where a market contract lacks it.
[[nodiscard]] Result<ImportPrice> import_price(const Contract& contract, std::uint8_t zone,
                                               std::optional<NetPrice> market);

/// The four quarters of an hour make one RCE; a part of an hour that is settled alone may have fewer.
/// Σ quarters / count by the hour rule × factor × share, rounded half to even once. `quarters` is not empty.
[[nodiscard]] GrossPrice rce_credit(const RceExport& terms, const std::vector<NetPrice>& quarters);

/// The zone of a slot by the local time of its start, or by the grid signal. not_found where a zone follows the signal
/// and it is absent; bad_input where it is not 0 to 3.
[[nodiscard]] Result<std::uint8_t> zone_of(const DistributionGroup& group, const TimeZone& time_zone, Slot slot,
                                           std::optional<int> grid_signal);

/// Prices slots by a home's contracts. Holds references: book, zone and market must outlive it.
class Pricer {
 public:
  struct Options {
    OutsideValidity outside_validity = OutsideValidity::fail;
    /// Stands in for a grid signal that is not published; its slots are marked foreseen. Absent: such slots fail.
    std::optional<int> assumed_signal;
  };
  Pricer(const ContractBook& book, const TimeZone& time_zone, const MarketView& market, Options options)
      : book_(book), time_zone_(time_zone), market_(market), options_(options) {}

  /// The all-in import and export price of one slot. The export price rests on the RCE of the four quarters of its
  /// hour. not_found where a market price or grid signal is absent (the message names the quarter); bad_input where no
  /// contract is valid; unsupported where the contract's index has no source.
  [[nodiscard]] Result<SlotPrice> price(Slot slot) const;
  /// Every slot of the range, or the first failure.
  [[nodiscard]] Result<std::vector<SlotPrice>> prices(SlotRange range) const;

 private:
  // Each sets `foreseen` where what it finds is not yet certain, and leaves it otherwise.
  [[nodiscard]] const Contract* contract_for(std::chrono::year_month_day date, bool& foreseen) const;
  [[nodiscard]] Result<std::uint8_t> zone_at(const DistributionGroup& group, Slot slot, bool& foreseen) const;
  [[nodiscard]] Result<GrossPrice> export_price(const ExportPart& feed_in, Slot slot, bool& foreseen) const;
  [[nodiscard]] Result<std::optional<Quote>> index_quote(const Contract& contract, Slot slot) const;
  [[nodiscard]] Result<std::vector<Quote>> hour_quotes(PriceSeries series, Slot slot) const;

  const ContractBook& book_;
  const TimeZone& time_zone_;
  const MarketView& market_;
  Options options_;
};

}  // namespace gridpilot::tariff
