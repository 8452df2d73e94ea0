#include "gridpilot/sim/register_map.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "gridpilot/core/verify.hpp"

namespace gridpilot::sim {
namespace {

template <class Integer>
Integer rounded_into(double value) {
  constexpr auto lowest = static_cast<double>(std::numeric_limits<Integer>::lowest());
  constexpr auto highest = static_cast<double>(std::numeric_limits<Integer>::max());
  return static_cast<Integer>(std::clamp(std::round(value), lowest, highest));
}

std::size_t bytes_of(std::uint16_t registers) {
  return 2 * static_cast<std::size_t>(registers);
}

}  // namespace

void RegisterMap::add_area(std::uint16_t first, std::uint16_t count) {
  GRIDPILOT_VERIFY(count > 0 && (areas_.empty() || first > areas_.back().first + areas_.back().count));
  areas_.push_back({.first = first, .count = count, .offset = bytes_.size()});
  bytes_.resize(bytes_.size() + bytes_of(count));
}

const std::uint8_t* RegisterMap::find(std::uint16_t first, std::uint16_t count) const {
  const auto after = std::upper_bound(areas_.begin(), areas_.end(), first,
                                      [](std::uint16_t number, const Area& area) { return number < area.first; });
  if (after == areas_.begin()) return nullptr;
  const Area& area = *std::prev(after);
  if (first + count > area.first + area.count) return nullptr;
  return bytes_.data() + area.offset + 2U * static_cast<std::size_t>(first - area.first);
}

std::uint8_t* RegisterMap::find(std::uint16_t first, std::uint16_t count) {
  return const_cast<std::uint8_t*>(std::as_const(*this).find(first, count));
}

goodwe::Bytes RegisterMap::read(std::uint16_t first, std::uint16_t count) const {
  const std::uint8_t* const at = find(first, count);
  return at == nullptr ? goodwe::Bytes{} : goodwe::Bytes{at, bytes_of(count)};
}

std::uint16_t RegisterMap::u16(std::uint16_t number) const {
  const goodwe::Bytes bytes = read(number, 1);
  GRIDPILOT_VERIFY(!bytes.empty());
  return goodwe::u16_at(bytes, 0);
}

void RegisterMap::set_u16(std::uint16_t number, std::uint16_t value) {
  GRIDPILOT_VERIFY(has(number));
  put(number, value, 1);
}

void RegisterMap::put(std::uint16_t number, std::uint64_t value, std::uint16_t words) {
  std::uint8_t* const at = find(number, words);
  if (at == nullptr) return;
  for (int i = 2 * words - 1; i >= 0; --i) {
    at[i] = static_cast<std::uint8_t>(value & 0xFFU);
    value >>= 8U;
  }
}

void RegisterMap::put_u16(std::uint16_t number, double value) {
  put(number, rounded_into<std::uint16_t>(value), 1);
}

void RegisterMap::put_s16(std::uint16_t number, double value) {
  put(number, static_cast<std::uint16_t>(rounded_into<std::int16_t>(value)), 1);
}

void RegisterMap::put_u32(std::uint16_t number, double value) {
  put(number, rounded_into<std::uint32_t>(value), 2);
}

void RegisterMap::put_s32(std::uint16_t number, double value) {
  put(number, static_cast<std::uint32_t>(rounded_into<std::int32_t>(value)), 2);
}

void RegisterMap::put_u64(std::uint16_t number, double value) {
  // Counters of this house stay far below 2^53.
  put(number, static_cast<std::uint64_t>(std::clamp(std::round(value), 0.0, 9.0e15)), 4);
}

void RegisterMap::put_float(std::uint16_t number, float value) {
  put(number, std::bit_cast<std::uint32_t>(value), 2);
}

void RegisterMap::put_text(std::uint16_t number, std::size_t bytes, std::string_view text, char padding) {
  std::uint8_t* const at = find(number, static_cast<std::uint16_t>(bytes / 2));
  if (at == nullptr) return;
  for (std::size_t i = 0; i < bytes; ++i) at[i] = static_cast<std::uint8_t>(i < text.size() ? text[i] : padding);
}

}  // namespace gridpilot::sim
