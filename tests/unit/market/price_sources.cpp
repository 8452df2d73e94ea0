#include "gridpilot/market/price_sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "support/scripted_door.hpp"
#include "unit/market/prices.hpp"
#include "unit/net/run.hpp"

namespace gridpilot::market {
namespace {

using codec::PriceSourceSettings;
using gridpilot::test::ScriptedDoor;
using net::Awaitable;
using test::at;
using test::date;
using test::day_of_prices;
using test::pse_document;
using test::pse_rows;
using test::warsaw;
using testing::HasSubstr;
using testing::Not;

const auto day = date("2026-09-07");
const Instant now = at("2026-09-06T12:30:00Z");

/// One configured source over a scripted door.
struct Market {
  explicit Market(ScriptedDoor scripted,
                  PriceSourceSettings settings = {.kind = "pse", .url = "https://pse.example/api"},
                  ExchangeRates* rates = nullptr)
      : door(std::move(scripted)),
        sources(make_price_sources(
            settings, {.door = door, .clock = clock, .zone = warsaw(), .currency = Currency::pln(), .rates = rates})) {}

  Result<std::vector<MarketPrice>> fetch(std::chrono::year_month_day wanted = day, std::size_t source = 0) {
    if (!sources) return sources.failed();
    Result<std::vector<MarketPrice>> result = failure(ErrorCode::bug, "not asked");
    net::test::run(io,
                   [](ports::PriceSource* asked, std::chrono::year_month_day which,
                      Result<std::vector<MarketPrice>>* out) -> Awaitable<void> {
                     *out = co_await asked->fetch_day(which);
                   }(sources->at(source).get(), wanted, &result));
    return result;
  }
  net::asio::io_context io;
  os::ManualClock clock{now};
  ScriptedDoor door;
  Result<std::vector<std::unique_ptr<ports::PriceSource>>> sources;
};

/// Pages of ten rows, each with a link to the next.
ScriptedDoor in_pages_of_ten(const std::string& link_origin = "") {
  return ScriptedDoor([link_origin](const net::DocumentRequest& request) -> Result<std::string> {
    const auto mark = request.url.find("$after=");
    const std::size_t first = mark == std::string::npos ? 0 : std::stoul(request.url.substr(mark + 7));
    std::string text = "{\"value\":[" + pse_rows(day, first, first + 20) + "]";
    if (first + 20 < 96)
      text += ",\"nextLink\":\"" + link_origin + "/api/csdac-pln?$after=" + std::to_string(first + 20) + "\"";
    return text + "}";
  });
}

void expect_error(const Result<std::vector<MarketPrice>>& result, ErrorCode code, const std::string& words) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, code) << result.error().message;
  EXPECT_THAT(result.error().message, HasSubstr(words));
}

TEST(PseSource, AsksForOneBusinessDayInOrder) {
  Market market(ScriptedDoor(pse_document(day), now));
  const auto prices = market.fetch();
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  ASSERT_EQ(prices->size(), 96U);
  EXPECT_EQ(prices->front().fetched_at, now);
  EXPECT_EQ(prices->front().source, "pse-csdac-pln");
  EXPECT_EQ((*prices)[95].price, day_of_prices(day, {})[95].price);
  EXPECT_EQ(market.door.asked.at(0).url,
            "https://pse.example/api/csdac-pln?$filter=business_date%20eq%20%272026-09-07%27&$orderby=dtime_utc%20asc");
  EXPECT_EQ(market.door.asked.at(0).key, "pse-csdac-pln-2026-09-07");
}

TEST(PseSource, HasBothSeriesUnderNamesOfTheirOwn) {
  const Market market(ScriptedDoor("{}"));
  ASSERT_TRUE(market.sources.has_value());
  ASSERT_EQ(market.sources->size(), 2U);
  EXPECT_EQ(market.sources->at(1)->name(), "pse-rce-pln");
  EXPECT_EQ(market.sources->at(1)->series(), PriceSeries::rce_15min);
}

TEST(PseSource, FollowsTheLinksOfItsHost) {
  Market market(in_pages_of_ten());
  const auto prices = market.fetch();
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  EXPECT_EQ(prices->size(), 96U);
  EXPECT_EQ(market.door.asked.size(), 5U);
}

TEST(PseSource, DoesNotFollowALinkToAnotherHost) {
  Market market(in_pages_of_ten("http://127.0.0.2:1"));
  expect_error(market.fetch(), ErrorCode::malformed, "another host");
  EXPECT_EQ(market.door.asked.size(), 1U);
}

