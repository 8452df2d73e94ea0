#include "gridpilot/net/retry.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gridpilot::net {
namespace {

using std::chrono::milliseconds;

const Error retryable{ErrorCode::timeout, "slow"};
const Error permanent{ErrorCode::malformed, "nonsense"};

TEST(Retry, GrowsToTheCap) {
  Retry retry({.first = milliseconds(100), .factor = 2.0, .cap = milliseconds(500), .jitter = 0.0});
  for (const int expected : {100, 200, 400, 500, 500}) EXPECT_EQ(retry.after(retryable), milliseconds(expected));
}

TEST(Retry, StopsOnPermanentErrors) {
  Retry retry({});
  EXPECT_FALSE(retry.after(permanent).has_value());
  EXPECT_FALSE(retry.after({ErrorCode::cancelled, "stop"}).has_value());
  EXPECT_TRUE(retry.after(retryable).has_value());
}

TEST(Retry, StopsWhenTheAttemptsAreUsedUp) {
  Retry retry({.max_attempts = 3});
  EXPECT_TRUE(retry.after(retryable).has_value());
  EXPECT_TRUE(retry.after(retryable).has_value());
  EXPECT_FALSE(retry.after(retryable).has_value());
}

TEST(Retry, StartsAnewAfterSuccess) {
  Retry retry({.first = milliseconds(100), .jitter = 0.0});
  EXPECT_EQ(retry.after(retryable), milliseconds(100));
  EXPECT_EQ(retry.after(retryable), milliseconds(200));
  retry.succeeded();
  EXPECT_EQ(retry.after(retryable), milliseconds(100));
}

RC_GTEST_PROP(Retry, DrawsWithinTheJitterAndNeverAboveTheCap, ()) {
  const double draw = *rc::gen::inRange(0, 1'000'000) / 1e6;
  Retry retry({.first = milliseconds(1000), .factor = 1.7, .cap = milliseconds(30'000), .jitter = 0.2},
              [draw] { return draw; });
  double plain = 1000.0;
  for (int n = 0; n < *rc::gen::inRange(1, 300); ++n) {
    const auto delay = static_cast<double>(retry.after_any().count());
    RC_ASSERT(delay >= std::min(plain, 30'000.0) * 0.8 - 1.0);
    RC_ASSERT(delay <= std::min(plain * 1.2, 30'000.0));
    plain = std::min(plain * 1.7, 1e9);
  }
}

}  // namespace
}  // namespace gridpilot::net
