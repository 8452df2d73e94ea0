#include "gridpilot/forecast/score.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "gridpilot/forecast/naive.hpp"

namespace gridpilot::forecast {
namespace {

using namespace std::chrono_literals;

const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

constexpr Slot start = Slot::containing(Instant(std::chrono::sys_days(2026y / 1 / 4) + 23h));  // a local midnight

/// So many days, the value of each slot by its place.
template <class Value>
std::vector<Observation> series(int days, Value&& value) {
  std::vector<Observation> made;
  for (std::int64_t i = 0; i < days * 96; ++i) made.push_back({.slot = start + i, .value = value(i)});
  return made;
}

TEST(PinballLoss, IsTheMeanOfTheFiveLevels) {
  const Quantiles expected{1.0, 2.0, 3.0, 4.0, 5.0};
  EXPECT_DOUBLE_EQ(pinball_loss(expected, 3.0), (0.1 * 2 + 0.3 * 1 + 0 + 0.3 * 1 + 0.1 * 2) / 5);
  EXPECT_DOUBLE_EQ(pinball_loss(expected, 6.0), (0.1 * 5 + 0.3 * 4 + 0.5 * 3 + 0.7 * 2 + 0.9 * 1) / 5);
}

RC_GTEST_PROP(PinballLoss, OfACertainForecastIsHalfItsAbsoluteError, (int value, int actual)) {
  RC_ASSERT(std::fabs(pinball_loss(Quantiles::certain(value), actual) - 0.5 * std::fabs(double{0} + actual - value)) <=
            1e-9 * (1.0 + std::fabs(double{0} + actual - value)));
}

TEST(Score, KeepsMeansAndAddsUp) {
  Score one;
  EXPECT_EQ(one.pinball(), std::nullopt);
  one.add({1, 2, 3, 4, 5}, 5.0);
  one.add({1, 2, 3, 4, 5}, 0.5);
  EXPECT_EQ(one.count(), 2);
  EXPECT_DOUBLE_EQ(*one.mean_absolute_error(), 2.25);
  EXPECT_DOUBLE_EQ(*one.bias(), 0.25);
  EXPECT_DOUBLE_EQ(*one.coverage(), 0.5);
  Score two = Score::from_sums(one.sums());
  two += one;
  EXPECT_EQ(two.count(), 4);
  EXPECT_DOUBLE_EQ(*two.pinball(), *one.pinball());
}

TEST(HorizonBand, EndsAtSixTwentyFourAndFortyEightHours) {
  EXPECT_EQ(band_of(start, start), HorizonBand::to_6_hours);
  EXPECT_EQ(band_of(start + 23, start), HorizonBand::to_6_hours);
  EXPECT_EQ(band_of(start + 24, start), HorizonBand::to_24_hours);
  EXPECT_EQ(band_of(start + 96, start), HorizonBand::to_48_hours);
  EXPECT_EQ(band_of(start + 192, start), std::nullopt);
}

TEST(Rivals, SayWhatTheirNamesPromise) {
  Persistence persistence(warsaw());
  WeeklyNaive weekly(warsaw());
  RecentQuantiles recent(warsaw());
  const auto known = series(30, [](std::int64_t i) { return static_cast<double>(i / 96); });
  for (const Observation& slot : known) {
    persistence.learn(slot);
    weekly.learn(slot);
    recent.learn(slot);
  }
  const Slot asked = start + 31 * 96 + 5;  // the day after the next
  const SlotRange range{asked, asked.next()};
  EXPECT_EQ(persistence.forecast({}, range, {}).front(), Quantiles::certain(29.0));
  EXPECT_EQ(weekly.forecast({}, range, {}).front(), Quantiles::certain(24.0));
  const auto quantiles = recent.forecast({}, range, {}).front();  // of the days 2 to 29
  ASSERT_TRUE(quantiles);
  EXPECT_DOUBLE_EQ(quantiles->p10, 4.7);
  EXPECT_DOUBLE_EQ(quantiles->p50, 15.5);
  EXPECT_DOUBLE_EQ(quantiles->p90, 26.3);
}

TEST(Rivals, KeepToTheClockOnTheWallWhenItChanges) {
  const SlotRange before = warsaw().slots_of(2026y / 3 / 28);
  const SlotRange after = warsaw().slots_of(2026y / 3 / 30);
  Persistence persistence(warsaw());
  for (std::int64_t i = 0; i < before.size(); ++i)
    persistence.learn({.slot = before.first + i, .value = static_cast<double>(i)});
  EXPECT_EQ(persistence.forecast({}, {after.first + 40, after.first + 41}, {}).front(), Quantiles::certain(40.0));
}

TEST(Rivals, WithoutAPastSayNothing) {
  Persistence persistence(warsaw());
  WeeklyNaive weekly(warsaw());
  RecentQuantiles recent(warsaw());
  for (SeriesForecaster* rival : std::initializer_list<SeriesForecaster*>{&persistence, &weekly, &recent})
    EXPECT_FALSE(rival->forecast({}, {start, start + 1}, {}).front());
}

/// Says the same of every slot, and remembers the last slot it was told.
class Constant final : public SeriesForecaster {
 public:
  explicit Constant(Quantiles always) : always_(always) {}
  void learn(const Observation& known) override { last_ = known.slot; }
  std::vector<std::optional<Quantiles>> forecast(Instant, SlotRange range, std::span<const WeatherSlot>) override {
    return std::vector<std::optional<Quantiles>>(static_cast<std::size_t>(range.size()), always_);
  }
  std::optional<Slot> last_;

