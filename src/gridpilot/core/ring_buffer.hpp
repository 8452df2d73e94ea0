#pragma once

#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "gridpilot/core/verify.hpp"

namespace gridpilot {

/// Seven days of one reading every 20 s.
inline constexpr std::size_t readings_in_a_week = std::size_t{7} * 24 * 60 * 3;

/// The newest `capacity` values, oldest first. Appending to a full buffer replaces the oldest value. All memory is one
/// block taken at construction; nothing is allocated or moved after it (beyond what T itself does).
/// Every append may invalidate what refers to the oldest value; iterators otherwise keep their place by age, so they
/// are to be used between appends. Not for several threads.
template <class T>
class RingBuffer {
 public:
  class Iterator;
  using value_type = T;
  using const_iterator = Iterator;
  using iterator = Iterator;

  /// Capacity is at least 1.
  explicit RingBuffer(std::size_t capacity = readings_in_a_week) : capacity_(capacity) {
    GRIDPILOT_VERIFY(capacity > 0);
    values_.reserve(capacity);
  }

  template <class U = T>
    requires std::assignable_from<T&, U>
  void append(U&& value) {
    if (values_.size() < capacity_) {
      values_.emplace_back(std::forward<U>(value));
      return;
    }
    values_[oldest_] = std::forward<U>(value);
    oldest_ = oldest_ + 1 == capacity_ ? 0 : oldest_ + 1;
  }
  /// The memory stays.
  void clear() {
    values_.clear();
    oldest_ = 0;
  }

  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] bool empty() const { return values_.empty(); }
  [[nodiscard]] bool full() const { return values_.size() == capacity_; }

  /// By age: 0 is the oldest. The index is below size().
  [[nodiscard]] const T& operator[](std::size_t index) const {
    const std::size_t place = oldest_ + index;
    return values_[place < capacity_ ? place : place - capacity_];
  }
  /// Only where it is not empty.
  [[nodiscard]] const T& oldest() const {
    GRIDPILOT_VERIFY(!empty());
    return values_[oldest_];
  }
  [[nodiscard]] const T& newest() const {
    GRIDPILOT_VERIFY(!empty());
    return values_[oldest_ == 0 ? values_.size() - 1 : oldest_ - 1];
  }

  /// Oldest to newest, random access.
  [[nodiscard]] Iterator begin() const { return {this, 0}; }
  [[nodiscard]] Iterator end() const { return {this, static_cast<std::ptrdiff_t>(size())}; }
  /// The same values as two runs of memory, the older first; the second may be empty. For loops that shall vectorise.
  [[nodiscard]] std::array<std::span<const T>, 2> spans() const {
    const std::span<const T> all(values_);
    return {all.subspan(oldest_), all.first(oldest_)};
  }

 private:
  std::vector<T> values_;
  std::size_t capacity_;
  std::size_t oldest_ = 0;  // place of the oldest value; 0 until the buffer is full
};

template <class T>
class RingBuffer<T>::Iterator {
 public:
  using iterator_category = std::random_access_iterator_tag;
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using pointer = const T*;
  using reference = const T&;

  Iterator() = default;
  Iterator(const RingBuffer* ring, std::ptrdiff_t index) : ring_(ring), index_(index) {}

  [[nodiscard]] reference operator*() const { return (*ring_)[static_cast<std::size_t>(index_)]; }
  [[nodiscard]] pointer operator->() const { return &**this; }
  [[nodiscard]] reference operator[](difference_type n) const { return *(*this + n); }
  Iterator& operator++() { return *this += 1; }
  Iterator& operator--() { return *this -= 1; }
  Iterator operator++(int) { return std::exchange(*this, *this + 1); }
  Iterator operator--(int) { return std::exchange(*this, *this - 1); }
  Iterator& operator+=(difference_type n) {
    index_ += n;
    return *this;
  }
  Iterator& operator-=(difference_type n) { return *this += -n; }
  [[nodiscard]] friend Iterator operator+(Iterator i, difference_type n) { return i += n; }
  [[nodiscard]] friend Iterator operator+(difference_type n, Iterator i) { return i += n; }
  [[nodiscard]] friend Iterator operator-(Iterator i, difference_type n) { return i -= n; }
  [[nodiscard]] friend difference_type operator-(Iterator a, Iterator b) { return a.index_ - b.index_; }
  [[nodiscard]] friend bool operator==(Iterator a, Iterator b) { return a.index_ == b.index_; }
  [[nodiscard]] friend auto operator<=>(Iterator a, Iterator b) { return a.index_ <=> b.index_; }

 private:
  const RingBuffer* ring_ = nullptr;
  std::ptrdiff_t index_ = 0;
};

}  // namespace gridpilot
