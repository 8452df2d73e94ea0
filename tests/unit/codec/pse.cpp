#include "gridpilot/codec/pse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace gridpilot::codec::pse {
namespace {

using std::chrono::year_month_day;
using testing::HasSubstr;

const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

year_month_day day_of(const char* text) {
  return parse_date(text).value();
}

const char* const plain_day = "2026-09-07";
const char* const spring_day = "2026-03-29";
const char* const autumn_day = "2025-10-26";

/// A row as PSE sends it; a member is left out where its text is empty.
struct Row {
  std::string dtime, period, price, dtime_utc, period_utc, business_date;
  std::string published = "2026-09-06 14:22:24.403";
  std::string published_utc = "2026-09-06 12:22:24.403";
  std::string price_name = "csdac_pln";
};

std::string text_of(Instant t, Seconds offset, bool second_pass = false) {
  std::string text = to_rfc3339(t + offset).substr(0, 19);
  text[10] = ' ';
  if (second_pass) text.insert(13, "a");
  return text;
}

std::string clock_of(const std::string& time) {
  return time.substr(11, time.size() - 14);
}

/// The rows of a whole day: prices 100.00, 100.01, … in order.
std::vector<Row> rows_of(const char* day) {
  std::vector<Row> rows;
  const SlotRange slots = warsaw().slots_of(day_of(day));
  const Seconds first_offset = warsaw().offset_at(slots.first.start());
  for (Slot slot = slots.first; slot < slots.last; slot = slot.next()) {
    const Seconds offset = warsaw().offset_at(slot.start());
    const bool repeats =
        offset < first_offset && slot.start() + offset < slots.first.start() + first_offset + Seconds(3 * 3600);
    Row row;
    row.dtime = text_of(slot.end(), offset, repeats);
    row.period = clock_of(text_of(slot.start(), offset)) + " - " + clock_of(row.dtime);
    row.dtime_utc = text_of(slot.end(), Seconds(0));
    row.period_utc = clock_of(text_of(slot.start(), Seconds(0))) + " - " + clock_of(row.dtime_utc);
    row.business_date = day;
    row.price = std::to_string(100 + rows.size() / 100) + "." + (rows.size() % 100 < 10 ? "0" : "") +
                std::to_string(rows.size() % 100);
    rows.push_back(row);
  }
  return rows;
}

std::string document(const std::vector<Row>& rows, const std::string& after = "") {
  std::string text = "{\"value\":[";
  for (const Row& row : rows) {
    if (text.back() == '}') text += ',';
    std::string members;
    const auto member = [&](const std::string& name, const std::string& value, bool quoted = true) {
      if (value.empty()) return;
      if (!members.empty()) members += ',';
      members += '"' + name + "\":" + (quoted ? '"' + value + '"' : value);
    };
    member("dtime", row.dtime);
    member("period", row.period);
    member(row.price_name, row.price, false);
    member("dtime_utc", row.dtime_utc);
    member("period_utc", row.period_utc);
    member("business_date", row.business_date);
    member("publication_ts", row.published);
    member("publication_ts_utc", row.published_utc);
    text += '{' + members + '}';
  }
  return text + "]" + after + "}";
}

PriceReport report_of(PriceSeries series) {
  return series == PriceSeries::rce_15min ? PriceReport::rce_pln : PriceReport::csdac_pln;
}

Result<std::vector<MarketPrice>> read(const std::string& text, const char* day,
                                      PriceSeries series = PriceSeries::sdac_15min) {
  auto page = parse_price_page(text, report_of(series));
  if (!page) return page.failed();
  return day_prices(*page, {.series = series, .day = day_of(day), .source = "test"}, warsaw());
}

Result<std::vector<MarketPrice>> read(const std::vector<Row>& rows, const char* day) {
  return read(document(rows), day);
}

void expect_malformed(const Result<std::vector<MarketPrice>>& result, const std::string& words) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::malformed);
  EXPECT_THAT(result.error().message, HasSubstr(words));
}

