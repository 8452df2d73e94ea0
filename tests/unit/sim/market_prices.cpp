#include "gridpilot/sim/market_prices.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace gridpilot::sim {
namespace {

using namespace std::chrono_literals;

TimeZone warsaw() {
  return TimeZone::load("Europe/Warsaw").value();
}

double pln(NetPrice price) {
  return price.per_kwh() * 1000.0;
}

std::vector<double> day_of(const MarketPrices& market, std::chrono::year_month_day date,
                           PriceSeries series = PriceSeries::sdac_15min) {
  std::vector<double> prices;
  const SlotRange slots = warsaw().slots_of(date);
  for (Slot slot = slots.first; slot < slots.last; slot = slot.next())
    prices.push_back(pln(market.price(series, slot).value()));
  return prices;
}

TEST(GeneratedPrices, AreNegativeAtSomeSunnyNoonsAndNeverInWinter) {
  const GeneratedPrices market(warsaw(), 1);
  int negative_in_may = 0;
  int negative_in_january = 0;
  for (unsigned day = 1; day <= 28; ++day) {
    const auto is_negative = [](double price) { return price < 0; };
    const auto may = day_of(market, 2026y / 5 / std::chrono::day(day));
    negative_in_may += static_cast<int>(std::count_if(may.begin() + 36, may.begin() + 64, is_negative));
    EXPECT_EQ(std::count_if(may.begin() + 72, may.end(), is_negative), 0) << "an evening in May";
    const auto january = day_of(market, 2026y / 1 / std::chrono::day(day));
    negative_in_january += static_cast<int>(std::count_if(january.begin(), january.end(), is_negative));
  }
  EXPECT_GT(negative_in_may, 50);
  EXPECT_EQ(negative_in_january, 0);
}

TEST(GeneratedPrices, PeakInTheEveningAllYear) {
  const GeneratedPrices market(warsaw(), 3);
  for (unsigned month = 1; month <= 12; ++month) {
    double evening = 0.0;
    double night = 0.0;
    for (unsigned day = 1; day <= 28; ++day) {
      const auto prices = day_of(market, 2026y / std::chrono::month(month) / std::chrono::day(day));
      for (std::size_t i = 0; i < 16; ++i) {
        evening += prices[68 + i];
        night += prices[8 + i];
      }
    }
    EXPECT_GT(evening, 1.4 * night) << month;
  }
}

TEST(GeneratedPrices, DependOnSeedAndSlotAlone) {
  const GeneratedPrices one(warsaw(), 1);
  const GeneratedPrices same(warsaw(), 1);
  const GeneratedPrices other(warsaw(), 2);
  EXPECT_EQ(day_of(one, 2026y / 4 / 10), day_of(same, 2026y / 4 / 10));
  EXPECT_NE(day_of(one, 2026y / 4 / 10), day_of(other, 2026y / 4 / 10));
}

TEST(GeneratedPrices, LetRceFollowTheDayAheadPrice) {
  const GeneratedPrices market(warsaw(), 1);
  const auto ahead = day_of(market, 2026y / 4 / 10);
  const auto rce = day_of(market, 2026y / 4 / 10, PriceSeries::rce_15min);
  EXPECT_NE(ahead, rce);
  for (std::size_t i = 0; i < ahead.size(); ++i) EXPECT_NEAR(ahead[i], rce[i], 12.0);
}

TEST(RecordedPrices, TakeEachSeriesFromItsColumnAndFillHours) {
  const auto recorded = RecordedPrices::parse(
      "start_utc,sdac_pln_mwh,rce_pln\n"
      "2025-10-01T00:00:00Z,100.5,-1.25\n"
      "2025-10-01T01:00:00,200,\n");
  ASSERT_TRUE(recorded) << recorded.error().message;
  const Slot first = Slot::containing(std::chrono::sys_days(2025y / 10 / 1));
  EXPECT_DOUBLE_EQ(pln(*recorded->price(PriceSeries::sdac_15min, first + 3)), 100.5);
  EXPECT_DOUBLE_EQ(pln(*recorded->price(PriceSeries::rce_15min, first)), -1.25);
  EXPECT_DOUBLE_EQ(pln(*recorded->price(PriceSeries::sdac_15min, first + 7)), 200);
  EXPECT_FALSE(recorded->price(PriceSeries::rce_15min, first + 4));
  EXPECT_FALSE(recorded->price(PriceSeries::sdac_15min, first + 8));
  EXPECT_EQ(recorded->range()->size(), 8);
}

TEST(RecordedPrices, ServeBothFromTheOnlyColumn) {
  const auto recorded = RecordedPrices::parse("start_utc,price_pln_mwh\n2025-10-01T00:00:00Z,5\n");
  ASSERT_TRUE(recorded);
  EXPECT_EQ(recorded->size(PriceSeries::rce_15min), 1U);
  EXPECT_EQ(recorded->size(PriceSeries::sdac_15min), 1U);
}

TEST(RecordedPrices, NameTheLineThatIsWrong) {
  const auto wrong = [](std::string_view csv) { return RecordedPrices::parse(csv).error().message; };
  EXPECT_NE(wrong("start_utc,a_pln\nyesterday,5\n").find("line 2, start_utc"), std::string::npos);
  EXPECT_NE(wrong("start_utc,a_pln\n2025-10-01T00:00:00Z,dear\n").find("line 2, a_pln: 'dear'"), std::string::npos);
  EXPECT_NE(wrong("start_utc,a_pln\n2025-10-01T00:05:00Z,5\n").find("start of a quarter"), std::string::npos);
  EXPECT_NE(wrong("start_utc,a_eur_mwh\n").find("_pln_mwh"), std::string::npos);
  EXPECT_NE(wrong("time,a_pln\n").find("start_utc"), std::string::npos);
}

}  // namespace
}  // namespace gridpilot::sim
