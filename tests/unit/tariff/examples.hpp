#pragma once

#include <map>
#include <memory>
#include <utility>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/tariff/pricing.hpp"

namespace gridpilot::tariff {

// A made-up operator with round numbers, so that sums can be checked by eye.

inline TimeZone warsaw() {
  return TimeZone::load("Europe/Warsaw").value();
}

inline NetPrice net(double per_kwh) {
  return NetPrice::from_per_kwh(per_kwh);
}
inline GrossPrice gross(double per_kwh) {
  return GrossPrice::from_per_kwh(per_kwh);
}

inline Slot slot_at(const char* rfc3339) {
  return Slot::containing(parse_rfc3339(rfc3339).value());
}

/// Day 06-13 and 15-22 on working days, night otherwise.
inline Schedule day_and_night() {
  const Stretch stretches[] = {
      {.days = DayKind::workday,
       .windows = {{0, 6 * 60, 13 * 60}, {0, 15 * 60, 22 * 60}, {1, 13 * 60, 15 * 60}, {1, 22 * 60, 6 * 60}}},
      {.days = DayKind::free_day, .windows = {{1, 0, 24 * 60}}}};
  return Schedule::create(stretches, {.saturday = true, .sunday = true, .holiday = true}).value();
}

inline DistributionGroup example_group(int year = 2026) {
  DistributionGroup group;
  group.operator_id = "example";
  group.operator_name = "Example";
  group.group = "g12w";
  group.validity_id = std::to_string(year);
  group.valid = {std::chrono::year(year) / 1 / 1, std::chrono::year(year) / 12 / 31};
  group.currency = "PLN";
  group.vat = Ratio::from_percent(23);
  group.excise = net(0.005);
  group.charges = {net(0.03), net(0.007), net(0.003)};
  group.zones = {{"day", net(0.3)}, {"night", net(0.05)}};
  group.zone_rule = day_and_night();
  return group;
}

inline DistributionGroup signal_group() {
  DistributionGroup group = example_group();
  group.group = "g14dynamic";
  group.zones = {{"S1", net(0.01)}, {"S2", net(0.1)}, {"S3", net(0.4)}, {"S4", net(2.4)}};
  group.zone_rule = SignalZones{{0, 1, 2, 3}};
  return group;
}

inline Contract market_contract(DistributionGroup group, MarketEnergy energy = {}, ExportPart feed_in = RceExport{}) {
  return {std::make_shared<const DistributionGroup>(std::move(group)), energy, feed_in};
}

inline ContractBook book_of(std::vector<Contract> contracts) {
  return ContractBook::create(std::move(contracts)).value();
}

/// A market that knows what it is told.
class ToldMarket final : public MarketView {
 public:
  void tell(PriceSeries series, Slot slot, double per_mwh, bool foreseen = false) {
    quotes_[{static_cast<int>(series), slot}] = {NetPrice::from_per_mwh(per_mwh), foreseen};
  }
  void tell_both(SlotRange range, double per_mwh) {
    for (Slot slot = range.first; slot < range.last; slot = slot.next()) {
      tell(PriceSeries::sdac_15min, slot, per_mwh);
      tell(PriceSeries::rce_15min, slot, per_mwh);
    }
  }
  void tell_signal(Slot slot, int level) { signals_[slot] = level; }

  std::optional<Quote> quote(PriceSeries series, Slot slot) const override {
    const auto found = quotes_.find({static_cast<int>(series), slot});
    return found == quotes_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<int> grid_signal(Slot slot) const override {
    const auto found = signals_.find(slot);
    return found == signals_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::map<std::pair<int, Slot>, Quote> quotes_;
  std::map<Slot, int> signals_;
};

}  // namespace gridpilot::tariff
