#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/prices.hpp"
#include "gridpilot/plant/weather.hpp"

namespace gridpilot::sim {

/// Where the market emulator has its prices from.
class MarketPrices {
 public:
  virtual ~MarketPrices() = default;
  /// The net price of a slot; nullopt where there is none.
  [[nodiscard]] virtual std::optional<NetPrice> price(PriceSeries series, Slot slot) const = 0;
};

/// A market of our own with the shape of Poland's: cheap or negative at sunny noons in spring and summer, dear in the
/// evenings, level in winter; quarters scatter within their hour; RCE follows the day-ahead price. A function of seed
/// and slot.
class GeneratedPrices final : public MarketPrices {
 public:
  GeneratedPrices(TimeZone zone, std::uint64_t seed);
  [[nodiscard]] std::optional<NetPrice> price(PriceSeries series, Slot slot) const override;

 private:
  [[nodiscard]] double residual_demand(Slot slot) const;
  [[nodiscard]] double day_ahead(Slot slot) const;

  TimeZone zone_;
  std::uint64_t seed_;
  plant::Weather country_;
};

/// Prices from a CSV table with `start_utc` and columns ending in `_pln_mwh` or `_pln`: one with "rce" in its name is
/// RCE, one with "sdac" is the day-ahead price, any other serves for both. A row holds until the next, at most an hour.
class RecordedPrices final : public MarketPrices {
 public:
  /// malformed with line and field, bad_input where a column lacks.
  [[nodiscard]] static Result<RecordedPrices> parse(std::string_view csv);
  [[nodiscard]] std::optional<NetPrice> price(PriceSeries series, Slot slot) const override;
  [[nodiscard]] std::size_t size(PriceSeries series) const { return books_[static_cast<std::size_t>(series)].size(); }
  /// First slot and the slot after the last; nullopt where there is no row.
  [[nodiscard]] std::optional<SlotRange> range() const;

 private:
  std::array<std::map<Slot, NetPrice>, price_series_count> books_;
};

}  // namespace gridpilot::sim
