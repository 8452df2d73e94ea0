#include "gridpilot/plant/inverter.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

namespace gridpilot::plant {
namespace {

constexpr InverterOptions inverter;
constexpr BatteryRoom plenty{.charge = kilowatts(10.8), .discharge = kilowatts(10.8)};

Flows under(Rule rule, double x_w, double pv_w, double load_w, const BatteryRoom& room = plenty) {
  return flows_under({.rule = rule, .power = watts(x_w)}, inverter, room, watts(pv_w), watts(load_w), watts(0));
}

constexpr std::array all_rules{
    Rule::self_use,     Rule::charge,       Rule::discharge, Rule::charge_from_pv, Rule::discharge_beside_pv,
    Rule::import_at_ac, Rule::export_at_ac, Rule::conserve,  Rule::off_grid,       Rule::standby,
    Rule::peak_shaving, Rule::stopped};

struct Case {
  InverterSetting setting;
  BatteryRoom room;
  Power pv;
  Power load;
  Power backup;
  Flows flows;
};

Power power_up_to(int highest_w) {
  return watts(static_cast<double>(*rc::gen::inRange(0, highest_w)));
}

Case any_case() {
  Case c;
  c.setting.rule = *rc::gen::elementOf(all_rules);
  c.setting.power = power_up_to(16'000);
  c.setting.meter_target = power_up_to(6'000) - watts(3'000);
  if (*rc::gen::arbitrary<bool>()) c.setting.export_limit = power_up_to(12'000);
  if (*rc::gen::arbitrary<bool>()) c.setting.grid_charge_limit = power_up_to(8'000);
  c.room = {.charge = power_up_to(10'800), .discharge = power_up_to(10'800)};
  c.pv = power_up_to(18'000);
  c.load = power_up_to(12'000);
  c.backup = c.load * 0.2;
  c.flows = flows_under(c.setting, inverter, c.room, c.pv, c.load, c.backup);
  return c;
}

RC_GTEST_PROP(InverterFlows, BalanceExactly, ()) {
  const Flows f = any_case().flows;
  RC_ASSERT(std::abs(in_watts(f.grid + f.pv - f.load - f.battery - f.losses)) < 1e-6);
  RC_ASSERT(f.losses >= watts(0));
}

RC_GTEST_PROP(InverterFlows, StayWithinEveryLimit, ()) {
  const Case c = any_case();
  const double slack = 1e-6;
  RC_ASSERT(in_watts(c.flows.pv) >= -slack);
  RC_ASSERT(in_watts(c.flows.pv) <= std::min(in_watts(c.pv), in_watts(inverter.max_pv)) + slack);
  RC_ASSERT(in_watts(c.flows.battery) <= in_watts(c.room.charge) + slack);
  RC_ASSERT(in_watts(c.flows.battery) >= -in_watts(c.room.discharge) - slack);
  RC_ASSERT(in_watts(c.flows.ac) <= in_watts(inverter.rating) + slack);
  RC_ASSERT(in_watts(c.flows.ac) >= -in_watts(inverter.rating + inverter.standing) - slack);
  RC_ASSERT(c.flows.load == c.load);
}

RC_GTEST_PROP(InverterFlows, KeepTheExportLimitUnderEveryRule, ()) {
  const Case c = any_case();
  RC_PRE(c.setting.export_limit.has_value());
  RC_ASSERT(in_watts(c.flows.grid) >= -in_watts(*c.setting.export_limit) - 1e-6);
}

RC_GTEST_PROP(InverterFlows, TakeNoMoreFromTheGridForTheBatteryThanAllowed, ()) {
  const Case c = any_case();
  RC_PRE(c.setting.grid_charge_limit.has_value());
  const Power most = c.flows.pv + *c.setting.grid_charge_limit * inverter.efficiency;
  RC_ASSERT(c.flows.battery <= std::max(most, watts(0)) + watts(1e-6));
}

TEST(GridChargeLimit, LeavesPvAlone) {
  InverterSetting setting{.rule = Rule::charge, .power = watts(5000), .grid_charge_limit = watts(1000)};
  EXPECT_NEAR(in_watts(flows_under(setting, inverter, plenty, watts(0), watts(0), watts(0)).battery), 975, 1e-6);
  EXPECT_NEAR(in_watts(flows_under(setting, inverter, plenty, watts(3000), watts(0), watts(0)).battery), 3975, 1e-6);
  setting.rule = Rule::self_use;
  EXPECT_GT(flows_under(setting, inverter, plenty, watts(6000), watts(500), watts(0)).battery, watts(5000));
}

TEST(SelfUse, ChargesFromSurplusAndDischargesForTheLoad) {
  const Flows sunny = under(Rule::self_use, 0, 5000, 1000);
  EXPECT_NEAR(in_watts(sunny.grid), 0, 1e-6);
  EXPECT_NEAR(in_watts(sunny.battery), 5000 - 1025 / 0.975, 1e-6);
  const Flows dark = under(Rule::self_use, 0, 0, 1000);
  EXPECT_NEAR(in_watts(dark.grid), 0, 1e-6);
  EXPECT_LT(in_watts(dark.battery), -1000);
}

TEST(SelfUse, HoldsTheMeterAtItsTarget) {
  const Flows buying = flows_under({.rule = Rule::self_use, .meter_target = watts(800)}, inverter, plenty, watts(0),
                                   watts(2000), watts(0));
  EXPECT_NEAR(in_watts(buying.grid), 800, 1e-6);
  const Flows selling = flows_under({.rule = Rule::self_use, .meter_target = watts(-1500)}, inverter, plenty, watts(0),
                                    watts(2000), watts(0));
  EXPECT_NEAR(in_watts(selling.grid), -1500, 1e-6);
}

TEST(ForcedCharge, TakesPvFirstAndTheRestFromTheGrid) {
  const Flows f = under(Rule::charge, 3500, 1500, 400);
  EXPECT_NEAR(in_watts(f.battery), 3500, 1e-6);
  EXPECT_NEAR(in_watts(f.pv), 1500, 1e-6);
  EXPECT_NEAR(in_watts(f.grid), 400 + 25 + 2000 / 0.975, 1e-6);
}

TEST(ForcedDischarge, FeedsTheLoadAndExportsTheRest) {
  const Flows f = under(Rule::discharge, 4000, 0, 1000);
  EXPECT_NEAR(in_watts(f.battery), -4000, 1e-6);
  EXPECT_NEAR(in_watts(f.grid), 1000 - (4000 * 0.975 - 25), 1e-6);
}

TEST(ForcedDischarge, ThrottlesPvBeforeTheBattery) {
  const Flows f = under(Rule::discharge, 8000, 6000, 500);
  EXPECT_NEAR(in_watts(f.battery), -8000, 1e-6);
  EXPECT_NEAR(in_watts(f.ac), 10'000, 1e-6);
  EXPECT_LT(f.pv, watts(6000));
}

TEST(Hold, NeverDischargesAndGivesAllPvToTheBattery) {
  EXPECT_EQ(under(Rule::charge_from_pv, 0, 0, 3000).battery, watts(0));
  EXPECT_NEAR(in_watts(under(Rule::charge_from_pv, 0, 2500, 3000).battery), 2500, 1e-6);
  EXPECT_NEAR(in_watts(under(Rule::charge_from_pv, 2000, 500, 300).battery), 500 + 2000 * 0.975, 1e-6);
  EXPECT_NEAR(in_watts(under(Rule::conserve, 0, 2500, 3000).battery), 2500, 1e-6);
}

TEST(DischargeBesidePv, SparesTheBatteryWhereTheFeedInIsLimited) {
  const Flows f = flows_under({.rule = Rule::discharge_beside_pv, .power = watts(3000), .export_limit = watts(1000)},
                              inverter, plenty, watts(4000), watts(1000), watts(0));
  EXPECT_NEAR(in_watts(f.grid), -1000, 1e-6);
  EXPECT_NEAR(in_watts(f.battery), 0, 1e-6);
}

TEST(ImportAtAc, TakesTheGridFirstAndThrottlesPv) {
  const Flows f = under(Rule::import_at_ac, 8000, 6000, 500);
  EXPECT_NEAR(in_watts(f.battery), 10'800, 1e-6);
  EXPECT_NEAR(in_watts(f.pv), 10'800 - 7800, 1e-6);
}

TEST(ExportAtAc, DeliversExactlyWhatIsAskedAtThePort) {
  EXPECT_NEAR(in_watts(under(Rule::export_at_ac, 3000, 1000, 500).ac), 3000, 1e-6);
  EXPECT_NEAR(in_watts(under(Rule::export_at_ac, 3000, 9000, 500).ac), 3000, 1e-6);
}

TEST(OffGrid, FeedsTheBackupOutputAlone) {
  const Flows f = flows_under({.rule = Rule::off_grid}, inverter, plenty, watts(3000), watts(2000), watts(400));
  EXPECT_NEAR(in_watts(f.ac), 400, 1e-6);
  EXPECT_NEAR(in_watts(f.grid), 1600, 1e-6);
}

TEST(Standby, LeavesTheBatteryAlone) {
  EXPECT_EQ(under(Rule::standby, 0, 4000, 1000).battery, watts(0));
  EXPECT_EQ(under(Rule::standby, 0, 0, 1000).battery, watts(0));
}

TEST(PeakShaving, DischargesForWhatExceedsTheLimitOnly) {
  EXPECT_EQ(under(Rule::peak_shaving, 3000, 0, 2000).battery, watts(0));
  EXPECT_NEAR(in_watts(under(Rule::peak_shaving, 3000, 0, 5000).grid), 3000, 1e-6);
  EXPECT_GT(under(Rule::peak_shaving, 3000, 4000, 1000).battery, watts(0));
}

TEST(Stopped, ProducesNothing) {
  const Flows f = under(Rule::stopped, 0, 4000, 1000);
  EXPECT_EQ(f.pv, watts(0));
  EXPECT_EQ(f.battery, watts(0));
}

}  // namespace
}  // namespace gridpilot::plant
