#pragma once

#include <set>
#include <string>

#include "gridpilot/codec/pse.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/net/http_client.hpp"
#include "gridpilot/os/clock.hpp"
#include "gridpilot/ports/price_source.hpp"

namespace gridpilot::market {

struct PseSourceOptions {
  PriceSeries series = PriceSeries::sdac_15min;
  /// Without the report's name: "<base_url>/csdac-pln".
  std::string base_url = "https://api.raporty.pse.pl/api";
  /// A page of 100 rows has 27 kB.
  net::HttpLimits limits{.max_body_bytes = std::size_t{1} << 20U};
  std::chrono::milliseconds day_deadline{45'000};  ///< all pages together
  int max_pages = 8;
};

/// PSE's reports API. One day is one page as a rule; further ones are followed by nextLink, on the same host only.
class PseSource final : public ports::PriceSource {
 public:
  /// Client and clock must outlive it; the zone is that of the business day (Europe/Warsaw).
  PseSource(net::HttpClient& client, const os::Clock& clock, TimeZone zone, PseSourceOptions options);

  [[nodiscard]] std::string_view name() const override;
  [[nodiscard]] PriceSeries series() const override { return options_.series; }
  /// Errors of HttpClient::get and require_success; not_published and malformed as the codec says; malformed where
  /// pages lead in a circle, to another host, or do not end; timeout past the day's deadline.
  [[nodiscard]] net::Awaitable<Result<std::vector<MarketPrice>>> fetch_day(std::chrono::year_month_day day) override;

  /// The address of a day's first page.
  [[nodiscard]] std::string url_of(std::chrono::year_month_day day) const;

 private:
  [[nodiscard]] net::Awaitable<Result<std::vector<MarketPrice>>> fetch_pages(std::chrono::year_month_day day);
  [[nodiscard]] net::Awaitable<Result<codec::pse::PricePage>> fetch_page(std::string url);
  [[nodiscard]] Result<std::string> next_page(const std::string& url, const std::string& link,
                                              const std::set<std::string>& seen) const;

  net::HttpClient& client_;
  const os::Clock& clock_;
  TimeZone zone_;
  PseSourceOptions options_;
};

}  // namespace gridpilot::market
