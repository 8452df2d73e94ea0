#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/prices.hpp"
#include "gridpilot/tariff/contract.hpp"

namespace gridpilot::testing_support {

/// A contract with one zone, no VAT and no network rate: the import price is the market price, the export price the
/// hour's RCE. Its validity is a century.
inline tariff::ContractBook plain_market_contract() {
  using namespace std::chrono_literals;
  auto group = std::make_shared<tariff::DistributionGroup>();
  group->operator_id = "made";
  group->group = "g11";
  group->validity_id = "all";
  group->valid = {.from = 2000y / 1 / 1, .to = 2099y / 12 / 31};
  group->currency = "PLN";
  group->zones = {{.name = "all", .network = {}}};
  return tariff::ContractBook::create({{.distribution = std::move(group),
                                        .energy = tariff::MarketEnergy{},
                                        .feed_in = tariff::RceExport{.factor = Ratio::from_percent(100)}}})
      .value();
}

/// One price for every quarter of a local day.
inline std::vector<MarketPrice> flat_day(const TimeZone& zone, std::chrono::year_month_day date, double per_mwh) {
  std::vector<MarketPrice> prices;
  const SlotRange slots = zone.slots_of(date);
  for (Slot slot = slots.first; slot < slots.last; slot = slot.next())
    prices.push_back({.slot = slot, .price = NetPrice::from_per_mwh(per_mwh), .source = "made"});
  return prices;
}

}  // namespace gridpilot::testing_support
