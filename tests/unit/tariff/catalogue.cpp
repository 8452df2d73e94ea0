#include "gridpilot/tariff/catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/tariff/examples.hpp"

namespace gridpilot::tariff {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Catalogue two_years() {
  Catalogue catalogue;
  catalogue.add(example_group(2027));
  catalogue.add(example_group(2026));
  return catalogue;
}

TEST(Catalogue, LetsTheDatePickTheValidityOfAShortName) {
  const Catalogue catalogue = two_years();
  EXPECT_EQ(catalogue.find("example-g12w", 2026y / 12 / 31).value()->name(), "example-g12w-2026");
  EXPECT_EQ(catalogue.find("example-g12w", 2027y / 1 / 1).value()->name(), "example-g12w-2027");
  EXPECT_EQ(catalogue.find("Example-G12w-2027", 2027y / 1 / 1).value()->name(), "example-g12w-2027");
}

TEST(Catalogue, RefusesADateOutsideTheValidityAndSaysWhichItIs) {
  const auto refused = two_years().find("example-g12w-2026", 2027y / 1 / 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::bad_input);
  EXPECT_THAT(refused.error().message, HasSubstr("2026-01-01 to 2026-12-31"));
  EXPECT_FALSE(two_years().find("example-g12w", 2025y / 12 / 31));
}

TEST(Catalogue, NamesTheNearestTariffForAMisspeltOne) {
  const auto refused = two_years().find("exmaple-g12v-2026");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::not_found);
  EXPECT_THAT(refused.error().message, HasSubstr("did you mean example-g12w-2026?"));
}

TEST(Catalogue, LetsALaterGroupTakeThePlaceOfOneWithTheSameName) {
  Catalogue catalogue = two_years();
  DistributionGroup own = example_group(2026);
  own.zones[0].network = net(0.9);
  catalogue.add(own);
  EXPECT_EQ(catalogue.groups().size(), 2U);
  EXPECT_EQ(catalogue.find("example-g12w", 2026y / 5 / 4).value()->zones[0].network, net(0.9));
}

TEST(Catalogue, MakesFixedContractsOfTheDefaultSellersRatesOrTheOwners) {
  Catalogue catalogue = two_years();
  DefaultSeller seller;
  seller.operator_id = "example";
  seller.validity_id = "2026";
  seller.valid = {2026y / 1 / 1, 2026y / 12 / 31};
  seller.rates = {{"g12w", "night", gross(0.5)}, {"g12w", "day", gross(0.7)}};
  catalogue.add(seller);
  const ExportChoice at_rate = FixedExport{gross(0.1)};

  const auto book = catalogue.contracts("example-g12w", DefaultSellerRates{}, at_rate).value();
  ASSERT_EQ(book.contracts().size(), 1U) << "2027 has no rates and is left out";
  EXPECT_EQ(std::get<FixedEnergy>(book.contracts()[0].energy).rate_of_zone[0], gross(0.7));
  EXPECT_EQ(book.on(2027y / 1 / 1), nullptr);
  EXPECT_FALSE(catalogue.contracts("example-g12w-2027", DefaultSellerRates{}, at_rate));

  const OwnRates own{{{"day", gross(0.8)}, {"night", gross(0.6)}}};
  EXPECT_EQ(catalogue.contracts("example-g12w", own, at_rate)->contracts().size(), 2U);
  const auto misspelt = catalogue.contracts("example-g12w", OwnRates{{{"day", {}}, {"nigth", {}}}}, at_rate);
  ASSERT_FALSE(misspelt);
  EXPECT_THAT(misspelt.error().message, HasSubstr("did you mean night?"));
}

TEST(Catalogue, TakesTheExportTermsOfTheDateUnlessTheOwnerChangesThem) {
  Catalogue catalogue = two_years();
  EXPECT_FALSE(catalogue.contracts("example-g12w", MarketEnergy{}, RceExportChoice{})) << "no terms are known";
  ExportTerms terms;
  terms.valid = {2025y / 2 / 1, 2099y / 12 / 31};
  terms.terms.factor = Ratio{1'230'000};
  catalogue.add(terms);
  const auto as_stated = catalogue.contracts("example-g12w-2026", MarketEnergy{}, RceExportChoice{}).value();
  EXPECT_EQ(std::get<RceExport>(as_stated.contracts()[0].feed_in).factor, Ratio{1'230'000});
  const auto changed =
      catalogue
          .contracts("example-g12w-2026", MarketEnergy{},
                     RceExportChoice{.rule = RceHourRule::zero_after_mean, .factor = {}, .value_share = Ratio{500'000}})
          .value();
  EXPECT_EQ(std::get<RceExport>(changed.contracts()[0].feed_in).rule, RceHourRule::zero_after_mean);
  EXPECT_EQ(std::get<RceExport>(changed.contracts()[0].feed_in).factor, Ratio{1'230'000});
  EXPECT_EQ(std::get<RceExport>(changed.contracts()[0].feed_in).value_share, Ratio{500'000});
}

TEST(ContractBook, RefusesTwoContractsForOneDay) {
  DistributionGroup second = example_group(2026);
  second.valid.from = 2026y / 12 / 31;
  EXPECT_FALSE(ContractBook::create({market_contract(example_group()), market_contract(second)}));
  EXPECT_FALSE(ContractBook::create({}));
}

}  // namespace
}  // namespace gridpilot::tariff
