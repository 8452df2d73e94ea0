#include "gridpilot/forecast/quantile_profile.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/random.hpp"

namespace gridpilot::forecast {
namespace {

constexpr ValueScale scale{.least = 0.01, .most = 10.0};
constexpr WeekPlace tuesday_noon{.weekday = 1, .quarter = 48};

TEST(QuantileProfile, KnowsNothingAtFirst) {
  const QuantileProfile profile({}, scale);
  EXPECT_EQ(profile.at(tuesday_noon).days, 0.0);
}

RC_GTEST_PROP(QuantileProfile, HasTheQuantilesOfWhatItWasTold, ()) {
  testing::Random random(*rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>()));
  QuantileProfile profile({.half_life_days = 1e6, .width_quarters = 0.01}, scale);
  std::vector<double> values;
  for (int i = 0; i < 2000; ++i) {
    values.push_back(std::exp(random.between(std::log(0.02), std::log(5.0))));
    profile.add(tuesday_noon, values.back(), 1.0);
  }
  std::ranges::sort(values);
  const QuantileProfile::Answer answer = profile.at(tuesday_noon);
  RC_ASSERT(std::abs(answer.days - 2000.0) < 1.0);
  for (std::size_t level = 0; level < quantile_levels.size(); ++level) {
    const double exact = values[static_cast<std::size_t>(quantile_levels[level] * 2000.0)];
    RC_ASSERT(std::abs(answer.values[level] / exact - 1.0) < 0.05);
  }
}

TEST(QuantileProfile, CountsWhatIsRecentAndAlikeForMore) {
  QuantileProfile profile({.half_life_days = 5, .same_kind_share = 0.5, .other_kind_share = 0.1}, scale);
  for (int i = 0; i < 10; ++i) profile.add(tuesday_noon, 1.0, 1.0);
  for (int day = 0; day < 20; ++day) profile.grow_older();
  for (int i = 0; i < 3; ++i) profile.add(tuesday_noon, 3.0, 1.0);
  EXPECT_GT(profile.at(tuesday_noon).values[2], 2.5) << "ten values of twenty days ago count less than three of today";
  EXPECT_NEAR(profile.at({.weekday = 2, .quarter = 48}).days / profile.at(tuesday_noon).days, 0.5, 1e-6);
  EXPECT_NEAR(profile.at({.weekday = 6, .quarter = 48}).days / profile.at(tuesday_noon).days, 0.1, 1e-6);
}

TEST(QuantileProfile, GoesOnForYearsWithoutLosingItsMeasure) {
  QuantileProfile profile({.half_life_days = 4}, scale);
  for (int day = 0; day < 1000; ++day) {
    profile.grow_older();
    profile.add(tuesday_noon, 2.0, 1.0);
  }
  const QuantileProfile::Answer answer = profile.at(tuesday_noon);
  EXPECT_NEAR(answer.days, 1.0 / (1.0 - std::exp2(-0.25)), 0.01);
  EXPECT_NEAR(answer.values[2], 2.0, 0.1);
}

TEST(QuantileProfile, SpreadsOverMidnight) {
  QuantileProfile profile({.width_quarters = 1.0}, scale);
  profile.add({.weekday = 1, .quarter = 95}, 1.0, 1.0);
  EXPECT_GT(profile.at({.weekday = 1, .quarter = 0}).days, 0.1);
  EXPECT_EQ(profile.at({.weekday = 1, .quarter = 48}).days, 0.0);
}

TEST(QuantileProfile, TakesAnyValue) {
  QuantileProfile profile({}, scale);
  for (const double value : {0.0, 1e-9, 1e9, 10.0, 0.01}) profile.add(tuesday_noon, value, 1.0);
  for (const double value : profile.at(tuesday_noon).values) EXPECT_TRUE(std::isfinite(value) && value >= 0.0);
}

}  // namespace
}  // namespace gridpilot::forecast
