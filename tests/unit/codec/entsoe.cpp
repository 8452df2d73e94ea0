#include "gridpilot/codec/entsoe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "support/samples.hpp"

namespace gridpilot::codec::entsoe {
namespace {

using gridpilot::test::sample;
using testing::HasSubstr;

const TimeZone& zone_of(const char* name) {
  static const TimeZone warsaw = TimeZone::load("Europe/Warsaw").value();
  static const TimeZone brussels = TimeZone::load("Europe/Brussels").value();
  return std::string(name) == "Europe/Brussels" ? brussels : warsaw;
}

std::int64_t price_at(const PriceDocument& document, const char* start) {
  for (const PricePoint& point : document.points)
    if (point.utc == parse_rfc3339(start)) return point.price.nanos_per_kwh();
  ADD_FAILURE() << "no price at " << start;
  return 0;
}

Result<std::vector<MarketPrice>> day_of(const PriceDocument& document, const char* day) {
  return day_prices(document, {.day = parse_date(day).value(), .source = "test"}, zone_of("Europe/Brussels"));
}

class EntsoeSample : public gridpilot::test::RecordedDocuments {};

TEST_F(EntsoeSample, HoursOfADay) {
  const auto document = parse_prices(sample("entsoe/BE_60M.xml"), code_of("BE"));
  ASSERT_TRUE(document.has_value()) << document.error().message;
  EXPECT_EQ(document->currency, Currency::eur());
  ASSERT_EQ(document->points.size(), 24U);
  EXPECT_EQ(price_at(*document, "2024-10-07T22:00Z"), 64'980'000);
  EXPECT_EQ(price_at(*document, "2024-10-08T21:00Z"), 50'000'000);
  const auto prices = day_of(*document, "2024-10-08");
  ASSERT_TRUE(prices.has_value()) << prices.error().message;
  ASSERT_EQ(prices->size(), 96U);
  EXPECT_EQ((*prices)[3].price.nanos_per_kwh(), 64'980'000);
  EXPECT_EQ((*prices)[4].price.nanos_per_kwh(), 57'860'000);
}

TEST_F(EntsoeSample, QuartersAndHoursOfSeveralDays) {
  const auto document = parse_prices(sample("entsoe/BE_60M_15M_mix.xml"), code_of("BE"));
  ASSERT_TRUE(document.has_value()) << document.error().message;
  ASSERT_EQ(document->points.size(), 96U + 96U + 24U);
  EXPECT_EQ(price_at(*document, "2024-10-05T22:45Z"), 55'350'000);  // held from position 1
  EXPECT_EQ(price_at(*document, "2024-10-05T23:00Z"), 44'220'000);
  EXPECT_EQ(price_at(*document, "2024-10-06T22:00Z"), 34'580'000);
  EXPECT_EQ(price_at(*document, "2024-10-07T21:45Z"), 77'180'000);
  EXPECT_EQ(price_at(*document, "2024-10-08T21:00Z"), 50'000'000);
  for (const char* const day : {"2024-10-06", "2024-10-07", "2024-10-08"}) EXPECT_TRUE(day_of(*document, day)) << day;
}

TEST_F(EntsoeSample, OneHourOfQuartersIsNoDay) {
  const auto document = parse_prices(sample("entsoe/BE_15M_exact4.xml"), code_of("BE"));
  ASSERT_TRUE(document.has_value()) << document.error().message;
  ASSERT_EQ(document->points.size(), 4U);
  EXPECT_EQ(price_at(*document, "2024-10-05T22:45Z"), 31'860'000);
  const auto prices = day_of(*document, "2024-10-06");
  ASSERT_FALSE(prices.has_value());
  EXPECT_THAT(prices.error().message, HasSubstr("only until 01:00"));
}

TEST_F(EntsoeSample, OmittedPointsEqualTheOneBefore) {
  const auto document = parse_prices(sample("entsoe/publication.a03curvetype.xml"));
  ASSERT_TRUE(document.has_value()) << document.error().message;
  ASSERT_EQ(document->points.size(), 6U);
  const std::int64_t expected[] = {50, 50, 55, 55, 55, 60};
  for (std::size_t n = 0; n < 6; ++n) EXPECT_EQ(document->points[n].price.nanos_per_kwh(), expected[n] * 1'000'000);
  EXPECT_EQ(document->points[5].utc, parse_rfc3339("2024-01-01T05:00Z"));
}

TEST_F(EntsoeSample, NothingYetIsNotPublished) {
  const auto document = parse_prices(sample("entsoe/acknowledgement.invalidrequest.xml"), code_of("PL"));
  ASSERT_FALSE(document.has_value());
  EXPECT_EQ(document.error().code, ErrorCode::not_published);
}

TEST_F(EntsoeSample, AnotherZoneThanAskedForIsRefused) {
  const auto document = parse_prices(sample("entsoe/BE_60M.xml"), code_of("PL"));
  ASSERT_FALSE(document.has_value());
  EXPECT_THAT(document.error().message, HasSubstr("TimeSeries 1: in_Domain.mRID is '10YBE----------2'"));
}

TEST(EntsoeZones, HaveCodesWithTheRightCheckCharacter) {
  // The energy identification coding scheme's own check: weights 16 to 2, modulo 37.
  const auto value = [](char c) { return c == '-' ? 36 : c >= 'A' ? c - 'A' + 10 : c - '0'; };
  for (const Zone& zone : zones()) {
    ASSERT_EQ(zone.code.size(), 16U) << zone.name;
    int sum = 0;
    for (int n = 0; n < 15; ++n) sum += value(zone.code[static_cast<std::size_t>(n)]) * (16 - n);
    EXPECT_EQ(value(zone.code[15]), 36 - (sum - 1) % 37) << zone.name;
  }
  EXPECT_EQ(code_of("PL"), "10YPL-AREA-----S");
  EXPECT_EQ(code_of("10YCZ-CEPS-----N"), "10YCZ-CEPS-----N");
  EXPECT_EQ(code_of("Poland"), "");
}

/// A document of one or more series, made of parts that tests replace.
struct Made {
  std::string type = "A44";
  std::string unit = "MWH";
  std::string currency = "EUR";
  std::string curve = "A03";
  std::string resolution = "PT60M";
  std::string end = "2026-09-07T22:00Z";
  std::string points = "<Point><position>1</position><price.amount>10.5</price.amount></Point>";
  std::string more;  ///< of the series
  std::string after;

