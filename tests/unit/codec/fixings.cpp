#include "gridpilot/codec/fixings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/samples.hpp"

namespace gridpilot::codec {
namespace {

using testing::HasSubstr;

const Currency czk = *Currency::parse("CZK");
const Currency huf = *Currency::parse("HUF");

std::chrono::year_month_day date(const char* text) {
  return parse_date(text).value();
}

FixingBook book_of(const Result<std::vector<FixingTable>>& tables) {
  EXPECT_TRUE(tables.has_value()) << tables.error().message;
  FixingBook book;
  if (tables)
    for (const FixingTable& table : *tables) book.merge(table);
  return book;
}

Ratio rate(const FixingBook& book, const char* day, Currency from, Currency to) {
  const auto fixing = book.in_force_on(date(day), from, to);
  EXPECT_TRUE(fixing.has_value()) << fixing.error().message;
  return fixing ? fixing->rate : Ratio{};
}

void expect_refusal(const Result<std::vector<FixingTable>>& tables, const std::string& words) {
  ASSERT_FALSE(tables.has_value()) << words;
  EXPECT_EQ(tables.error().code, ErrorCode::malformed);
  EXPECT_THAT(tables.error().message, HasSubstr(words));
}

TEST(NbpFixings, HoldUntilTheNextOneAndForTenDays) {
  const FixingBook book = book_of(parse_nbp_fixings(
      R"({"table":"A","currency":"euro","code":"EUR","rates":[{"no":"205/A/NBP/2025","effectiveDate":"2025-10-22",
          "mid":4.2393},{"no":"206/A/NBP/2025","effectiveDate":"2025-10-24","mid":4.2401}]})"));
  EXPECT_EQ(rate(book, "2025-10-22", Currency::eur(), Currency::pln()).ppm, 4'239'300);
  EXPECT_EQ(rate(book, "2025-10-23", Currency::eur(), Currency::pln()).ppm, 4'239'300);
  EXPECT_EQ(rate(book, "2025-10-24", Currency::eur(), Currency::pln()).ppm, 4'240'100);
  EXPECT_EQ(rate(book, "2025-11-03", Currency::eur(), Currency::pln()).ppm, 4'240'100);
  EXPECT_EQ(rate(book, "2025-10-24", Currency::pln(), Currency::eur()).ppm, 235'843);  // 1 / 4.2401
  for (const char* const day : {"2025-10-21", "2025-11-04"}) {
    const auto fixing = book.in_force_on(date(day), Currency::eur(), Currency::pln());
    ASSERT_FALSE(fixing.has_value()) << day;
    EXPECT_EQ(fixing.error().code, ErrorCode::not_found);
    EXPECT_THAT(fixing.error().message, HasSubstr("no fixing of EUR in PLN for " + std::string(day)));
  }
  EXPECT_FALSE(book.in_force_on(date("2025-10-22"), czk, Currency::pln()).has_value());
}

TEST(NbpFixings, WholeTablesAreReadToo) {
  const FixingBook book = book_of(parse_nbp_fixings(
      R"([{"table":"A","effectiveDate":"2025-10-22","rates":[{"code":"EUR","mid":4.2393},{"code":"HUF","mid":0.010866}]}])"));
  EXPECT_EQ(rate(book, "2025-10-22", huf, Currency::pln()).ppm, 10'866);
  EXPECT_EQ(rate(book, "2025-10-22", Currency::eur(), huf).ppm, 390'143'567);  // 4.2393 / 0.010866
}

TEST(NbpFixings, NameWhatIsWrong) {
  const auto row = [](const std::string& members) {
    return parse_nbp_fixings("{\"code\":\"EUR\",\"rates\":[{" + members + "}]}");
  };
  expect_refusal(row(R"("effectiveDate":"2025-10-22","mid":0)"), "rate");
  expect_refusal(row(R"("effectiveDate":"2025-10-22","mid":-4.2)"), "between a millionth and a million");
  expect_refusal(row(R"("effectiveDate":"2025-10-22","mid":"4.2")"), "rates[0].mid: expected a number");
  expect_refusal(row(R"("effectiveDate":"2025-10-22","mid":null)"), "rates[0].mid");
  expect_refusal(row(R"("effectiveDate":"22.10.2025","mid":4.2)"), "not a date");
  expect_refusal(row(R"("mid":4.2)"), "lacks its date");
  expect_refusal(row(R"("effectiveDate":"2025-10-22")"), "mid");
  expect_refusal(parse_nbp_fixings(R"({"code":"EUR","rates":[{"effectiveDate":"2025-10-22","mid":4.2},
                                      {"effectiveDate":"2025-10-22","mid":4.3}]})"),
                 "two rates on one day");
  expect_refusal(parse_nbp_fixings("404 NotFound - Not Found - Brak danych"), "");
}

TEST(EcbFixings, AreQuotedTheOtherWayRound) {
  const std::string text =
      R"(<g:Envelope xmlns:g="x"><g:subject>Reference rates</g:subject><Cube>
         <Cube time="2025-10-22"><Cube currency="PLN" rate="4.2393"/><Cube currency="CZK" rate="24.315"/></Cube>
         <Cube time="2025-10-21"><Cube currency="PLN" rate="4.2410"/></Cube></Cube></g:Envelope>)";
  const FixingBook book = book_of(parse_ecb_fixings(text));
  EXPECT_EQ(rate(book, "2025-10-22", Currency::eur(), Currency::pln()).ppm, 4'239'300);
  EXPECT_EQ(rate(book, "2025-10-21", Currency::eur(), Currency::pln()).ppm, 4'241'000);
  EXPECT_EQ(rate(book, "2025-10-22", czk, Currency::pln()).ppm, 174'349);  // 4.2393 / 24.315
  expect_refusal(parse_ecb_fixings("<Envelope><Cube><Cube time=\"x\"/></Cube></Envelope>"), "time 'x' is not a date");
  expect_refusal(parse_ecb_fixings("<Envelope><Cube><Cube time=\"2025-10-22\"><Cube currency=\"PLN\" rate=\"N/A\"/>"
                                   "</Cube></Cube></Envelope>"),
                 "are not a fixing");
  expect_refusal(parse_ecb_fixings("<html/>"), "has no reference rates");
}

class FixingSample : public gridpilot::test::RecordedDocuments {};

TEST_F(FixingSample, CnbGivesTheEuroInZlotyAcrossTheCrown) {
  const FixingBook book = book_of(parse_cnb_fixings(gridpilot::test::sample("ote/cnb-2025-10-22.json")));
  EXPECT_EQ(rate(book, "2025-10-22", Currency::eur(), czk).ppm, 24'315'000);
  EXPECT_EQ(rate(book, "2025-10-22", huf, czk).ppm, 62'430);                             // 100 forint are 6.243 crowns
  EXPECT_EQ(rate(book, "2025-10-23", Currency::eur(), Currency::pln()).ppm, 4'230'167);  // 24.315 / 5.748
  EXPECT_FALSE(book.in_force_on(date("2025-10-21"), Currency::eur(), Currency::pln()).has_value());
}

}  // namespace
}  // namespace gridpilot::codec
