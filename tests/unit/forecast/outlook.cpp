#include "gridpilot/forecast/outlook.hpp"

#include <gtest/gtest.h>

#include "gridpilot/forecast/standard_load.hpp"
#include "unit/forecast/homes.hpp"

namespace gridpilot::forecast {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::year_month_day wednesday = 2026y / 6 / 17;

/// Days of a constant load and of PV at a share of clear sky, up to a date.
HomeOutlook after(int days, Energy workday_load, Energy free_load, double clearness, double coverage = 1.0) {
  HomeOutlook outlook(home(), warsaw(), weekend);
  const SlotRange range{warsaw().slots_of(plus_days(wednesday, -days)).first, warsaw().slots_of(wednesday).first};
  for (Slot slot = range.first; slot < range.last; slot = slot.next()) {
    SlotEnergy energy{};
    energy.slot = slot;
    energy.load = weekend(warsaw().date_of(slot.start())) ? free_load : workday_load;
    energy.pv = clear_sky_energy(home(), slot) * clearness;
    energy.coverage = coverage;
    outlook.learn(energy, PvFreedom::full);
  }
  return outlook;
}

Outlook of_day(HomeOutlook& outlook, std::chrono::year_month_day day) {
  return outlook.make(warsaw().start_of_day(day), warsaw().slots_of(day));
}

WeatherForecast sunless(std::chrono::year_month_day day, double irradiance) {
  WeatherForecast weather{.source = "test"};
  const SlotRange range = warsaw().slots_of(day);
  for (Slot slot = range.first; slot < range.last; slot = slot.next())
    weather.slots.push_back({.slot = slot,
                             .global_horizontal_w_per_m2 = irradiance,
                             .direct_normal_w_per_m2 = 0.0,
                             .diffuse_horizontal_w_per_m2 = irradiance,
                             .air = celsius(15)});
  return weather;
}

TEST(HomeOutlook, WithoutHistoryKnowsLittleAndSaysSo) {
  HomeOutlook outlook(home(), warsaw(), weekend);
  for (const OutlookSlot& slot : of_day(outlook, wednesday).slots) {
    EXPECT_EQ(slot.load_origin, Origin::standard_profile);
    EXPECT_EQ(slot.pv_origin, Origin::clear_sky);
    const double standard = in_kilowatt_hours(standard_load(home().annual_consumption, warsaw(), slot.slot));
    EXPECT_NEAR(in_kilowatt_hours(slot.load), standard, 0.1 * standard);
    EXPECT_LT(slot.load_band->p10, 0.5 * standard);
    EXPECT_GT(slot.load_band->p90, 1.5 * standard);
    EXPECT_LE(slot.pv, clear_sky_energy(home(), slot.slot) + kilowatt_hours(0.05));
  }
}

TEST(HomeOutlook, FollowsTheSameKindOfDay) {
  HomeOutlook outlook = after(14, kilowatt_hours(0.1), kilowatt_hours(0.4), 0.6);
  const Outlook working = of_day(outlook, wednesday);
  const Outlook saturday = of_day(outlook, plus_days(wednesday, 3));
  EXPECT_EQ(working.slots[40].load_origin, Origin::recent_days);
  EXPECT_NEAR(in_kilowatt_hours(working.slots[40].load), 0.1, 0.06);
  EXPECT_GT(saturday.slots[40].load, kilowatt_hours(0.25));
}

TEST(HomeOutlook, ScalesTheClearSkyByWhatRecentDaysReached) {
  HomeOutlook outlook = after(10, kilowatt_hours(0.1), kilowatt_hours(0.1), 0.6);
  const OutlookSlot noon = of_day(outlook, wednesday).slots[52];
  EXPECT_EQ(noon.pv_origin, Origin::recent_days);
  EXPECT_NEAR(noon.pv / clear_sky_energy(home(), noon.slot), 0.6, 0.05);
}

TEST(HomeOutlook, IgnoresSlotsThatWereHardlyMeasured) {
  HomeOutlook outlook = after(3, kilowatt_hours(0.1), kilowatt_hours(0.1), 1.0, 0.5);
  EXPECT_EQ(of_day(outlook, wednesday).slots[40].load_origin, Origin::standard_profile);
}

TEST(HomeOutlook, TakesASlotMeasuredInPartForWhatTheWholeWouldBe) {
  HomeOutlook whole = after(14, kilowatt_hours(0.1), kilowatt_hours(0.1), 0.6);
  HomeOutlook part = after(14, kilowatt_hours(0.09), kilowatt_hours(0.09), 0.54, 0.9);
  EXPECT_NEAR(of_day(part, wednesday).slots[40].load / of_day(whole, wednesday).slots[40].load, 1.0, 1e-6);
  EXPECT_NEAR(of_day(part, wednesday).slots[52].pv / of_day(whole, wednesday).slots[52].pv, 1.0, 1e-6);
}

TEST(HomeOutlook, TakesTheWeatherWhereItIsForeseenAndAServiceBeforeIt) {
  HomeOutlook outlook = after(10, kilowatt_hours(0.1), kilowatt_hours(0.1), 0.9);
  const OutlookSlot fair = of_day(outlook, wednesday).slots[52];
  outlook.take(sunless(wednesday, 100.0));
  const OutlookSlot dull = of_day(outlook, wednesday).slots[52];
  EXPECT_EQ(dull.pv_origin, Origin::weather);
  EXPECT_LT(dull.pv, fair.pv * 0.35);
  outlook.take(PvForecast{.source = "test", .slots = {{.slot = fair.slot, .expected = kilowatt_hours(0.5)}}});
  const OutlookSlot served = of_day(outlook, wednesday).slots[52];
  EXPECT_EQ(served.pv_origin, Origin::service);
  EXPECT_NEAR(in_kilowatt_hours(served.pv), 0.5, 0.1);
  EXPECT_EQ(of_day(outlook, wednesday).slots[53].pv_origin, Origin::weather);
}

TEST(HomeOutlook, OfAClockChangeDayHasItsQuarters) {
  HomeOutlook outlook(home(), warsaw(), weekend);
  EXPECT_EQ(of_day(outlook, 2026y / 3 / 29).slots.size(), 92u);
  EXPECT_EQ(of_day(outlook, 2026y / 10 / 25).slots.size(), 100u);
}

TEST(StandardOutlook, IsTheStandardShapeUnderAClearSkyAndSaysSo) {
  const auto slots = standard_outlook(home(), warsaw(), warsaw().slots_of(wednesday));
  ASSERT_EQ(slots.size(), 96u);
  for (const OutlookSlot& slot : slots) {
    EXPECT_EQ(slot.load_origin, Origin::standard_profile);
    EXPECT_EQ(slot.pv_origin, Origin::clear_sky);
    EXPECT_EQ(slot.load, standard_load(home().annual_consumption, warsaw(), slot.slot));
    EXPECT_EQ(slot.pv, clear_sky_energy(home(), slot.slot));
  }
}

}  // namespace
}  // namespace gridpilot::forecast
