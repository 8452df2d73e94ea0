#include "gridpilot/plant/battery.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <cmath>

namespace gridpilot::plant {
namespace {

TEST(ChargeTaper, FollowsTheTenKilowattUnitAndScales) {
  EXPECT_EQ(charge_taper(percent(49.9), kilowatts(10.8)), kilowatts(10.8));
  EXPECT_NEAR(in_watts(charge_taper(percent(50), kilowatts(10.8))), 8900, 1e-6);
  EXPECT_NEAR(in_watts(charge_taper(percent(70), kilowatts(10.8))), 4500, 1e-6);
  EXPECT_NEAR(in_watts(charge_taper(percent(90), kilowatts(10.8))), 2500, 1e-6);
  EXPECT_NEAR(in_watts(charge_taper(percent(90), kilowatts(5.4))), 1250, 1e-6);
}

TEST(Pack, ReportsWholeAmperesBelowItsTaper) {
  for (int soc = 1; soc < 100; ++soc) {
    const Pack pack(PackOptions{}, percent(soc), celsius(20));
    const PackLimits limits = pack.limits();
    EXPECT_EQ(in_amperes(limits.charge), std::floor(in_amperes(limits.charge)));
    EXPECT_LE(limits.charge_power, charge_taper(percent(soc), PackOptions{}.max_charge) + watts(1e-6)) << soc;
    EXPECT_GE(in_amperes(limits.charge), 4.0) << soc;
  }
}

TEST(Pack, IsBetween320And480Volts) {
  for (int soc = 0; soc <= 100; ++soc)
    for (const double power : {-10'800.0, 0.0, 10'800.0}) {
      const Voltage voltage = Pack(PackOptions{}, percent(soc), celsius(20)).voltage_at(watts(power));
      EXPECT_GE(voltage, volts(320));
      EXPECT_LE(voltage, volts(480));
    }
}

TEST(LowVoltagePack, IsBetween40And60VoltsAndTakesTheSamePowerAtMoreCurrent) {
  PackOptions options;
  options.cells_in_series = 16;
  for (int soc = 0; soc <= 100; ++soc)
    for (const double power : {-5'000.0, 0.0, 5'000.0}) {
      const Pack pack(options, percent(soc), celsius(20));
      EXPECT_GE(pack.voltage_at(watts(power)), volts(40));
      EXPECT_LE(pack.voltage_at(watts(power)), volts(60));
    }
  const PackLimits low = Pack(options, percent(40), celsius(20)).limits();
  const PackLimits high = Pack(PackOptions{}, percent(40), celsius(20)).limits();
  EXPECT_NEAR(low.charge / high.charge, 8.0, 0.35);  // whole amperes
  EXPECT_NEAR(in_watts(low.charge_power), in_watts(high.charge_power), 450);
}

RC_GTEST_PROP(Pack, StoresWhatFlowsInLessItsLosses, ()) {
  const auto soc = static_cast<double>(*rc::gen::inRange(5, 95));
  const auto power = watts(static_cast<double>(*rc::gen::inRange(-10'000, 10'000)));
  const Hours length = std::chrono::seconds(*rc::gen::inRange(1, 120));
  Pack pack(PackOptions{}, percent(soc), celsius(20));
  const Energy before = pack.stored();
  pack.run(power, length, celsius(18));
  const Energy through = power * length;
  const Energy expected = before + (power > watts(0) ? through * 0.975 : through / 0.975) - watts(6) * length;
  RC_ASSERT(std::abs(in_watt_hours(pack.stored() - expected)) < 1e-6);
}

RC_GTEST_PROP(Pack, NeverLeavesItsBounds, ()) {
  Pack pack(PackOptions{}, percent(static_cast<double>(*rc::gen::inRange(0, 101))), celsius(20));
  for (int i = 0; i < 50; ++i) {
    pack.run(watts(static_cast<double>(*rc::gen::inRange(-20'000, 20'000))), Hours(0.1), celsius(20));
    RC_ASSERT(pack.soc() >= percent(0));
    RC_ASSERT(pack.soc() <= percent(100));
    RC_ASSERT(pack.temperature() > celsius(10));
    RC_ASSERT(pack.temperature() < celsius(120));
  }
}

TEST(Pack, WarmsUnderLoadAndCoolsAtRest) {
  Pack pack(PackOptions{.capacity = kilowatt_hours(100)}, percent(50), celsius(18));
  pack.run(kilowatts(10), Hours(2), celsius(18));
  const Temperature warm = pack.temperature();
  EXPECT_GT(warm, celsius(21));
  EXPECT_LT(warm, celsius(60));
  pack.run(watts(0), Hours(24), celsius(18));
  EXPECT_LT(pack.temperature(), celsius(19.5));
}

}  // namespace
}  // namespace gridpilot::plant