TEST(PseSource, NoticesPagesThatLeadInACircle) {
  Market market(ScriptedDoor("{\"value\":[],\"nextLink\":\"/api/csdac-pln?$after=1\"}"));
  expect_error(market.fetch(), ErrorCode::malformed, "in a circle");
  EXPECT_EQ(market.door.asked.size(), 2U);
}

TEST(PseSource, GivesUpOnPagesWithoutEnd) {
  int page = 0;
  Market market(ScriptedDoor([&page](const net::DocumentRequest&) -> Result<std::string> {
    return "{\"value\":[],\"nextLink\":\"/api/csdac-pln?$after=" + std::to_string(++page) + "\"}";
  }));
  expect_error(market.fetch(), ErrorCode::malformed, "more than 8 pages");
}

TEST(PseSource, AnEmptyListIsNotPublished) {
  Market market(ScriptedDoor("{\"value\":[]}"));
  expect_error(market.fetch(), ErrorCode::not_published, "2026-09-07");
}

TEST(PseSource, APartOfADayIsMalformedAndNamesTheQuarter) {
  Market market(ScriptedDoor("{\"value\":[" + pse_rows(day, 0, 50) + "]}"));
  expect_error(market.fetch(), ErrorCode::malformed, "quarter 12:30 is missing (46 of 96 are)");
}

TEST(PseSource, ReadsARecordedAutumnDay) {
  const char* const data = std::getenv("GRIDPILOT_DATA");
  if (data == nullptr) GTEST_SKIP() << "GRIDPILOT_DATA does not name the folder of recorded documents";
  std::ifstream file(std::string(data) + "/data/api_samples/pse/rce-pln_2025-10-26_autumn_dst_100rows.json");
  Market market(ScriptedDoor(std::string{std::istreambuf_iterator<char>(file), {}}));
  const auto prices = market.fetch(date("2025-10-26"), 1);
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  EXPECT_EQ(prices->size(), 100U);
  EXPECT_EQ(prices->front().source, "pse-rce-pln");
}

/// A day of one price in EUR, as ENTSO-E sends it.
std::string entsoe_day(const std::string& price) {
  return R"(<Publication_MarketDocument><type>A44</type><TimeSeries><in_Domain.mRID>10YPL-AREA-----S</in_Domain.mRID>
<out_Domain.mRID>10YPL-AREA-----S</out_Domain.mRID><currency_Unit.name>EUR</currency_Unit.name>
<price_Measure_Unit.name>MWH</price_Measure_Unit.name><curveType>A03</curveType><Period><timeInterval>
<start>2026-09-06T22:00Z</start><end>2026-09-07T22:00Z</end></timeInterval><resolution>PT15M</resolution>
<Point><position>1</position><price.amount>)" +
         price + "</price.amount></Point></Period></TimeSeries></Publication_MarketDocument>";
}

const PriceSourceSettings entsoe{.kind = "entsoe", .token = "secret-token"};

ScriptedDoor nbp(const std::string& rates, Instant asked_at = now) {
  return ScriptedDoor("{\"code\":\"EUR\",\"rates\":[" + rates + "]}", asked_at);
}

TEST(EntsoeSource, IsConvertedByTheFixingInForce) {
  ScriptedDoor bank = nbp(R"({"effectiveDate":"2026-09-04","mid":4.25},{"effectiveDate":"2026-09-03","mid":4.2})");
  const os::ManualClock clock{now};
  ExchangeRates rates(bank, clock, {.kind = codec::fixing_kind_named("nbp")});
  Market market(ScriptedDoor(entsoe_day("100.02"), now), entsoe, &rates);
  const auto prices = market.fetch();
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  ASSERT_EQ(prices->size(), 96U);
  EXPECT_EQ((*prices)[5].price.nanos_per_kwh(), 425'085'000);
  EXPECT_EQ((*prices)[5].source, "entsoe");
  ASSERT_TRUE((*prices)[5].fixing.has_value());
  EXPECT_EQ((*prices)[5].fixing->fixed_on, date("2026-09-04"));  // a Friday; the 7th is a Monday
  EXPECT_EQ((*prices)[5].fixing->source, "nbp");
  EXPECT_THAT(bank.asked.at(0).url, HasSubstr("/exchangerates/rates/a/eur/2026-08-27/2026-09-06/?format=json"));
  EXPECT_THAT(market.door.asked.at(0).url, HasSubstr("securityToken=secret-token&documentType=A44"));
  EXPECT_THAT(market.door.asked.at(0).url, HasSubstr("periodStart=202609062200&periodEnd=202609072200"));
}

