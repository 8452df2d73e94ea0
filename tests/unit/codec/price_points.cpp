#include "gridpilot/codec/price_points.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace gridpilot::codec {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;

const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

const char* const plain_day = "2026-09-07";
const char* const spring_day = "2026-03-29";
const char* const autumn_day = "2025-10-26";

Result<std::vector<MarketPrice>> read(const PriceDocument& document, const char* day) {
  return day_prices(document, {.day = parse_date(day).value(), .source = "test"}, warsaw());
}

/// The n-th period of a day costs n.
NetPrice price_of(std::int64_t n) {
  return NetPrice::from_nanos_per_kwh(n * 1'000'000);
}

/// A day of periods of one length by their UTC start.
PriceDocument by_utc(const char* day, minutes length) {
  PriceDocument document;
  const SlotRange slots = warsaw().slots_of(parse_date(day).value());
  for (Slot slot = slots.first; slot < slots.last; slot = slot + length / minutes(15))
    document.points.push_back({.price = price_of(std::ssize(document.points)), .utc = slot.start(), .length = length});
  return document;
}

/// The same by local text without marks, told by the order of rows.
PriceDocument by_local_text(const char* day, minutes length, PeriodEdge edge) {
  PriceDocument document = by_utc(day, length);
  document.edge = edge;
  for (PricePoint& point : document.points) {
    const Seconds offset = warsaw().offset_at(*point.utc);
    const Instant named = edge == PeriodEdge::start ? *point.utc : *point.utc + length;
    point.local = LocalLabel{.time = std::chrono::local_seconds(named.time_since_epoch() + offset)};
    point.utc.reset();
  }
  return document;
}

PriceDocument by_ordinal(const char* day, minutes length) {
  PriceDocument document = by_utc(day, length);
  int ordinal = 0;
  for (PricePoint& point : document.points) {
    point.business_date = parse_date(day);
    point.ordinal = ordinal++;
    point.utc.reset();
  }
  return document;
}

void expect_day_of(const Result<std::vector<MarketPrice>>& result, const char* day, minutes length) {
  ASSERT_TRUE(result.has_value()) << day << ": " << result.error().message;
  const SlotRange slots = warsaw().slots_of(parse_date(day).value());
  ASSERT_EQ(std::ssize(*result), slots.size());
  for (std::int64_t n = 0; n < slots.size(); ++n) {
    EXPECT_EQ((*result)[static_cast<std::size_t>(n)].slot, slots.first + n);
    EXPECT_EQ((*result)[static_cast<std::size_t>(n)].price, price_of(n / (length / minutes(15)))) << day << " " << n;
  }
}

void expect_error(const Result<std::vector<MarketPrice>>& result, ErrorCode code, const std::string& words) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, code) << result.error().message;
  EXPECT_THAT(result.error().message, HasSubstr(words));
}

TEST(DayPrices, AreWholeDaysOfQuartersWhateverTheLengthAndTheNamingOfPeriods) {
  for (const char* const day : {plain_day, spring_day, autumn_day}) {
    for (const minutes length : {minutes(15), minutes(30), minutes(60)}) {
      expect_day_of(read(by_utc(day, length), day), day, length);
      expect_day_of(read(by_ordinal(day, length), day), day, length);
      for (const PeriodEdge edge : {PeriodEdge::start, PeriodEdge::end})
        expect_day_of(read(by_local_text(day, length, edge), day), day, length);
    }
  }
}

TEST(DayPrices, LengthIsTheLeastDistanceWhereTheDocumentDoesNotSay) {
  for (const char* const day : {plain_day, spring_day, autumn_day}) {
    for (const minutes length : {minutes(15), minutes(30), minutes(60)}) {
      for (PriceDocument document : {by_utc(day, length), by_local_text(day, length, PeriodEdge::start),
                                     by_local_text(day, length, PeriodEdge::end)}) {
        for (PricePoint& point : document.points) point.length = minutes(0);
        expect_day_of(read(document, day), day, length);
      }
    }
  }
}

TEST(DayPrices, AnHourThatIsMissingIsNotFilledByTheOneBefore) {
  PriceDocument document = by_utc(plain_day, minutes(60));
  for (PricePoint& point : document.points) point.length = minutes(0);
  document.points.erase(document.points.begin() + 7);
  expect_error(read(document, plain_day), ErrorCode::malformed, "quarter 07:00 is missing (4 of 96 are)");
}

TEST(DayPrices, ADayOfWhichOnlyTheStartIsThereIsNotPublished) {
  PriceDocument document = by_utc(plain_day, minutes(15));
  document.points.resize(88);
  expect_error(read(document, plain_day), ErrorCode::not_published,
               "is published only until 22:00; quarters are missing (8 of 96 are)");
  document.other_days = OtherDays::refuse;
  expect_error(read(document, plain_day), ErrorCode::malformed, "quarter 22:00 is missing (8 of 96 are)");
  expect_error(read({}, plain_day), ErrorCode::not_published, "not published yet");
}

