#include "gridpilot/market/price_cache.hpp"

#include <boost/asio/thread_pool.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "unit/market/prices.hpp"
#include "unit/net/run.hpp"

namespace gridpilot::market {
namespace {

using net::Awaitable;
using test::at;
using test::date;
using test::day_of_prices;
using test::warsaw;
using testing::HasSubstr;

const auto day = date("2026-09-07");
const CachedSeries again{.source = "again"};
const Instant fetched = at("2026-09-06T12:30:00Z");

class PriceCacheFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "gridpilot-cache-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    cache_ = std::make_unique<PriceCache>(folder_ / "prices", warsaw(), pool_.get_executor());
  }
  void TearDown() override {
    pool_.join();
    std::filesystem::remove_all(folder_);
  }
  Result<std::vector<MarketPrice>> load(std::chrono::year_month_day wanted = day) {
    Result<std::vector<MarketPrice>> loaded = failure(ErrorCode::bug, "not loaded");
    net::test::run(io_,
                   [](PriceCache* cache, std::chrono::year_month_day which,
                      Result<std::vector<MarketPrice>>* out) -> Awaitable<void> {
                     *out = co_await cache->load(again, which);
                   }(cache_.get(), wanted, &loaded));
    return loaded;
  }
  Result<void> store(std::chrono::year_month_day kept, std::vector<MarketPrice> prices) {
    Result<void> stored = failure(ErrorCode::bug, "not stored");
    net::test::run(io_,
                   [](PriceCache* cache, std::chrono::year_month_day which, std::vector<MarketPrice> all,
                      Result<void>* out) -> Awaitable<void> {
                     *out = co_await cache->store(again, which, std::move(all));
                   }(cache_.get(), kept, std::move(prices), &stored));
    return stored;
  }

  net::asio::io_context io_;
  net::asio::thread_pool pool_{1};
  std::filesystem::path folder_;
  std::unique_ptr<PriceCache> cache_;
};

TEST_F(PriceCacheFiles, GivesBackWhatWasStored) {
  auto prices = day_of_prices(day, fetched);
  prices[7].price = NetPrice::from_nanos_per_kwh(-1);
  prices[8].published_at = std::nullopt;
  ASSERT_TRUE(store(day, prices).has_value());
  const auto loaded = load();
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  ASSERT_EQ(loaded->size(), prices.size());
  for (std::size_t n = 0; n < prices.size(); ++n) {
    prices[n].source = "again";
    EXPECT_EQ((*loaded)[n], prices[n]);
  }
}

TEST_F(PriceCacheFiles, SaysNotFoundForADayThatWasNeverStored) {
  EXPECT_EQ(load().error().code, ErrorCode::not_found);
}

TEST_F(PriceCacheFiles, NamesACorruptFileAndReplacesIt) {
  ASSERT_TRUE(store(day, day_of_prices(day, fetched)).has_value());
  const auto file = cache_->file_of(again.source, day);
  std::filesystem::resize_file(file, 500);
  const auto loaded = load();
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code, ErrorCode::corrupt);
  EXPECT_THAT(loaded.error().message, HasSubstr(file.string()));
  ASSERT_TRUE(store(day, day_of_prices(day, fetched)).has_value());
  EXPECT_TRUE(load().has_value());
}

TEST_F(PriceCacheFiles, RefusesAFileOfAnotherDay) {
  ASSERT_TRUE(store(day, day_of_prices(day, fetched)).has_value());
  std::filesystem::rename(cache_->file_of(again.source, day), cache_->file_of(again.source, plus_days(day, 1)));
  const auto loaded = load(plus_days(day, 1));
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code, ErrorCode::corrupt);
}

TEST_F(PriceCacheFiles, DropsFilesOfLongAgo) {
  const auto old = plus_days(day, -PriceCache::kept_days - 1);
  const auto kept = plus_days(day, -PriceCache::kept_days);
  for (const auto stored : {old, kept, day}) ASSERT_TRUE(store(stored, day_of_prices(stored, fetched)).has_value());
  EXPECT_EQ(load(old).error().code, ErrorCode::not_found);
  EXPECT_TRUE(load(kept).has_value());
}

TEST_F(PriceCacheFiles, SaysWhyItCouldNotStore) {
  std::ofstream(folder_ / "prices") << "a file where the folder should be";
  const auto stored = store(day, day_of_prices(day, fetched));
  ASSERT_FALSE(stored.has_value());
  EXPECT_EQ(stored.error().code, ErrorCode::io_failure);
}

RC_GTEST_PROP(PriceFile, AChangedByteIsNeverAnotherPrice, ()) {
  auto prices = day_of_prices(day, fetched);
  for (MarketPrice& price : prices) price.source = again.source;
  std::string text = write_price_file(again, day, prices);
  const auto where = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(text.size())));
  text[where] = *rc::gen::arbitrary<char>();
  const auto read = read_price_file(text, again, day, warsaw());
  RC_ASSERT(!read.has_value() || *read == prices);
}

}  // namespace
}  // namespace gridpilot::market