  [[nodiscard]] std::string series() const {
    return "<TimeSeries>" + more + "<currency_Unit.name>" + currency +
           "</currency_Unit.name><price_Measure_Unit.name>" + unit + "</price_Measure_Unit.name><curveType>" + curve +
           "</curveType><Period><timeInterval><start>2026-09-06T22:00Z</start><end>" + end +
           "</end></timeInterval><resolution>" + resolution + "</resolution>" + points + "</Period></TimeSeries>";
  }
  [[nodiscard]] std::string text() const {
    return "<n:Publication_MarketDocument xmlns:n=\"x\"><type>" + type + "</type>" + series() + after +
           "</n:Publication_MarketDocument>";
  }
};

void expect_refusal(const std::string& text, ErrorCode code, const std::string& words) {
  const auto document = parse_prices(text);
  ASSERT_FALSE(document.has_value()) << words;
  EXPECT_EQ(document.error().code, code) << document.error().message;
  EXPECT_THAT(document.error().message, HasSubstr(words));
}

std::string point(const std::string& position, const std::string& price) {
  return "<Point><position>" + position + "</position><price.amount>" + price + "</price.amount></Point>";
}

TEST(Entsoe, NamesWhatIsWrong) {
  const auto malformed = [](const Made& made, const std::string& words) {
    expect_refusal(made.text(), ErrorCode::malformed, words);
  };
  malformed({.type = "A65"}, "document type 'A65'");
  malformed({.unit = "KWH"}, "per 'KWH', not per MWH");
  malformed({.currency = "euro"}, "currency 'euro'");
  malformed({.curve = "A02"}, "curve type 'A02'");
  malformed({.curve = "A01"}, "TimeSeries 1: Period 1: position 2 is missing");
  malformed({.resolution = "PT7M"}, "resolution 'PT7M'");
  malformed({.end = "2026-09-07T21:30Z"}, "no whole number of periods of 60 minutes");
  malformed({.end = "2026-09-06T22:00Z"}, "time interval");
  malformed({.end = "2126-09-06T22:00Z"}, "longer than a year");
  malformed({.points = ""}, "position 1 is missing");
  malformed({.points = point("2", "1")}, "position 1 is missing");
  malformed({.points = point("1", "1") + point("25", "1")}, "position 25 lies outside an interval of 24 periods");
  malformed({.points = point("1", "1") + point("1", "2")}, "position 1 stands twice with different prices");
  malformed({.points = point("0", "1")}, "position is '0'");
  malformed({.points = point("x", "1")}, "position is 'x'");
  for (const char* const price : {"SN", "", "N/A", "1,5", "1e3", "nan", "100000.01", "-100000.01"})
    malformed({.points = point("1", price)}, "position 1: ");
  expect_refusal("<html><body>Service unavailable</body></html>", ErrorCode::malformed, "a 'html' and not a");
  expect_refusal("", ErrorCode::malformed, "not an XML document");
  expect_refusal("{}", ErrorCode::malformed, "not an XML document");
  const Made second{.currency = "PLN"};
  malformed({.after = second.series()}, "prices in two currencies");
}

TEST(Entsoe, AnyOtherAcknowledgementIsItsOwnReason) {
  expect_refusal(
      "<Acknowledgement_MarketDocument><Reason><code>999</code><text>Unauthorized. Missing or invalid "
      "security token</text></Reason></Acknowledgement_MarketDocument>",
      ErrorCode::rejected, "code '999': 'Unauthorized. Missing or invalid");
}

TEST(Entsoe, PointsMayComeInAnyOrderAndEqualOnesTwice) {
  const Made made{.points = point("3", "30") + point("1", "10") + point("3", "30.00")};
  const auto document = parse_prices(made.text());
  ASSERT_TRUE(document.has_value()) << document.error().message;
  EXPECT_EQ(price_at(*document, "2026-09-06T23:00Z"), 10'000'000);
  EXPECT_EQ(price_at(*document, "2026-09-07T00:00Z"), 30'000'000);
}

TEST(Entsoe, OfSeveralAuctionsTheFirstIsTakenAndIntradayLeftOut) {
  const std::string sequence = "<classificationSequence_AttributeInstanceComponent.position>";
  const std::string sequence_end = "</classificationSequence_AttributeInstanceComponent.position>";
  const Made second{.points = point("1", "99"), .more = sequence + "2" + sequence_end};
  const Made intraday{.points = point("1", "77"),
                      .more = "<contract_MarketAgreement.type>A07</contract_MarketAgreement.type>"};
  const Made first{
      .points = point("1", "11"), .more = sequence + "1" + sequence_end, .after = second.series() + intraday.series()};
  const auto document = parse_prices(first.text());
  ASSERT_TRUE(document.has_value()) << document.error().message;
  EXPECT_EQ(document->points.size(), 24U);
  EXPECT_EQ(price_at(*document, "2026-09-07T00:00Z"), 11'000'000);
}

TEST(Entsoe, ClockChangeDaysHaveTheirLength) {
  const auto day = [](const char* date, const std::string& start, const std::string& end) {
    std::string text = Made{.resolution = "PT15M", .end = end}.text();
    text.replace(text.find("2026-09-06T22:00Z"), 17, start);
    const auto document = parse_prices(text);
    EXPECT_TRUE(document.has_value()) << document.error().message;
    const auto prices = day_prices(*document, {.day = parse_date(date).value()}, zone_of("Europe/Warsaw"));
    EXPECT_TRUE(prices.has_value()) << prices.error().message;
    return prices->size();
  };
  EXPECT_EQ(day("2025-10-26", "2025-10-25T22:00Z", "2025-10-26T23:00Z"), 100U);
  EXPECT_EQ(day("2026-03-29", "2026-03-28T23:00Z", "2026-03-29T22:00Z"), 92U);
}

RC_GTEST_PROP(Entsoe, ATornDocumentIsNeverRead, ()) {
  const std::string text = Made{}.text();
  const auto cut = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(text.size())));
  RC_ASSERT(!parse_prices(text.substr(0, cut)).has_value());
}

}  // namespace
}  // namespace gridpilot::codec::entsoe
