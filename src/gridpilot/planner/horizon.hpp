#pragma once

#include <optional>
#include <vector>

#include "gridpilot/domain/outlook.hpp"
#include "gridpilot/domain/plan.hpp"
#include "gridpilot/domain/prices.hpp"
#include "gridpilot/domain/site.hpp"

namespace gridpilot::planner {

/// What lies ahead: prices and outlook of the same slots in the same order, without gap, the present slot first.
struct Horizon {
  std::vector<SlotPrice> prices;
  std::vector<OutlookSlot> outlook;
};

/// Where a plan begins.
struct Start {
  Instant now{};  ///< within the first slot of the horizon
  Energy stored;  ///< measured
  /// Powers expected for the rest of the present slot; its share of the outlook's energy where absent.
  std::optional<Power> load;
  std::optional<Power> pv;
};

/// The planning problem of a horizon. Stored energy beyond the battery's bounds (a meter's rounding) is taken as the
/// bound. Energy left at the end is worth terminal_value(). Prices are tilted by a trifle so that of equal quarters the
/// first is taken.
[[nodiscard]] PlanningProblem problem_of(const Horizon& horizon, const Start& start, const Battery& battery,
                                         const Site& site);

/// The plan in the house's words, from the answer to problem_of() of the same arguments. Costs are at the horizon's
/// prices, the energy left at the end deducted.
[[nodiscard]] Plan plan_of(const PlanningProblem& problem, const PlanningAnswer& answer, const Horizon& horizon,
                           const Start& start, const Battery& battery);

/// Worth of a kWh still stored when the horizon ends: the lesser of what it would save (mean import price of the last
/// day) and what storing it anew would cost (the last day's lowest import price, losses and wear added); never below 0.
[[nodiscard]] ValuePerEnergy terminal_value(const std::vector<SlotPrice>& prices, const Battery& battery);

}  // namespace gridpilot::planner
