#include "gridpilot/market/document_price_source.hpp"

#include <algorithm>
#include <utility>

#include "gridpilot/core/text.hpp"
#include "gridpilot/core/verify.hpp"
#include "gridpilot/net/deadline.hpp"
#include "gridpilot/net/url.hpp"

namespace gridpilot::market {

using net::Awaitable;
using std::chrono::year_month_day;

namespace {

const codec::PriceKind& kind_of(const codec::PriceSourceSettings& settings) {
  const codec::PriceKind* kind = codec::price_kind_named(settings.kind);
  GRIDPILOT_VERIFY(kind != nullptr);
  return *kind;
}

/// No sentence repeats a token, also not one that a server sent back.
Error without_secret(Error error, const std::string& token) {
  if (token.empty()) return error;
  for (const std::string& secret : {token, percent_encoded(token)})
    for (auto at = error.message.find(secret); at != std::string::npos; at = error.message.find(secret, at + 3))
      error.message.replace(at, secret.size(), "***");
  return error;
}

}  // namespace

DocumentPriceSource::DocumentPriceSource(PriceSourceParts parts, codec::PriceSourceSettings settings,
                                         PriceSeries series, std::string name)
    : parts_(std::move(parts)),
      settings_(std::move(settings)),
      kind_(kind_of(settings_)),
      series_(series),
      name_(std::move(name)) {}

Awaitable<Result<std::vector<MarketPrice>>> DocumentPriceSource::fetch_day(year_month_day day) {
  auto prices =
      co_await net::with_deadline(fetch_and_read(day), day_deadline, "fetching " + name_ + " of " + to_iso(day));
  if (!prices) co_return std::unexpected(without_secret(std::move(prices.error()), settings_.token));
  co_return prices;
}

Awaitable<Result<std::vector<MarketPrice>>> DocumentPriceSource::fetch_and_read(year_month_day day) {
  auto fetched = co_await fetch_pages(day);
  if (!fetched) co_return std::move(fetched).failed();
  const codec::DayRequest request{.series = series_, .day = day, .fetched_at = fetched->fetched_at, .source = name_};
  auto prices = codec::day_prices(fetched->document, request, parts_.zone);
  if (!prices) co_return std::unexpected(std::move(prices.error()).in(name_));
  if (auto converted = co_await convert(day, fetched->document.currency, &*prices); !converted)
    co_return std::unexpected(std::move(converted.error()).in(name_ + " " + to_iso(day)));
  co_return prices;
}

Awaitable<Result<DocumentPriceSource::Fetched>> DocumentPriceSource::fetch_pages(year_month_day day) {
  codec::PriceQuestion question = kind_.question(query(day));
  Fetched all;
  std::set<std::string> seen;
  std::string url = question.url;
  while (!url.empty()) {
    if (std::cmp_greater_equal(seen.size(), max_pages))
      co_return failure(ErrorCode::malformed,
                        name_ + ": more than " + std::to_string(max_pages) + " pages for one day");
    seen.insert(url);
    const std::string page_text = seen.size() == 1 ? "" : "-" + std::to_string(seen.size());
    net::DocumentRequest request{.key = name_ + "-" + to_iso(day) + page_text,
                                 .url = url,
                                 .accept = question.accept,
                                 .headers = question.headers,
                                 .post = question.post,
                                 .max_body_bytes = kind_.max_body_bytes};
    // What is not out yet is a good answer; the rest must not replace a good document in the cache.
    request.check = [this, day](std::string_view body) -> Result<void> {
      auto page = kind_.read(body, query(day));
      if (page || page.error().code == ErrorCode::not_published) return {};
      return std::move(page).failed();
    };
    const auto document = co_await parts_.door.fetch(std::move(request));
    if (!document) co_return document.failed();
    auto page = kind_.read(document->body, query(day));
    if (!page) co_return std::unexpected(std::move(page.error()).in(name_));
    const std::string link = std::move(page->next_link);
    all.fetched_at = std::max(all.fetched_at, document->confirmed_at);
    if (seen.size() == 1) {
      all.document = std::move(*page);
    } else {
      all.document.points.insert(all.document.points.end(), page->points.begin(), page->points.end());
    }
    auto next = next_page(url, link, seen);
    if (!next) co_return std::move(next).failed();
    url = std::move(*next);
  }
  co_return all;
}

/// Empty where there is no further page.
Result<std::string> DocumentPriceSource::next_page(const std::string& url, const std::string& link,
                                                   const std::set<std::string>& seen) const {
  if (link.empty()) return std::string();
  auto next = net::resolve_link(url, link);
  if (!next) return failure(ErrorCode::malformed, name_ + ": nextLink is " + next.error().message);
  const auto here = net::origin_of(url);
  const auto there = net::origin_of(*next);
  if (!here || !there || !(*here == *there))
    return failure(ErrorCode::malformed, name_ + ": nextLink leads to another host");
  if (seen.contains(*next)) return failure(ErrorCode::malformed, name_ + ": the pages lead in a circle");
  return next;
}

Awaitable<Result<void>> DocumentPriceSource::convert(year_month_day day, Currency from,
                                                     std::vector<MarketPrice>* prices) {
  if (from == parts_.currency) co_return Result<void>{};
  if (parts_.rates == nullptr)
    co_return failure(ErrorCode::not_found, "the prices are in " + std::string(from.text()) +
                                                ", and nothing is set that fixes it in " +
                                                std::string(parts_.currency.text()));
  const auto fixing = co_await parts_.rates->in_force_on(day, from, parts_.currency);
  if (!fixing) co_return fixing.failed();
  for (MarketPrice& price : *prices) {
    price.price = scaled(price.price, fixing->rate);
    price.fixing = *fixing;
  }
  co_return Result<void>{};
}

}  // namespace gridpilot::market
