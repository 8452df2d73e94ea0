// The shipped contracts against the facts they were made from: rates, hours, days and whole prices worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "gridpilot/config/contract_files.hpp"
#include "gridpilot/core/json_document.hpp"
#include "gridpilot/os/file.hpp"
#include "gridpilot/tariff/pricing.hpp"

namespace gridpilot::config {
namespace {

using namespace std::chrono_literals;
using tariff::DistributionGroup;

class ShippedContracts : public testing::Test {
 protected:
  [[nodiscard]] const DistributionGroup& group(const std::string& name) const {
    return *catalogue_.find(name).value().front();
  }
  [[nodiscard]] std::string zone_at(const std::string& name, const char* local) const {
    const DistributionGroup& found = group(name);
    // Local civil time as "2026-05-04 12:00".
    const auto date = parse_date(std::string_view(local).substr(0, 10)).value();
    const int minute = std::atoi(local + 11) * 60 + std::atoi(local + 14);
    const Slot slot = Slot::containing(zone_.instant_of({.date = date, .hour = minute / 60, .minute = minute % 60}));
    return found.zones[tariff::zone_of(found, zone_, slot, std::nullopt).value()].name;
  }
  [[nodiscard]] GrossPrice price(const std::string& name, const char* at, double market_per_mwh,
                                 const tariff::EnergyChoice& energy = tariff::MarketEnergy{},
                                 std::optional<int> signal = std::nullopt) const {
    const auto book = catalogue_.contracts(name, energy, tariff::RceExportChoice{}).value();
    const auto& contract = book.contracts().front();
    const auto slot = Slot::containing(parse_rfc3339(at).value());
    const auto index = tariff::zone_of(*contract.distribution, zone_, slot, signal).value();
    return tariff::import_price(contract, index, NetPrice::from_per_mwh(market_per_mwh)).value().total_gross;
  }

