#pragma once

#include "gridpilot/codec/goodwe/device_info.hpp"
#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/domain/reading.hpp"

/// The short way from an ET's blocks to the sample that control rests on. GoodWe's signs (export positive, battery
/// discharge positive) end here.
namespace gridpilot::goodwe {

// The blocks of one sample.
inline constexpr std::uint16_t et_runtime_register = 35100;
inline constexpr std::uint16_t et_runtime_count = 125;
inline constexpr std::uint16_t et_battery_register = 37000;
inline constexpr std::uint16_t et_battery_count = 24;
inline constexpr std::uint16_t et_meter_register = 36000;
inline constexpr std::uint16_t et_meter_count = 45;
inline constexpr std::uint16_t et_meter_ext_count = 58;
inline constexpr std::uint16_t et_meter_ext2_count = 125;

/// The data bytes of the blocks that were read; empty where one was not (no battery, block unknown to the unit).
struct EtBlocks {
  Bytes runtime;  ///< 125 registers from 35100
  Bytes battery;  ///< 24 registers from 37000
  Bytes meter;    ///< 45, 58 or 125 registers from 36000
};

/// Code 0 means that no battery is connected, so the battery block is not asked for. The runtime block must be whole.
[[nodiscard]] std::uint16_t battery_mode_of(Bytes runtime);

/// One sample with the house's signs.
/// - grid: register 35140, which repeats the meter, of the same instant as the rest of the runtime block; the meter's
///   own total only where 35140 reads "not available".
/// - load: load + back-up output (35172 + 35170), what the house takes at the AC side; the inverter's losses stay
///   outside, so grid + pv − load − battery is those losses. Where a unit does not report them: the balance
///   pv + battery discharge + import, never below 0.
/// - battery: absent without a battery.
/// - counters of import and export: the long meter block's where it was read and counts (36104, 36120), else 36015 and
///   36017.
/// short_frame where the runtime block is not whole; a short battery or meter block counts as not read.
[[nodiscard]] Result<Reading> decode_et_reading(const EtBlocks& blocks, const DeviceInfo& info, Instant time);

}  // namespace gridpilot::goodwe
