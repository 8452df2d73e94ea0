#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "gridpilot/domain/plan.hpp"
#include "gridpilot/ports/record.hpp"

namespace gridpilot::store {

/// The slots of a plan in about 25 bytes each, against 100 as rows of a table: columns of variable-length integers,
/// most of them as difference to what the neighbours let expect. docs/storage.md describes the layout.
inline constexpr std::int64_t plan_packing = 1;

/// Errors: bug, where a number is not finite or a slot is not the one after its predecessor.
[[nodiscard]] Result<std::vector<std::byte>> pack_slots(std::span<const PlanSlot> slots);

/// `first` is the slot of the first one. Errors: corrupt.
[[nodiscard]] Result<std::vector<ports::RecordedPlanSlot>> unpack_slots(std::span<const std::byte> packed, Slot first);

}  // namespace gridpilot::store
