#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gridpilot/codec/goodwe/frames.hpp"

/// Small pieces that the decoders share.
namespace gridpilot::goodwe {

/// True where every byte is 0xFF.
[[nodiscard]] bool all_ones(Bytes bytes) noexcept;

/// Text of a device: UTF-16BE where any byte is below 32 (trailing blanks stripped, NULs deleted), ASCII otherwise, hex
/// where neither fits; an odd length with a byte below 32 is hex; all 0xFF is absent; all NUL is empty.
[[nodiscard]] std::optional<std::string> device_text(Bytes bytes);

/// "2026-11-25T01:30:00" of year − 2000, month, day, hour, minute, second; absent for an impossible date.
[[nodiscard]] std::optional<std::string> timestamp_text(Bytes six_bytes);

/// Lower-case hex without blanks.
[[nodiscard]] std::string lower_hex(Bytes bytes);

/// Rounded to decimals, half to even; never −0.
[[nodiscard]] double rounded(double value, int decimals) noexcept;

}  // namespace gridpilot::goodwe
