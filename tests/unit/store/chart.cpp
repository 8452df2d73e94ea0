#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "gridpilot/core/civil_time.hpp"
#include "unit/store/support.hpp"

namespace gridpilot::store::test {
namespace {

using ports::ChartPoint;
using testing::ElementsAre;
using testing::IsEmpty;

class Chart : public RecordTest {
 protected:
  void measure(const std::unique_ptr<SqliteRecord>& record, std::int64_t seconds, std::optional<double> pv_w,
               std::optional<double> soc_percent = std::nullopt) {
    Reading r;
    r.time = at(seconds);
    if (pv_w) r.pv = watts(*pv_w);
    if (soc_percent) r.soc = percent(*soc_percent);
    record->append(r);
  }
};

std::vector<std::int64_t> starts(const std::vector<ChartPoint>& points) {
  std::vector<std::int64_t> seconds;
  seconds.reserve(points.size());
  for (const ChartPoint& p : points) seconds.push_back((p.time - at(0)).count());
  return seconds;
}

TEST_F(Chart, AveragesWhatIsThereAndLeavesAbsentAbsent) {
  const auto record = open();
  measure(record, 0, 100, 50);
  measure(record, 20, std::nullopt, 51);
  measure(record, 40, 0);
  const auto points = value(record->chart({at(0), at(60)}, Seconds(60), 10));
  ASSERT_EQ(points.size(), 1);
  EXPECT_EQ(points[0].time, at(0));
  EXPECT_EQ(points[0].pv, watts(50));
  EXPECT_EQ(points[0].soc, percent(50.5));
  EXPECT_EQ(points[0].load, std::nullopt);
}

TEST_F(Chart, TakesStretchesThatBeginInTheRangeWhole) {
  const auto record = open();
  for (int s = 0; s < 3600; s += 20) measure(record, s, s < 900 ? 0 : 1000);
  // From 00:00:01 the first quarter has begun before; to 00:30:01 the third begins inside and is averaged whole.
  EXPECT_THAT(starts(value(record->chart({at(1), at(1801)}, Seconds(900), 10))), ElementsAre(900, 1800));
  EXPECT_THAT(starts(value(record->chart({at(0), at(1800)}, Seconds(900), 10))), ElementsAre(0, 900));
  EXPECT_EQ(value(record->chart({at(0), at(1)}, Seconds(1800), 10)).at(0).pv, watts(500));
}

TEST_F(Chart, LeavesOutEmptyStretchesAndStopsAtTheLimit) {
  const auto record = open();
  for (const int s : {0, 7200, 10'800}) measure(record, s, 1);
  EXPECT_THAT(starts(value(record->chart(always, Seconds(3600), 10))), ElementsAre(0, 7200, 10'800));
  EXPECT_THAT(starts(value(record->chart(always, Seconds(3600), 2))), ElementsAre(0, 7200));
  EXPECT_THAT(value(record->chart({at(100'000), at(200'000)}, Seconds(3600), 2)), IsEmpty());
  EXPECT_THAT(value(record->chart({at(100), at(0)}, Seconds(60), 2)), IsEmpty());
}

TEST_F(Chart, AnswersTheWholeOfTime) {
  const auto record = open();
  measure(record, 0, 1);
  EXPECT_EQ(value(record->chart({Instant::min(), Instant::max()}, Seconds(60), 5)).size(), 1);
}

TEST_F(Chart, RefusesAStepThatIsNotPositive) {
  const auto answer = wait(open()->chart(always, Seconds(0), 5));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::bad_input);
}

TEST_F(Chart, FollowsLocalDaysThroughTheChangeOfClocks) {
  const Result<TimeZone> zone = TimeZone::load("Europe/Warsaw");
  ASSERT_TRUE(zone);
  using namespace std::chrono;
  std::vector<Instant> midnights;
  for (int d = 0; d < 4; ++d)
    midnights.push_back(zone->start_of_day(plus_days(year_month_day(year(2026), month(10), day(24)), d)));
  ASSERT_EQ(midnights[2] - midnights[1], hours(25));
  const auto record = open();
  // One hour of 25 kW on the long day, at its very end.
  for (Instant t = midnights[0]; t < midnights[3]; t += Seconds(600)) {
    Reading r;
    r.time = t;
    r.load = kilowatts(t >= midnights[2] - hours(1) && t < midnights[2] ? 25 : 0);
    record->append(r);
  }
  const auto points = value(record->chart_between(midnights));
  ASSERT_EQ(points.size(), 3);
  for (std::size_t d = 0; d < 3; ++d) EXPECT_EQ(points[d].time, midnights[d]);
  EXPECT_EQ(points[0].load, watts(0));
  EXPECT_EQ(points[1].load, kilowatts(1));
  EXPECT_EQ(points[2].load, watts(0));
  EXPECT_THAT(value(record->chart_between({at(0)})), IsEmpty());
}

TEST_F(Chart, AgreesWithAPlainAverage) {
  const auto record = open();
  std::int64_t base = 0;  // each case has two hours of its own
  EXPECT_TRUE(rc::check([&] {
    const auto step = *rc::gen::element<std::int64_t>(60, 300, 900);
    const auto from = base + *rc::gen::inRange<std::int64_t>(0, 4000);
    const auto to = base + *rc::gen::inRange<std::int64_t>(0, 4000);
    std::map<std::int64_t, std::pair<double, int>> sums;
    for (std::int64_t s = base; s < base + 6000; s += *rc::gen::inRange(10, 400)) {
      const int pv = *rc::gen::inRange(0, 9000);
      measure(record, s, pv);
      const std::int64_t start = s / step * step;
      if (start < from || start >= to) continue;
      sums[start].first += pv;
      ++sums[start].second;
    }
    base += 7200;
    const auto points = value(record->chart({at(from), at(to)}, Seconds(step), 1000));
    RC_ASSERT(points.size() == sums.size());
    for (const ChartPoint& p : points) {
      const auto [sum, n] = sums.at((p.time - at(0)).count());
      RC_ASSERT(std::abs(in_watts(*p.pv) - sum / n) < 1e-9);
    }
  }));
}

}  // namespace
}  // namespace gridpilot::store::test
