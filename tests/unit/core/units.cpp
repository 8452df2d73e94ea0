#include "gridpilot/core/units.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "gridpilot/core/money.hpp"
#include "gridpilot/core/time.hpp"

namespace gridpilot {
namespace {

template <class A, class B>
concept Multiplies = requires(A a, B b) { a* b; };
template <class A, class B>
concept Adds = requires(A a, B b) { a + b; };
template <class A, class B>
concept Subtracts = requires(A a, B b) { a - b; };
template <class A, class B>
concept Divides = requires(A a, B b) { a / b; };
template <class A, class B>
concept Compares = requires(A a, B b) { a < b; };

// What means something.
static_assert(std::same_as<decltype(Power() * std::chrono::minutes(15)), Energy>);
static_assert(std::same_as<decltype(Energy() / std::chrono::hours(1)), Power>);
static_assert(std::same_as<decltype(Energy() / Power()), Hours>);
static_assert(std::same_as<decltype(Power() / Power()), double>);
static_assert(std::same_as<decltype(ValuePerEnergy() * Energy()), Value>);
static_assert(std::same_as<decltype(Value() / Energy()), ValuePerEnergy>);
static_assert(std::same_as<decltype(Voltage() * Current()), Power>);
static_assert(Adds<Power, Power> && Compares<Energy, Energy> && Multiplies<Power, double>);

// What does not.
static_assert(!Multiplies<Power, Power> && !Multiplies<Energy, Energy> && !Multiplies<Power, Energy>);
static_assert(!Adds<Power, Energy> && !Adds<Power, double> && !Adds<double, Power> && !Subtracts<Energy, Power>);
static_assert(!Adds<Soc, Energy> && !Adds<Voltage, Current> && !Adds<Value, ValuePerEnergy>);
static_assert(!Compares<Power, Energy> && !Compares<Power, double> && !Compares<Soc, double>);
static_assert(!Divides<Power, Energy> && !Divides<double, Power>);
static_assert(!std::convertible_to<double, Power> && !std::constructible_from<Power, double>);
static_assert(!std::convertible_to<Power, double> && !std::convertible_to<Power, Energy>);

// Net and gross, money and its estimate, measured and expected energy.
static_assert(Adds<NetPrice, NetPrice> && Adds<GrossPrice, GrossPrice> && Adds<Money, Money>);
static_assert(!Adds<NetPrice, GrossPrice> && !Subtracts<GrossPrice, NetPrice> && !Compares<NetPrice, GrossPrice>);
static_assert(!std::convertible_to<NetPrice, GrossPrice> && !std::convertible_to<GrossPrice, NetPrice>);
static_assert(!Adds<Money, Value> && !Adds<Money, int> && !Multiplies<GrossPrice, Energy>);
static_assert(!Adds<MeteredEnergy, Energy> && !std::convertible_to<Energy, MeteredEnergy>);

// Moments of the day and of the steady clock; slots and numbers.
static_assert(!Subtracts<Instant, std::chrono::steady_clock::time_point>);
static_assert(!std::convertible_to<int, Slot> && !Adds<Slot, Slot> && Adds<Slot, std::int64_t>);

TEST(Units, KeepTheirScale) {
  EXPECT_EQ(in_watts(kilowatts(1.5)), 1500.0);
  EXPECT_EQ(in_kilowatt_hours(watt_hours(250)), 0.25);
  EXPECT_EQ(kilowatts(4) * std::chrono::minutes(15), kilowatt_hours(1));
  EXPECT_EQ(kilowatt_hours(1) / std::chrono::minutes(15), kilowatts(4));
  EXPECT_EQ(kilowatt_hours(2) / kilowatts(4), Hours(0.5));
  EXPECT_EQ(volts(230) * amperes(10), watts(2300));
  EXPECT_EQ(per_kilowatt_hour(0.8) * kilowatt_hours(5), currency(4));
  EXPECT_EQ(stored_at(percent(25), kilowatt_hours(10)), kilowatt_hours(2.5));
  EXPECT_EQ(soc_at(kilowatt_hours(2.5), kilowatt_hours(10)), percent(25));
}

RC_GTEST_PROP(Units, EnergyIsPowerTimesTimeBothWays, ()) {
  const Power power = watts(*rc::gen::inRange(-20'000, 20'000));
  const Hours time = std::chrono::seconds(*rc::gen::inRange(1, 86'400));
  RC_ASSERT(power * time == time * power);
  RC_ASSERT(std::abs(in_watts(power * time / time - power)) <= 1e-9);
}

}  // namespace
}  // namespace gridpilot