void expect_whole_day(const Result<std::vector<MarketPrice>>& result, const char* day, std::size_t quarters) {
  ASSERT_TRUE(result.has_value()) << result.error().message;
  ASSERT_EQ(result->size(), quarters);
  const SlotRange slots = warsaw().slots_of(day_of(day));
  for (std::size_t n = 0; n < quarters; ++n) {
    EXPECT_EQ((*result)[n].slot, slots.first + static_cast<std::int64_t>(n));
    EXPECT_EQ((*result)[n].price.nanos_per_kwh(), 100'000'000 + 10'000 * static_cast<std::int64_t>(n));
  }
}

std::vector<Row> without_utc(std::vector<Row> rows) {
  for (Row& row : rows) row.dtime_utc = row.period_utc = row.published_utc = "";
  return rows;
}

struct Day {
  const char* name;
  const char* date;
  std::size_t quarters;
};
class PseDay : public testing::TestWithParam<Day> {};
INSTANTIATE_TEST_SUITE_P(Kinds, PseDay,
                         testing::Values(Day{"Plain", plain_day, 96}, Day{"Spring", spring_day, 92},
                                         Day{"Autumn", autumn_day, 100}),
                         [](const auto& chosen) { return chosen.param.name; });

TEST_P(PseDay, IsReadByItsUtcTimes) {
  expect_whole_day(read(rows_of(GetParam().date), GetParam().date), GetParam().date, GetParam().quarters);
}

TEST_P(PseDay, IsReadByItsLocalTextWhereUtcIsAbsent) {
  expect_whole_day(read(without_utc(rows_of(GetParam().date)), GetParam().date), GetParam().date, GetParam().quarters);
}

TEST_P(PseDay, IsReadInAnyOrderOfItsRows) {
  auto rows = rows_of(GetParam().date);
  std::reverse(rows.begin(), rows.end());
  expect_whole_day(read(rows, GetParam().date), GetParam().date, GetParam().quarters);
  expect_whole_day(read(without_utc(rows), GetParam().date), GetParam().date, GetParam().quarters);
}

TEST_P(PseDay, IsReadWithTimesWithoutSeconds) {
  auto rows = rows_of(GetParam().date);
  for (Row& row : rows) {
    row.dtime.resize(row.dtime.size() - 3);
    row.dtime_utc.resize(row.dtime_utc.size() - 3);
  }
  expect_whole_day(read(rows, GetParam().date), GetParam().date, GetParam().quarters);
}

TEST_P(PseDay, IsReadUnderTheNamesOfVersionOne) {
  std::string text = document(without_utc(rows_of(GetParam().date)));
  for (const auto& [now, then] : {std::pair<std::string, std::string>{"\"dtime\"", "\"udtczas\""},
                                  {"\"period\"", "\"udtczas_oreb\""},
                                  {"\"business_date\"", "\"doba\""},
                                  {"\"publication_ts\"", "\"source_datetime\""}}) {
    for (auto at = text.find(now); at != std::string::npos; at = text.find(now, at + then.size()))
      text.replace(at, now.size(), then);
  }
  expect_whole_day(read(text, GetParam().date), GetParam().date, GetParam().quarters);
}

TEST_P(PseDay, NamesTheFirstMissingQuarter) {
  auto rows = rows_of(GetParam().date);
  rows.erase(rows.begin() + 5, rows.begin() + 7);
  expect_malformed(read(rows, GetParam().date),
                   "quarter 01:15 is missing (2 of " + std::to_string(GetParam().quarters) + " are)");
}

TEST(Pse, UnmarkedLabelsOfTheRepeatedHourAreToldByTheirOrder) {
  auto rows = without_utc(rows_of(autumn_day));
  for (Row& row : rows) {
    row.period = "";
    if (const auto mark = row.dtime.find('a'); mark != std::string::npos) row.dtime.erase(mark, 1);
  }
  expect_whole_day(read(rows, autumn_day), autumn_day, 100);
}

TEST(Pse, TheQuarterBeforeTheSpringJumpMayBeNamedByEitherClock) {
  auto rows = rows_of(spring_day);
  ASSERT_EQ(rows[7].dtime, "2026-03-29 02:00:00");
  rows[7].dtime = "2026-03-29 03:00:00";
  rows[7].period = "01:45 - 03:00";
  expect_whole_day(read(rows, spring_day), spring_day, 92);
  expect_whole_day(read(without_utc(rows), spring_day), spring_day, 92);
}

TEST(Pse, TheHourLeftOutInSpringIsRefused) {
  auto rows = without_utc(rows_of(spring_day));
  rows[8].dtime = "2026-03-29 02:15:00";
  rows[8].period = "";
  expect_malformed(read(rows, spring_day), "row 8: ");
}

TEST(Pse, PublicationTimesAreKept) {
  const auto utc = read(rows_of(plain_day), plain_day);
  EXPECT_EQ(utc->front().published_at, parse_rfc3339("2026-09-06T12:22:24Z"));
  const auto local = read(without_utc(rows_of(plain_day)), plain_day);
  EXPECT_EQ(local->front().published_at, parse_rfc3339("2026-09-06T12:22:24Z"));
  auto rows = without_utc(rows_of(plain_day));
  for (Row& row : rows) row.published = "";
  EXPECT_EQ(read(rows, plain_day)->front().published_at, std::nullopt);
}

TEST(Pse, PricesAreExact) {
  auto rows = rows_of(plain_day);
  rows[0].price = "-0.01";
  rows[1].price = "259.39000";
  rows[2].price = "1234.567891";
  rows[3].price = "-100000";
  rows[4].price = "2.5939e2";
  const auto prices = read(rows, plain_day);
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  EXPECT_EQ((*prices)[0].price.nanos_per_kwh(), -10'000);
  EXPECT_EQ((*prices)[1].price.nanos_per_kwh(), 259'390'000);
  EXPECT_EQ((*prices)[2].price.nanos_per_kwh(), 1'234'567'891);
  EXPECT_EQ((*prices)[3].price.nanos_per_kwh(), -100'000'000'000);
  EXPECT_EQ((*prices)[4].price.nanos_per_kwh(), 259'390'000);
}

TEST(Pse, NoRowsMeansNotPublished) {
  const auto result = read(std::string("{\"value\":[]}"), plain_day);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::not_published);
}

TEST(Pse, EqualDuplicatesAreOneRowAndDifferentOnesAnError) {
  auto rows = rows_of(plain_day);
  rows.push_back(rows[10]);
  expect_whole_day(read(rows, plain_day), plain_day, 96);
  rows.back().price = "7";
  expect_malformed(read(rows, plain_day), "quarter 02:30 has two different prices");
}

TEST(Pse, ReadsTheLinkToTheNextPage) {
  const auto page = parse_price_page(document(rows_of(plain_day), ",\"nextLink\":\"https://h/api?$after=abc\""),
                                     PriceReport::csdac_pln);
  EXPECT_EQ(page->next_link, "https://h/api?$after=abc");
  EXPECT_EQ(parse_price_page(document(rows_of(plain_day), ",\"nextLink\":null"), PriceReport::csdac_pln)->next_link,
            "");
}

struct Fault {
  const char* name;
  void (*spoil)(Row& row);
  const char* words;
};
class PseRow : public testing::TestWithParam<Fault> {};
INSTANTIATE_TEST_SUITE_P(
    Faults, PseRow,
    testing::Values(
        Fault{"PriceIsNull", [](Row& r) { r.price = "null"; }, "value[3]: the row has no price"},
        Fault{"PriceIsAbsent", [](Row& r) { r.price = ""; }, "value[3]: the row has no price"},
        Fault{"PriceIsText", [](Row& r) { r.price = "\"SN\""; }, "value[3].csdac_pln: expected a number"},
        Fault{"PriceIsANumberInText", [](Row& r) { r.price = "\"259.39\""; }, "expected a number, found a string"},
        Fault{"PriceIsAnArray", [](Row& r) { r.price = "[1]"; }, "value[3].csdac_pln: expected a number"},
        Fault{"PriceOfTheOtherSeries", [](Row& r) { r.price_name = "rce_pln"; }, "the row has no price"},
        Fault{"PriceIsTooLarge", [](Row& r) { r.price = "100000.01"; }, "beyond"},
        Fault{"PriceIsTooSmall", [](Row& r) { r.price = "-1e9"; }, "beyond"},
        Fault{"PriceIsHuge", [](Row& r) { r.price = "1e300"; }, "value[3].csdac_pln"},
        Fault{"NoTime", [](Row& r) { r.dtime = r.dtime_utc = ""; }, "the row has no time"},
        Fault{"TimeIsNonsense", [](Row& r) { r.dtime_utc = "yesterday"; }, "value[3].dtime_utc: not a time"},
        Fault{"TimeHasAThirteenthMonth", [](Row& r) { r.dtime_utc = "2026-13-01 00:15:00"; }, "not a time"},
        Fault{"TimeIsNotAQuarter", [](Row& r) { r.dtime_utc = "2026-09-06 23:01:00"; }, "not the end of a quarter"},
        Fault{"TimeHasSeconds", [](Row& r) { r.dtime_utc = "2026-09-06 23:00:01"; }, "not the end of a quarter"},
        Fault{"AnotherBusinessDay", [](Row& r) { r.business_date = "2026-09-08"; }, "business day 2026-09-08"},
        Fault{"BusinessDayIsNonsense", [](Row& r) { r.business_date = "2026-09-31"; }, "not a date"},
        Fault{"UtcTimeOfAnotherDay",
              [](Row& r) {
                r.dtime_utc = "2026-09-08 23:00:00";
                r.period_utc = "22:45 - 23:00";
              },
              "is not of this day"},
        Fault{"TimeIsTheStartOfItsPeriod",
              [](Row& r) {
                r.dtime = "2026-09-07 00:45:00";
                r.dtime_utc = "2026-09-06 22:45:00";
              },
              "period does not end at its time"},
        Fault{"UtcPeriodIsNotItsQuarter", [](Row& r) { r.period_utc = "22:30 - 23:00"; }, "UTC period"},
        Fault{"LocalAndUtcContradict",
              [](Row& r) {
                r.dtime = "2026-09-07 02:00:00";
                r.period = "01:45 - 02:00";
              },
              "contradict each other"}),
    [](const auto& chosen) { return chosen.param.name; });

TEST_P(PseRow, IsRefusedByName) {
  auto rows = rows_of(plain_day);
  GetParam().spoil(rows[3]);
  expect_malformed(read(rows, plain_day), GetParam().words);
}

TEST(Pse, NullTimesCountAsAbsent) {
  std::string text = document(without_utc(rows_of(plain_day)));
  const std::string mark = "\"business_date\"";
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 80))
    text.insert(at, "\"dtime_utc\":null,\"period_utc\":null,\"publication_ts_utc\":null,");
  expect_whole_day(read(text, plain_day), plain_day, 96);
}

TEST(Pse, OtherDocumentsAreMalformed) {
  for (const char* text : {"", "{}", "[]", "null", "{\"value\":null}", "{\"value\":{}}", "{\"value\":[1]}",
                           "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "{\"value\":[]} trailing",
                           "{\"error\":{\"code\":400,\"message\":\"bad\"}}", "{\"value\":[],\"value\":[]}"}) {
    const auto page = parse_price_page(text, PriceReport::rce_pln);
    ASSERT_FALSE(page.has_value()) << text;
    EXPECT_EQ(page.error().code, ErrorCode::malformed) << text;
  }
}

RC_GTEST_PROP(Pse, ATornDocumentIsNeverRead, ()) {
  const std::string text = document(rows_of(plain_day));
  const auto cut = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(text.size())));
  RC_ASSERT(!parse_price_page(text.substr(0, cut), PriceReport::csdac_pln).has_value());
}

