#pragma once

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "gridpilot/codec/goodwe/device_info.hpp"
#include "gridpilot/inverter/goodwe/aa55_access.hpp"
#include "gridpilot/inverter/goodwe/register_access.hpp"
#include "gridpilot/os/clock.hpp"

namespace gridpilot::goodwe {

/// The settings of an ES by the register numbers of the ET family:
///   45200  clock: written by command, cannot be read; shows what was set since the connection began
///   45356  lowest state of charge, from the settings payload
///   47000  work mode: the sequences of control.md 5; the owner's eco groups are kept over the clearing they contain
///   47509  export limit on: read only, so only a unit whose owner has switched it on has a limit to set
///   47510  export limit, W
///   47515  eco groups of firmware without the newer ones, in AA55 registers from 0x0701
///   47547  eco groups of newer firmware, over Modbus
/// Others do not exist.
class EsRegisters final : public ControlRegisters {
 public:
  /// Everything given must outlive it.
  EsRegisters(Aa55Access& aa55, RegisterAccess& modbus, DeviceInfo device, const os::Clock& clock)
      : aa55_(aa55), modbus_(modbus), device_(std::move(device)), clock_(clock) {}

  [[nodiscard]] net::Awaitable<Result<Words>> read(std::uint16_t first, std::uint16_t count) override;
  [[nodiscard]] net::Awaitable<Result<Words>> probe(std::uint16_t first, std::uint16_t count) override;
  [[nodiscard]] net::Awaitable<Result<void>> write(RegisterSpan span) override;
  [[nodiscard]] net::Awaitable<Result<WriteReport>> write_and_read_back(RegisterSpan span) override;

 private:
  [[nodiscard]] net::Awaitable<Result<Words>> read_setting(std::size_t payload_offset);
  [[nodiscard]] net::Awaitable<Result<Words>> read_groups_v1(std::uint16_t first, std::uint16_t count);
  [[nodiscard]] net::Awaitable<Result<void>> write_groups_v1(RegisterSpan span);
  [[nodiscard]] net::Awaitable<Result<void>> write_work_mode(std::uint16_t mode);
  [[nodiscard]] net::Awaitable<Result<void>> orders_of_mode(std::uint16_t mode);
  [[nodiscard]] net::Awaitable<Result<void>> set_clock(Words words);
  [[nodiscard]] Words shown_clock() const;
  [[nodiscard]] bool has_groups_v2() const { return has_es_groups_v2(device_); }

  Aa55Access& aa55_;
  RegisterAccess& modbus_;
  DeviceInfo device_;
  const os::Clock& clock_;
  /// What the clock was set to, and when.
  std::optional<std::pair<Words, Instant>> clock_set_;
};

}  // namespace gridpilot::goodwe
