#pragma once

#include <cstdint>
#include <optional>

#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/core/measured.hpp"
#include "gridpilot/core/units.hpp"

namespace gridpilot::goodwe {

/// Registers of one block by their number; the size of the block has been checked.
class RegisterBlock {
 public:
  RegisterBlock(Bytes data, std::uint16_t first) : data_(data), first_(first) {}

  [[nodiscard]] std::uint16_t u16(std::uint16_t number) const { return u16_at(data_, offset(number)); }
  [[nodiscard]] std::int16_t s16(std::uint16_t number) const { return static_cast<std::int16_t>(u16(number)); }
  [[nodiscard]] std::uint32_t u32(std::uint16_t number) const { return u32_at(data_, offset(number)); }
  [[nodiscard]] std::int32_t s32(std::uint16_t number) const { return static_cast<std::int32_t>(u32(number)); }
  [[nodiscard]] std::uint64_t u64(std::uint16_t number) const {
    return (static_cast<std::uint64_t>(u32(number)) << 32U) | u32(static_cast<std::uint16_t>(number + 2));
  }
  [[nodiscard]] bool reads_ones(std::uint16_t number) const { return u16(number) == 0xFFFF; }

  // Unsigned: all ones is "not available".
  [[nodiscard]] std::optional<double> word(std::uint16_t number) const {
    return reads_ones(number) ? std::nullopt : std::optional<double>(u16(number));
  }
  [[nodiscard]] std::optional<double> long_word(std::uint16_t number) const {
    return u32(number) == 0xFFFF'FFFFU ? std::nullopt : std::optional<double>(u32(number));
  }
  [[nodiscard]] Measured<Voltage> voltage(std::uint16_t number) const {
    const auto raw = word(number);
    return raw ? Measured<Voltage>(volts(*raw / 10.0)) : Measured<Voltage>();
  }
  [[nodiscard]] Measured<Energy, double> energy(std::uint16_t number) const {
    const auto raw = long_word(number);
    return raw ? Measured<Energy, double>(kilowatt_hours(*raw / 10.0)) : Measured<Energy, double>();
  }
  [[nodiscard]] Measured<Temperature> temperature(std::uint16_t number) const {
    if (reads_ones(number) || u16(number) == 0x7FFF) return {};
    return celsius(s16(number) / 10.0);
  }

 private:
  [[nodiscard]] std::size_t offset(std::uint16_t number) const { return 2 * static_cast<std::size_t>(number - first_); }
  Bytes data_;
  std::uint16_t first_;
};

}  // namespace gridpilot::goodwe
