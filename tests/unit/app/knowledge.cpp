#include "gridpilot/app/knowledge.hpp"

#include <gtest/gtest.h>

#include "unit/app/made_contract.hpp"

namespace gridpilot::app {
namespace {

using namespace std::chrono_literals;

const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

const auto day = 2026y / 6 / 17;
const Instant noon = warsaw().start_of_day(day) + 12h;

class KnowledgeOf : public ::testing::Test {
 protected:
  void publish(std::chrono::year_month_day date, double per_mwh) {
    for (const PriceSeries series : {PriceSeries::sdac_15min, PriceSeries::rce_15min})
      knowledge_.learn(series, testing_support::flat_day(warsaw(), date, per_mwh));
  }
  Knowledge knowledge_{Site{}, testing_support::plain_market_contract(), warsaw()};
};

TEST_F(KnowledgeOf, NothingHasNoHorizonAndSaysWhy) {
  const auto horizon = knowledge_.horizon(noon);
  ASSERT_FALSE(horizon);
  EXPECT_FALSE(horizon.error().message.empty());
}

TEST_F(KnowledgeOf, TodayForeseesTomorrowAndMarksIt) {
  publish(day, 400);
  const auto horizon = knowledge_.horizon(noon);
  ASSERT_TRUE(horizon);
  ASSERT_EQ((*horizon)->prices.size(), 192u);
  EXPECT_EQ((*horizon)->outlook.size(), 192u);
  EXPECT_EQ((*horizon)->prices.front().slot, Slot::containing(noon));
  EXPECT_FALSE((*horizon)->prices.front().foreseen);
  EXPECT_TRUE((*horizon)->prices.back().foreseen);
  EXPECT_EQ((*horizon)->prices.back().import_price, GrossPrice::from_per_mwh(400));
}

TEST_F(KnowledgeOf, APastThatIsFetchedAfterThePresentCountsAsIfItHadComeInOrder) {
  for (int back = 20; back >= 0; --back) publish(plus_days(day, -back), 300 + 10 * ((back * 7) % 11));
  const auto in_order = (*knowledge_.horizon(noon))->prices;
  Knowledge other(Site{}, testing_support::plain_market_contract(), warsaw());
  for (int back = 0; back <= 20; ++back)
    for (const PriceSeries series : {PriceSeries::sdac_15min, PriceSeries::rce_15min})
      other.learn(series, testing_support::flat_day(warsaw(), plus_days(day, -back), 300 + 10 * ((back * 7) % 11)));
  const auto backwards = (*other.horizon(noon))->prices;
  ASSERT_EQ(in_order.size(), backwards.size());
  for (std::size_t i = 0; i < in_order.size(); ++i) EXPECT_EQ(in_order[i].import_price, backwards[i].import_price);
}

TEST_F(KnowledgeOf, AdviceThatHasProvedRightMovesWhatIsForeseenAndNothingThatIsPublished) {
  const auto foreseen_at = [&](Instant t) {
    return (*knowledge_.horizon(noon))->prices[static_cast<std::size_t>(Slot::containing(t) - Slot::containing(noon))];
  };
  const auto price_on = [](int back) { return 300.0 + 40.0 * ((back * 7) % 11); };
  for (int back = 20; back >= 0; --back) {
    PriceAdvice advice{.source = "made", .fetched_at = {}, .slots = {}};
    for (const MarketPrice& price : testing_support::flat_day(warsaw(), plus_days(day, -back), price_on(back)))
      advice.slots.emplace_back(price.slot, price.price);
    knowledge_.learn(advice);
    publish(plus_days(day, -back), price_on(back));
  }
  const GrossPrice before = foreseen_at(noon + 20h).import_price;
  PriceAdvice advice{.source = "made", .fetched_at = {}, .slots = {}};
  for (const auto& date : {day, plus_days(day, 1)})
    for (const MarketPrice& price : testing_support::flat_day(warsaw(), date, 2000))
      advice.slots.emplace_back(price.slot, price.price);
  knowledge_.learn(advice);
  EXPECT_GT(foreseen_at(noon + 20h).import_price, GrossPrice::from_per_mwh(1000));
  EXPECT_LT(before, GrossPrice::from_per_mwh(800));
  EXPECT_EQ(foreseen_at(noon).import_price, GrossPrice::from_per_mwh(price_on(0)));
}

TEST_F(KnowledgeOf, ANewPriceMakesTheHorizonAnew) {
  publish(day, 400);
  ASSERT_TRUE(knowledge_.horizon(noon));
  publish(plus_days(day, 1), 700);
  const auto horizon = knowledge_.horizon(noon);
  ASSERT_TRUE(horizon);
  EXPECT_EQ((*horizon)->prices[60].import_price, GrossPrice::from_per_mwh(700));
  EXPECT_FALSE((*horizon)->prices[60].foreseen);
}

TEST_F(KnowledgeOf, TheHorizonBeginsWithThePresentSlot) {
  publish(day, 400);
  ASSERT_TRUE(knowledge_.horizon(noon));
  const auto later = knowledge_.horizon(noon + 16min);
  ASSERT_TRUE(later);
  EXPECT_EQ((*later)->outlook.front().slot, Slot::containing(noon + 16min));
}

TEST_F(KnowledgeOf, HistoryStaysInOrderAndARepeatedSlotReplacesTheFirst) {
  SlotEnergy measured{};
  for (const std::int64_t index : {105, 100, 102, 100}) {
    measured.slot = Slot::from_index(index);
    measured.load += kilowatt_hours(1);
    knowledge_.learn(measured, forecast::PvFreedom::full);
  }
  ASSERT_EQ(knowledge_.history().size(), 3u);
  EXPECT_EQ(knowledge_.history()[0].slot.index(), 100);
  EXPECT_EQ(knowledge_.history()[0].load, kilowatt_hours(4));
  EXPECT_EQ(knowledge_.history()[2].slot.index(), 105);
}

TEST_F(KnowledgeOf, TheNewestWeatherStaysAndEachServicesPv) {
  EXPECT_EQ(knowledge_.weather(), nullptr);
  WeatherForecast weather;
  weather.source = "open-meteo";
  weather.fetched_at = noon;
  knowledge_.learn(weather);
  weather.fetched_at = noon - 1h;
  knowledge_.learn(weather);
  ASSERT_NE(knowledge_.weather(), nullptr);
  EXPECT_EQ(knowledge_.weather()->fetched_at, noon);

  PvForecast pv;
  pv.source = "solcast";
  pv.fetched_at = noon;
  knowledge_.learn(pv);
  pv.source = "forecast-solar";
  knowledge_.learn(pv);
  pv.fetched_at = noon + 1h;
  knowledge_.learn(pv);
  ASSERT_EQ(knowledge_.pv_forecasts().size(), 2U);
  EXPECT_EQ(knowledge_.pv_forecasts().at("forecast-solar").fetched_at, noon + 1h);
  EXPECT_EQ(knowledge_.pv_forecasts().at("solcast").fetched_at, noon);

  WeatherObservation seen;
  seen.time = noon;
  knowledge_.learn(seen);
  seen.time = noon - 1h;
  knowledge_.learn(seen);
  ASSERT_NE(knowledge_.observed_weather(), nullptr);
  EXPECT_EQ(knowledge_.observed_weather()->time, noon);
}

/// A contract of two zones that follow the grid's signal: level 3 is dear.
tariff::ContractBook signal_contract() {
  const tariff::Contract plain = testing_support::plain_market_contract().contracts().front();
  auto group = std::make_shared<tariff::DistributionGroup>(*plain.distribution);
  group->zones = {{.name = "plain", .network = {}}, {.name = "dear", .network = NetPrice::from_per_mwh(1000)}};
  group->zone_rule = tariff::SignalZones{{0, 0, 0, 1}};
  tariff::Contract contract = plain;
  contract.distribution = std::move(group);
  return tariff::ContractBook::create({contract}).value();
}

TEST(KnowledgeOfTheGrid, TheSignalPricesItsSlotsAndAnAbsentOneIsForeseen) {
  Knowledge knowledge(Site{}, signal_contract(), warsaw());
  EXPECT_TRUE(knowledge.follows_grid_signal());
  EXPECT_FALSE(Knowledge(Site{}, testing_support::plain_market_contract(), warsaw()).follows_grid_signal());
  for (const PriceSeries series : {PriceSeries::sdac_15min, PriceSeries::rce_15min})
    knowledge.learn(series, testing_support::flat_day(warsaw(), day, 400));
  EXPECT_TRUE((*knowledge.horizon(noon))->prices.front().foreseen);  // no signal is known yet
  const Slot present = Slot::containing(noon);
  knowledge.learn(std::vector<GridSignal>{{.slot = present, .level = 3}, {.slot = present + 1, .level = 1}});
  const auto prices = (*knowledge.horizon(noon))->prices;
  EXPECT_EQ(prices[0].zone, "dear");
  EXPECT_EQ(prices[0].import_price, GrossPrice::from_per_mwh(1400));
  EXPECT_FALSE(prices[0].foreseen);
  EXPECT_EQ(prices[1].zone, "plain");
  EXPECT_FALSE(prices[1].foreseen);
  EXPECT_TRUE(prices[2].foreseen);
}

}  // namespace
}  // namespace gridpilot::app
