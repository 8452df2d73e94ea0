#include "gridpilot/net/rate_limit.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

namespace gridpilot::net {
namespace {

using namespace std::chrono_literals;

const Instant start{Seconds(1'800'000'000)};

TEST(RateLimit, WithoutAPolicyNothingIsRefused) {
  RateLimit limit;
  for (int n = 0; n < 1000; ++n) {
    EXPECT_FALSE(limit.refuse_until(start));
    limit.note(start);
  }
}

TEST(RateLimit, RefusesUntilTheOldestQuestionLeavesTheWindow) {
  RateLimit limit(RateLimitPolicy{.questions = 2, .window = 60s});
  limit.note(start);
  limit.note(start + 10s);
  EXPECT_EQ(limit.refuse_until(start + 20s), start + 60s);
  EXPECT_FALSE(limit.refuse_until(start + 60s));
}

TEST(RateLimit, APauseThatTheSourceAskedForHolds) {
  RateLimit limit;
  limit.wait_for(120s, start);
  EXPECT_EQ(limit.refuse_until(start + 119s), start + 120s);
  EXPECT_FALSE(limit.refuse_until(start + 120s));
}

TEST(RateLimit, APauseBeyondADayIsNotBelieved) {
  RateLimit limit;
  limit.wait_for(Seconds(999'999'999), start);
  EXPECT_EQ(limit.refuse_until(start), start + 24h);
}

TEST(RateLimit, AClockThatIsSetBackForgetsWhatLiesInTheFuture) {
  RateLimit limit(RateLimitPolicy{.questions = 1, .window = 60s});
  limit.note(start);
  EXPECT_FALSE(limit.refuse_until(start - 48h));
}

TEST(RateLimit, QuestionsOfBeforeARestartCount) {
  RateLimit before(RateLimitPolicy{.questions = 2, .window = 24h});
  before.note(start);
  before.note(start + 1h);
  RateLimit after(RateLimitPolicy{.questions = 2, .window = 24h});
  after.take_over(before.counted(), start + 2h);
  EXPECT_EQ(after.refuse_until(start + 2h), start + 24h);
}

RC_GTEST_PROP(RateLimit, NoWindowEverHoldsMoreQuestionsThanAllowed, (const std::vector<std::uint8_t>& gaps)) {
  const RateLimitPolicy policy{.questions = 3, .window = 100s};
  RateLimit limit(policy);
  std::vector<Instant> put;
  Instant now = start;
  for (const std::uint8_t gap : gaps) {
    now += Seconds(gap);
    if (const auto until = limit.refuse_until(now)) {
      RC_ASSERT(*until > now);
      continue;
    }
    limit.note(now);
    put.push_back(now);
  }
  for (const Instant from : put) {
    const auto within =
        std::ranges::count_if(put, [&](Instant asked) { return asked >= from && asked < from + policy.window; });
    RC_ASSERT(within <= 3);
  }
}

TEST(RetryAfter, ReadsSecondsAndDatesAndNothingElse) {
  const Instant now = parse_rfc3339("2026-11-25T10:00:00Z").value();
  EXPECT_EQ(parse_retry_after("120", now), 120s);
  EXPECT_EQ(parse_retry_after("0", now), 0s);
  EXPECT_EQ(parse_retry_after("Wed, 25 Nov 2026 10:02:30 GMT", now), 150s);
  EXPECT_EQ(parse_retry_after("Wed, 25 Nov 2026 09:00:00 GMT", now), 0s);
  for (const char* const nonsense : {"", "-5", "1.5", "soon", "99999999999999999999", "Wed, 25 Foo 2026 10:02:30 GMT",
                                     "Wed, 25 Nov 2026 10:02:30 CET", "Wednesday, 25-Nov-26 10:02:30 GMT"})
    EXPECT_FALSE(parse_retry_after(nonsense, now)) << nonsense;
}

}  // namespace
}  // namespace gridpilot::net