 private:
  Quantiles always_;
};

TEST(Replay, TellsAForecasterExactlyWhatWasKnown) {
  const auto past = series(2, [](std::int64_t) { return 1.0; });
  const std::vector<Instant> issues{(start + 10).start(), (start + 10).start() + 899s, (start + 11).start()};
  std::vector<std::int64_t> told;
  Constant own(Quantiles::certain(1.0));
  replay({.series = past,
          .issues = issues,
          .known_at = known_when_measured,
          .asked = [](Instant t) { return SlotRange{Slot::containing(t), Slot::containing(t) + 4}; }},
         own, [&](const IssuedForecast& issued) {
           told.push_back(*own.last_ - start);
           EXPECT_EQ(issued.first, Slot::containing(issued.issued_at));
           EXPECT_EQ(issued.slots.size(), 4U);
         });
  EXPECT_EQ(told, (std::vector<std::int64_t>{9, 9, 10}));
}

TEST(Comparison, ScoresOnlyWhereAllHaveSpokenAndLeavesOutCertainNights) {
  // Zero by night for the first half of each day, one by day.
  const auto past = series(20, [](std::int64_t i) { return i % 96 < 48 ? 0.0 : 1.0; });
  std::vector<Instant> issues;
  for (int day = 0; day < 20; ++day) issues.push_back((start + day * 96).start());
  const Replay replayed{.series = past, .issues = issues, .known_at = known_when_measured, .asked = [](Instant t) {
                          return SlotRange{Slot::containing(t), Slot::containing(t) + 96};
                        }};
  Persistence own(warsaw());
  const Comparison scores = compare(replayed, own, warsaw(), {start, start + 20 * 96});
  // The empirical quantiles speak from the eighth day on.
  EXPECT_EQ(scores.of(Method::own).all().count(), 13 * 48);
  EXPECT_EQ(scores.of(Method::own).of(HorizonBand::to_6_hours).count(), 0);
  EXPECT_EQ(scores.of(Method::weekly_naive).of(HorizonBand::to_24_hours).count(), 13 * 48);
  EXPECT_DOUBLE_EQ(*scores.of(Method::own).all().pinball(), 0.0);

  Constant unsure({0.0, 0.0, 0.1, 0.2, 0.3});
  const Comparison doubted = compare(replayed, unsure, warsaw(), {start, start + 20 * 96});
  EXPECT_EQ(doubted.of(Method::own).all().count(), 13 * 96);
  EXPECT_DOUBLE_EQ(*doubted.of(Method::own).all().coverage(), 0.5);
}

}  // namespace
}  // namespace gridpilot::forecast
