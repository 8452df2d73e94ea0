#pragma once

#include <optional>
#include <string>

#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/codec/goodwe/registers.hpp"
#include "gridpilot/core/units.hpp"

namespace gridpilot::goodwe {

/// What an inverter says of itself, and what follows from it.
struct DeviceInfo {
  Family family = Family::et;
  std::string serial{};
  std::string model{};
  std::string firmware{};
  std::string arm_firmware{};
  std::optional<Power> rating{};  ///< ET only
  std::optional<int> dsp1_version{};
  std::optional<int> dsp2_version{};
  std::optional<int> arm_version{};  ///< counts per platform: never compare across platforms

  Platform platform = Platform::unknown;
  bool single_phase = false;  ///< values of the second and third phase are not shown; not a count of phases
  int trackers = 2;           ///< 2, 3 or 4
  bool second_battery = false;
  bool extended_meter = false;  ///< asks for the long meter block and the tracker block

  [[nodiscard]] bool is_745() const { return platform == Platform::p745_lv || platform == Platform::p745_hv; }
};

/// From the data of the family's device-info answer (ET: 33 registers from 35000, DT: 40 from 30001, ES: AA55 01 02).
/// short_frame where the data ends before the serial number. What reads "not available" is absent or empty.
[[nodiscard]] Result<DeviceInfo> parse_device_info(Family family, Bytes data);

/// Whether a row exists on this unit; everything exists on an unknown one.
[[nodiscard]] bool shown_on(const RegisterRow& row, const DeviceInfo& info) noexcept;

/// Rated AC power: as told by ET units; of the others from the serial number's second to fifth character ("010K",
/// "29K9"), or else from the model ("GW6000-…", "GW5048-…" for 5.0 kW at 48 V). Absent where neither tells.
[[nodiscard]] std::optional<Power> rated_power(const DeviceInfo& info);

/// ES: the firmware has eco groups over Modbus (protocol.md 5.4).
[[nodiscard]] bool has_es_groups_v2(const DeviceInfo& info) noexcept;
/// ES: the firmware does what eco groups say; units of the generations 1818 and 2222 take them and do nothing
/// (protocol.md 8), 2424 or newer obeys.
[[nodiscard]] bool obeys_es_groups(const DeviceInfo& info) noexcept;

/// The family a serial number belongs to: its tags in their order, anywhere in the text.
[[nodiscard]] std::optional<Family> family_of_serial(std::string_view serial) noexcept;

}  // namespace gridpilot::goodwe
