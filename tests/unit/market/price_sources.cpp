#include "gridpilot/market/price_sources.hpp"

#include <boost/asio/thread_pool.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "gridpilot/codec/price_documents.hpp"
#include "gridpilot/market/file_door.hpp"
#include "gridpilot/os/file.hpp"
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
  EXPECT_EQ(market.door.asked.at(0).max_body_bytes, 1U << 20U);
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

/// A recorded document, unpacked where it is gzip.
std::string recorded(const std::string& name) {
  const char* const data = std::getenv("GRIDPILOT_DATA");
  if (data == nullptr) return {};
  return os::read_file_unpacked(std::string(data) + "/data/api_samples/" + name).value_or("");
}

TEST(OteSource, ARecordedAnswerIsConvertedByTheRecordedFixing) {
  if (std::getenv("GRIDPILOT_DATA") == nullptr) GTEST_SKIP() << "GRIDPILOT_DATA does not name the recorded documents";
  ScriptedDoor bank(recorded("ote/cnb-2025-10-22.json"), now);
  const os::ManualClock clock{at("2025-10-22T12:00:00Z")};
  ExchangeRates rates(bank, clock, {.kind = codec::fixing_kind_named("cnb")});
  Market market(ScriptedDoor(recorded("ote/ote-electricity-2025-10-22.xml.gz")), {.kind = "ote"}, &rates);
  const auto prices = market.fetch(date("2025-10-22"));
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  ASSERT_EQ(prices->size(), 96U);
  // 99.54 EUR × 4.230167, rounded once.
  EXPECT_EQ(prices->front().price.nanos_per_kwh(), 421'070'823);
  EXPECT_EQ(prices->front().fixing->fixed_on, date("2025-10-22"));
  EXPECT_THAT(market.door.asked.at(0).post, HasSubstr("<p:StartDate>2025-10-22</p:StartDate>"));
  // No fixing of the day before is known, so its prices are not converted.
  expect_error(market.fetch(date("2025-10-21")), ErrorCode::not_found, "no fixing of EUR in PLN for 2025-10-21");
}

TEST(OteSource, HasThreeRecordedDays) {
  if (std::getenv("GRIDPILOT_DATA") == nullptr) GTEST_SKIP() << "GRIDPILOT_DATA does not name the recorded documents";
  const auto document = codec::parse_ote(recorded("ote/ote-electricity-2025-10-22.xml.gz"));
  ASSERT_TRUE(document.has_value()) << document.error().message;
  ASSERT_EQ(document->points.size(), 288U);
  EXPECT_EQ(document->points.front().price.nanos_per_kwh(), 86'150'000);
  EXPECT_EQ(document->points.back().price.nanos_per_kwh(), 61'360'000);
  EXPECT_EQ(document->points.back().business_date, date("2025-10-23"));
}

TEST(FileDoor, ReadsAPriceTableAndSaysWhatIsNotThere) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "price-files";
  std::filesystem::create_directories(folder);
  const std::filesystem::path file = folder / "prices.csv";
  std::ofstream(file) << "start_local,price_pln_mwh\n2026-09-07 00:00,100\n2026-09-07 01:00,SN\n";
  net::asio::io_context io;
  net::asio::thread_pool pool{1};
  const os::ManualClock clock{now};
  FileDoor door(clock, pool.get_executor());
  const auto fetch = [&](const std::string& url) {
    const auto sources = make_price_sources(
        {.kind = "csv", .url = url},
        {.door = door, .clock = clock, .zone = warsaw(), .currency = Currency::pln(), .rates = nullptr});
    Result<std::vector<MarketPrice>> result = failure(ErrorCode::bug, "not asked");
    net::test::run(io, [](ports::PriceSource* asked, Result<std::vector<MarketPrice>>* out) -> Awaitable<void> {
      *out = co_await asked->fetch_day(day);
    }(sources->at(0).get(), &result));
    return result;
  };
  expect_error(fetch("file://" + file.string()), ErrorCode::malformed, "line 3, price_pln_mwh: 'SN' is not a price");
  std::ofstream whole(file);
  whole << "start_local,price_pln_mwh\n";
  for (int hour = 0; hour < 24; ++hour)
    whole << "2026-09-07 " << (hour < 10 ? "0" : "") << hour << ":00," << 100 + hour << "\n";
  whole.close();
  const auto prices = fetch("file://" + file.string());
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  EXPECT_EQ((*prices)[95].price.nanos_per_kwh(), 123'000'000);
  expect_error(fetch("file://" + (folder / "{date}.csv").string()), ErrorCode::not_published, "2026-09-07.csv");
  pool.join();
}

TEST(PriceSources, AskEachOneInItsOwnWay) {
  const auto asked = [](PriceSourceSettings settings) {
    Market market(ScriptedDoor("{}"), std::move(settings));
    static_cast<void>(market.fetch());
    return market.door.asked.at(0);
  };
  EXPECT_EQ(asked({.kind = "energy-charts"}).url,
            "https://api.energy-charts.info/price?bzn=PL&start=1788732000&end=1788817500");
  EXPECT_EQ(asked({.kind = "elering", .zone = "fi"}).url,
            "https://dashboard.elering.ee/api/nps/price?start=2026-09-06T22%3A00%3A00Z&end=2026-09-07T21%3A59%3A59Z");
  const auto pstryk = asked({.kind = "pstryk", .token = "key"});
  EXPECT_EQ(pstryk.url,
            "https://api.pstryk.pl/integrations/pricing/?resolution=hour&window_start=2026-09-06T22%3A00%3A00Z"
            "&window_end=2026-09-07T22%3A00%3A00Z");
  EXPECT_THAT(pstryk.headers, testing::ElementsAre(testing::Pair("Authorization", "key")));
  EXPECT_EQ(asked({.kind = "tge", .url = "https://tge.example/{year}/r_{year}_{month}_{day}.xlsx"}).url,
            "https://tge.example/2026/r_2026_09_07.xlsx");
  PriceSourceSettings json{
      .kind = "json", .token = "a b", .url = "https://p.example/{date}/{next_date}?z={start_unix}"};
  json.layout = {.rows = "", .time = "/t", .price = "/p", .unit = {}};
  const auto generic = asked(json);
  EXPECT_EQ(generic.url, "https://p.example/2026-09-07/2026-09-08?z=1788732000");
  EXPECT_THAT(generic.headers, testing::ElementsAre(testing::Pair("Authorization", "Bearer a b")));
  json.url = "https://p.example/?k={token}";
  EXPECT_EQ(asked(json).url, "https://p.example/?k=a%20b");
}

}  // namespace
}  // namespace gridpilot::market
