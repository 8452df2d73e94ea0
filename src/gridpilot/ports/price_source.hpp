#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "gridpilot/domain/currency.hpp"
#include "gridpilot/domain/prices.hpp"
#include "gridpilot/net/async.hpp"

namespace gridpilot::ports {

/// A place where market prices are published.
class PriceSource {
 public:
  virtual ~PriceSource() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;  ///< lives as long as the source
  [[nodiscard]] virtual PriceSeries series() const = 0;
  /// The currency of the prices it hands over, whatever they were published in.
  [[nodiscard]] virtual Currency currency() const = 0;
  /// All prices of one local delivery day, in order. not_published where the day is not out yet (the document is
  /// empty); malformed where rows are missing or contradict each other; not_found where there is no fixing to convert
  /// them by. Never partial.
  [[nodiscard]] virtual net::Awaitable<Result<std::vector<MarketPrice>>> fetch_day(std::chrono::year_month_day day) = 0;
};

}  // namespace gridpilot::ports
