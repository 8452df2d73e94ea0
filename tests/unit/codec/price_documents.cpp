#include "gridpilot/codec/price_documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "gridpilot/codec/tge_report.hpp"
#include "support/samples.hpp"

namespace gridpilot::codec {
namespace {

using gridpilot::test::sample;
using testing::HasSubstr;

const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

Result<std::vector<MarketPrice>> day_of(const Result<PriceDocument>& document, const char* day) {
  if (!document) return document.failed();
  return day_prices(*document, {.day = parse_date(day).value(), .source = "test"}, warsaw());
}

std::int64_t price_at(const std::vector<MarketPrice>& prices, const char* start) {
  const Slot slot = Slot::containing(parse_rfc3339(start).value());
  return prices.at(static_cast<std::size_t>(slot - prices.front().slot)).price.nanos_per_kwh();
}

void expect_refusal(const Result<PriceDocument>& document, ErrorCode code, const std::string& words) {
  ASSERT_FALSE(document.has_value()) << words;
  EXPECT_EQ(document.error().code, code) << document.error().message;
  EXPECT_THAT(document.error().message, HasSubstr(words));
}
void expect_refusal(const Result<std::vector<MarketPrice>>& prices, ErrorCode code, const std::string& words) {
  ASSERT_FALSE(prices.has_value()) << words;
  EXPECT_EQ(prices.error().code, code) << prices.error().message;
  EXPECT_THAT(prices.error().message, HasSubstr(words));
}

/// A committed document of the fuzzers' corpus.
std::string corpus(const std::string& name) {
  std::ifstream file(std::string(GRIDPILOT_SOURCE_DIR) + "/fuzz/corpus/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class PriceSample : public gridpilot::test::RecordedDocuments {};

TEST_F(PriceSample, EnergyChartsHasTwoDaysOfHours) {
  const auto document = parse_energy_charts(sample("energy_charts/price_de.json"));
  ASSERT_TRUE(document.has_value()) << document.error().message;
  EXPECT_EQ(document->currency, Currency::eur());
  ASSERT_EQ(document->points.size(), 48U);
  const auto first = day_of(document, "2024-12-10");
  ASSERT_TRUE(first.has_value()) << first.error().message;
  EXPECT_EQ(price_at(*first, "2024-12-09T23:00Z"), 92'850'000);
  EXPECT_EQ(price_at(*first, "2024-12-09T23:45Z"), 92'850'000);  // an hour holds for its quarters
  EXPECT_EQ(price_at(*first, "2024-12-10T22:45Z"), 121'370'000);
  const auto second = day_of(document, "2024-12-11");
  ASSERT_TRUE(second.has_value()) << second.error().message;
  EXPECT_EQ(price_at(*second, "2024-12-11T15:00Z"), 437'870'000);
}

TEST_F(PriceSample, EleringHasQuartersOfTheMarketsDay) {
  const auto document = parse_elering(sample("elering/today_prices.json"), "lv");
  ASSERT_TRUE(document.has_value()) << document.error().message;
  ASSERT_EQ(document->points.size(), 88U);
  EXPECT_EQ(document->points[0].utc, parse_rfc3339("2026-08-22T00:00Z"));
  EXPECT_EQ(document->points[0].price.nanos_per_kwh(), 88'330'000);
  EXPECT_EQ(document->points[87].utc, parse_rfc3339("2026-08-22T21:45Z"));
  EXPECT_EQ(document->points[87].price.nanos_per_kwh(), 5'000'000);
  // It was asked for a day of UTC, so two hours of the local day are not in it.
  expect_refusal(day_of(document, "2026-08-22"), ErrorCode::malformed, "quarter 00:00 is missing (8 of 96 are)");
}

TEST_F(PriceSample, PstrykHasTwoDaysOfNetPrices) {
  const auto document = parse_pstryk(sample("pstryk/pricing_1.json"));
  ASSERT_TRUE(document.has_value()) << document.error().message;
  EXPECT_EQ(document->currency, Currency::pln());
  ASSERT_EQ(document->points.size(), 48U);
  const auto prices = day_of(document, "2025-06-16");
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  EXPECT_EQ(price_at(*prices, "2025-06-15T22:00Z"), 410'000'000);
  EXPECT_EQ(price_at(*prices, "2025-06-16T10:30Z"), 330'000'000);
  const auto next = day_of(document, "2025-06-17");
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(price_at(*next, "2025-06-17T21:45Z"), 550'000'000);
}

TEST_F(PriceSample, TgeReportOfTheFirstLayout) {
  const std::string report = sample("tge/Raport_RDN_delivery_day_2025_10_02.xlsx");
  const auto sdac = day_of(tge::parse_report(report, tge::Price::sdac), "2025-10-02");
  ASSERT_TRUE(sdac.has_value()) << sdac.error().message;
  ASSERT_EQ(sdac->size(), 96U);
  EXPECT_EQ(price_at(*sdac, "2025-10-01T22:00Z"), 424'790'000);
  EXPECT_EQ(price_at(*sdac, "2025-10-01T22:30Z"), 369'830'000);
  const auto fixing = day_of(tge::parse_report(report, tge::Price::fixing_1), "2025-10-02");
  ASSERT_TRUE(fixing.has_value()) << fixing.error().message;
  EXPECT_EQ(price_at(*fixing, "2025-10-01T22:45Z"), 418'380'000);
  EXPECT_EQ(price_at(*fixing, "2025-10-01T23:00Z"), 407'300'000);
}

TEST_F(PriceSample, TgeReportOfTheAutumnDay) {
  const std::string report = sample("tge/Raport_RDN_delivery_day_2025_10_26.xlsx");
  const auto sdac = day_of(tge::parse_report(report, tge::Price::sdac), "2025-10-26");
  ASSERT_TRUE(sdac.has_value()) << sdac.error().message;
  ASSERT_EQ(sdac->size(), 100U);
  EXPECT_EQ(price_at(*sdac, "2025-10-25T22:00Z"), 442'600'000);
  EXPECT_EQ(price_at(*sdac, "2025-10-25T23:45Z"), 132'550'000);  // Q02:00
  EXPECT_EQ(price_at(*sdac, "2025-10-26T00:00Z"), 204'760'000);  // Q01a:15
  EXPECT_EQ(price_at(*sdac, "2025-10-26T00:45Z"), 116'030'000);  // Q02a:00
  EXPECT_EQ(price_at(*sdac, "2025-10-26T01:00Z"), 125'600'000);  // Q02:15
  const auto fixing = day_of(tge::parse_report(report, tge::Price::fixing_1), "2025-10-26");
  ASSERT_TRUE(fixing.has_value()) << fixing.error().message;
  EXPECT_EQ(price_at(*fixing, "2025-10-26T00:15Z"), 20'000);
  EXPECT_EQ(price_at(*fixing, "2025-10-26T22:00Z"), 62'000'000);
}

TEST(EnergyCharts, NamesWhatIsWrong) {
  const auto refused = [](const std::string& times, const std::string& prices, const std::string& unit,
                          const std::string& words) {
    expect_refusal(
        parse_energy_charts("{\"unix_seconds\":" + times + ",\"price\":" + prices + ",\"unit\":" + unit + "}"),
        ErrorCode::malformed, words);
  };
  refused("[1,2]", "[1]", "\"EUR / MWh\"", "2 times and 1 prices");
  refused("[1]", "[1]", "\"EUR / kWh\"", "unit: not a currency per MWh");
  refused("[1]", "[\"SN\"]", "\"EUR/MWh\"", "price[0]: expected a number");
  refused("[-1]", "[1]", "\"EUR/MWh\"", "unix_seconds[0]: not a time");
  refused("[1.5]", "[1]", "\"EUR/MWh\"", "unix_seconds[0]");
  refused("[1]", "[1e9]", "\"EUR/MWh\"", "price[0]: a price beyond");
  refused("{}", "[1]", "\"EUR/MWh\"", "unix_seconds: expected an array");
  expect_refusal(parse_energy_charts("<html>"), ErrorCode::malformed, "line 1");
  expect_refusal(parse_energy_charts(R"({"price":[],"unit":"EUR/MWh"})"), ErrorCode::malformed, "unix_seconds");
}

TEST(EnergyCharts, ANullIsAQuarterThatIsMissing) {
  expect_refusal(day_of(parse_energy_charts(corpus("price_documents/energy_charts.json")), "2026-09-07"),
                 ErrorCode::not_published, "only until 23:00");
}

TEST(Elering, NamesWhatIsWrong) {
  expect_refusal(parse_elering(R"({"success":false,"messages":["x"]})", "ee"), ErrorCode::rejected, "no success");
  expect_refusal(parse_elering(R"({"success":true,"data":{"lv":[]}})", "ee"), ErrorCode::not_published, "zone ee");
  expect_refusal(parse_elering(R"({"success":true})", "ee"), ErrorCode::malformed, "data");
  expect_refusal(parse_elering(R"({"data":{"ee":[{"price":1}]}})", "ee"), ErrorCode::malformed,
                 "data.ee[0]: field 'timestamp' is missing");
  expect_refusal(parse_elering(R"({"data":{"ee":[{"timestamp":1,"price":"1"}]}})", "ee"), ErrorCode::malformed,
                 "data.ee[0].price: expected a number");
  const auto whole = day_of(parse_elering(corpus("price_documents/elering.json"), "ee"), "2026-09-07");
  ASSERT_TRUE(whole.has_value()) << whole.error().message;
  EXPECT_EQ((*whole)[95].price.nanos_per_kwh(), 33'750'000);
}

TEST(Pstryk, NamesWhatIsWrong) {
  const auto frame = [](const std::string& price, const std::string& start, const std::string& end) {
    return parse_pstryk(R"({"frames":[{"price_net":)" + price + R"(,"start":")" + start + R"(","end":")" + end +
                        "\"}]}");
  };
  expect_refusal(frame("1", "2026-09-06T22:00Z", "2026-09-07T00:00Z"), ErrorCode::malformed,
                 "frames[0]: a frame lasts 15, 30 or 60 minutes");
  expect_refusal(frame("1", "2026-09-06 22:00", "2026-09-06T23:00Z"), ErrorCode::malformed, "frames[0].start");
  expect_refusal(frame("\"0.4\"", "2026-09-06T22:00Z", "2026-09-06T23:00Z"), ErrorCode::malformed, "price_net");
  expect_refusal(frame("120", "2026-09-06T22:00Z", "2026-09-06T23:00Z"), ErrorCode::malformed, "not believed");
  expect_refusal(parse_pstryk(R"({"detail":"Invalid token."})"), ErrorCode::malformed, "frames");
  const auto empty = frame("null", "2026-09-06T22:00Z", "2026-09-06T23:00Z");
  ASSERT_TRUE(empty.has_value());
  EXPECT_TRUE(empty->points.empty());
}

std::string ote_item(const std::string& index, const std::string& price, const std::string& more = "",
                     const std::string& date = "2026-09-07") {
  return "<Item><Date>" + date + "</Date><PeriodResolution>PT15M</PeriodResolution><PeriodIndex>" + index +
         "</PeriodIndex>" + more + "<Price>" + price + "</Price></Item>";
}
Result<PriceDocument> ote(const std::string& items) {
  return parse_ote("<e:Envelope xmlns:e=\"x\"><e:Body><GetDamPricePeriodEResponse><Result>" + items +
                   "</Result></GetDamPricePeriodEResponse></e:Body></e:Envelope>");
}

TEST(Ote, NamesWhatIsWrong) {
  expect_refusal(ote(ote_item("1", "SN")), ErrorCode::malformed,
                 "Item 1: 2026-09-07, period 1: Price 'SN' is not a price");
  expect_refusal(ote(ote_item("1", "")), ErrorCode::malformed, "Price '' is not a price");
  expect_refusal(ote(ote_item("0", "1")), ErrorCode::malformed, "PeriodIndex '0'");
  expect_refusal(ote(ote_item("101", "1")), ErrorCode::malformed, "PeriodIndex '101'");
  expect_refusal(ote(ote_item("1", "1", "", "7.9.2026")), ErrorCode::malformed, "Date '7.9.2026'");
  expect_refusal(ote(ote_item("1", "1", "<PeriodInterval>10:00-10:15</PeriodInterval>")), ErrorCode::malformed,
                 "PeriodInterval '10:00-10:15' is not that period");
  expect_refusal(parse_ote("<e:Envelope><e:Body><e:Fault><faultstring>Bad date</faultstring></e:Fault></e:Body>"
                           "</e:Envelope>"),
                 ErrorCode::rejected, "'Bad date'");
  expect_refusal(parse_ote("<html/>"), ErrorCode::malformed, "not a SOAP envelope");
  expect_refusal(day_of(ote(ote_item("1", "1") + ote_item("1", "2")), "2026-09-07"), ErrorCode::malformed,
                 "has two different prices");
  expect_refusal(day_of(ote(""), "2026-09-07"), ErrorCode::not_published, "not published");
}

TEST(Ote, ADayOfAHundredQuartersIsToldByTheirIndex) {
  const auto prices = day_of(parse_ote(corpus("price_documents/ote.xml")), "2025-10-26");
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  ASSERT_EQ(prices->size(), 100U);
  EXPECT_EQ(price_at(*prices, "2025-10-26T01:00Z"), 12'250'000);
}

SlotRange slots_of(const char* day) {
  return warsaw().slots_of(parse_date(day).value());
}

TEST(PriceCsv, ReadsLocalHoursOfTheAutumnDay) {
  const auto prices =
      day_of(parse_price_csv(corpus("price_documents/hours.csv"), "", slots_of("2025-10-26"), warsaw()), "2025-10-26");
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  ASSERT_EQ(prices->size(), 100U);
  EXPECT_EQ(price_at(*prices, "2025-10-26T01:15Z"), 2'500'000);  // the second 02:00
  EXPECT_EQ(price_at(*prices, "2025-10-26T02:00Z"), 3'500'000);
}

TEST(PriceCsv, NamesWhatIsWrongAndLeavesOtherDaysAlone) {
  const auto read = [](const std::string& text, std::string_view column = "") {
    return parse_price_csv(text, column, slots_of("2026-09-07"), warsaw());
  };
  const std::string header = "start_utc,price_pln_mwh\n";
  expect_refusal(read(header + "2026-09-07T00:00Z,SN\n"), ErrorCode::malformed,
                 "line 2, price_pln_mwh: 'SN' is not a price per MWh");
  expect_refusal(read(header + "2026-09-07T00:00Z,1000000\n"), ErrorCode::malformed, "is not a price");
  expect_refusal(read("start_utc,price\n"), ErrorCode::bad_input, "ends in a currency and _mwh");
  expect_refusal(read("start_utc,a_pln_mwh,b_eur_mwh\n"), ErrorCode::bad_input, "several price columns");
  expect_refusal(read("start_utc,a_pln_mwh\n", "b_pln_mwh"), ErrorCode::bad_input, "no price column 'b_pln_mwh'");
  const auto other = read(header + "2025-07-04T10:00Z,SN\n");
  ASSERT_TRUE(other.has_value()) << other.error().message;
  EXPECT_TRUE(other->points.empty());
  const auto euro = read("start_utc,a_pln_mwh,b_eur_mwh\n2026-09-07T00:00Z,1,2.5\n", "b_eur_mwh");
  ASSERT_TRUE(euro.has_value()) << euro.error().message;
  EXPECT_EQ(euro->currency, Currency::eur());
  EXPECT_EQ(euro->points.at(0).price.nanos_per_kwh(), 2'500'000);
}

TEST(TgeReport, IsReadInBothLayoutsAndOnDaysOfAllLengths) {
  struct Day {
    const char* file;
    const char* date;
    std::size_t quarters;
  };
  for (const Day& day : {Day{"plain", "2026-09-07", 96}, Day{"old_layout", "2026-09-07", 96},
                         Day{"autumn", "2025-10-26", 100}, Day{"spring", "2026-03-29", 92}}) {
    const std::string report = corpus("tge_report/" + std::string(day.file) + ".xlsx");
    const auto sdac = day_of(tge::parse_report(report, tge::Price::sdac), day.date);
    ASSERT_TRUE(sdac.has_value()) << day.file << ": " << sdac.error().message;
    ASSERT_EQ(sdac->size(), day.quarters);
    for (std::size_t n = 0; n < day.quarters; ++n)
      EXPECT_EQ((*sdac)[n].price.nanos_per_kwh(), 200'070'000 + 1'000'000 * static_cast<std::int64_t>(n));
    const auto fixing = day_of(tge::parse_report(report, tge::Price::fixing_1), day.date);
    ASSERT_TRUE(fixing.has_value()) << day.file << ": " << fixing.error().message;
    EXPECT_EQ((*fixing)[9].price.nanos_per_kwh(), 102'500'000);
  }
}

TEST(TgeReport, AnHourThatIsMissingDoesNotShiftTheOthers) {
  const std::string report = corpus("tge_report/hour_missing.xlsx");
  expect_refusal(tge::parse_report(report, tge::Price::sdac), ErrorCode::malformed, "hour 9 is missing");
  expect_refusal(tge::parse_report(report, tge::Price::fixing_1), ErrorCode::malformed, "hour 9 is missing");
  // A spring day's report is none of an ordinary day.
  const auto spring = tge::parse_report(corpus("tge_report/spring.xlsx"), tge::Price::sdac);
  expect_refusal(day_of(spring, "2026-03-30"), ErrorCode::malformed, "business day 2026-03-29");
}

TEST(TgeReport, OtherBytesAreRefused) {
  for (const std::string& bytes : {std::string(), std::string("<html></html>"), corpus("tge_report/torn.xlsx")})
    expect_refusal(tge::parse_report(bytes, tge::Price::sdac), ErrorCode::malformed, "not a zip archive");
}

}  // namespace
}  // namespace gridpilot::codec
