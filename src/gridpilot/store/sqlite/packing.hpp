#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace gridpilot::store {

// Integers in few bytes, for columns of numbers that are near to what their neighbours let expect. Unsigned, because
// differences may wrap around: they do so alike both ways. docs/storage.md describes the layout.

class Packer {
 public:
  void byte(unsigned value) { bytes_.push_back(static_cast<std::byte>(value)); }
  /// Small numbers of either sign take few bytes: zigzag, then seven bits a byte.
  void difference(std::uint64_t value, std::uint64_t expected) {
    const std::uint64_t d = value - expected;
    std::uint64_t z = (d << 1U) ^ (0 - (d >> 63U));
    for (; z >= 0x80; z >>= 7U) byte(static_cast<unsigned>(z & 0x7fU) | 0x80U);
    byte(static_cast<unsigned>(z));
  }
  [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

class Unpacker {
 public:
  explicit Unpacker(std::span<const std::byte> bytes) : bytes_(bytes) {}
  [[nodiscard]] bool at_end() const { return bytes_.empty(); }
  [[nodiscard]] bool torn() const { return torn_; }
  unsigned byte() {
    if (bytes_.empty()) {
      torn_ = true;
      return 0;
    }
    const auto value = std::to_integer<unsigned>(bytes_.front());
    bytes_ = bytes_.subspan(1);
    return value;
  }
  std::uint64_t value(std::uint64_t expected) {
    std::uint64_t z = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const unsigned part = byte();
      z |= static_cast<std::uint64_t>(part & 0x7fU) << shift;
      if (part < 0x80) return expected + ((z >> 1U) ^ (0 - (z & 1U)));
    }
    torn_ = true;
    return 0;
  }

 private:
  std::span<const std::byte> bytes_;
  bool torn_ = false;
};

}  // namespace gridpilot::store