  tariff::Catalogue catalogue_ = shipped_catalogue();
  TimeZone zone_ = TimeZone::load("Europe/Warsaw").value();
};

TEST_F(ShippedContracts, AreEveryGroupOfEveryOperator) {
  std::vector<std::string> names;
  for (const auto& each : catalogue_.groups()) names.push_back(each->name());
  EXPECT_THAT(names,
              testing::ElementsAre("enea-g11-2026", "enea-g12-2026", "enea-g12w-2026", "energa-g11-2026",
                                   "energa-g12-2026", "energa-g12r-2026", "energa-g12w-2026", "pge-g11-2026",
                                   "pge-g12-2026", "pge-g12n-2026", "pge-g12w-2026", "stoen-g11-2026", "stoen-g12-2026",
                                   "stoen-g12as-2026", "stoen-g12w-2026", "tauron-g11-2025h2", "tauron-g11-2026",
                                   "tauron-g12-2025h2", "tauron-g12-2026", "tauron-g12as-2025h2", "tauron-g12w-2025h2",
                                   "tauron-g12w-2026", "tauron-g13-2025h2", "tauron-g13-2026", "tauron-g13s-2025h2",
                                   "tauron-g13s-2026", "tauron-g14dynamic-2025h2", "tauron-g14dynamic-2026"));
}

TEST_F(ShippedContracts, ChangeZonesAtTheHoursOfTheirOperator) {
  const struct {
    const char* group;
    const char* local;
    const char* zone;
  } rows[] = {
      // 2026-05-04 is a Monday in summer, 2026-11-02 a Monday in winter.
      {"tauron-g12-2026", "2026-05-04 12:45", "day"},
      {"tauron-g12-2026", "2026-05-04 13:00", "night"},
      {"tauron-g12-2026", "2026-05-04 14:45", "night"},
      {"tauron-g12-2026", "2026-05-04 15:00", "day"},
      {"tauron-g12-2026", "2026-05-09 12:00", "day"},  // G12 knows no free days
      {"tauron-g12w-2026", "2026-05-04 12:00", "day"},
      {"tauron-g12w-2026", "2026-05-01 12:00", "night"},
      {"tauron-g12w-2026", "2026-04-06 09:00", "night"},  // Easter Monday
      {"tauron-g12w-2026", "2026-06-04 09:00", "night"},  // Corpus Christi
      {"tauron-g12w-2026", "2026-12-24 09:00", "night"},
      {"tauron-g12w-2025h2", "2025-12-23 09:00", "peak"},
      {"tauron-g12w-2025h2", "2025-12-24 09:00", "off_peak"},
      {"tauron-g12as-2025h2", "2025-10-04 21:45", "day"},
      {"tauron-g12as-2025h2", "2025-10-04 22:00", "night"},
      {"tauron-g13-2026", "2026-05-04 07:00", "morning_peak"},
      {"tauron-g13-2026", "2026-05-04 13:00", "other"},
      {"tauron-g13-2026", "2026-05-04 18:45", "other"},
      {"tauron-g13-2026", "2026-05-04 19:00", "afternoon_peak"},
      {"tauron-g13-2026", "2026-05-04 22:00", "other"},
      {"tauron-g13-2026", "2026-11-02 15:45", "other"},
      {"tauron-g13-2026", "2026-11-02 16:00", "afternoon_peak"},
      {"tauron-g13-2026", "2026-11-02 20:45", "afternoon_peak"},
      {"tauron-g13-2026", "2026-11-02 21:00", "other"},
      {"tauron-g13-2026", "2026-05-09 08:00", "other"},
      {"tauron-g13s-2026", "2026-09-30 08:45", "summer_workday_peak_day"},
      {"tauron-g13s-2026", "2026-09-30 09:00", "summer_workday_off_peak_day"},
      {"tauron-g13s-2026", "2026-10-01 09:45", "winter_workday_peak_day"},
      {"tauron-g13s-2026", "2026-10-01 10:00", "winter_workday_off_peak_day"},
      {"tauron-g13s-2026", "2026-10-01 15:00", "winter_workday_peak_day"},
      {"tauron-g13s-2026", "2026-10-01 21:00", "winter_workday_night"},
      {"tauron-g13s-2026", "2026-05-09 17:00", "summer_free_day_peak_day"},
      {"tauron-g13s-2026", "2026-11-11 12:00", "winter_free_day_off_peak_day"},
      {"pge-g12-2026", "2026-05-04 14:00", "day"},  // PGE's summer valley is 15-17
      {"pge-g12-2026", "2026-05-04 15:00", "night"},
      {"pge-g12-2026", "2026-05-04 17:00", "day"},
      {"pge-g12-2026", "2026-11-02 13:00", "night"},
      {"pge-g12n-2026", "2026-05-04 00:45", "day"},
      {"pge-g12n-2026", "2026-05-04 01:00", "night"},
      {"pge-g12n-2026", "2026-05-09 12:00", "day"},  // a Saturday is no free day here
      {"pge-g12n-2026", "2026-05-10 12:00", "night"},
      {"energa-g12r-2026", "2026-05-04 15:45", "night"},
      {"energa-g12r-2026", "2026-05-04 16:00", "day"},
      {"stoen-g12w-2026", "2026-05-04 13:30", "day"},  // no valley at Stoen
      {"enea-g12w-2026", "2026-05-04 21:00", "night"},
      {"enea-g12w-2026", "2026-05-04 20:45", "day"},
      {"tauron-g11-2026", "2026-05-04 12:00", "all"},
  };
  for (const auto& row : rows) EXPECT_EQ(zone_at(row.group, row.local), row.zone) << row.group << " " << row.local;
}

TEST_F(ShippedContracts, HaveOneZoneForEveryQuarterOfTheirValidity) {
  for (const auto& each : catalogue_.groups()) {
    if (std::holds_alternative<tariff::SignalZones>(each->zone_rule)) continue;
    std::vector<int> used(each->zones.size());
    for (std::chrono::sys_days day = each->valid.from; day <= std::chrono::sys_days(each->valid.to);
         day += std::chrono::days(1)) {
      const SlotRange range = zone_.slots_of(day);
      for (Slot slot = range.first; slot < range.last; slot = slot.next()) {
        const auto index = tariff::zone_of(*each, zone_, slot, std::nullopt);
        ASSERT_TRUE(index) << each->name();
        ++used.at(*index);
      }
    }
    for (std::size_t i = 0; i < used.size(); ++i)
      EXPECT_GT(used[i], 0) << each->name() << " never reaches " << each->zones[i].name;
  }
}

TEST_F(ShippedContracts, PriceAsWorkedOutByHand) {
  // market 0.41234 + excise 0.005 + night 0.0512 + 0.0332 + 0.0073 + 0.003 = 0.51204; × 1.23 = 0.6298092
  EXPECT_EQ(price("tauron-g12w-2026", "2026-05-01T12:00+02:00", 412.34), GrossPrice::from_per_kwh(0.6298092));
  // day 0.3298 instead: 0.79064 × 1.23 = 0.9724872
  EXPECT_EQ(price("tauron-g12w-2026", "2026-05-04T12:00+02:00", 412.34), GrossPrice::from_per_kwh(0.9724872));
  // 2025 H2: -0.1 + 0.005 + 0.0518 + 0.0321 + 0.0035 + 0.003 = -0.0046; × 1.23 = -0.005658
  EXPECT_EQ(price("tauron-g12w-2025h2", "2025-10-26T12:00+01:00", -100), GrossPrice::from_per_kwh(-0.005658));
  // Required limit: 0.5 + 0.005 + 2.3756 + 0.0435 = 2.9241; × 1.23 = 3.596643
  EXPECT_EQ(price("tauron-g14dynamic-2026", "2026-01-15T17:00+01:00", 500, tariff::MarketEnergy{}, 3),
            GrossPrice::from_per_kwh(3.596643));
  // Default seller, PGE G12 by day: 0.7018 + (0.4014 + 0.0435) × 1.23 = 0.7018 + 0.547227 = 1.249027
  EXPECT_EQ(price("pge-g12-2026", "2026-05-04T12:00+02:00", 0, tariff::DefaultSellerRates{}),
            GrossPrice::from_per_kwh(1.249027));
  // Enea G12w at night with a margin: (0.2 + 0.05 + 0.005 + 0.0813 + 0.0435) × 1.23 = 0.3798 × 1.23 = 0.467154
  EXPECT_EQ(price("enea-g12w-2026", "2026-05-04T22:00+02:00", 200,
                  tariff::MarketEnergy{.margin = NetPrice::from_per_kwh(0.05)}),
            GrossPrice::from_per_kwh(0.467154));
}

TEST_F(ShippedContracts, SayWhatIsUnsureOrLacking) {
  EXPECT_FALSE(catalogue_.find("tauron-g12as-2026")) << "the operator's 2026 data have no such group";
  EXPECT_THAT(group("tauron-g12w-2025h2").notes, testing::Contains(testing::HasSubstr("unsure: hours")));
  EXPECT_THAT(group("enea-g12-2026").notes, testing::Contains(testing::HasSubstr("per meter")));
  EXPECT_THAT(group("tauron-g12as-2025h2").notes, testing::Contains(testing::HasSubstr("last year's volume")));
  for (const auto& each : catalogue_.groups()) EXPECT_FALSE(each->sources.empty()) << each->name();
}

TEST_F(ShippedContracts, CreditExportAtTheFactorOfTheirTime) {
  for (const auto& each : catalogue_.groups()) {
    const auto* terms = catalogue_.export_terms(each->valid.from);
    ASSERT_NE(terms, nullptr);
    EXPECT_EQ(terms->terms.factor, Ratio{1'230'000});
    EXPECT_EQ(terms->terms.rule, tariff::RceHourRule::zero_negative_quarters);
  }
  EXPECT_EQ(catalogue_.export_terms(2024y / 7 / 1)->terms.factor, Ratio{1'000'000});
}

// --- against the collected data ---

std::optional<json::Document> data_file(const char* name) {
  const char* root = std::getenv("GRIDPILOT_DATA");
  if (root == nullptr) return std::nullopt;
  const std::filesystem::path folder(root);
  for (const auto& base : {folder, folder / "data"}) {
    auto text = os::read_file(base / "tariffs" / name);
    if (text) return json::Document::parse(std::move(*text)).value();
  }
  return std::nullopt;
}

std::string lower(std::string_view text) {
  std::string result;
  for (const char c : text) result += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return result;
}

/// Every rate of a group in the data, by the name its zone has here.
std::vector<std::pair<std::string, double>> rates_of(json::Value rates) {
  std::vector<std::pair<std::string, double>> all;
  for (const json::Value rate : rates) {
    if (rate.kind() == json::Kind::object)
      for (const json::Value inner : rate)
        all.emplace_back(std::string(rate.name()) + "_" + std::string(inner.name()), inner.number().value());
    else
      all.emplace_back(rate.name(), rate.number().value());
  }
  return all;
}

TEST_F(ShippedContracts, EqualTheCollectedRatesOfEveryOperatorOfTwentyTwentySix) {
  const auto document = data_file("pl_distribution_2026.json");
  if (!document) GTEST_SKIP() << "GRIDPILOT_DATA does not point to the collected data";
  int compared = 0;
  for (const json::Value company : document->root().object("operators").value()) {
    for (const json::Value data : company) {
      const DistributionGroup& ours = group(std::string(company.name()) + "-" + lower(data.name()) + "-2026");
      const auto rates = rates_of(data.object("distribution_net").value());
      EXPECT_EQ(rates.size(), ours.zones.size()) << ours.name();
      for (const auto& [zone, rate] : rates) {
        ASSERT_NE(ours.find_zone(zone), nullptr) << ours.name() << " " << zone;
        EXPECT_EQ(ours.find_zone(zone)->network, NetPrice::from_per_kwh(rate)) << ours.name() << " " << zone;
        ++compared;
      }
      if (const auto energy = data.find("default_seller_energy_gross"))
        for (const auto& [zone, rate] : rates_of(*energy))
          EXPECT_EQ(catalogue_.default_seller(ours)->find(ours.group, zone), GrossPrice::from_per_kwh(rate));
    }
  }
  EXPECT_EQ(compared, 50);
}

TEST_F(ShippedContracts, AreTheGrossSheetOfTwentyTwentyFiveWithoutVatToFourDecimals) {
  const auto document = data_file("pl_tauron_2025_H2_gross.json");
  if (!document) GTEST_SKIP() << "GRIDPILOT_DATA does not point to the collected data";
  const auto net = [](double gross) { return NetPrice::from_per_kwh(std::nearbyint(gross / 1.23 * 1e4) / 1e4); };
  for (const json::Value data : document->root().object("variable_network").value()) {
    const DistributionGroup& ours = group("tauron-" + lower(data.name()) + "-2025h2");
    for (const auto& [zone, rate] : rates_of(data)) {
      if (zone == "night_above_reference_volume") continue;  // on the bill only
      const auto* found = ours.find_zone(zone == "night_up_to_reference_volume" ? "night" : zone);
      ASSERT_NE(found, nullptr) << ours.name() << " " << zone;
      EXPECT_EQ(found->network, net(rate)) << ours.name() << " " << zone;
    }
    EXPECT_EQ(ours.charges.quality, net(document->root().number("quality").value()));
    EXPECT_EQ(ours.charges.renewables, net(document->root().number("oze").value()));
    EXPECT_EQ(ours.charges.cogeneration, net(document->root().number("cogeneration").value()));
  }
}

}  // namespace
}  // namespace gridpilot::config
