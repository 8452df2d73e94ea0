#include "gridpilot/config/price_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gridpilot/config/configuration.hpp"

namespace gridpilot::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string minimal =
    "inverter: {address: 192.168.1.5}\n"
    "battery: {capacity: 10 kWh}\n"
    "tariff: {contract: tauron-g12w}\n";

Loaded load(const std::string& prices, const std::string& file = "gridpilot.yaml") {
  return parse_configuration(minimal + prices, file, Purpose::run);
}
std::string problems_of(const std::string& prices) {
  return to_text(load(prices).problems);
}
std::string problems_of_source(const std::string& keys) {
  return problems_of("prices:\n  sources:\n    - kind: pse\n    - {" + keys + "}\n");
}

TEST(PriceSettings, ArePseAloneWhereNothingIsSaid) {
  const auto prices = load("").configuration.prices;
  ASSERT_EQ(prices.sources.size(), 1U);
  EXPECT_EQ(prices.sources[0].settings.name, "pse");
  EXPECT_THAT(prices.sources[0].settings.series, ElementsAre(PriceSeries::sdac_15min, PriceSeries::rce_15min));
  EXPECT_EQ(prices.sources[0].settings.url, "https://api.raporty.pse.pl/api");
  EXPECT_EQ(prices.fixing.kind, "nbp");
  const auto mirror = load("prices: {url: \"https://mirror.example/api/\"}\n").configuration.prices;
  EXPECT_EQ(mirror.sources[0].settings.url, "https://mirror.example/api");
}

TEST(PriceSettings, SourcesComeInTheOrderOfTrust) {
  const auto loaded = load(R"(prices:
  tolerated_difference: 5 PLN/MWh
  fixing: {kind: ecb}
  sources:
    - {kind: pse}
    - {kind: entsoe, token: abc}
    - {kind: entsoe, zone: DE-LU, token: abc}
    - {kind: energy-charts, name: charts}
    - {kind: csv, file: prices.csv, column: rce_pln_mwh, series: [rce_15min]}
    - {kind: json, name: mine, url: "https://prices.example/{date}?k={token}", token: t, rows: /data, time: /at,
       price: /p, unit: EUR cent/kWh, period: end, resolution: 60 min, time_format: local}
)");
  ASSERT_EQ(to_text(loaded.problems), "");
  const auto& prices = loaded.configuration.prices;
  std::vector<std::string> names;
  for (const PriceSourceEntry& source : prices.sources) names.push_back(source.settings.name);
  EXPECT_THAT(names, ElementsAre("pse", "entsoe", "entsoe-de-lu", "charts", "csv", "mine"));
  EXPECT_EQ(prices.tolerated_difference, NetPrice::from_nanos_per_kwh(5'000'000));
  EXPECT_EQ(prices.fixing.kind, "ecb");
  EXPECT_EQ(prices.sources[1].settings.zone, "PL");
  EXPECT_EQ(prices.sources[4].settings.url, "file://" + std::filesystem::path("prices.csv").string());
  const codec::JsonPriceLayout& layout = prices.sources[5].settings.layout;
  EXPECT_EQ(layout.rows, "/data");
  EXPECT_EQ(layout.unit, codec::parse_price_unit("EUR cent/kWh"));
  EXPECT_EQ(layout.edge, codec::PeriodEdge::end);
  EXPECT_EQ(layout.length, std::chrono::minutes(60));
  EXPECT_EQ(layout.time_format, codec::TimeFormat::local);
}

TEST(PriceSettings, WhatIsInEffectReadsBackTheSame) {
  const auto loaded = load(R"(prices:
  sources:
    - {kind: pse}
    - {kind: energy-charts, zone: CZ}
    - {kind: json, name: lists, url: "https://prices.example/", time: /t, price: /p, unit: EUR/MWh,
       time_format: unix_seconds, series: [retailer_price]}
)");
  ASSERT_EQ(to_text(loaded.problems), "");
  const std::string text = effective_text(loaded.configuration);
  const auto again = parse_configuration(text, "effective.yaml", Purpose::run);
  ASSERT_EQ(to_text(again.problems), "") << text;
  EXPECT_EQ(effective_text(again.configuration), text);
}

TEST(PriceSettings, ATokenIsShownNowhereAndMayLieInAFile) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "price-tokens";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "token") << "from-a-file\n";
  const auto loaded = load(R"(prices:
  sources:
    - {kind: pse}
    - {kind: entsoe, token: in-the-open}
    - {kind: pstryk, token_file: token}
)",
                           (folder / "gridpilot.yaml").string());
  ASSERT_EQ(to_text(loaded.problems), "");
  EXPECT_EQ(loaded.configuration.prices.sources[2].settings.token, "from-a-file");
  const std::string text = effective_text(loaded.configuration);
  EXPECT_THAT(text, Not(HasSubstr("in-the-open")));
  EXPECT_THAT(text, Not(HasSubstr("from-a-file")));
  EXPECT_THAT(text, HasSubstr("token_file: \"" + (folder / "token").string()));
  EXPECT_THAT(problems_of_source("kind: pstryk, token_file: none"), HasSubstr("sources[1].token_file: "));
}

