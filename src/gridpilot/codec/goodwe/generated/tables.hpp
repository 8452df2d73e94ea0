#pragma once

#include <span>

#include "gridpilot/codec/goodwe/registers.hpp"

/// What the generated sources of this folder hold; registers.hpp is the door to it.
namespace gridpilot::goodwe::generated {

[[nodiscard]] std::span<const BlockTable> et_blocks() noexcept;
[[nodiscard]] std::span<const BlockTable> dt_blocks() noexcept;
[[nodiscard]] std::span<const BlockTable> es_blocks() noexcept;
[[nodiscard]] std::span<const CodeLabel> codes_of(Enumeration enumeration) noexcept;
[[nodiscard]] std::span<const SerialTag> serial_tags() noexcept;

}  // namespace gridpilot::goodwe::generated
