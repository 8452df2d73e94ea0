#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gridpilot/core/money.hpp"
#include "gridpilot/domain/prices.hpp"
#include "gridpilot/tariff/schedule.hpp"

namespace gridpilot::tariff {

/// Local dates, both inclusive.
struct Validity {
  std::chrono::year_month_day from;
  std::chrono::year_month_day to;
  [[nodiscard]] bool contains(std::chrono::year_month_day date) const { return from <= date && date <= to; }
  [[nodiscard]] friend bool operator==(Validity, Validity) = default;
};
[[nodiscard]] std::string to_text(Validity validity);  ///< "2026-01-01 to 2026-12-31"

/// A zone of a distribution group and its variable network rate.
struct Zone {
  std::string name;
  NetPrice network;
};

/// Zones that follow the grid operator's signal of the hour (PSE's Kompas, levels 0 to 3) instead of the clock.
struct SignalZones {
  std::array<std::uint8_t, 4> zone_of_level{};
};
inline constexpr int normal_signal_level = 1;

/// Charges on every kWh that are the same in all zones.
struct SystemCharges {
  NetPrice quality;
  NetPrice renewables;
  NetPrice cogeneration;
};

/// A charge that comes on the monthly bill and never on the kWh.
struct MonthlyFee {
  std::string name;
  Money net_per_month;
};

/// One group of one distribution operator for one validity: data, never changed once loaded. Contracts share it, so
/// that the names of its zones outlive every price that refers to them.
struct DistributionGroup {
  std::string operator_id;    ///< "tauron"
  std::string operator_name;  ///< "TAURON Dystrybucja"
  std::string group;          ///< "g12w"
  std::string validity_id;    ///< "2026"
  Validity valid;
  std::string currency;  ///< "PLN"
  Ratio vat;
  NetPrice excise;  ///< the energy seller's tax per kWh in this validity; part of every market energy price
  SystemCharges charges;
  std::vector<Zone> zones;
  std::variant<Schedule, SignalZones> zone_rule = Schedule::single_zone();
  std::vector<MonthlyFee> monthly_fees;
  std::vector<std::string> sources;
  std::vector<std::string> notes;  ///< what is unsure or lacking

  [[nodiscard]] std::string name() const { return operator_id + "-" + group + "-" + validity_id; }
  /// "tauron-g12w": without the validity, which the date picks.
  [[nodiscard]] std::string short_name() const { return operator_id + "-" + group; }
  [[nodiscard]] const Zone* find_zone(std::string_view zone) const;
};

/// What a market contract buys at.
enum class MarketIndex {
  sdac_15min,      ///< the day-ahead price of the quarter
  sdac_hour_mean,  ///< the mean of the hour's four quarters
  tge_fixing_1,    ///< TGE's hourly auctions; the daemon needs a source that has the first (docs/prices.md)
  tge_fixing_2,    ///< only from price files of commands: no source publishes it to the daemon
  retailer_price,  ///< what the retailer publishes as its own net energy price
};
inline constexpr std::array all_market_indices{MarketIndex::sdac_15min, MarketIndex::sdac_hour_mean,
                                               MarketIndex::tge_fixing_1, MarketIndex::tge_fixing_2,
                                               MarketIndex::retailer_price};
[[nodiscard]] std::string_view name_of(MarketIndex index) noexcept;
[[nodiscard]] std::optional<MarketIndex> market_index_named(std::string_view name) noexcept;
/// The series an index is made of; nullopt where no source has it.
[[nodiscard]] std::optional<PriceSeries> series_of(MarketIndex index) noexcept;

/// Energy at the market: max(price × factor, floor) + margin + excise, all net.
struct MarketEnergy {
  MarketIndex index = MarketIndex::sdac_15min;
  Ratio factor = Ratio::from_percent(100);
  NetPrice margin;                ///< the seller's, as the contract states it, net
  std::optional<NetPrice> floor;  ///< price × factor is never taken below it; absent: negative prices pass through
};

/// Energy at a rate per zone, with VAT and excise, as sellers publish it.
struct FixedEnergy {
  std::vector<GrossPrice> rate_of_zone;  ///< in the order of the group's zones
};

using EnergyPart = std::variant<MarketEnergy, FixedEnergy>;

/// How the hour's RCE is made of its four quarters. Which reading is the act's is unsure (docs/tariffs.md).
enum class RceHourRule {
  zero_negative_quarters,  ///< each negative quarter counts as zero, then the mean
  zero_after_mean,         ///< the mean, then zero where that is negative
};
[[nodiscard]] std::string_view name_of(RceHourRule rule) noexcept;
[[nodiscard]] std::optional<RceHourRule> rce_hour_rule_named(std::string_view name) noexcept;

/// Export credited at the hour's RCE × factor × share of the credit that the household can use.
struct RceExport {
  RceHourRule rule = RceHourRule::zero_negative_quarters;
  Ratio factor = Ratio{1'230'000};
  Ratio value_share = Ratio::from_percent(100);
};

/// Export at a known rate (older installations at RCEm: what the owner expects of it); zero where export earns nothing.
struct FixedExport {
  GrossPrice rate;
};

using ExportPart = std::variant<RceExport, FixedExport>;

/// What a household pays and receives while it is valid.
struct Contract {
  std::shared_ptr<const DistributionGroup> distribution;  ///< never null
  EnergyPart energy;
  ExportPart feed_in;
};

/// One home's contracts over time, in order of validity and never overlapping: the local date picks.
class ContractBook {
 public:
  /// bad_input where two are valid on one day, or there is none.
  [[nodiscard]] static Result<ContractBook> create(std::vector<Contract> contracts);
  /// The contract valid on a local date; null where there is none.
  [[nodiscard]] const Contract* on(std::chrono::year_month_day date) const;
  /// The one valid on the date, or else the last one before it, or else the first: what an outlook past the newest
  /// published rates rests on.
  [[nodiscard]] const Contract& nearest_to(std::chrono::year_month_day date) const;
  [[nodiscard]] const std::vector<Contract>& contracts() const { return contracts_; }
  /// From the first day of the first to the last day of the last; there may be days without a contract between.
  [[nodiscard]] Validity validity() const;

 private:
  explicit ContractBook(std::vector<Contract> contracts) : contracts_(std::move(contracts)) {}
  std::vector<Contract> contracts_;
};

}  // namespace gridpilot::tariff