TEST(PriceSettings, NameWhatDoesNotFit) {
  EXPECT_THAT(problems_of_source("kind: entso"), HasSubstr("prices.sources[1].kind: "));
  EXPECT_THAT(problems_of_source("kind: entso"), HasSubstr("did you mean entsoe?"));
  EXPECT_THAT(problems_of_source("zone: PL"), HasSubstr("prices.sources[1].kind: is required"));
  EXPECT_THAT(problems_of_source("kind: entsoe"), HasSubstr("sources[1].token: entsoe needs a token"));
  EXPECT_THAT(problems_of_source("kind: energy-charts, zone: Poland"),
              HasSubstr("sources[1].zone: 'Poland' is not known"));
  EXPECT_THAT(problems_of_source("kind: energy-charts, tokn: x"), HasSubstr("sources[1].tokn: unknown key"));
  EXPECT_THAT(problems_of_source("kind: energy-charts, rows: /x"), HasSubstr("sources[1].rows: unknown key"));
  EXPECT_THAT(problems_of_source("kind: pse"), HasSubstr("sources[1].name: 'pse' stands in the list already"));
  EXPECT_THAT(problems_of_source("kind: tge"), HasSubstr("sources[1].url: tge needs an address"));
  EXPECT_THAT(problems_of_source("kind: tge, url: \"https://x.example/{dat}.xlsx\""), HasSubstr("{dat} is not known"));
  EXPECT_THAT(problems_of_source("kind: csv, file: a.csv, series: [sdac]"), HasSubstr("'sdac' is not a series"));
  EXPECT_THAT(problems_of_source("kind: csv, file: a.csv, url: \"https://x.example\""), HasSubstr("one place"));
  EXPECT_THAT(problems_of_source("kind: elering, series: [rce_15min]"), HasSubstr("elering has no rce_15min"));
  EXPECT_THAT(problems_of_source("kind: csv, file: a.csv, name: My File"), HasSubstr("sources[1].name: "));
  const std::string json = "kind: json, url: \"https://x.example\", ";
  EXPECT_THAT(problems_of_source(json + "time: /t, price: p, unit: EUR/MWh"), HasSubstr("is not a JSON pointer"));
  EXPECT_THAT(problems_of_source(json + "time: /t, price: /p, unit: EUR"), HasSubstr("is not a unit of prices"));
  EXPECT_THAT(problems_of_source(json + "time: /t, price: /p, unit: EUR/MWh, resolution: 20 min"),
              HasSubstr("allowed: 15 min, 30 min, 60 min"));
  EXPECT_THAT(problems_of_source(json + "price: /p, unit: EUR/MWh"), HasSubstr("sources[1].time: is needed"));
  EXPECT_THAT(problems_of("prices: {sources: []}\n"), HasSubstr("is empty"));
  EXPECT_THAT(problems_of("prices: {fixing: {kind: fed}}\n"), HasSubstr("prices.fixing.kind"));
}

TEST(PriceSettings, AContractNeedsASourceOfItsPrices) {
  const std::string tge =
      "prices:\n  sources:\n    - kind: pse\n    - {kind: tge, url: \"https://x.example/{date}\"}\n";
  const auto problems = [](const std::string& tariff, const std::string& prices) {
    return to_text(parse_configuration("inverter: {address: a}\nbattery: {capacity: 1 kWh}\ntariff: {contract: "
                                       "tauron-g12w, " +
                                           tariff + "}\n" + prices,
                                       "g.yaml", Purpose::run)
                       .problems);
  };
  const std::string fixing = "energy: {kind: market, index: tge_fixing_1}";
  EXPECT_EQ(problems(fixing, tge), "");
  EXPECT_THAT(problems(fixing, ""),
              HasSubstr("energy.index: no source publishes tge_fixing_1 here; sources that can: tge, csv, json"));
  EXPECT_THAT(problems("energy: {kind: market, index: tge_fixing_2}", tge), HasSubstr("it is for price files"));
  const std::string charts = "prices: {sources: [{kind: energy-charts}]}\n";
  EXPECT_THAT(problems("export: {kind: rce}", charts), HasSubstr("export.kind: no source publishes rce_15min"));
  EXPECT_EQ(problems("export: {kind: fixed, rate: 0.2 PLN/kWh}", charts), "");
}

}  // namespace
}  // namespace gridpilot::config
