#pragma once

#include <string>
#include <string_view>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/plan.hpp"
#include "gridpilot/domain/site.hpp"

namespace gridpilot::app {

/// What a printed plan says of itself.
struct PlanHeading {
  std::string tariff;
  std::string currency;
  std::string price_column;
  std::chrono::year_month_day date;
  Soc initial;
  ValuePerEnergy terminal_value;
};

/// The home and the plan's quarters, local time first, with totals below.
[[nodiscard]] std::string plan_table(const Plan& plan, const PlanHeading& heading, const Site& site,
                                     const Battery& battery, const TimeZone& zone);
/// The same as one JSON document, its slots as in the API's `plan`.
[[nodiscard]] std::string plan_json(const Plan& plan, const PlanHeading& heading, const Battery& battery);

}  // namespace gridpilot::app