TEST(EntsoeSource, NoPriceIsMadeWithoutAFixing) {
  Market none(ScriptedDoor(entsoe_day("100")), entsoe);
  expect_error(none.fetch(), ErrorCode::not_found, "nothing is set that fixes it in PLN");
  ScriptedDoor bank = nbp(R"({"effectiveDate":"2026-08-20","mid":4.25})");
  const os::ManualClock clock{now};
  ExchangeRates rates(bank, clock, {.kind = codec::fixing_kind_named("nbp")});
  Market old(ScriptedDoor(entsoe_day("100")), entsoe, &rates);
  expect_error(old.fetch(), ErrorCode::not_found, "no fixing of EUR in PLN for 2026-09-07");
  ScriptedDoor dead([](const net::DocumentRequest&) -> Result<std::string> {
    return failure(ErrorCode::unreachable, "no connection");
  });
  ExchangeRates silent(dead, clock, {.kind = codec::fixing_kind_named("nbp")});
  Market unreachable(ScriptedDoor(entsoe_day("100")), entsoe, &silent);
  expect_error(unreachable.fetch(), ErrorCode::unreachable, "fixing of EUR by nbp: no connection");
  expect_error(unreachable.fetch(), ErrorCode::unreachable, "no connection");
  EXPECT_EQ(dead.asked.size(), 1U);  // left alone for a minute
  EXPECT_EQ(silent.state().failures, 1);
}

TEST(EntsoeSource, AnOlderFixingHoldsWhileTheBankIsSilent) {
  bool up = true;
  ScriptedDoor bank(
      [&up](const net::DocumentRequest&) -> Result<std::string> {
        if (!up) return failure(ErrorCode::unreachable, "no connection");
        return R"({"code":"EUR","rates":[{"effectiveDate":"2026-09-04","mid":4.25}]})";
      },
      now);
  os::ManualClock clock{now};
  ExchangeRates rates(bank, clock, {.kind = codec::fixing_kind_named("nbp")});
  Market market(ScriptedDoor(entsoe_day("100")), entsoe, &rates);
  ASSERT_TRUE(market.fetch().has_value());
  up = false;
  clock.set(now + std::chrono::hours(20));
  const auto prices = market.fetch();
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  EXPECT_EQ(prices->front().fixing->fixed_on, date("2026-09-04"));
  EXPECT_EQ(prices->front().fixing->fetched_at, now);  // its age is told
  EXPECT_TRUE(rates.state().last_error.has_value());
}

TEST(EntsoeSource, ItsTokenIsInNoSentence) {
  Market market(ScriptedDoor([](const net::DocumentRequest& request) -> Result<std::string> {
                  return failure(ErrorCode::rejected, "no: " + request.url);
                }),
                entsoe);
  const auto prices = market.fetch();
  ASSERT_FALSE(prices.has_value());
  EXPECT_THAT(prices.error().message, Not(HasSubstr("secret-token")));
  EXPECT_THAT(prices.error().message, HasSubstr("securityToken=***&"));
}

TEST(PriceSources, SayWhatDoesNotFitTheirKind) {
  ScriptedDoor door("");
  const os::ManualClock clock{now};
  const auto refusal = [&](const PriceSourceSettings& settings) {
    const auto made =
        make_price_sources(settings, {.door = door, .clock = clock, .zone = warsaw(), .currency = Currency::pln()});
    return made ? std::string() : made.error().message;
  };
  EXPECT_THAT(refusal({.kind = "entso"}), HasSubstr("kind: 'entso' is not known; allowed: pse, "));
  EXPECT_THAT(refusal({.kind = "entsoe"}), HasSubstr("token: entsoe needs a token"));
  EXPECT_THAT(refusal({.kind = "entsoe", .zone = "XX", .token = "t"}), HasSubstr("zone: 'XX' is not known"));
  EXPECT_THAT(refusal({.kind = "pse", .token = "t"}), HasSubstr("token: pse takes no token"));
  EXPECT_THAT(refusal({.kind = "entsoe", .token = "t", .series = {PriceSeries::rce_15min}}),
              HasSubstr("series: entsoe has no rce_15min; allowed: sdac_15min"));
  EXPECT_EQ(refusal({.kind = "entsoe", .zone = "10YPL-AREA-----S", .token = "t"}), "");
}

}  // namespace
}  // namespace gridpilot::market
