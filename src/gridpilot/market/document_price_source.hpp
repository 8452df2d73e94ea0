#pragma once

#include <set>
#include <string>

#include "gridpilot/codec/price_kinds.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/market/exchange_rates.hpp"
#include "gridpilot/net/document_door.hpp"
#include "gridpilot/os/clock.hpp"
#include "gridpilot/ports/price_source.hpp"

namespace gridpilot::market {

/// What all sources are made of. Everything referred to must outlive them.
struct PriceSourceParts {
  net::DocumentDoor& door;  ///< to this source alone
  const os::Clock& clock;
  TimeZone zone;                   ///< of the local delivery day
  Currency currency;               ///< that prices are handed over in: the contract's
  ExchangeRates* rates = nullptr;  ///< null: prices in another currency are refused
};

/// A source of one series, as its kind describes it (codec/price_kinds.hpp): asks through the door, reads, makes whole
/// local days, converts.
class DocumentPriceSource final : public ports::PriceSource {
 public:
  /// `settings` are completed ones. `name` is this series' own.
  DocumentPriceSource(PriceSourceParts parts, codec::PriceSourceSettings settings, PriceSeries series,
                      std::string name);

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] PriceSeries series() const override { return series_; }
  [[nodiscard]] Currency currency() const override { return parts_.currency; }
  /// Errors of the door; not_published, malformed and rejected as the decoder says; malformed where pages lead in a
  /// circle, to another host, or do not end; timeout past the day's deadline; not_found where there is no fixing.
  [[nodiscard]] net::Awaitable<Result<std::vector<MarketPrice>>> fetch_day(std::chrono::year_month_day day) override;

  static constexpr std::chrono::milliseconds day_deadline{45'000};  ///< all pages together
  static constexpr int max_pages = 8;

 private:
  struct Fetched {
    codec::PriceDocument document;
    Instant fetched_at{};
  };
  [[nodiscard]] net::Awaitable<Result<std::vector<MarketPrice>>> fetch_and_read(std::chrono::year_month_day day);
  [[nodiscard]] net::Awaitable<Result<Fetched>> fetch_pages(std::chrono::year_month_day day);
  [[nodiscard]] net::Awaitable<Result<void>> convert(std::chrono::year_month_day day, Currency from,
                                                     std::vector<MarketPrice>* prices);
  [[nodiscard]] Result<std::string> next_page(const std::string& url, const std::string& link,
                                              const std::set<std::string>& seen) const;
  [[nodiscard]] codec::PriceQuery query(std::chrono::year_month_day day) const {
    return {.settings = settings_, .series = series_, .day = day, .zone = parts_.zone};
  }

  PriceSourceParts parts_;
  codec::PriceSourceSettings settings_;
  const codec::PriceKind& kind_;
  PriceSeries series_;
  std::string name_;
};

}  // namespace gridpilot::market
