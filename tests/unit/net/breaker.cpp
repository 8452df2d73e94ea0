#include "gridpilot/net/breaker.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace gridpilot::net {
namespace {

using namespace std::chrono_literals;

const Instant start{Seconds(1'800'000'000)};
constexpr BreakerPolicy policy{.failures_to_open = 3, .first_pause = 60s, .factor = 2.0, .longest_pause = 200s};

Breaker opened() {
  Breaker breaker(policy);
  for (int n = 0; n < 3; ++n) {
    EXPECT_FALSE(breaker.refuse_until(start));
    breaker.failed(start);
  }
  return breaker;
}

TEST(Breaker, StaysClosedBelowTheNumberOfFailures) {
  Breaker breaker(policy);
  breaker.failed(start);
  breaker.failed(start);
  EXPECT_EQ(breaker.state(start), Breaker::State::closed);
  EXPECT_FALSE(breaker.refuse_until(start));
}

TEST(Breaker, ASuccessBeginsTheCountAnew) {
  Breaker breaker(policy);
  breaker.failed(start);
  breaker.failed(start);
  breaker.succeeded();
  breaker.failed(start);
  breaker.failed(start);
  EXPECT_EQ(breaker.state(start), Breaker::State::closed);
}

TEST(Breaker, OpensAndRefusesUntilThePauseIsOver) {
  Breaker breaker = opened();
  EXPECT_EQ(breaker.state(start), Breaker::State::open);
  EXPECT_EQ(breaker.refuse_until(start + 59s), start + 60s);
  EXPECT_EQ(breaker.state(start + 60s), Breaker::State::half_open);
}

TEST(Breaker, LetsOneTrialThroughAndNoSecondBesideIt) {
  Breaker breaker = opened();
  EXPECT_FALSE(breaker.refuse_until(start + 60s));
  EXPECT_EQ(breaker.refuse_until(start + 60s), start + 61s);
}

TEST(Breaker, AGoodTrialCloses) {
  Breaker breaker = opened();
  EXPECT_FALSE(breaker.refuse_until(start + 60s));
  breaker.succeeded();
  EXPECT_EQ(breaker.state(start + 60s), Breaker::State::closed);
  EXPECT_EQ(breaker.failures(), 0);
}

TEST(Breaker, ABadTrialOpensForLongerUpToTheLongest) {
  Breaker breaker = opened();
  Instant now = start + 60s;
  for (const Seconds pause : {120s, 200s, 200s}) {
    EXPECT_FALSE(breaker.refuse_until(now));
    breaker.failed(now);
    EXPECT_EQ(breaker.refuse_until(now), now + pause);
    now += pause;
  }
}

TEST(Breaker, AnAbandonedTrialMakesRoomForAnother) {
  Breaker breaker = opened();
  EXPECT_FALSE(breaker.refuse_until(start + 60s));
  breaker.abandoned();
  EXPECT_FALSE(breaker.refuse_until(start + 60s));
}

TEST(Breaker, ALateFailureOfBeforeDoesNotProlongThePause) {
  Breaker breaker = opened();
  breaker.failed(start + 30s);
  EXPECT_EQ(breaker.refuse_until(start + 31s), start + 60s);
}

TEST(Breaker, AClockThatIsSetBackDoesNotProlongThePause) {
  Breaker breaker = opened();
  const Instant before = start - 24h;
  EXPECT_EQ(breaker.refuse_until(before), before + 60s);
}

RC_GTEST_PROP(Breaker, NeverRefusesForLongerThanTheLongestPauseAndAlwaysLaterThanNow,
              (const std::vector<std::pair<bool, std::uint16_t>>& steps)) {
  Breaker breaker(policy);
  Instant now = start;
  for (const auto& [good, pause] : steps) {
    now += Seconds(pause % 300);
    if (const auto until = breaker.refuse_until(now)) {
      RC_ASSERT(*until > now);
      RC_ASSERT(*until - now <= policy.longest_pause);
      continue;
    }
    if (good) {
      breaker.succeeded();
    } else {
      breaker.failed(now);
    }
  }
}

}  // namespace
}  // namespace gridpilot::net
