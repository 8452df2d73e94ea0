#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "gridpilot/codec/goodwe/frames.hpp"

namespace gridpilot::sim {

/// The registers that a unit has, as bytes on the wire: big-endian, several areas of consecutive numbers with nothing
/// between. A register outside every area does not exist.
class RegisterMap {
 public:
  /// Areas are added in ascending order and do not touch; registers begin at 0.
  void add_area(std::uint16_t first, std::uint16_t count);
  [[nodiscard]] bool empty() const { return areas_.empty(); }
  /// The lowest register there is; the map is not empty.
  [[nodiscard]] std::uint16_t first() const { return areas_.front().first; }

  /// The bytes of `count` registers; empty where one of them does not exist.
  [[nodiscard]] goodwe::Bytes read(std::uint16_t first, std::uint16_t count) const;
  [[nodiscard]] bool has(std::uint16_t first, std::uint16_t count = 1) const { return find(first, count) != nullptr; }

  // The register exists: anything else is a fault of this program.
  [[nodiscard]] std::uint16_t u16(std::uint16_t number) const;
  void set_u16(std::uint16_t number, std::uint16_t value);

  // For what a profile may lack: does nothing where the register does not exist. Out of range values are clamped to
  // their type, as the device does.
  void put_u16(std::uint16_t number, double value);
  void put_s16(std::uint16_t number, double value);
  void put_u32(std::uint16_t number, double value);
  void put_s32(std::uint16_t number, double value);
  void put_u64(std::uint16_t number, double value);
  void put_float(std::uint16_t number, float value);
  /// ASCII, padded by `padding`.
  void put_text(std::uint16_t number, std::size_t bytes, std::string_view text, char padding);

 private:
  struct Area {
    std::uint16_t first;
    std::uint16_t count;
    std::size_t offset;  ///< of its first byte
  };
  [[nodiscard]] const std::uint8_t* find(std::uint16_t first, std::uint16_t count) const;
  [[nodiscard]] std::uint8_t* find(std::uint16_t first, std::uint16_t count);
  void put(std::uint16_t number, std::uint64_t value, std::uint16_t words);

  std::vector<Area> areas_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace gridpilot::sim
