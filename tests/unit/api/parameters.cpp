#include "gridpilot/api/parameters.hpp"

#include <gtest/gtest.h>

namespace gridpilot::api {
namespace {

const Instant now = parse_rfc3339("2026-11-25T12:00:00Z").value();

net::HttpQuery query(std::string_view text) {
  net::HttpQuery made;
  made.parameters = net::parse_http_target("/?" + std::string(text)).value().parameters;
  return made;
}

TEST(ReadingsParameters, DefaultToTheLastTwoDaysWithThePresentReading) {
  const auto wanted = parse_readings_query(query(""), now);
  ASSERT_TRUE(wanted);
  EXPECT_EQ(to_rfc3339(wanted->range.from), "2026-11-23T12:00:01Z");
  EXPECT_EQ(to_rfc3339(wanted->range.to), "2026-11-25T12:00:01Z");
  EXPECT_EQ(wanted->resolution.name, "5min");
}

TEST(ReadingsParameters, TakeAnyOffsetAlsoWithABarePlus) {
  for (const char* text : {"from=2026-11-25T01:00:00%2B02:00", "from=2026-11-25T01:00:00+02:00",
                           "from=2026-11-24T23:00Z", "from=2026-11-24T20:00:00-03:00"}) {
    const auto wanted = parse_readings_query(query(text), now);
    ASSERT_TRUE(wanted) << text << ": " << wanted.error().message;
    EXPECT_EQ(to_rfc3339(wanted->range.from), "2026-11-24T23:00:00Z") << text;
  }
}

TEST(ReadingsParameters, ReachBackFromTheEndWhereOnlyThatIsGiven) {
  const auto wanted = parse_readings_query(query("to=2026-03-03T00:00Z"), now);
  ASSERT_TRUE(wanted);
  EXPECT_EQ(to_rfc3339(wanted->range.from), "2026-03-01T00:00:00Z");
}

TEST(ReadingsParameters, AreAnEmptyRangeWhereTheBeginningIsYetToCome) {
  const auto wanted = parse_readings_query(query("from=2027-01-01T00:00Z"), now);
  ASSERT_TRUE(wanted);
  EXPECT_EQ(wanted->range.from, wanted->range.to);
}

struct Refused {
  const char* text;
  const char* named;    ///< must stand in the sentence
  const char* allowed;  ///< must stand there, too
};

class ParametersRefuse : public ::testing::TestWithParam<Refused> {};

TEST_P(ParametersRefuse, NamingTheParameterAndWhatIsAllowed) {
  const auto readings = parse_readings_query(query(GetParam().text), now);
  ASSERT_FALSE(readings);
  EXPECT_EQ(readings.error().code, ErrorCode::bad_input);
  EXPECT_TRUE(readings.error().message.contains(GetParam().named)) << readings.error().message;
  EXPECT_TRUE(readings.error().message.contains(GetParam().allowed)) << readings.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Readings, ParametersRefuse,
    ::testing::Values(Refused{"resolution=yesterday", "resolution", "20s, 1min, 5min, 15min, 1h, 1d"},
                      Refused{"resolution=15mn", "resolution", "did you mean '15min'?"},
                      Refused{"resolutoin=1h", "'resolutoin'", "did you mean 'resolution'?"},
                      Refused{"resolution=", "resolution", "15min"}, Refused{"from=2026-11-25", "from", "RFC 3339"},
                      Refused{"to=2026-11-25T10:00:00", "to", "offset"},  // no offset: whose clock?
                      Refused{"from=2026-13-25T10:00:00Z", "from", "RFC 3339"},
                      Refused{"from=2026-11-25T10:00Z&to=2026-11-25T09:00Z", "from", "later than to"},
                      Refused{"limit=0", "limit", "1 to 5000"}, Refused{"limit=5001", "limit", "1 to 5000"},
                      Refused{"limit=1e3", "limit", "1 to 5000"}, Refused{"limit=5&limit=6", "limit", "twice"}));

TEST(DecisionsParameters, HaveACursorAndALimit) {
  const auto wanted = parse_decisions_query(query("limit=7&cursor=12"));
  ASSERT_TRUE(wanted);
  EXPECT_EQ(wanted->limit, 7U);
  EXPECT_EQ(wanted->before_id, 12);
  EXPECT_FALSE(parse_decisions_query(query("")).value().before_id);
  for (const char* bad : {"cursor=x", "cursor=-1", "cursor=", "limit=1001", "resolution=1h"})
    EXPECT_FALSE(parse_decisions_query(query(bad))) << bad;
}

TEST(PricesParameters, KnowOnlyARange) {
  const ports::TimeRange day{.from = now, .to = now + Seconds(86400)};
  EXPECT_EQ(parse_prices_query(query(""), day).value().range.to, day.to);
  EXPECT_FALSE(parse_prices_query(query("limit=1"), day));
  EXPECT_TRUE(parse_prices_query(query("from=2026-01-01T00:00Z&to=2026-01-09T00:00Z"), day));
  EXPECT_FALSE(parse_prices_query(query("from=2026-01-01T00:00Z&to=2026-01-09T00:00:01Z"), day));
}

TEST(DocumentsWithoutParameters, TakeNone) {
  EXPECT_TRUE(refuse_parameters(query("")));
  const auto refused = refuse_parameters(query("x=1"));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().message.contains("'x'"));
}

}  // namespace
}  // namespace gridpilot::api