TEST(DayPrices, OtherDaysAreSkippedOrRefused) {
  PriceDocument document = by_utc(plain_day, minutes(60));
  document.points.push_back({.price = price_of(99), .utc = parse_rfc3339("2026-09-07T22:00Z"), .length = minutes(60)});
  expect_day_of(read(document, plain_day), plain_day, minutes(60));
  document.other_days = OtherDays::refuse;
  expect_error(read(document, plain_day), ErrorCode::malformed, "2026-09-07T22:00:00Z is not of this day");
}

TEST(DayPrices, HoursBesideTheirQuartersMustBeTheirMean) {
  PriceDocument document = by_utc(plain_day, minutes(15));
  const PriceDocument hours = by_utc(plain_day, minutes(60));
  for (std::int64_t hour = 0; hour < 24; ++hour) {
    PricePoint point = hours.points[static_cast<std::size_t>(hour)];
    // The mean of 4h, 4h+1, 4h+2 and 4h+3.
    point.price = NetPrice::from_nanos_per_kwh((4 * hour) * 1'000'000 + 1'500'000);
    document.points.insert(document.points.begin(), point);
  }
  expect_day_of(read(document, plain_day), plain_day, minutes(15));
  document.points[5].price = document.points[5].price + NetPrice::from_nanos_per_kwh(11'000);
  expect_error(read(document, plain_day), ErrorCode::malformed,
               "the price of the period at 18:00 is not the mean of its quarters");
}

TEST(DayPrices, AnHourWithOneOtherQuarterIsAContradiction) {
  PriceDocument document = by_utc(plain_day, minutes(60));
  document.points.push_back({.price = price_of(50), .utc = document.points[3].utc, .length = minutes(15)});
  expect_error(read(document, plain_day), ErrorCode::malformed, "the period at 03:00 is not the mean");
}

TEST(DayPrices, RefusesWhatCannotBe) {
  const auto spoiled = [](auto spoil) {
    PriceDocument document = by_utc(plain_day, minutes(15));
    spoil(document.points[3]);
    return read(document, plain_day);
  };
  expect_error(spoiled([](PricePoint& p) { p.length = minutes(45); }), ErrorCode::malformed, "period of 45 minutes");
  expect_error(spoiled([](PricePoint& p) { p.utc = *p.utc + Seconds(60); }), ErrorCode::malformed, "not on a quarter");
  expect_error(spoiled([](PricePoint& p) { p.price = NetPrice::from_per_mwh(100'000.01); }), ErrorCode::malformed,
               "not believed");
  expect_error(spoiled([](PricePoint& p) { p.utc.reset(); }), ErrorCode::malformed, "has no time");
  expect_error(spoiled([](PricePoint& p) {
                 p.utc.reset();
                 p.ordinal = 96;
               }),
               ErrorCode::malformed, "there is no period 97 on this day");
  expect_error(spoiled([](PricePoint& p) {
                 p.local = LocalLabel{.time = std::chrono::local_days(std::chrono::year(2026) / 9 / 7)};
               }),
               ErrorCode::malformed, "contradict each other");
}

TEST(DayPrices, ALocalTimeThatTheClockSkipsDoesNotExist) {
  PriceDocument document = by_local_text(spring_day, minutes(60), PeriodEdge::start);
  document.points[2].local = parse_local_label("2026-03-29 02:00");
  expect_error(read(document, spring_day), ErrorCode::malformed, "does not exist on this day");
}

RC_GTEST_PROP(DayPrices, OrderAndRepetitionOfPointsDoNotMatter, ()) {
  const char* const day = *rc::gen::elementOf(std::vector<const char*>{plain_day, spring_day, autumn_day});
  const minutes length = *rc::gen::elementOf(std::vector<minutes>{minutes(15), minutes(30), minutes(60)});
  PriceDocument document = by_utc(day, length);
  const auto expected = read(document, day);
  const auto repeated = *rc::gen::inRange<std::size_t>(0, document.points.size());
  document.points.push_back(document.points[repeated]);
  std::mt19937 order(*rc::gen::arbitrary<unsigned>());
  std::ranges::shuffle(document.points, order);
  RC_ASSERT(*read(document, day) == *expected);
  // One that differs is never folded away.
  document.points.push_back(document.points[repeated]);
  document.points.back().price = document.points.back().price + NetPrice::from_nanos_per_kwh(1);
  RC_ASSERT(!read(document, day).has_value());
}

RC_GTEST_PROP(DayPrices, APointThatIsLeftOutIsNeverMadeUp, ()) {
  const char* const day = *rc::gen::elementOf(std::vector<const char*>{plain_day, spring_day, autumn_day});
  PriceDocument document = by_utc(day, minutes(15));
  const auto left_out = *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(document.points));
  document.points.erase(document.points.begin() + left_out);
  RC_ASSERT(!read(document, day).has_value());
}

}  // namespace
}  // namespace gridpilot::codec
