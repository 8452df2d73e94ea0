#include "gridpilot/control/reason.hpp"

#include <gtest/gtest.h>

namespace gridpilot::control {
namespace {

Plan plan_with(double load_kwh, double pv_kwh) {
  Plan plan;
  plan.value_of_stored = per_kilowatt_hour(0.704);
  PlanSlot slot{};
  slot.price.import_price = GrossPrice::from_per_kwh(0.4);
  slot.price.export_price = GrossPrice::from_per_kwh(0.25);
  slot.outlook.load = kilowatt_hours(load_kwh);
  slot.outlook.pv = kilowatt_hours(pv_kwh);
  plan.slots = {slot};
  return plan;
}

TEST(Reason, QuotesThePriceNowAndTheWorthLater) {
  EXPECT_EQ(reason_for({.action = Action::hold}, plan_with(0.2, 0.0), "PLN"),
            "Keeping the stored energy: it is worth 0.70 PLN/kWh, the grid costs 0.40 PLN/kWh now.");
  EXPECT_EQ(
      reason_for({.action = Action::self_use}, plan_with(0.2, 0.5), "PLN"),
      "Self-use, surplus PV into the battery: a stored kWh is worth 0.70 PLN/kWh, the grid pays 0.25 PLN/kWh now.");
}

TEST(Reason, SaysWhenThePriceIsForeseen) {
  Plan plan = plan_with(0.2, 0.0);
  plan.slots.front().price.foreseen = true;
  EXPECT_NE(reason_for({.action = Action::charge}, plan, "PLN").find("(price foreseen, not published)."),
            std::string::npos);
}

TEST(Reason, NamesTheLimitThatCutTheCommand) {
  const Command decided{.action = Action::charge, .power = kilowatts(5)};
  EXPECT_EQ(with_limit("Charging.", decided, {.action = Action::charge, .power = watts(2100)}, "BMS charge current"),
            "Charging. Limited to 2.1 kW: BMS charge current.");
  EXPECT_EQ(with_limit("Charging.", decided, {.action = Action::self_use}, "host clock not trusted"),
            "Self-use instead of charge: host clock not trusted.");
}

}  // namespace
}  // namespace gridpilot::control
