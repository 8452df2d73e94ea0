#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gridpilot/app/knowledge.hpp"
#include "gridpilot/app/live_state.hpp"
#include "gridpilot/app/reporter.hpp"
#include "gridpilot/config/price_settings.hpp"
#include "gridpilot/market/exchange_rates.hpp"
#include "gridpilot/market/file_door.hpp"
#include "gridpilot/market/grid_signal_keeper.hpp"
#include "gridpilot/market/price_keeper.hpp"
#include "gridpilot/market/price_sources.hpp"
#include "gridpilot/market/pse_expected_prices.hpp"
#include "gridpilot/net/fetcher.hpp"
#include "gridpilot/net/task_group.hpp"
#include "gridpilot/weather/outlook_keeper.hpp"

namespace gridpilot::app {

/// The home's sources of prices: each with its door and a task that keeps its days in the one price book, the bank
/// whose fixings convert other currencies, and the grid's signal where the contract follows it.
class PriceDesk {
 public:
  struct Parts {
    Knowledge& knowledge;
    LiveState& state;
    Reporter& reporter;
    net::Fetcher::Parts door;  ///< what all doors are made of
    const market::PriceCache& cache;
    net::asio::any_io_executor for_files;
    /// Keeps what is now in force for a day's slots.
    std::function<void(PriceSeries series, std::vector<MarketPrice> prices)> keep;
  };
  /// Parts must outlive it. A source that cannot be made is left out, and the sentence says so.
  PriceDesk(Parts parts, const config::PriceSettings& settings);
  PriceDesk(const PriceDesk&) = delete;
  PriceDesk& operator=(const PriceDesk&) = delete;

  /// Each source a task of its own.
  void start(net::TaskGroup& tasks);
  /// What was left out and why, a sentence each.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  [[nodiscard]] std::vector<const net::Fetcher*> doors() const;
  /// Where sources differ by more than is tolerated between now and the last published slot: a sentence for each
  /// series.
  [[nodiscard]] std::vector<std::string> disagreements(Instant now) const;

 private:
  [[nodiscard]] net::DocumentDoor& door_to(const std::string& source, const std::string& url);
  void add_fixings(const config::FixingSettings& settings);
  void add_source(const codec::PriceSourceSettings& settings, Currency currency, std::vector<std::string>& trust);
  void add_keeper(std::unique_ptr<ports::PriceSource> source);
  void add_grid_signal();
  void add_price_advice();
  void on_prices(PriceSeries series, const std::vector<MarketPrice>& prices, int changed);

  Parts parts_;
  config::PriceSettings settings_;
  std::vector<std::unique_ptr<net::Fetcher>> fetchers_;
  std::optional<market::FileDoor> files_;
  std::optional<market::ExchangeRates> rates_;
  std::vector<std::unique_ptr<ports::PriceSource>> sources_;
  std::vector<std::unique_ptr<market::PriceKeeper>> keepers_;
  std::optional<market::GridSignalSource> signal_source_;
  std::optional<market::GridSignalKeeper> signal_keeper_;
  std::optional<market::PseExpectedPrices> expected_prices_;
  std::optional<weather::PriceAdviceKeeper> price_advice_;
  std::vector<std::string> warnings_;
};

}  // namespace gridpilot::app
