#include "gridpilot/tariff/contract.hpp"

#include <algorithm>

namespace gridpilot::tariff {

std::string to_text(Validity validity) {
  return to_iso(validity.from) + " to " + to_iso(validity.to);
}

const Zone* DistributionGroup::find_zone(std::string_view zone) const {
  const auto found = std::find_if(zones.begin(), zones.end(), [&](const Zone& each) { return each.name == zone; });
  return found == zones.end() ? nullptr : &*found;
}

std::string_view name_of(MarketIndex index) noexcept {
  switch (index) {
    case MarketIndex::sdac_15min: return "sdac_15min";
    case MarketIndex::sdac_hour_mean: return "sdac_hour_mean";
    case MarketIndex::tge_fixing_1: return "tge_fixing_1";
    case MarketIndex::tge_fixing_2: return "tge_fixing_2";
    case MarketIndex::retailer_price: return "retailer_price";
  }
  return "";
}

std::optional<MarketIndex> market_index_named(std::string_view name) noexcept {
  for (const MarketIndex index : all_market_indices)
    if (name_of(index) == name) return index;
  return std::nullopt;
}

std::optional<PriceSeries> series_of(MarketIndex index) noexcept {
  switch (index) {
    case MarketIndex::sdac_15min:
    case MarketIndex::sdac_hour_mean: return PriceSeries::sdac_15min;
    case MarketIndex::tge_fixing_1: return PriceSeries::tge_fixing_1;
    case MarketIndex::retailer_price: return PriceSeries::retailer_price;
    case MarketIndex::tge_fixing_2: return std::nullopt;
  }
  return std::nullopt;
}

std::string_view name_of(RceHourRule rule) noexcept {
  return rule == RceHourRule::zero_negative_quarters ? "zero_negative_quarters" : "zero_after_mean";
}

std::optional<RceHourRule> rce_hour_rule_named(std::string_view name) noexcept {
  for (const RceHourRule rule : {RceHourRule::zero_negative_quarters, RceHourRule::zero_after_mean})
    if (name_of(rule) == name) return rule;
  return std::nullopt;
}

Result<ContractBook> ContractBook::create(std::vector<Contract> contracts) {
  if (contracts.empty()) return failure(ErrorCode::bad_input, "no contract");
  std::sort(contracts.begin(), contracts.end(), [](const Contract& a, const Contract& b) {
    return a.distribution->valid.from < b.distribution->valid.from;
  });
  for (std::size_t i = 1; i < contracts.size(); ++i) {
    const DistributionGroup& before = *contracts[i - 1].distribution;
    const DistributionGroup& after = *contracts[i].distribution;
    if (after.valid.from <= before.valid.to)
      return failure(ErrorCode::bad_input,
                     before.name() + " and " + after.name() + " are both valid on " + to_iso(after.valid.from));
  }
  return ContractBook(std::move(contracts));
}

const Contract* ContractBook::on(std::chrono::year_month_day date) const {
  for (const Contract& contract : contracts_)
    if (contract.distribution->valid.contains(date)) return &contract;
  return nullptr;
}

const Contract& ContractBook::nearest_to(std::chrono::year_month_day date) const {
  const Contract* best = &contracts_.front();
  for (const Contract& contract : contracts_)
    if (contract.distribution->valid.from <= date) best = &contract;
  return *best;
}

Validity ContractBook::validity() const {
  return {contracts_.front().distribution->valid.from, contracts_.back().distribution->valid.to};
}

}  // namespace gridpilot::tariff
