#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/net/http_query.hpp"
#include "gridpilot/sim/market_prices.hpp"

namespace gridpilot::sim {

/// When the rows of a business day come out: between 13:05 and 14:20 local time of the day before, the day-ahead price
/// before RCE.
struct Publication {
  Instant at{};
  int millisecond = 0;
};

struct PseAnswer {
  int status = 200;
  std::string body;  ///< JSON
};

/// The price documents of PSE's API (`/api/csdac-pln`, `/api/rce-pln`): same fields, labels, time texts and paging as
/// the original. `dtime` is the end of its quarter; labels of the repeated hour carry an "a"; a page has 100 rows
/// unless `$first` says otherwise, and `nextLink` as long as there are more; rows appear when they are published.
class PseDocuments {
 public:
  static constexpr std::size_t rows_a_page = 100;
  /// The first business day there is: PSE has published in this form since then.
  static constexpr std::chrono::year_month_day first_day{std::chrono::year(2024), std::chrono::June,
                                                         std::chrono::day(14)};

  PseDocuments(TimeZone zone, std::shared_ptr<const MarketPrices> prices, std::uint64_t seed);

  [[nodiscard]] Publication publication(PriceSeries series, std::chrono::year_month_day business_date) const;

  /// How the document is asked for.
  struct Request {
    PriceSeries series = PriceSeries::sdac_15min;
    std::span<const net::HttpParameter> parameters;  ///< decoded
    std::string_view base_url;                       ///< of nextLink: "http://127.0.0.1:8080"
    bool repeats_page = false;                       ///< fault: nextLink leads to the same page for ever
  };
  /// 400 with a sentence for parameters that the API does not know or cannot read.
  [[nodiscard]] PseAnswer answer(const Request& request, Instant now) const;

  /// `period` and time of a quarter's end as the documents have them: "02a:15", "24:00".
  [[nodiscard]] std::string clock_label(Instant quarter_end) const;

 private:
  struct Query;
  struct Page;
  [[nodiscard]] Result<Query> parse(const Request& request) const;
  [[nodiscard]] Page page_of(const Query& query, Instant now) const;
  [[nodiscard]] std::chrono::year_month_day last_published(PriceSeries series, Instant now) const;
  void append_row(std::string& out, const Query& query, Slot slot, std::chrono::year_month_day business_date) const;

  TimeZone zone_;
  std::shared_ptr<const MarketPrices> prices_;
  std::uint64_t seed_;
};

}  // namespace gridpilot::sim
