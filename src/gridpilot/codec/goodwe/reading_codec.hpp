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

inline constexpr std::uint16_t et_battery2_register = 39000;
inline constexpr std::uint16_t et_battery2_count = 22;
inline constexpr std::uint16_t et_battery2_power_register = 35262;
inline constexpr std::uint16_t et_battery2_power_count = 6;
inline constexpr std::uint16_t et_trackers_register = 35301;
inline constexpr std::uint16_t et_trackers_count = 61;
inline constexpr std::uint16_t dt_runtime_register = 30100;
inline constexpr std::uint16_t dt_runtime_count = 73;
inline constexpr std::uint16_t dt_meter_register = 30195;
inline constexpr std::uint16_t dt_meter_count = 16;

/// The data bytes of the blocks that were read; empty where one was not (no battery, block unknown to the unit).
struct EtBlocks {
  Bytes runtime;           ///< 125 registers from 35100
  Bytes battery;           ///< 24 registers from 37000
  Bytes meter;             ///< 45, 58 or 125 registers from 36000
  Bytes battery2{};        ///< 22 registers from 39000
  Bytes battery2_power{};  ///< 6 registers from 35262
  Bytes trackers{};        ///< 61 registers from 35301
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

/// One sample of a DT: `runtime` are 73 registers from 30100, `meter` 16 from 30195 or empty.
/// - pv: the total at the inputs, or else the trackers' voltages times currents.
/// - grid: the meter's, absent where there is none or it is not connected.
/// - load: what the inverter delivers and the grid adds; absent without a meter.
[[nodiscard]] Result<Reading> decode_dt_reading(Bytes runtime, Bytes meter, const DeviceInfo& info, Instant time);

/// One sample of an ES: the payload of AA55 01 06.
/// - load: the port's and the back-up output's, measured apart from the balance.
/// - grid: the payload tells magnitude and direction apart, and the direction contradicts the balance on some units: it
///   is the one that fits pv, battery and load, and the payload's own only where both fit alike.
[[nodiscard]] Result<Reading> decode_es_reading(Bytes payload, const DeviceInfo& info, Instant time);

}  // namespace gridpilot::goodwe
