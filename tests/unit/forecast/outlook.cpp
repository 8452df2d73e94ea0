#include "gridpilot/forecast/outlook.hpp"

#include <gtest/gtest.h>

#include "gridpilot/forecast/clear_sky.hpp"
#include "gridpilot/forecast/standard_load.hpp"

namespace gridpilot::forecast {
namespace {

using namespace std::chrono_literals;

const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

const IsFreeDay weekend = [](std::chrono::year_month_day date) {
  const std::chrono::weekday day{std::chrono::sys_days(date)};
  return day == std::chrono::Saturday || day == std::chrono::Sunday;
};

Site home() {
  Site site;
  site.planes = {{}};
  return site;
}

/// Days of a constant load and of PV at a share of clear sky, up to a date.
std::vector<SlotEnergy> history_until(std::chrono::year_month_day end, int days, Energy workday_load, Energy free_load,
                                      double clearness) {
  std::vector<SlotEnergy> history;
  const SlotRange range{warsaw().slots_of(plus_days(end, -days)).first, warsaw().slots_of(end).first};
  for (Slot slot = range.first; slot < range.last; slot = slot.next()) {
    SlotEnergy energy{};
    energy.slot = slot;
    energy.load = weekend(warsaw().date_of(slot.start())) ? free_load : workday_load;
    energy.pv = clear_sky_energy(home(), slot) * clearness;
    energy.coverage = 1.0;
    history.push_back(energy);
  }
  return history;
}

Outlook outlook_of(const std::vector<SlotEnergy>& history, std::chrono::year_month_day day) {
  const Site site = home();
  const OutlookBasis basis{.site = site, .zone = warsaw(), .is_free_day = weekend, .history = history};
  return make_outlook(basis, warsaw().start_of_day(day), warsaw().slots_of(day));
}

TEST(Outlook, WithoutHistoryIsTheStandardShapeUnderAClearSkyAndSaysSo) {
  const Outlook outlook = outlook_of({}, 2026y / 6 / 17);
  ASSERT_EQ(outlook.slots.size(), 96u);
  for (const OutlookSlot& slot : outlook.slots) {
    EXPECT_EQ(slot.load_origin, Origin::standard_profile);
    EXPECT_EQ(slot.pv_origin, Origin::clear_sky);
    EXPECT_EQ(slot.load, standard_load(home().annual_consumption, warsaw(), slot.slot));
    EXPECT_EQ(slot.pv, clear_sky_energy(home(), slot.slot));
  }
}

TEST(Outlook, FollowsTheSameKindOfDay) {
  const auto history = history_until(2026y / 6 / 17, 14, kilowatt_hours(0.1), kilowatt_hours(0.4), 0.6);
  const Outlook wednesday = outlook_of(history, 2026y / 6 / 17);
  const Outlook saturday = outlook_of(history, 2026y / 6 / 20);
  EXPECT_EQ(wednesday.slots[40].load_origin, Origin::recent_days);
  EXPECT_LT(wednesday.slots[40].load, kilowatt_hours(0.15));
  EXPECT_GT(saturday.slots[40].load, kilowatt_hours(0.25));
}

TEST(Outlook, ScalesTheClearSkyByWhatRecentDaysReached) {
  const auto history = history_until(2026y / 6 / 17, 5, kilowatt_hours(0.1), kilowatt_hours(0.1), 0.6);
  const Outlook outlook = outlook_of(history, 2026y / 6 / 17);
  const OutlookSlot& noon = outlook.slots[48];
  EXPECT_EQ(noon.pv_origin, Origin::recent_days);
  EXPECT_NEAR(noon.pv / clear_sky_energy(home(), noon.slot), 0.6, 0.01);
}

TEST(Outlook, IgnoresSlotsThatWereHardlyMeasured) {
  auto history = history_until(2026y / 6 / 17, 3, kilowatt_hours(0.1), kilowatt_hours(0.1), 1.0);
  for (SlotEnergy& energy : history) energy.coverage = 0.5;
  EXPECT_EQ(outlook_of(history, 2026y / 6 / 17).slots[40].load_origin, Origin::standard_profile);
}

TEST(Outlook, OfAClockChangeDayHasItsQuarters) {
  EXPECT_EQ(outlook_of({}, 2026y / 3 / 29).slots.size(), 92u);
  EXPECT_EQ(outlook_of({}, 2026y / 10 / 25).slots.size(), 100u);
}

}  // namespace
}  // namespace gridpilot::forecast