RC_GTEST_PROP(Pse, AChangedByteIsAnErrorOrAWholeDay, ()) {
  std::string text = document(rows_of(autumn_day));
  const auto at = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(text.size())));
  text[at] = *rc::gen::arbitrary<char>();
  const auto result = read(text, autumn_day);
  RC_ASSERT(!result.has_value() || result->size() == 100U);
}

std::string sample(const std::string& name) {
  const char* const data = std::getenv("GRIDPILOT_DATA");
  if (data == nullptr) return {};
  std::ifstream file(std::string(data) + "/data/api_samples/pse/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class PseSample : public testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("GRIDPILOT_DATA") == nullptr)
      GTEST_SKIP() << "GRIDPILOT_DATA does not name the folder of recorded documents";
  }
};

TEST_F(PseSample, AutumnDayHasItsHundredQuartersAtTheRightInstants) {
  const auto prices = read(sample("rce-pln_2025-10-26_autumn_dst_100rows.json"), autumn_day, PriceSeries::rce_15min);
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  ASSERT_EQ(prices->size(), 100U);
  const auto price_at = [&](const char* start) {
    const Slot slot = Slot::containing(parse_rfc3339(start).value());
    return (*prices)[static_cast<std::size_t>(slot - prices->front().slot)].price.nanos_per_kwh();
  };
  EXPECT_EQ(price_at("2025-10-25T22:00:00Z"), 259'390'000);
  EXPECT_EQ(price_at("2025-10-26T00:45:00Z"), 36'230'000);  // 02:45 first pass, "03:00"
  EXPECT_EQ(price_at("2025-10-26T01:00:00Z"), 44'460'000);  // 02:00 second pass, "02a:15"
  EXPECT_EQ(price_at("2025-10-26T01:45:00Z"), 43'460'000);  // "03a:00"
  EXPECT_EQ(price_at("2025-10-26T22:45:00Z"), 48'260'000);
  EXPECT_EQ(prices->front().published_at, parse_rfc3339("2025-10-25T14:13:17Z"));
}

