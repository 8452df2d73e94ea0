#include "gridpilot/config/values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gridpilot::config {
namespace {

using testing::HasSubstr;

TEST(Values, AreReadInTheirUnits) {
  EXPECT_EQ(parse_power("5 kW").value(), kilowatts(5));
  EXPECT_EQ(parse_power("4600W").value(), watts(4600));
  EXPECT_EQ(parse_energy("10 kWh").value(), kilowatt_hours(10));
  EXPECT_EQ(parse_energy("4 MWh").value(), kilowatt_hours(4000));
  EXPECT_EQ(parse_duration("20 s").value(), Milliseconds(20'000));
  EXPECT_EQ(parse_duration("15 min").value(), Milliseconds(900'000));
  EXPECT_EQ(parse_percent("95 %").value(), 95.0);
  EXPECT_EQ(parse_price_per_kwh("50 PLN/MWh").value(), 0.05);
  EXPECT_EQ(parse_factor("1.23").value(), Ratio{1'230'000});
  EXPECT_EQ(parse_factor("80 %").value(), Ratio{800'000});
  EXPECT_EQ(parse_degrees("35°").value(), 35.0);
  EXPECT_EQ(parse_clock("12:40").value(), 760);
}

TEST(Values, WithoutOrWithAForeignUnitAreRefusedWithTheAllowedOnes) {
  for (const char* text :
       {"5", "5 kWh", "5 KW", "5 kilowatt", "", "kW", "5,5 kW", "1_000 W", "0x10 W", "5e3 W", "nan W"}) {
    const auto refused = parse_power(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_THAT(refused.error().message, HasSubstr("units: W, kW")) << text;
  }
  EXPECT_FALSE(parse_energy("10 kW"));
  EXPECT_FALSE(parse_duration("20"));
  EXPECT_FALSE(parse_percent("0.95"));
  EXPECT_FALSE(parse_clock("24:15"));
  EXPECT_FALSE(parse_clock("6:00"));
}

TEST(Values, YesAndNoAreTheseFourWordsAlone) {
  EXPECT_TRUE(parse_yes_no("yes").value());
  EXPECT_FALSE(parse_yes_no("false").value());
  for (const char* text : {"on", "off", "y", "True", "1"}) EXPECT_FALSE(parse_yes_no(text)) << text;
}

TEST(Values, EndpointsHaveAnAddressAndAPort) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:8080").value(), (Endpoint{.address = "127.0.0.1", .port = 8080}));
  EXPECT_EQ(parse_endpoint("[::1]:80").value(), (Endpoint{.address = "::1", .port = 80}));
  for (const char* text : {"127.0.0.1", ":8080", "::1:80", "127.0.0.1:70000", "127.0.0.1:", "[]:80", "a b:1"})
    EXPECT_FALSE(parse_endpoint(text)) << text;
}

TEST(Values, UrlsHaveASchemeAndAHost) {
  EXPECT_EQ(parse_url("https://api.raporty.pse.pl/api/").value(), "https://api.raporty.pse.pl/api");
  for (const char* text : {"api.raporty.pse.pl", "ftp://host", "https://", "https:///path", "https://a b"})
    EXPECT_FALSE(parse_url(text)) << text;
}

}  // namespace
}  // namespace gridpilot::config
