#pragma once

#include <vector>

#include "gridpilot/domain/command.hpp"
#include "gridpilot/domain/outlook.hpp"
#include "gridpilot/domain/planning.hpp"
#include "gridpilot/domain/prices.hpp"
#include "gridpilot/domain/site.hpp"

namespace gridpilot {

/// One slot of a plan, with everything it was worked out from. The first slot is only its part still to come.
struct PlanSlot {
  Slot slot;
  Instant start{};  ///< slot.start(), or the instant of planning in the first slot
  SlotPrice price;
  OutlookSlot outlook;
  PlannedFlow flow;
  Action action = Action::self_use;
  Value cost;
};

struct Plan {
  Instant computed_at{};
  Energy initial;  ///< stored energy the plan starts from
  Value cost;
  ValuePerEnergy value_of_stored;  ///< worth of one more stored kWh now
  CostToGo after_first_slot;
  std::vector<PlanSlot> slots;
};

/// What a plan does in a slot, in the inverter's words.
[[nodiscard]] Action action_of(const PlannedFlow& flow, Energy load, Energy pv, Energy stored_before,
                               const Battery& battery);

}  // namespace gridpilot
