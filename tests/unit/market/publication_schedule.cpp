#include "gridpilot/market/publication_schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "unit/market/prices.hpp"

namespace gridpilot::market {
namespace {

using std::chrono::year_month_day;
using test::at;
using test::date;
using test::warsaw;
using testing::ElementsAre;

const year_month_day today = date("2026-09-07");
const year_month_day tomorrow = date("2026-09-08");
const Error silent{ErrorCode::timeout, "silent"};
const Error nonsense{ErrorCode::malformed, "nonsense"};

PublicationSchedule schedule(ScheduleOptions options = {}) {
  options.spread = Seconds(0);
  options.after_failure.jitter = 0.0;
  options.after_permanent_failure.jitter = 0.0;
  return PublicationSchedule(warsaw(), options);
}

std::string local(Instant t) {
  return to_iso(warsaw().date_of(t)) + " " + clock_text(warsaw(), t);
}

TEST(PublicationSchedule, AsksForAnUnknownTodayAtOnce) {
  auto plan = schedule();
  const Instant now = at("2026-09-07T04:00:00Z");
  EXPECT_EQ(plan.next(now).day, today);
  EXPECT_EQ(plan.next(now).at, now);
}

TEST(PublicationSchedule, AsksForTomorrowFromTwelveFortyOnAtGrowingIntervals) {
  auto plan = schedule();
  Instant now = at("2026-09-07T04:00:00Z");
  plan.remembered(today, now - Seconds(3600));
  plan.answered(today, now);  // checked again
  std::vector<std::string> asked;
  for (int n = 0; n < 12; ++n) {
    const auto ask = plan.next(now);
    EXPECT_EQ(ask.day, tomorrow);
    asked.push_back(clock_text(warsaw(), ask.at));
    now = ask.at;
    plan.not_published(ask.day, now);
  }
  EXPECT_THAT(asked, ElementsAre("12:40", "12:43", "12:48", "12:56", "13:09", "13:29", "13:59", "14:29", "15:29",
                                 "16:29", "17:29", "18:29"));
}

TEST(PublicationSchedule, SpreadsTheFirstAskForTomorrowByTheDraw) {
  PublicationSchedule plan(warsaw(), {.spread = Seconds(60)}, [] { return 0.5; });
  const Instant now = at("2026-09-07T04:00:00Z");
  plan.remembered(today, now);
  plan.answered(today, now);
  EXPECT_EQ(plan.next(now).at, at("2026-09-07T10:40:30Z"));
}

TEST(PublicationSchedule, ChecksAKnownDayOnceMoreAndNoMore) {
  auto plan = schedule();
  Instant now = at("2026-09-07T11:00:00Z");
  plan.answered(today, now);
  plan.answered(tomorrow, now);
  auto ask = plan.next(now);
  EXPECT_EQ(ask.day, today);
  EXPECT_EQ(local(ask.at), "2026-09-07 16:00");
  plan.answered(today, now = ask.at);
  ask = plan.next(now);
  EXPECT_EQ(ask.day, tomorrow);
  plan.answered(tomorrow, now = ask.at);
  ask = plan.next(now);
  EXPECT_EQ(ask.day, date("2026-09-09"));
  EXPECT_EQ(local(ask.at), "2026-09-08 12:40");
}

TEST(PublicationSchedule, TomorrowBecomesTodayAtLocalMidnight) {
  auto plan = schedule();
  const Instant evening = at("2026-09-07T21:59:59Z");
  plan.answered(today, evening - Seconds(7200));
  plan.answered(tomorrow, evening - Seconds(7200));
  EXPECT_FALSE(plan.waits_for_publication(evening));
  const Instant midnight = at("2026-09-07T22:00:00Z");
  EXPECT_TRUE(plan.is_known(warsaw().date_of(midnight)));
  EXPECT_FALSE(plan.waits_for_publication(midnight));
  EXPECT_TRUE(plan.waits_for_publication(at("2026-09-08T10:40:00Z")));
}

TEST(PublicationSchedule, WaitsLongerAfterEachFailureAndStartsAnewAfterSuccess) {
  auto plan = schedule();
  Instant now = at("2026-09-07T04:00:00Z");
  std::vector<std::int64_t> waits;
  for (int n = 0; n < 7; ++n) {
    const auto ask = plan.next(now);
    waits.push_back((ask.at - now).count());
    plan.failed(ask.day, now = ask.at, silent);
  }
  EXPECT_THAT(waits, ElementsAre(0, 30, 60, 120, 240, 480, 900));
  plan.answered(today, now);
  plan.failed(today, now, silent);
  EXPECT_EQ((plan.next(now).at - now).count() >= 30, true);
}

TEST(PublicationSchedule, WaitsLongerWhereTheSameQuestionWillFailAgain) {
  auto plan = schedule();
  Instant now = at("2026-09-07T04:00:00Z");
  plan.failed(today, now, nonsense);
  EXPECT_EQ(plan.next(now).at - now, Seconds(300));
}

TEST(PublicationSchedule, FetchesThePastOnceTodayIsKnownNewestFirst) {
  auto plan = schedule({.past_days = 3});
  Instant now = at("2026-09-07T04:00:00Z");
  EXPECT_EQ(plan.next(now).day, today);
  plan.answered(today, now);
  std::vector<std::string> asked;
  for (int n = 0; n < 4; ++n) {
    const auto ask = plan.next(now);
    asked.push_back(to_iso(ask.day));
    now = ask.at;
    // The oldest one is not there: it is not asked for again.
    ask.day == date("2026-09-04") ? plan.not_published(ask.day, now) : plan.answered(ask.day, now);
  }
  EXPECT_THAT(asked, ElementsAre("2026-09-06", "2026-09-05", "2026-09-04", "2026-09-07"));
}

TEST(PublicationSchedule, AClockThatIsSetBackPutsNothingOffForLong) {
  auto plan = schedule();
  const Instant wrong = at("2026-09-07T18:00:00Z");
  for (int n = 0; n < 10; ++n) plan.not_published(today, wrong);
  const Instant right = at("2026-09-07T04:00:00Z");
  EXPECT_LE(plan.next(right).at, right + Seconds(3600));
}

RC_GTEST_PROP(PublicationSchedule, IsNeverATightLoopAndNeverSleepsThroughAPublication, ()) {
  auto plan = schedule({.past_days = *rc::gen::inRange(0, 4)});
  Instant now = at("2026-03-27T00:00:00Z") + Seconds(*rc::gen::inRange(0, 86'400));
  const Instant end = now + Seconds(4 * 86'400);
  Instant last = now - Seconds(3600);
  int asks = 0;
  while (now < end) {
    const auto ask = plan.next(now);
    RC_ASSERT(ask.at >= now);
    RC_ASSERT(ask.at - last >= PublicationSchedule::min_gap);
    RC_ASSERT(ask.at - now <= Seconds(86'400 + 2 * 3600));
    last = now = ask.at;
    ++asks;
    switch (*rc::gen::inRange(0, 4)) {
      case 0: plan.failed(ask.day, now, silent); break;
      case 1: plan.failed(ask.day, now, nonsense); break;
      case 2: plan.not_published(ask.day, now); break;
      default: plan.answered(ask.day, now);
    }
  }
  RC_ASSERT(asks < 4 * 300);
}

}  // namespace
}  // namespace gridpilot::market
