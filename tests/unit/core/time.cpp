#include "gridpilot/core/time.hpp"

#include <gtest/gtest.h>

#include "gridpilot/core/civil_time.hpp"

namespace gridpilot {
namespace {

using namespace std::chrono_literals;

TimeZone warsaw() {
  return TimeZone::load("Europe/Warsaw").value();
}

TEST(CivilDay, HasNinetyTwoNinetySixOrAHundredQuarters) {
  EXPECT_EQ(warsaw().slots_of(2026y / 3 / 29).size(), 92);
  EXPECT_EQ(warsaw().slots_of(2026y / 6 / 1).size(), 96);
  EXPECT_EQ(warsaw().slots_of(2025y / 10 / 26).size(), 100);
}

TEST(Rfc3339, ReadsEveryOffsetAndRefusesNone) {
  const auto noon_utc = parse_rfc3339("2026-05-01T12:00:00Z");
  ASSERT_TRUE(noon_utc);
  EXPECT_EQ(parse_rfc3339("2026-05-01T14:00+02:00"), noon_utc);
  EXPECT_EQ(parse_rfc3339("2026-05-01T07:00:00.250-05:00"), noon_utc);
  EXPECT_EQ(to_rfc3339(*noon_utc), "2026-05-01T12:00:00Z");
  for (const char* text : {"2026-05-01T12:00:00", "2026-02-30T12:00:00Z", "2026-05-01T25:00Z", "2026-05-01", ""})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

}  // namespace
}  // namespace gridpilot