TEST_F(PseSample, AutumnDayIsTheSameByLocalTextAlone) {
  std::string text = sample("rce-pln_2025-10-26_autumn_dst_100rows.json");
  const auto by_utc = read(text, autumn_day, PriceSeries::rce_15min);
  for (const std::string name : {"dtime_utc", "period_utc", "publication_ts_utc"}) {
    for (auto at = text.find('"' + name); at != std::string::npos; at = text.find('"' + name, at + 1))
      text.replace(at + 1, 1, "_");
  }
  const auto by_local_text = read(text, autumn_day, PriceSeries::rce_15min);
  ASSERT_TRUE(by_local_text.has_value()) << by_local_text.error().message;
  EXPECT_EQ(*by_utc, *by_local_text);
}

TEST_F(PseSample, ARangesFirstPageEndsInTheNextDay) {
  const auto page = parse_price_page(sample("rce-pln_range_2026-07-27_page1_nextLink.json"), PriceReport::rce_pln);
  ASSERT_TRUE(page.has_value()) << page.error().message;
  ASSERT_EQ(page->points.size(), 100U);
  EXPECT_THAT(page->next_link, HasSubstr("https://api.raporty.pse.pl/api/rce-pln?$filter="));
  const DayRequest request{.series = PriceSeries::rce_15min, .day = day_of("2026-07-27"), .source = "test"};
  PriceDocument first = *page;
  first.points.resize(96);
  const auto day = day_prices(first, request, warsaw());
  ASSERT_TRUE(day.has_value()) << day.error().message;
  EXPECT_EQ(day->front().price.nanos_per_kwh(), 524'450'000);
  expect_malformed(day_prices(*page, request, warsaw()), "business day 2026-07-28");
}

TEST_F(PseSample, OneRowDocumentsOfBothVersionsAreRead) {
  const auto old = parse_price_page(sample("rce-pln_v1_one_row.json"), PriceReport::rce_pln);
  ASSERT_TRUE(old.has_value()) << old.error().message;
  EXPECT_EQ(old->points.at(0).price.nanos_per_kwh(), 439'580'000);
  expect_malformed(read(sample("csdac-pln_two_rows_2026-09-07.json"), plain_day),
                   "quarter 00:30 is missing (94 of 96 are)");
}

}  // namespace
}  // namespace gridpilot::codec::pse
