#include "gridpilot/market/pse_source.hpp"

#include <utility>

#include "gridpilot/net/deadline.hpp"
#include "gridpilot/net/url.hpp"

namespace gridpilot::market {

using codec::pse::PricePage;
using net::Awaitable;
using std::chrono::year_month_day;

PseSource::PseSource(net::HttpClient& client, const os::Clock& clock, TimeZone zone, PseSourceOptions options)
    : client_(client), clock_(clock), zone_(std::move(zone)), options_(std::move(options)) {}

std::string_view PseSource::name() const {
  switch (options_.series) {
    case PriceSeries::sdac_15min: return "pse-csdac-pln";
    case PriceSeries::rce_15min: return "pse-rce-pln";
  }
  return "pse";
}

std::string PseSource::url_of(year_month_day day) const {
  return options_.base_url + "/" + std::string(name_of(options_.series)) +
         "?$filter=" + net::percent_encoded("business_date eq '" + to_iso(day) + "'") +
         "&$orderby=" + net::percent_encoded("dtime_utc asc");
}

Awaitable<Result<std::vector<MarketPrice>>> PseSource::fetch_day(year_month_day day) {
  return net::with_deadline(fetch_pages(day), options_.day_deadline,
                            "fetching " + std::string(name_of(options_.series)) + " of " + to_iso(day));
}

Awaitable<Result<std::vector<MarketPrice>>> PseSource::fetch_pages(year_month_day day) {
  std::vector<codec::pse::PriceRow> rows;
  std::set<std::string> seen;
  std::string url = url_of(day);
  while (!url.empty()) {
    if (std::cmp_greater_equal(seen.size(), options_.max_pages))
      co_return failure(ErrorCode::malformed, std::string(name()) + ": more than " +
                                                  std::to_string(options_.max_pages) + " pages for one day");
    seen.insert(url);
    const auto page = co_await fetch_page(url);
    if (!page) co_return page.failed();
    rows.insert(rows.end(), page->rows.begin(), page->rows.end());
    auto next = next_page(url, page->next_link, seen);
    if (!next) co_return std::move(next).failed();
    url = std::move(*next);
  }
  const codec::pse::DayRequest request{
      .series = options_.series, .day = day, .fetched_at = clock_.now(), .source = name()};
  co_return codec::pse::day_prices(rows, request, zone_);
}

Awaitable<Result<PricePage>> PseSource::fetch_page(std::string url) {
  const auto origin = net::origin_of(url);
  if (!origin) co_return origin.failed();
  const auto response = co_await client_.get({.url = url, .limits = options_.limits});
  if (!response) co_return response.failed();
  if (auto success = net::require_success(*response, origin->host); !success) co_return std::move(success).failed();
  if (response->body.starts_with('<'))
    co_return failure(ErrorCode::malformed, origin->host + " sent a web page instead of a document");
  auto page = codec::pse::parse_price_page(response->body, options_.series);
  if (!page) co_return std::unexpected(std::move(page.error()).in(origin->host));
  co_return page;
}

/// Empty where there is no further page.
Result<std::string> PseSource::next_page(const std::string& url, const std::string& link,
                                         const std::set<std::string>& seen) const {
  if (link.empty()) return std::string();
  auto next = net::resolve_link(url, link);
  if (!next) return failure(ErrorCode::malformed, std::string(name()) + ": nextLink is " + next.error().message);
  const auto here = net::origin_of(url);
  const auto there = net::origin_of(*next);
  if (!here || !there || !(*here == *there))
    return failure(ErrorCode::malformed, std::string(name()) + ": nextLink leads to another host");
  if (seen.contains(*next)) return failure(ErrorCode::malformed, std::string(name()) + ": the pages lead in a circle");
  return next;
}

}  // namespace gridpilot::market
