#include "gridpilot/tariff/pricing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/tariff/examples.hpp"

namespace gridpilot::tariff {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::uint8_t day = 0;
constexpr std::uint8_t night = 1;

TEST(ImportPrice, IsMarketMarginExciseAndDeliveryWithVatOnce) {
  const MarketEnergy terms{.factor = Ratio{1'100'000}, .margin = net(0.06)};
  const auto price = import_price(market_contract(example_group(), terms), day, net(0.4)).value();
  // energy 0.4 × 1.1 + 0.06 + 0.005 = 0.505; delivery 0.3 + 0.03 + 0.007 + 0.003 = 0.34; 0.845 × 1.23 = 1.03935
  EXPECT_EQ(price.market, net(0.44));
  EXPECT_EQ(price.margin, net(0.06));
  EXPECT_EQ(price.excise, net(0.005));
  EXPECT_EQ(price.network, net(0.3));
  EXPECT_EQ(price.total_net, net(0.845));
  EXPECT_EQ(price.total_gross, gross(1.03935));
  EXPECT_FALSE(price.energy);
}

TEST(ImportPrice, IsRoundedHalfToEvenOnceAfterVat) {
  // 1e-9 per kWh is the last place kept. Market 2.5e-9 × 1 with everything else zero: × 1.23 = 3.075e-9 → 3e-9; had the
  // market been rounded before VAT (2e-9), it would be 2.46e-9 → 2e-9.
  DistributionGroup group = example_group();
  group.excise = {};
  group.charges = {};
  group.zones = {{"day", {}}, {"night", {}}};
  const MarketEnergy half{.factor = Ratio{500'000}};
  const auto price = import_price(market_contract(group, half), day, NetPrice::from_nanos_per_kwh(5)).value();
  EXPECT_EQ(price.total_gross.nanos_per_kwh(), 3);
  EXPECT_EQ(price.total_net.nanos_per_kwh(), 2) << "2.5 to even";
}

TEST(ImportPrice, LetsNegativeMarketPricesThroughUnlessThereIsAFloor) {
  // -2 + 0.005 + 0.09 (night delivery) = -1.905; × 1.23 = -2.34315
  EXPECT_EQ(import_price(market_contract(example_group()), night, net(-2.0)).value().total_gross, gross(-2.34315));
  const MarketEnergy floored{.floor = net(0.0)};
  // 0 + 0.005 + 0.09 = 0.095; × 1.23 = 0.11685
  const auto price = import_price(market_contract(example_group(), floored), night, net(-2.0)).value();
  EXPECT_EQ(price.total_gross, gross(0.11685));
  EXPECT_EQ(price.market, net(0.0));
}

TEST(ImportPrice, PutsNoVatOnAFixedRateThatHasItAlready) {
  Contract contract = market_contract(example_group());
  contract.energy = FixedEnergy{{gross(0.7712), gross(0.5141)}};
  const auto price = import_price(contract, day, std::nullopt).value();
  // 0.7712 + 0.34 × 1.23 = 0.7712 + 0.4182
  EXPECT_EQ(price.total_gross, gross(1.1894));
  EXPECT_EQ(price.energy, gross(0.7712));
  EXPECT_FALSE(price.market);
  EXPECT_FALSE(price.excise) << "a published rate holds it";
}

TEST(ImportPrice, RefusesAMarketContractWithoutAMarketPrice) {
  EXPECT_EQ(import_price(market_contract(example_group()), day, std::nullopt).error().code, ErrorCode::bad_input);
}

std::vector<NetPrice> quarters(std::initializer_list<double> per_mwh) {
  std::vector<NetPrice> all;
  for (const double price : per_mwh) all.push_back(NetPrice::from_per_mwh(price));
  return all;
}

TEST(RceCredit, IsTheMeanOfTheHoursQuartersTimesTheFactor) {
  // (100 + 200 + 300 + 400) / 4 = 250 per MWh = 0.25 per kWh; × 1.23 = 0.3075
  EXPECT_EQ(rce_credit({}, quarters({100, 200, 300, 400})), gross(0.3075));
  EXPECT_EQ(rce_credit({.factor = Ratio{1'000'000}}, quarters({100, 200, 300, 400})), gross(0.25));
}

TEST(RceCredit, FollowsTheHourRuleWhereQuartersAreNegative) {
  const auto hour = quarters({-100, 300, 300, -100});
  // each negative quarter zero: 600 / 4 = 150 → 0.15 × 1.23 = 0.1845
  EXPECT_EQ(rce_credit({.rule = RceHourRule::zero_negative_quarters}, hour), gross(0.1845));
  // zero after the mean: 400 / 4 = 100 → 0.1 × 1.23 = 0.123
  EXPECT_EQ(rce_credit({.rule = RceHourRule::zero_after_mean}, hour), gross(0.123));
  const auto mostly_negative = quarters({-500, -500, -500, 100});
  // 100 / 4 = 25 → 0.025 × 1.23 = 0.03075, and a mean of -350 → 0
  EXPECT_EQ(rce_credit({.rule = RceHourRule::zero_negative_quarters}, mostly_negative), gross(0.03075));
  EXPECT_EQ(rce_credit({.rule = RceHourRule::zero_after_mean}, mostly_negative), gross(0.0));
}

TEST(RceCredit, IsWorthTheShareThatTheHouseholdCanUse) {
  // 0.25 × 1.23 × 0.8 = 0.246
  EXPECT_EQ(rce_credit({.value_share = Ratio::from_percent(80)}, quarters({250, 250, 250, 250})), gross(0.246));
}

RC_GTEST_PROP(RceCreditProperty, ZeroingQuartersNeverPaysLessThanZeroingTheMeanAndNeitherIsNegative, ()) {
  const auto prices = *rc::gen::container<std::vector<int>>(4, rc::gen::inRange(-2'000'000'000, 2'000'000'000));
  std::vector<NetPrice> hour;
  for (const int nanos : prices) hour.push_back(NetPrice::from_nanos_per_kwh(nanos));
  const auto by_quarter = rce_credit({.rule = RceHourRule::zero_negative_quarters}, hour);
  const auto by_mean = rce_credit({.rule = RceHourRule::zero_after_mean}, hour);
  RC_ASSERT(by_quarter >= by_mean);
  RC_ASSERT(by_mean >= GrossPrice());
}

class PricerOverAYear : public testing::Test {
 protected:
  TimeZone zone_ = warsaw();
  ToldMarket market_;
  ContractBook book_ = book_of({market_contract(example_group())});
  [[nodiscard]] Pricer pricer(Pricer::Options options = {}) const { return {book_, zone_, market_, options}; }
};

TEST_F(PricerOverAYear, PricesExportByTheWholeHourAndImportByTheQuarter) {
  const Slot first = slot_at("2026-05-04T12:00:00+02:00");
  for (int i = 0; i < 4; ++i) {
    market_.tell(PriceSeries::sdac_15min, first + i, 400.0 + 100.0 * i);
    market_.tell(PriceSeries::rce_15min, first + i, 100.0 * (i + 1));
  }
  const auto prices = pricer().prices({first, first + 4}).value();
  ASSERT_EQ(prices.size(), 4U);
  // 0.4 + 0.005 + 0.34 = 0.745 → × 1.23 = 0.91635; the second quarter 0.845 → 1.03935
  EXPECT_EQ(prices[0].import_price, gross(0.91635));
  EXPECT_EQ(prices[1].import_price, gross(1.03935));
  for (const SlotPrice& price : prices) EXPECT_EQ(price.export_price, gross(0.3075));
  EXPECT_EQ(prices[0].market, net(0.4));
  EXPECT_EQ(prices[0].zone, "day");
  EXPECT_FALSE(prices[0].foreseen);
}

TEST_F(PricerOverAYear, BuysAtTheHoursMeanWhereTheContractSaysSo) {
  book_ = book_of({market_contract(example_group(), {.index = MarketIndex::sdac_hour_mean})});
  const Slot first = slot_at("2026-05-04T12:00:00+02:00");
  for (int i = 0; i < 4; ++i) {
    market_.tell(PriceSeries::sdac_15min, first + i, 100.0 * (i + 1));
    market_.tell(PriceSeries::rce_15min, first + i, 0.0);
  }
  for (int i = 0; i < 4; ++i) EXPECT_EQ(pricer().price(first + i)->market, net(0.25));
}

TEST_F(PricerOverAYear, MarksWhatRestsOnAnyForeseenQuarter) {
  const Slot first = slot_at("2026-05-04T12:00:00+02:00");
  market_.tell_both({first, first + 4}, 300.0);
  market_.tell(PriceSeries::rce_15min, first + 3, 300.0, true);
  EXPECT_TRUE(pricer().price(first)->foreseen) << "its hour's mean needs the fourth quarter";
}

TEST_F(PricerOverAYear, NamesTheQuarterForWhichThereIsNoPrice) {
  const Slot first = slot_at("2026-05-04T12:00:00+02:00");
  market_.tell_both({first, first + 3}, 300.0);
  const auto price = pricer().price(first);
  ASSERT_FALSE(price);
  EXPECT_EQ(price.error().code, ErrorCode::not_found);
  EXPECT_THAT(price.error().message, HasSubstr("2026-05-04 12:45"));
}

TEST_F(PricerOverAYear, HasEveryQuarterOfDaysOnWhichTheClockChanges) {
  for (const auto& [date, count] : {std::pair(2026y / 3 / 29, 92), std::pair(2026y / 10 / 25, 100)}) {
    const SlotRange range = zone_.slots_of(date);
    market_.tell_both(range, 100.0);
    const auto prices = pricer().prices(range).value();
    ASSERT_EQ(prices.size(), static_cast<std::size_t>(count));
    // A Sunday: night all day, whatever the clock does.
    for (const SlotPrice& price : prices) EXPECT_EQ(price.zone, "night");
  }
}

TEST(ZoneOfASlot, FollowsTheClockOnTheWallThroughItsChanges) {
  // A group without free days, so that the Sundays of the clock's changes have zones: night 22-06 and 13-15.
  DistributionGroup group = example_group();
  const Stretch stretches[] = {
      {.windows = {{0, 6 * 60, 13 * 60}, {0, 15 * 60, 22 * 60}, {1, 13 * 60, 15 * 60}, {1, 22 * 60, 6 * 60}}}};
  group.zone_rule = Schedule::create(stretches, {}).value();
  const TimeZone zone = warsaw();
  const auto at = [&](const char* time) { return zone_of(group, zone, slot_at(time), std::nullopt).value(); };
  // Spring: 02:00 does not exist, 06:00 comes an hour earlier in UTC.
  EXPECT_EQ(at("2026-03-29T03:45:00Z"), night);
  EXPECT_EQ(at("2026-03-29T04:00:00Z"), day);
  EXPECT_EQ(at("2026-03-28T04:45:00Z"), night);
  EXPECT_EQ(at("2026-03-28T05:00:00Z"), day);
  // Autumn: both passes of 02:00 are night, and 06:00 is an hour later in UTC.
  EXPECT_EQ(at("2026-10-25T00:30:00Z"), night);
  EXPECT_EQ(at("2026-10-25T01:30:00Z"), night);
  EXPECT_EQ(at("2026-10-25T04:45:00Z"), night);
  EXPECT_EQ(at("2026-10-25T05:00:00Z"), day);
}

TEST_F(PricerOverAYear, TakesEachDaysOwnContractOverNewYear) {
  DistributionGroup dearer = example_group(2027);
  dearer.zones[night].network = net(0.15);
  book_ = book_of({market_contract(dearer), market_contract(example_group())});
  const Slot midnight = slot_at("2027-01-01T00:00:00+01:00");
  market_.tell_both({midnight - 4, midnight + 4}, 0.0);
  const auto prices = pricer().prices({midnight - 1, midnight + 1}).value();
  // (0.005 + 0.09) × 1.23 = 0.11685, from midnight on (0.005 + 0.19) × 1.23 = 0.23985
  EXPECT_EQ(prices[0].import_price, gross(0.11685));
  EXPECT_EQ(prices[1].import_price, gross(0.23985));
}

TEST_F(PricerOverAYear, EndsWithTheContractUnlessToldToCarryItOn) {
  const Slot midnight = slot_at("2027-01-01T00:00:00+01:00");
  market_.tell_both({midnight, midnight + 4}, 0.0);
  const auto refused = pricer().price(midnight);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::bad_input);
  EXPECT_THAT(refused.error().message, HasSubstr("2027-01-01"));
  const auto carried =
      pricer({.outside_validity = OutsideValidity::carry_nearest, .assumed_signal = {}}).price(midnight);
  ASSERT_TRUE(carried);
  EXPECT_TRUE(carried->foreseen);
  EXPECT_EQ(carried->import_price, gross(0.11685));
}

TEST_F(PricerOverAYear, NeedsTheGridSignalWhereTheZonesFollowIt) {
  book_ = book_of({market_contract(signal_group())});
  const Slot slot = slot_at("2026-05-04T12:00:00+02:00");
  market_.tell_both({slot, slot + 4}, 0.0);
  const auto refused = pricer().price(slot);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("Kompas"));

  const auto assumed = pricer({.outside_validity = {}, .assumed_signal = normal_signal_level}).price(slot).value();
  EXPECT_EQ(assumed.zone, "S2");
  EXPECT_TRUE(assumed.foreseen);

  market_.tell_signal(slot, 3);
  const auto known = pricer({.outside_validity = {}, .assumed_signal = normal_signal_level}).price(slot).value();
  EXPECT_EQ(known.zone, "S4");
  EXPECT_FALSE(known.foreseen);
  // (0 + 0.005 + 2.4 + 0.04) × 1.23 = 3.00735
  EXPECT_EQ(known.import_price, gross(3.00735));

  market_.tell_signal(slot, 4);
  EXPECT_EQ(pricer().price(slot).error().code, ErrorCode::bad_input);
}

TEST_F(PricerOverAYear, PaysAFixedRateForExportWithoutAnyRce) {
  Contract contract = market_contract(example_group());
  contract.energy = FixedEnergy{{gross(0.7), gross(0.5)}};
  contract.feed_in = FixedExport{gross(0.2)};
  book_ = book_of({contract});
  const auto price = pricer().price(slot_at("2026-05-04T12:00:00+02:00")).value();
  EXPECT_EQ(price.export_price, gross(0.2));
  EXPECT_FALSE(price.market);
}

TEST_F(PricerOverAYear, SaysThatNoSourcePublishesAnAuctionsPrice) {
  book_ = book_of({market_contract(example_group(), {.index = MarketIndex::tge_fixing_2})});
  EXPECT_EQ(pricer().price(slot_at("2026-05-04T12:00:00+02:00")).error().code, ErrorCode::unsupported);
}

TEST_F(PricerOverAYear, MissesThePriceOfAnAuctionThatHasASourceAndWasNotFetched) {
  book_ = book_of({market_contract(example_group(), {.index = MarketIndex::tge_fixing_1})});
  EXPECT_EQ(pricer().price(slot_at("2026-05-04T12:00:00+02:00")).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace gridpilot::tariff
