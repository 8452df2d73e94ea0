#include "gridpilot/core/ring_buffer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <numeric>

#include "gridpilot/domain/reading.hpp"
#include "unit/core/allocations.hpp"

namespace gridpilot {
namespace {

static_assert(std::random_access_iterator<RingBuffer<int>::Iterator>);
static_assert(std::ranges::random_access_range<RingBuffer<int>>);
static_assert(sizeof(Reading) * readings_in_a_week <= 10'000'000);

TEST(RingBuffer, KeepsTheNewestOldestFirst) {
  RingBuffer<int> ring(3);
  EXPECT_TRUE(ring.empty());
  for (int i = 1; i <= 5; ++i) ring.append(i);
  EXPECT_EQ(std::vector<int>(ring.begin(), ring.end()), (std::vector<int>{3, 4, 5}));
  EXPECT_EQ(ring.oldest(), 3);
  EXPECT_EQ(ring.newest(), 5);
  EXPECT_TRUE(ring.full());
  ring.clear();
  EXPECT_TRUE(ring.empty());
  ring.append(6);
  EXPECT_EQ(ring.oldest(), 6);
  EXPECT_EQ(ring.newest(), 6);
}

TEST(RingBuffer, HoldsAWeekOfReadingsByDefault) {
  EXPECT_EQ(RingBuffer<Reading>().capacity(), 30'240);
}

TEST(RingBuffer, AllocatesOnceAtConstruction) {
  const std::optional<std::size_t> before = allocations();
  if (!before) GTEST_SKIP() << "the thread sanitizer's operator new does not count";
  RingBuffer<Reading> ring;
  EXPECT_EQ(allocations(), *before + 1);
  for (std::size_t i = 0; i < 3 * ring.capacity(); ++i) ring.append({.time = Instant(Seconds(i))});
  const auto newer = std::ranges::lower_bound(ring, ring.newest().time - Seconds(10), {}, &Reading::time);
  EXPECT_EQ(ring.end() - newer, 11);
  ring.clear();
  ring.append({});
  EXPECT_EQ(allocations(), *before + 1);
}

TEST(RingBuffer, StaysInItsMemory) {
  RingBuffer<int> ring(4);
  ring.append(0);
  const int* const first = ring.spans()[0].data();
  for (int i = 1; i < 100; ++i) ring.append(i);
  const auto [older, newer] = ring.spans();
  EXPECT_EQ(std::min(older.data(), newer.data()), first);
}

TEST(RingBuffer, HoldsValuesThatOnlyMove) {
  RingBuffer<std::unique_ptr<int>> ring(2);
  for (int i = 0; i < 3; ++i) ring.append(std::make_unique<int>(i));
  EXPECT_EQ(*ring.oldest(), 1);
}

TEST(RingBufferDeathTest, RefusesToNameTheNewestOfNone) {
  EXPECT_DEATH(static_cast<void>(RingBuffer<int>(1).newest()), "invariant broken");
}

RC_GTEST_PROP(RingBuffer, IsADequeThatForgets, ()) {
  const auto capacity = *rc::gen::inRange<std::size_t>(1, 20);
  RingBuffer<int> ring(capacity);
  std::deque<int> model;
  for (const int value : *rc::gen::container<std::vector<int>>(rc::gen::inRange(-3, 1000))) {
    if (value < 0) {  // now and then it is emptied
      ring.clear();
      model.clear();
    } else {
      ring.append(value);
      model.push_back(value);
      if (model.size() > capacity) model.pop_front();
    }
    RC_ASSERT(ring.size() == model.size());
    RC_ASSERT(std::ranges::equal(ring, model));
    RC_ASSERT(std::equal(std::make_reverse_iterator(ring.end()), std::make_reverse_iterator(ring.begin()),
                         model.rbegin(), model.rend()));
    const auto [older, newer] = ring.spans();
    std::vector<int> runs(older.begin(), older.end());
    runs.insert(runs.end(), newer.begin(), newer.end());
    RC_ASSERT(std::ranges::equal(runs, model));
    if (model.empty()) continue;
    RC_ASSERT(ring.oldest() == model.front());
    RC_ASSERT(ring.newest() == model.back());
    RC_ASSERT(ring[model.size() / 2] == model[model.size() / 2]);
    RC_ASSERT(std::accumulate(ring.begin(), ring.end(), 0L) == std::accumulate(model.begin(), model.end(), 0L));
  }
}

}  // namespace
}  // namespace gridpilot
