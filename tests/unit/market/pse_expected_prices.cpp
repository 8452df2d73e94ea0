#include "gridpilot/market/pse_expected_prices.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/scripted_door.hpp"
#include "unit/market/prices.hpp"
#include "unit/net/run.hpp"

namespace gridpilot::market {
namespace {

using gridpilot::test::ScriptedDoor;
using test::at;
using test::warsaw;
using testing::HasSubstr;

std::string row(const std::string& end_utc, const std::string& price) {
  return R"({"dtime_utc":")" + end_utc + R"(","business_date":"2026-09-07","cen_fcst":)" + price + "}";
}

/// The source over a scripted door.
struct Expected {
  explicit Expected(ScriptedDoor scripted) : door(std::move(scripted)) {}
  Result<PriceAdvice> fetch() {
    Result<PriceAdvice> result = failure(ErrorCode::bug, "not asked");
    net::test::run(io, [](PseExpectedPrices* asked, Result<PriceAdvice>* out) -> net::Awaitable<void> {
      *out = co_await asked->fetch();
    }(&source, &result));
    return result;
  }
  net::asio::io_context io;
  os::ManualClock clock{at("2026-09-06T22:30:00Z")};
  ScriptedDoor door;
  PseExpectedPrices source{{.door = door, .clock = clock, .zone = warsaw(), .url = "https://pse.example/api"}};
};

TEST(PseExpectedPrices, AreTheQuartersThatEndAtTheTimesOfTheRows) {
  Expected pse(ScriptedDoor(R"({"value":[)" + row("2026-09-07 10:15:00", "431.5") + "," +
                            row("2026-09-07 10:00:00", "-12.25") + "," + row("2026-09-07 10:30:00", "null") + "]}"));
  const auto advice = pse.fetch();
  ASSERT_TRUE(advice) << advice.error().message;
  EXPECT_EQ(advice->source, "pse-price-fcst");
  ASSERT_EQ(advice->slots.size(), 2U);
  EXPECT_EQ(advice->slots[0].first.start(), at("2026-09-07T09:45:00Z"));
  EXPECT_EQ(advice->slots[0].second, NetPrice::from_per_mwh(-12.25));
  EXPECT_EQ(advice->slots[1].first.start(), at("2026-09-07T10:00:00Z"));
  // Asked for by the local day: in Warsaw the seventh has begun.
  ASSERT_EQ(pse.door.asked.size(), 1U);
  EXPECT_THAT(pse.door.asked[0].url, HasSubstr("price-fcst?$filter=business_date%20ge%20%272026-09-07%27"));
}

TEST(PseExpectedPrices, GoOnOverPages) {
  Expected pse(ScriptedDoor([](const net::DocumentRequest& request) -> Result<std::string> {
    if (request.url.find("$after=x") != std::string::npos)
      return R"({"value":[)" + row("2026-09-07 10:30:00", "2") + "]}";
    return R"({"value":[)" + row("2026-09-07 10:15:00", "1") + R"(],"nextLink":"/api/price-fcst?$after=x"})";
  }));
  const auto advice = pse.fetch();
  ASSERT_TRUE(advice) << advice.error().message;
  EXPECT_EQ(advice->slots.size(), 2U);
}

TEST(PseExpectedPrices, RefusePagesThatLeadAstray) {
  for (const auto& [link, words] : {std::pair{"https://elsewhere.example/api/price-fcst", "another host"},
                                    std::pair{"/api/price-fcst?a", "circle"}}) {
    Expected pse(ScriptedDoor(R"({"value":[],"nextLink":")" + std::string(link) + R"("})"));
    const auto advice = pse.fetch();
    ASSERT_FALSE(advice);
    EXPECT_EQ(advice.error().code, ErrorCode::malformed);
    EXPECT_THAT(advice.error().message, HasSubstr(words));
  }
}

TEST(PseExpectedPrices, NameWhatIsWrongWithADocument) {
  for (const char* body : {"<html></html>", R"({"value":[{"cen_fcst":1}]})", R"({"value":[{"dtime_utc":7}]})"}) {
    Expected pse{ScriptedDoor(std::string(body))};
    const auto advice = pse.fetch();
    ASSERT_FALSE(advice) << body;
    EXPECT_EQ(advice.error().code, ErrorCode::malformed) << body;
  }
}

TEST(PseExpectedPrices, OfTheAutumnHourThatIsNotToldApartAreLeftOut) {
  Expected pse(ScriptedDoor(R"({"value":[{"dtime":"2026-10-25 02:30:00","business_date":"2026-10-25","cen_fcst":5},)"
                            R"({"dtime":"2026-10-25 12:00:00","business_date":"2026-10-25","cen_fcst":6}]})"));
  const auto advice = pse.fetch();
  ASSERT_TRUE(advice) << advice.error().message;
  ASSERT_EQ(advice->slots.size(), 1U);
  EXPECT_EQ(advice->slots[0].first.start(), at("2026-10-25T10:45:00Z"));
}

}  // namespace
}  // namespace gridpilot::market
