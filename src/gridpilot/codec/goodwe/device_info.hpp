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

/// The family a serial number belongs to: its tags in their order, anywhere in the text.
[[nodiscard]] std::optional<Family> family_of_serial(std::string_view serial) noexcept;

}  // namespace gridpilot::goodwe
