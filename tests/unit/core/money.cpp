#include "gridpilot/core/money.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "gridpilot/core/rounding.hpp"

namespace gridpilot {
namespace {

/// What "rounded half to even" means, without dividing: no integer is nearer, and of two equally near ones it is even.
bool is_rounded_half_even(std::int64_t rounded, Wide numerator, Wide divisor) {
  const Wide twice_off = 2 * (static_cast<Wide>(rounded) * divisor - numerator);
  const Wide distance = twice_off < 0 ? -twice_off : twice_off;
  return distance < divisor || (distance == divisor && rounded % 2 == 0);
}

std::int64_t any_nanos() {
  // Up to 100 per kWh either way, and often a number that makes a tie.
  const auto nanos = *rc::gen::inRange<std::int64_t>(-100'000'000'000, 100'000'000'000);
  return *rc::gen::arbitrary<bool>() ? nanos : nanos / 50 * 50;
}

TEST(Vat, IsAddedOnceAndRoundedHalfToEven) {
  const Ratio vat = Ratio::from_percent(23);
  EXPECT_EQ(with_vat(NetPrice::from_nanos_per_kwh(412'340'000), vat).nanos_per_kwh(), 507'178'200);
  EXPECT_EQ(with_vat(NetPrice::from_nanos_per_kwh(50), vat).nanos_per_kwh(), 62);    // 61.5
  EXPECT_EQ(with_vat(NetPrice::from_nanos_per_kwh(150), vat).nanos_per_kwh(), 184);  // 184.5
  EXPECT_EQ(with_vat(NetPrice::from_nanos_per_kwh(-50), vat).nanos_per_kwh(), -62);
}

TEST(Cost, RoundsToHundredMillionthsHalfToEven) {
  const auto cost_of = [](std::int64_t mwh, std::int64_t nanos) {
    return cost(MeteredEnergy::from_milliwatt_hours(mwh), GrossPrice::from_nanos_per_kwh(nanos)).units();
  };
  EXPECT_EQ(cost_of(1'000'000, 1'234'567'890), 123'456'789);  // 1 kWh at 1.23456789
  EXPECT_EQ(cost_of(5, 1'000'000), 0);                        // 0.5 of a unit
  EXPECT_EQ(cost_of(15, 1'000'000), 2);                       // 1.5
  EXPECT_EQ(cost_of(-15, 1'000'000), -2);
  EXPECT_EQ(cost_of(100'000'000'000, 100'000'000'000), 1'000'000'000'000'000);  // 100 MWh at 100: no overflow between
}

TEST(Prices, AreReadFromTheirDigits) {
  const auto nanos = [](std::string_view text) { return parse_net_per_mwh(text).value().nanos_per_kwh(); };
  EXPECT_EQ(nanos("412.34"), 412'340'000);
  EXPECT_EQ(nanos("-0.00001"), -10);
  EXPECT_EQ(nanos("0.0000005"), 0);  // ties go to even
  EXPECT_EQ(nanos("0.0000015"), 2);
  EXPECT_EQ(nanos("0.0000025"), 2);
  EXPECT_EQ(nanos("259.39000"), 259'390'000);
  EXPECT_EQ(nanos("57.39999999999999857891452847979962825775146484375"), 57'400'000);
  for (const char* text : {"", "abc", "1,5", "1e3", "12 ", "nan", "inf", "1e400", "99999999999"})
    EXPECT_FALSE(parse_net_per_mwh(text)) << text;
}

RC_GTEST_PROP(Vat, IsTheNearestNano, ()) {
  const std::int64_t net = any_nanos();
  const Ratio vat{*rc::gen::inRange<std::int64_t>(0, 1'000'000)};
  RC_ASSERT(is_rounded_half_even(with_vat(NetPrice::from_nanos_per_kwh(net), vat).nanos_per_kwh(),
                                 static_cast<Wide>(net) * (1'000'000 + vat.ppm), 1'000'000));
}

RC_GTEST_PROP(Vat, TakenOffAgainGivesTheNetPrice, ()) {
  const NetPrice net = NetPrice::from_nanos_per_kwh(any_nanos());
  const Ratio vat{*rc::gen::inRange<std::int64_t>(0, 1'000'000)};
  RC_ASSERT(without_vat(with_vat(net, vat), vat) == net);
}

RC_GTEST_PROP(Vat, TakenOffIsTheNearestNano, ()) {
  const std::int64_t gross = any_nanos();
  const Ratio vat{*rc::gen::inRange<std::int64_t>(0, 1'000'000)};
  RC_ASSERT(is_rounded_half_even(without_vat(GrossPrice::from_nanos_per_kwh(gross), vat).nanos_per_kwh(),
                                 static_cast<Wide>(gross) * 1'000'000, 1'000'000 + vat.ppm));
}

RC_GTEST_PROP(Scaling, IsTheNearestNano, ()) {
  const std::int64_t nanos = any_nanos();
  const Ratio factor{*rc::gen::inRange<std::int64_t>(-2'000'000, 2'000'000)};
  const Wide exact = static_cast<Wide>(nanos) * factor.ppm;
  RC_ASSERT(
      is_rounded_half_even(scaled(NetPrice::from_nanos_per_kwh(nanos), factor).nanos_per_kwh(), exact, 1'000'000));
  RC_ASSERT(
      is_rounded_half_even(scaled(GrossPrice::from_nanos_per_kwh(nanos), factor).nanos_per_kwh(), exact, 1'000'000));
}

RC_GTEST_PROP(Cost, IsTheNearestUnit, ()) {
  const auto mwh = *rc::gen::inRange<std::int64_t>(-10'000'000'000, 10'000'000'000);
  const std::int64_t nanos = any_nanos();
  const Money money = cost(MeteredEnergy::from_milliwatt_hours(mwh), GrossPrice::from_nanos_per_kwh(nanos));
  RC_ASSERT(is_rounded_half_even(money.units(), static_cast<Wide>(mwh) * nanos, 10'000'000));
}

RC_GTEST_PROP(Prices, SurviveBeingWrittenPerMwh, ()) {
  const std::int64_t nanos = any_nanos();
  const std::uint64_t size = nanos < 0 ? 0 - static_cast<std::uint64_t>(nanos) : static_cast<std::uint64_t>(nanos);
  std::string decimals = std::to_string(size % 1'000'000);
  decimals.insert(0, 6 - decimals.size(), '0');
  const std::string text = (nanos < 0 ? "-" : "") + std::to_string(size / 1'000'000) + "." + decimals;
  RC_ASSERT(parse_net_per_mwh(text).value().nanos_per_kwh() == nanos);
}

}  // namespace
}  // namespace gridpilot
