#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gridpilot/codec/goodwe/decode.hpp"
#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/codec/goodwe/registers.hpp"
#include "gridpilot/core/result.hpp"

/// Settings from and to text, for people who look at them and change them by hand.
namespace gridpilot::goodwe {

/// Why a setting must be left alone: grid code, BMS data that belong to an external battery manager, values that are
/// read only or need a command of their own. Empty where it may be written.
[[nodiscard]] std::string_view reason_not_to_write(Family family, const RegisterRow& row) noexcept;

/// The register values that a text stands for: a number in the row's unit, hexadecimal after 0x for whole registers, an
/// eco group (eco_group_text.hpp), a local time "2026-11-25T06:30:00". `present` holds the row's registers as they are
/// now: settings of half a register keep the other half, eco groups their type. bad_input naming what is allowed.
[[nodiscard]] Result<Words> encode_setting(const RegisterRow& row, std::string_view text, const Words& present);

/// A decoded setting as `encode_setting` takes it, with its unit: "4.5 A"; "not available" where it is.
[[nodiscard]] std::string setting_text(const RegisterRow& row, const Datum& value, const Words& present);

}  // namespace gridpilot::goodwe
