#include "gridpilot/market/pse_expected_prices.hpp"

#include <set>

#include "gridpilot/codec/pse.hpp"
#include "gridpilot/codec/pse_expected.hpp"
#include "gridpilot/core/text.hpp"
#include "gridpilot/net/url.hpp"

namespace gridpilot::market {
namespace {

/// The address of the next page; malformed where it must not be followed.
Result<std::string> next_page(const std::string& url, const std::string& link, const std::set<std::string>& seen) {
  auto next = net::resolve_link(url, link);
  if (!next) return failure(ErrorCode::malformed, "nextLink is " + next.error().message);
  const auto here = net::origin_of(url);
  const auto there = net::origin_of(*next);
  if (!here || !there || !(*here == *there)) return failure(ErrorCode::malformed, "nextLink leads to another host");
  if (seen.contains(*next)) return failure(ErrorCode::malformed, "the pages lead in a circle");
  return next;
}

}  // namespace

net::Awaitable<Result<PriceAdvice>> PseExpectedPrices::fetch() {
  const std::string today = to_iso(parts_.zone.date_of(parts_.clock.now()));
  std::string url = parts_.url + "/price-fcst?$filter=" + percent_encoded("business_date ge '" + today + "'") +
                    "&$orderby=" + percent_encoded("dtime_utc asc");
  PriceAdvice advice{.source = name(), .fetched_at = {}, .slots = {}};
  std::vector<codec::pse::BalancingRow> rows;
  std::set<std::string> seen;
  while (!url.empty()) {
    if (seen.size() == max_pages)
      co_return failure(ErrorCode::malformed, "price-fcst has more than " + std::to_string(max_pages) + " pages");
    seen.insert(url);
    net::DocumentRequest request{.key = "pse-price-fcst-" + std::to_string(seen.size()), .url = url};
    request.check = [](std::string_view body) -> Result<void> {
      auto page = codec::pse::parse_balancing_page(body);
      if (!page) return std::move(page).failed();
      return {};
    };
    const auto document = co_await parts_.door.fetch(std::move(request));
    if (!document) co_return document.failed();
    auto page = codec::pse::parse_balancing_page(document->body);
    if (!page) co_return std::unexpected(std::move(page.error()).in("price-fcst"));
    advice.fetched_at = std::max(advice.fetched_at, document->confirmed_at);
    rows.insert(rows.end(), page->rows.begin(), page->rows.end());
    if (page->next_link.empty()) break;
    auto next = next_page(url, page->next_link, seen);
    if (!next) co_return std::unexpected(std::move(next.error()).in("price-fcst"));
    url = std::move(*next);
  }
  auto slots = codec::pse::expected_prices(rows, parts_.zone);
  if (!slots) co_return std::move(slots).failed();
  advice.slots = std::move(*slots);
  co_return advice;
}

net::Awaitable<Result<PriceAdvice>> PseExpectedPrices::remembered() {
  co_return failure(ErrorCode::not_found, "what was expected before is not kept");
}

}  // namespace gridpilot::market
