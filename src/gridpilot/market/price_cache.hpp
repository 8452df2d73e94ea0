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

/// The last good price documents on disk, one file for each series and day, so that a restart without network knows
/// what was known before. Files are written atomically and carry a checksum. All file work happens on the executor
/// given for it, never on the loop.
class PriceCache {
 public:
  /// The folder is made where it does not exist.
  PriceCache(std::filesystem::path folder, TimeZone zone, net::asio::any_io_executor for_blocking_work);

  /// A whole day as it was stored; `source` (static text) goes into the prices. not_found where there is none; corrupt
  /// where the file is not what was written: its name is in the sentence, and the next store() replaces it.
  [[nodiscard]] net::Awaitable<Result<std::vector<MarketPrice>>> load(PriceSeries series,
                                                                      std::chrono::year_month_day day,
                                                                      std::string_view source) const;
  /// Keeps a whole day and drops files of days more than `kept_days` before it.
  [[nodiscard]] net::Awaitable<Result<void>> store(PriceSeries series, std::chrono::year_month_day day,
                                                   std::vector<MarketPrice> prices) const;

  static constexpr int kept_days = 40;
  [[nodiscard]] std::filesystem::path file_of(PriceSeries series, std::chrono::year_month_day day) const;

 private:
  std::filesystem::path folder_;
  TimeZone zone_;
  net::asio::any_io_executor blocking_;
};

/// What is in a file: pure, for the cache and its tests.
[[nodiscard]] std::string write_price_file(PriceSeries series, std::chrono::year_month_day day,
                                           const std::vector<MarketPrice>& prices);
[[nodiscard]] Result<std::vector<MarketPrice>> read_price_file(std::string_view text, PriceSeries series,
                                                               std::chrono::year_month_day day, const TimeZone& zone,
                                                               std::string_view source);

}  // namespace gridpilot::market
