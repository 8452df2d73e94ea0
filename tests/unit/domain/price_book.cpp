#include <gtest/gtest.h>

#include <vector>

#include "gridpilot/domain/grid_signal.hpp"
#include "gridpilot/domain/prices.hpp"

namespace gridpilot {
namespace {

const Slot first = Slot::from_index(1000);
constexpr PriceSeries sdac = PriceSeries::sdac_15min;

NetPrice price(double per_mwh) {
  return NetPrice::from_per_mwh(per_mwh);
}

/// What a source says of consecutive slots from `first` on.
std::vector<MarketPrice> says(std::string_view source, std::initializer_list<double> per_mwh) {
  std::vector<MarketPrice> prices;
  for (const double value : per_mwh)
    prices.push_back({.slot = first + std::ssize(prices), .price = price(value), .source = source});
  return prices;
}

class Trusting : public testing::Test {
 protected:
  void SetUp() override { book_.set_trust({"best", "good", "fair"}); }
  [[nodiscard]] std::vector<std::string_view> sources_of(Slot slot) const {
    std::vector<std::string_view> sources;
    for (const MarketPrice& each : book_.said(sdac, slot)) sources.push_back(each.source);
    return sources;
  }
  PriceBook book_;
};

using Sources = std::vector<std::string_view>;

TEST_F(Trusting, TheMostTrustedIsInForceWhateverTheOrderTheyCameIn) {
  EXPECT_EQ(book_.merge(sdac, says("fair", {1, 2})), 2);
  EXPECT_EQ(book_.merge(sdac, says("best", {10, 20})), 2);
  EXPECT_EQ(book_.merge(sdac, says("good", {5, 6})), 0);
  EXPECT_EQ(book_.find(sdac, first)->price, price(10));
  EXPECT_EQ(book_.find(sdac, first)->source, "best");
  EXPECT_EQ(sources_of(first), (Sources{"best", "good", "fair"}));
}

TEST_F(Trusting, ABetterSourceWithTheSamePriceChangesNothingButTheOrigin) {
  EXPECT_EQ(book_.merge(sdac, says("fair", {1, 2})), 2);
  EXPECT_EQ(book_.merge(sdac, says("good", {1, 3})), 1);
  EXPECT_EQ(book_.find(sdac, first)->source, "good");
}

TEST_F(Trusting, ALaterDocumentReplacesTheSourcesOwn) {
  EXPECT_EQ(book_.merge(sdac, says("best", {10})), 1);
  EXPECT_EQ(book_.merge(sdac, says("fair", {1})), 0);
  EXPECT_EQ(book_.merge(sdac, says("fair", {2})), 0);
  EXPECT_EQ(book_.said(sdac, first).at(1).price, price(2));
  EXPECT_EQ(book_.merge(sdac, says("best", {11})), 1);
  EXPECT_EQ(book_.merge(sdac, says("best", {11})), 0);
  EXPECT_EQ(sources_of(first), (Sources{"best", "fair"}));
}

TEST_F(Trusting, AnOldRecordsSourceGivesWayWithoutATrace) {
  EXPECT_EQ(book_.merge(sdac, says("of-before", {1, 2})), 2);
  EXPECT_EQ(book_.merge(sdac, says("fair", {3})), 1);
  EXPECT_EQ(sources_of(first), (Sources{"fair"}));
  EXPECT_EQ(book_.merge(sdac, says("of-before", {9})), 0);
  EXPECT_EQ(sources_of(first), (Sources{"fair"}));
  EXPECT_EQ(book_.find(sdac, first + 1)->source, "of-before");
}

TEST_F(Trusting, DisagreementsAreToldAboveTheTolerance) {
  book_.merge(sdac, says("best", {100, 100, 100}));
  book_.merge(sdac, says("fair", {100, 105, 120}));
  book_.merge(sdac, says("good", {100, 100, 90}));
  const auto found = book_.disagreements(sdac, {first, first + 3}, price(10));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].slot, first + 2);
  EXPECT_EQ(found[0].spread, price(30));
  ASSERT_EQ(found[0].said.size(), 3U);
  EXPECT_EQ(found[0].said[0].source, "best");
  EXPECT_EQ(book_.disagreements(sdac, {first, first + 3}, price(4)).size(), 2U);
  EXPECT_EQ(book_.disagreements(sdac, {first, first + 3}, price(5)).size(), 1U);  // at the tolerance it is tolerated
  EXPECT_TRUE(book_.disagreements(PriceSeries::rce_15min, {first, first + 3}, price(0)).empty());
}

TEST_F(Trusting, WhatIsForgottenIsForgottenOfEverySource) {
  book_.merge(sdac, says("best", {1, 2}));
  book_.merge(sdac, says("fair", {9, 9}));
  book_.forget_before(first + 1);
  EXPECT_TRUE(book_.said(sdac, first).empty());
  EXPECT_EQ(sources_of(first + 1), (Sources{"best", "fair"}));
}

TEST(GridSignalBook, WhatIsNotKnownIsAbsent) {
  GridSignalBook book;
  EXPECT_EQ(book.merge({{.slot = first, .level = 2}, {.slot = first + 1, .level = 0}}), 2);
  EXPECT_EQ(book.merge({{.slot = first, .level = 2}, {.slot = first + 1, .level = 1}}), 1);
  EXPECT_EQ(book.find(first + 1)->level, 1);
  EXPECT_FALSE(book.find(first + 2).has_value());
  book.forget_before(first + 1);
  EXPECT_FALSE(book.find(first).has_value());
}

}  // namespace
}  // namespace gridpilot
