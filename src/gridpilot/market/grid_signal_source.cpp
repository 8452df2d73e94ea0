#include "gridpilot/market/grid_signal_source.hpp"

#include <utility>

#include "gridpilot/codec/pse.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::market {

using std::chrono::year_month_day;

net::DocumentRequest GridSignalSource::request_of(year_month_day day) const {
  net::DocumentRequest request{.key = std::string(name()) + "-" + to_iso(day),
                               .url = base_url_ + "/pdgsz?$filter=" +
                                      percent_encoded("business_date eq '" + to_iso(day) + "' and is_active eq true") +
                                      "&$orderby=" + percent_encoded("dtime_utc asc"),
                               .max_body_bytes = std::size_t{1} << 20U};
  request.check = [](std::string_view body) -> Result<void> {
    auto page = codec::pse::parse_signal_page(body);
    if (!page) return std::move(page).failed();
    return {};
  };
  return request;
}

Result<std::vector<GridSignal>> GridSignalSource::read(const net::Document& document, year_month_day day) const {
  const auto page = codec::pse::parse_signal_page(document.body);
  if (!page) return page.failed();
  // An active day has at most 25 rows, and a page a hundred.
  if (!page->next_link.empty()) return failure(ErrorCode::malformed, "a day of the signal has more than one page");
  return codec::pse::day_signals(page->rows, day, document.confirmed_at, name(), zone_);
}

net::Awaitable<Result<std::vector<GridSignal>>> GridSignalSource::fetch_day(year_month_day day) {
  const auto document = co_await door_.fetch(request_of(day));
  if (!document) co_return document.failed();
  co_return read(*document, day);
}

net::Awaitable<Result<std::vector<GridSignal>>> GridSignalSource::remembered_day(year_month_day day) {
  const auto document = co_await door_.remembered(request_of(day));
  if (!document) co_return document.failed();
  co_return read(*document, day);
}

}  // namespace gridpilot::market
