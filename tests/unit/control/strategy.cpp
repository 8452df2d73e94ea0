#include "gridpilot/control/strategy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace gridpilot::control {
namespace {

using ::gridpilot::currency;

const Instant quarter = parse_rfc3339("2026-05-01T10:00:00Z").value();
constexpr std::array everything{Action::self_use, Action::hold,    Action::charge,
                                Action::sell,     Action::curtail, Action::standby};

/// A plan of two slots for a half-full 10 kWh battery; a kWh left after the first slot is worth `later` throughout.
struct Case {
  double import_price = 0.8;
  double export_price = 0.3;
  double later = 0.6;
  double load_kwh = 0.25;
  double pv_kwh = 0.0;
  double planned_ac_kwh = 0.0;
  Battery battery{
      .capacity = kilowatt_hours(10), .reserve = percent(10), .charge_efficiency = 1.0, .discharge_efficiency = 1.0};
  Site site;
  std::optional<Command> present;
  double planned_export_kwh = 0.0;
  double curtailed_kwh = 0.0;
  bool can_limit_export = true;

  [[nodiscard]] Plan plan() const {
    Plan plan;
    plan.initial = kilowatt_hours(5);
    plan.value_of_stored = per_kilowatt_hour(later);
    plan.after_first_slot.points = {{kilowatt_hours(0), currency(0)}, {kilowatt_hours(10), currency(-10 * later)}};
    PlanSlot slot;
    slot.slot = Slot::containing(quarter);
    slot.start = quarter;
    slot.price.import_price = GrossPrice::from_per_kwh(import_price);
    slot.price.export_price = GrossPrice::from_per_kwh(export_price);
    slot.outlook.load = kilowatt_hours(load_kwh);
    slot.outlook.pv = kilowatt_hours(pv_kwh);
    slot.flow.ac = kilowatt_hours(planned_ac_kwh);
    slot.flow.grid_export = kilowatt_hours(planned_export_kwh);
    slot.flow.curtailed = kilowatt_hours(curtailed_kwh);
    plan.slots = {slot, slot};
    plan.slots.back().slot = slot.slot.next();
    return plan;
  }
  [[nodiscard]] Choice decide() const {
    const Plan made = plan();
    return follow_plan({.plan = made,
                        .battery = battery,
                        .site = site,
                        .available = everything,
                        .can_limit_export = can_limit_export,
                        .present = present,
                        .currency = "PLN"});
  }
};

TEST(FollowPlan, CoversTheLoadWhenTheGridCostsMoreThanStoredEnergyIsWorth) {
  EXPECT_EQ(Case{}.decide().command.action, Action::self_use);
}

TEST(FollowPlan, KeepsStoredEnergyThatIsWorthMoreLater) {
  const Choice choice = Case{.import_price = 0.4, .later = 0.7}.decide();
  EXPECT_EQ(choice.command.action, Action::hold);
  EXPECT_NE(choice.reason.find("0.70 PLN/kWh"), std::string::npos) << choice.reason;
}

TEST(FollowPlan, ChargesAtThePlannedPower) {
  const Choice choice = Case{.import_price = 0.2, .later = 0.7, .planned_ac_kwh = 1.0}.decide();
  EXPECT_EQ(choice.command.action, Action::charge);
  EXPECT_EQ(choice.command.power, watts(4000));
}

TEST(FollowPlan, SellsDownToTheReserveWhenTheGridPaysMore) {
  const Choice choice = Case{.import_price = 1.6, .export_price = 1.5, .later = 0.5, .planned_ac_kwh = -1.25}.decide();
  EXPECT_EQ(choice.command.action, Action::sell);
  EXPECT_EQ(choice.command.power, watts(5000));
  EXPECT_EQ(choice.command.stop_soc, percent(10));
}

TEST(FollowPlan, ExportsSurplusWhenThatPaysMoreThanStoring) {
  EXPECT_EQ((Case{.export_price = 0.9, .later = 0.5, .load_kwh = 0.1, .pv_kwh = 1.0}.decide().command.action),
            Action::standby);
}

TEST(FollowPlan, RestsWhereHoldingWouldStoreThePvThatTheLoadNeeds) {
  // Worth keeping, but not worth storing PV through the losses while the grid feeds the load.
  Case dull{.import_price = 0.66, .later = 0.7, .load_kwh = 0.5, .pv_kwh = 0.25};
  dull.battery.charge_efficiency = 0.9;
  EXPECT_EQ(dull.decide().command.action, Action::standby);
  dull.pv_kwh = 0.0;
  EXPECT_EQ(dull.decide().command.action, Action::hold);
}

TEST(FollowPlan, DoesNotSwitchForLessThanTheLeastSaving) {
  // 0.25 kWh × 0.01 per kWh saves less than a write is worth.
  Case near{.import_price = 0.60, .later = 0.61};
  EXPECT_EQ(near.decide().command.action, Action::self_use);
  near.present = Command{.action = Action::hold};
  near.later = 0.59;
  EXPECT_EQ(near.decide().command.action, Action::hold);
}

TEST(FollowPlan, KeepsThePowerWhileAnotherSavesTooLittle) {
  Case selling{.import_price = 1.6, .export_price = 0.505, .later = 0.5, .planned_ac_kwh = -0.9};
  selling.present = Command{.action = Action::sell, .power = watts(3200)};
  EXPECT_EQ(selling.decide().command.power, watts(3200));
  selling.export_price = 1.5;
  EXPECT_EQ(selling.decide().command.power, watts(3600));
}

TEST(FollowPlan, LeavesToTheInverterWhatItDoesByItself) {
  Case covering{.planned_ac_kwh = -0.25};
  covering.present = Command{.action = Action::sell, .power = watts(1000)};
  EXPECT_EQ(covering.decide().command.action, Action::self_use);
}

TEST(FollowPlan, UsesOnlyWhatTheInverterCanDo) {
  const Case want_hold{.import_price = 0.4, .later = 0.7};
  const Plan plan = want_hold.plan();
  const std::array only{Action::self_use, Action::charge};
  const Choice choice = follow_plan({.plan = plan,
                                     .battery = want_hold.battery,
                                     .site = want_hold.site,
                                     .available = only,
                                     .present = {},
                                     .currency = "PLN"});
  EXPECT_EQ(choice.command.action, Action::self_use);
}

TEST(FollowPlan, TellsWhatTheAlternativesWouldCostMore) {
  const Choice choice = Case{.import_price = 0.4, .later = 0.7}.decide();
  ASSERT_FALSE(choice.alternatives.empty());
  for (const Alternative& other : choice.alternatives) EXPECT_GE(other.extra_cost, currency(-1e-12));
  // Self-use would take 0.25 kWh worth 0.70 to save an import at 0.40.
  const auto self_use = std::ranges::find(choice.alternatives, Action::self_use, &Alternative::action);
  ASSERT_NE(self_use, choice.alternatives.end());
  EXPECT_NEAR(in_currency(self_use->extra_cost), 0.25 * 0.3, 1e-9);
}

/// Full battery, sun above the load, and a grid that wants to be paid for taking it.
Case negative_noon() {
  Case noon{.import_price = 0.1, .export_price = -0.2, .later = 0.5, .load_kwh = 0.1, .pv_kwh = 1.0};
  noon.battery.max_charge = watts(800);
  noon.planned_ac_kwh = 0.2;
  noon.curtailed_kwh = 0.7;
  noon.site.curtailment = true;
  return noon;
}

TEST(FollowPlan, ThrottlesPvToThePlannedExportWhereThePlanThrowsSomeAway) {
  const Choice choice = negative_noon().decide();
  EXPECT_EQ(choice.command.action, Action::curtail);
  EXPECT_EQ(choice.command.export_limit, watts(0));
  EXPECT_NE(choice.reason.find("At most 0.0 kW is fed in: the grid pays -0.20 PLN/kWh"), std::string::npos)
      << choice.reason;
}

TEST(FollowPlan, NeverLimitsBelowNorAboveWhatThePlanFeedsIn) {
  Case noon = negative_noon();
  noon.planned_export_kwh = 0.26;  // 1040 W
  EXPECT_EQ(noon.decide().command.export_limit, watts(1000));
}

TEST(FollowPlan, LimitsWhatIsFedInBesideEveryOtherAction) {
  Case noon = negative_noon();
  noon.planned_ac_kwh = 1.2;
  noon.battery.max_charge = kilowatts(5);
  noon.import_price = -0.1;
  const Choice choice = noon.decide();
  EXPECT_EQ(choice.command.action, Action::charge);
  EXPECT_EQ(choice.command.export_limit, watts(0));
}

TEST(FollowPlan, LimitsNothingWhereTheOwnerDoesNotWantItOrTheUnitCannot) {
  Case forbidden = negative_noon();
  forbidden.site.curtailment = false;
  EXPECT_EQ(forbidden.decide().command.export_limit, std::nullopt);
  Case unable = negative_noon();
  unable.can_limit_export = false;
  EXPECT_EQ(unable.decide().command.export_limit, std::nullopt);
  Case paid = negative_noon();
  paid.export_price = 0.2;
  paid.curtailed_kwh = 0.0;
  EXPECT_EQ(paid.decide().command.export_limit, std::nullopt);
  Case night = negative_noon();
  night.pv_kwh = night.curtailed_kwh = 0.0;
  EXPECT_EQ(night.decide().command.export_limit, std::nullopt);
}

}  // namespace
}  // namespace gridpilot::control
