#include "gridpilot/codec/json_prices.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/samples.hpp"

namespace gridpilot::codec {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;

const JsonPriceLayout rows{
    .rows = "/data/rows", .time = "/at", .price = "/value", .unit = *parse_price_unit("EUR/MWh")};

void expect_refusal(const std::string& text, const JsonPriceLayout& layout, const std::string& words) {
  const auto document = parse_json_prices(text, layout);
  ASSERT_FALSE(document.has_value()) << words;
  EXPECT_EQ(document.error().code, ErrorCode::malformed);
  EXPECT_THAT(document.error().message, HasSubstr(words));
}

std::int64_t only_price(const std::string& text, const JsonPriceLayout& layout) {
  const auto document = parse_json_prices(text, layout);
  EXPECT_TRUE(document.has_value()) << document.error().message;
  return document->points.at(0).price.nanos_per_kwh();
}

TEST(JsonPrices, UnitsAreExact) {
  const auto in = [](const char* unit, const std::string& number) {
    JsonPriceLayout layout = rows;
    layout.unit = parse_price_unit(unit).value();
    return only_price(R"({"data":{"rows":[{"at":"2026-09-06T22:00Z","value":)" + number + "}]}}", layout);
  };
  EXPECT_EQ(in("EUR/MWh", "412.34"), 412'340'000);
  EXPECT_EQ(in("PLN/kWh", "0.41234"), 412'340'000);
  EXPECT_EQ(in("EUR cent/kWh", "41.234"), 412'340'000);
  EXPECT_EQ(in("PLN/kWh", "\"0.1234567\""), 123'456'700);  // a number as text
  EXPECT_EQ(in("EUR/MWh", "-0.01"), -10'000);
  for (const char* const wrong : {"", "EUR", "euro/MWh", "EUR/GWh", "EUR /MWh", "EURcent/kWh"})
    EXPECT_FALSE(parse_price_unit(wrong).has_value()) << wrong;
  for (const char* const unit : {"EUR/MWh", "PLN/kWh", "EUR cent/kWh"})
    EXPECT_EQ(to_text(*parse_price_unit(unit)), unit);
}

TEST(JsonPrices, TimesOfEveryFormat) {
  const auto time = [](TimeFormat format, const std::string& text) {
    JsonPriceLayout layout = rows;
    layout.time_format = format;
    const auto document = parse_json_prices(R"({"data":{"rows":[{"at":)" + text + R"(,"value":1}]}})", layout);
    EXPECT_TRUE(document.has_value()) << document.error().message;
    return document->points.at(0);
  };
  const Instant expected = parse_rfc3339("2026-09-06T22:00:00Z").value();
  EXPECT_EQ(time(TimeFormat::rfc3339, "\"2026-09-07T00:00:00+02:00\"").utc, expected);
  EXPECT_EQ(time(TimeFormat::unix_seconds, "1788732000").utc, expected);
  EXPECT_EQ(time(TimeFormat::unix_seconds, "\"1788732000\"").utc, expected);
  EXPECT_EQ(time(TimeFormat::unix_millis, "1788732000000").utc, expected);
  EXPECT_EQ(time(TimeFormat::local, "\"2026-09-07 00:00\"").local, parse_local_label("2026-09-07T00:00"));
}

TEST(JsonPrices, RowsByNameAndTwoListsAreRead) {
  const JsonPriceLayout named{.rows = "", .unit = {}, .time_format = TimeFormat::local};
  const auto by_name = parse_json_prices(R"({"2026-09-07 01:00":1.5,"2026-09-07 02:00":null})", named);
  ASSERT_TRUE(by_name.has_value()) << by_name.error().message;
  ASSERT_EQ(by_name->points.size(), 1U);
  EXPECT_EQ(by_name->points[0].price.nanos_per_kwh(), 1'500'000);
  const JsonPriceLayout lists{
      .rows = std::nullopt, .time = "/t", .price = "/a~1b", .unit = {}, .time_format = TimeFormat::unix_seconds};
  const auto by_list = parse_json_prices(R"({"t":[0,900],"a/b":[1,2.5]})", lists);
  ASSERT_TRUE(by_list.has_value()) << by_list.error().message;
  EXPECT_EQ(by_list->points.at(1).price.nanos_per_kwh(), 2'500'000);
  expect_refusal(R"({"t":[0,900],"a/b":[1]})", lists, "a/b: has 1 prices for 2 times");
  const JsonPriceLayout arrays{
      .rows = "/rows", .time = "/0", .price = "/1", .unit = {}, .time_format = TimeFormat::unix_seconds};
  EXPECT_EQ(only_price(R"({"rows":[[900,3]]})", arrays), 3'000'000);
  expect_refusal(R"({"rows":[[900]]})", arrays, "rows[0]: has no element '1'");
}

TEST(JsonPrices, NamesThePlaceOfWhatIsWrong) {
  const auto row = [](const std::string& at, const std::string& value) {
    return R"({"data":{"rows":[{"at":)" + at + R"(,"value":)" + value + "}]}}";
  };
  expect_refusal(row("\"2026-09-06T22:00Z\"", "\"SN\""), rows, "data.rows[0].value: is not a price");
  expect_refusal(row("\"2026-09-06T22:00Z\"", "true"), rows, "data.rows[0].value");
  expect_refusal(row("\"2026-09-06T22:00Z\"", "100001"), rows, "not believed");
  expect_refusal(row("\"2026-09-06 22:00\"", "1"), rows, "data.rows[0].at: is not a time");
  expect_refusal(row("1788732000", "1"), rows, "data.rows[0].at");
  expect_refusal(R"({"data":{"rows":5}})", rows, "data.rows: is neither");
  expect_refusal(R"({"data":{}})", rows, "rows");
  expect_refusal("<html>", rows, "");
}

TEST(JsonPrices, PointersAreChecked) {
  for (const char* const good : {"", "/", "/a/b", "/a~0b~1c", "/0"}) EXPECT_TRUE(is_json_pointer(good)) << good;
  for (const char* const wrong : {"a", "a/b", "/a~", "/a~2"}) EXPECT_FALSE(is_json_pointer(wrong)) << wrong;
}

class JsonPriceSample : public gridpilot::test::RecordedDocuments {};

/// Documents of sources without a kind of their own, described as a configuration would.
TEST_F(JsonPriceSample, EnergyZeroIsReadAsDescribed) {
  const std::string text = gridpilot::test::sample("energyzero/graphql_energy.json");
  const JsonPriceLayout layout{.rows = "/data/energyMarketPrices/prices",
                               .time = "/from",
                               .price = "/energyPriceExcl",
                               .unit = *parse_price_unit("EUR/kWh")};
  const auto document = parse_json_prices(text, layout);
  ASSERT_TRUE(document.has_value()) << document.error().message;
  ASSERT_FALSE(document->points.empty());
  EXPECT_EQ(document->points[0].price.nanos_per_kwh(), 107'000'000);
  EXPECT_EQ(document->points[0].utc, parse_rfc3339("2025-05-30T22:00:00Z"));
}

TEST_F(JsonPriceSample, EnergyChartsIsTwoLists) {
  const JsonPriceLayout layout{.rows = std::nullopt,
                               .time = "/unix_seconds",
                               .price = "/price",
                               .unit = *parse_price_unit("EUR/MWh"),
                               .time_format = TimeFormat::unix_seconds};
  const auto document = parse_json_prices(gridpilot::test::sample("energy_charts/price_de.json"), layout);
  ASSERT_TRUE(document.has_value()) << document.error().message;
  ASSERT_EQ(document->points.size(), 48U);
  EXPECT_EQ(document->points[47].price.nanos_per_kwh(), 135'960'000);
}

}  // namespace
}  // namespace gridpilot::codec
