#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/prices.hpp"
#include "gridpilot/net/async.hpp"

namespace gridpilot::market {

/// Whose prices a file holds, and in which currency.
struct CachedSeries {
  std::string_view source;  ///< goes into the prices that are read, which it must outlive
  PriceSeries series = PriceSeries::sdac_15min;
  Currency currency = Currency::pln();
};

/// The last good prices on disk, one file for each source and day, so that a restart without network knows what was
/// known before. Files are written atomically and carry a checksum. All file work happens on the executor given for it,
/// never on the loop.
class PriceCache {
 public:
  /// The folder is made where it does not exist.
  PriceCache(std::filesystem::path folder, TimeZone zone, net::asio::any_io_executor for_blocking_work);

  /// A whole day as it was stored. not_found where there is none; corrupt where the file is not what was written, or
  /// holds another series or currency: its name is in the sentence, and the next store() replaces it.
  [[nodiscard]] net::Awaitable<Result<std::vector<MarketPrice>>> load(CachedSeries of,
                                                                      std::chrono::year_month_day day) const;
  /// Keeps a whole day and drops the source's files of days more than `kept_days` before it.
  [[nodiscard]] net::Awaitable<Result<void>> store(CachedSeries of, std::chrono::year_month_day day,
                                                   std::vector<MarketPrice> prices) const;

  static constexpr int kept_days = 40;
  [[nodiscard]] std::filesystem::path file_of(std::string_view source, std::chrono::year_month_day day) const;

 private:
  std::filesystem::path folder_;
  TimeZone zone_;
  net::asio::any_io_executor blocking_;
};

/// What is in a file: pure, for the cache and its tests.
[[nodiscard]] std::string write_price_file(const CachedSeries& of, std::chrono::year_month_day day,
                                           const std::vector<MarketPrice>& prices);
[[nodiscard]] Result<std::vector<MarketPrice>> read_price_file(std::string_view text, const CachedSeries& of,
                                                               std::chrono::year_month_day day, const TimeZone& zone);

}  // namespace gridpilot::market
