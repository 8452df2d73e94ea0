#include "gridpilot/market/pse_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "gridpilot/net/deadline.hpp"
#include "support/http_peer.hpp"
#include "unit/market/prices.hpp"
#include "unit/net/run.hpp"

namespace gridpilot::market {
namespace {

using gridpilot::test::answer;
using gridpilot::test::HttpPeer;
using gridpilot::test::Script;
using gridpilot::test::Step;
using net::Awaitable;
using test::at;
using test::date;
using test::day_of_prices;
using test::pse_document;
using test::pse_rows;
using test::warsaw;
using testing::HasSubstr;

const auto day = date("2026-09-07");

struct Market {
  explicit Market(HttpPeer::Handler handler, PseSourceOptions options = {}) : peer(io, std::move(handler)) {
    options.base_url = peer.url("/api");
    source = std::make_unique<PseSource>(client, clock, warsaw(), options);
  }
  explicit Market(Script script) : Market([script = std::move(script)](const std::string&) { return script; }) {}

  Result<std::vector<MarketPrice>> fetch(std::chrono::year_month_day wanted = day) {
    Result<std::vector<MarketPrice>> result = failure(ErrorCode::bug, "not asked");
    net::test::run(io,
                   [](PseSource* asked, std::chrono::year_month_day which, Result<std::vector<MarketPrice>>* out)
                       -> Awaitable<void> { *out = co_await asked->fetch_day(which); }(source.get(), wanted, &result));
    return result;
  }
  net::asio::io_context io;
  HttpPeer peer;
  net::HttpClient client{io.get_executor()};
  os::ManualClock clock{at("2026-09-06T12:30:00Z")};
  std::unique_ptr<PseSource> source;
};

/// Pages of ten rows, each with a link to the next.
HttpPeer::Handler in_pages_of_ten(const std::string& link_origin = "") {
  return [link_origin](const std::string& request) {
    const auto mark = request.find("$after=");
    const std::size_t first = mark == std::string::npos ? 0 : std::stoul(request.substr(mark + 7));
    std::string text = "{\"value\":[" + pse_rows(day, first, first + 10) + "]";
    if (first + 10 < 96)
      text += ",\"nextLink\":\"" + link_origin + "/api/csdac-pln?$after=" + std::to_string(first + 10) + "\"";
    return answer(text + "}");
  };
}

void expect_error(const Result<std::vector<MarketPrice>>& result, ErrorCode code, const std::string& words) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, code) << result.error().message;
  EXPECT_THAT(result.error().message, HasSubstr(words));
}

TEST(PseSource, AsksForOneBusinessDayInOrder) {
  Market market(answer(pse_document(day)));
  const auto prices = market.fetch();
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  ASSERT_EQ(prices->size(), 96U);
  EXPECT_EQ(prices->front().fetched_at, market.clock.now());
  EXPECT_EQ(prices->front().source, "pse-csdac-pln");
  EXPECT_EQ((*prices)[95].price, day_of_prices(day, {})[95].price);
  EXPECT_THAT(market.peer.requests().at(0),
              HasSubstr("GET /api/csdac-pln?$filter=business_date%20eq%20%272026-09-07%27&$orderby=dtime_utc%20asc "));
}

TEST(PseSource, FollowsTheLinksOfItsHost) {
  Market market(in_pages_of_ten(), {.max_pages = 10});
  const auto prices = market.fetch();
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  EXPECT_EQ(prices->size(), 96U);
  EXPECT_EQ(market.peer.requests().size(), 10U);
  EXPECT_EQ(market.peer.connections(), 1);
}

TEST(PseSource, GivesUpOnTooManyPages) {
  Market market(in_pages_of_ten(), {.max_pages = 9});
  expect_error(market.fetch(), ErrorCode::malformed, "more than 9 pages");
}

TEST(PseSource, DoesNotFollowALinkToAnotherHost) {
  Market market(in_pages_of_ten("http://127.0.0.2:1"));
  expect_error(market.fetch(), ErrorCode::malformed, "another host");
  EXPECT_EQ(market.peer.requests().size(), 1U);
}

TEST(PseSource, NoticesPagesThatLeadInACircle) {
  Market market([](const std::string&) { return answer("{\"value\":[],\"nextLink\":\"/api/csdac-pln?$after=1\"}"); });
  expect_error(market.fetch(), ErrorCode::malformed, "in a circle");
  EXPECT_EQ(market.peer.requests().size(), 2U);
}

TEST(PseSource, AnEmptyListIsNotPublished) {
  Market market(answer("{\"value\":[]}"));
  expect_error(market.fetch(), ErrorCode::not_published, "2026-09-07");
}

TEST(PseSource, APartOfADayIsMalformedAndNamesTheQuarter) {
  Market market(answer("{\"value\":[" + pse_rows(day, 0, 50) + "]}"));
  expect_error(market.fetch(), ErrorCode::malformed, "quarter 12:30 is missing (46 of 96 are)");
}

TEST(PseSource, AWebPageIsMalformed) {
  Market market(answer("<!DOCTYPE html><html>maintenance</html>", "Content-Type: text/html\r\n"));
  expect_error(market.fetch(), ErrorCode::malformed, "web page");
}

TEST(PseSource, StatusesAndRedirectsAreErrors) {
  Market busy({{.send = gridpilot::test::response("503 Service Unavailable", "", "later")}});
  expect_error(busy.fetch(), ErrorCode::busy, "503");
  Market moved({{.send = gridpilot::test::response("301 Moved", "Location: /elsewhere\r\n", "")}});
  expect_error(moved.fetch(), ErrorCode::rejected, "redirects are not followed");
}

TEST(PseSource, ADayHasADeadlineOverAllItsPages) {
  Market market([](const std::string&) { return Script{{.then = Step::Then::hang}}; },
                {.day_deadline = std::chrono::milliseconds(50)});
  expect_error(market.fetch(), ErrorCode::timeout, "fetching csdac-pln of 2026-09-07 took longer than 50 ms");
}

TEST(PseSource, ReadsARecordedAutumnDay) {
  const char* const data = std::getenv("GRIDPILOT_DATA");
  if (data == nullptr) GTEST_SKIP() << "GRIDPILOT_DATA does not name the folder of recorded documents";
  std::ifstream file(std::string(data) + "/data/api_samples/pse/rce-pln_2025-10-26_autumn_dst_100rows.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Market market([text](const std::string&) { return answer(text); }, {.series = PriceSeries::rce_15min});
  const auto prices = market.fetch(date("2025-10-26"));
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  EXPECT_EQ(prices->size(), 100U);
  EXPECT_EQ(prices->front().source, "pse-rce-pln");
}

}  // namespace
}  // namespace gridpilot::market
