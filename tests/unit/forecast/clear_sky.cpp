#include "gridpilot/forecast/clear_sky.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/forecast/standard_load.hpp"

namespace gridpilot::forecast {
namespace {

Instant at(const char* text) {
  return parse_rfc3339(text).value();
}

Site krakow(double tilt_degrees, double azimuth_degrees) {
  Site site;
  site.planes = {{.peak = kilowatts(5), .tilt_degrees = tilt_degrees, .azimuth_degrees = azimuth_degrees}};
  return site;
}

Energy day_energy(const Site& site, const char* midnight_utc) {
  const Slot first = Slot::containing(at(midnight_utc));
  Energy total;
  for (int i = 0; i < 96; ++i) total += clear_sky_energy(site, first + i);
  return total;
}

// At solar noon the elevation is 90° - latitude + declination: ±23.44° at the solstices, 0° at the equinoxes.
TEST(SunPosition, MatchesTheGeometryOfSolsticeAndEquinoxNoons) {
  struct Case {
    const char* noon_utc;
    double elevation_degrees;
  };
  // Solar noon at 0° longitude is 12:00 UTC less the equation of time (-1.8 min, +1.6 min, -7.4 min).
  for (const Case& expected :
       {Case{"2026-06-21T12:02:00Z", 90 - 50 + 23.44}, Case{"2026-12-21T11:58:00Z", 90 - 50 - 23.44},
        Case{"2026-03-20T12:07:30Z", 90.0 - 50}}) {
    const SunPosition sun = sun_position(at(expected.noon_utc), 50.0, 0.0);
    EXPECT_NEAR(sun.elevation_degrees, expected.elevation_degrees, 0.15) << expected.noon_utc;
    EXPECT_NEAR(sun.azimuth_degrees, 180.0, 0.8) << expected.noon_utc;
  }
}

TEST(SunPosition, RisesInTheEastAndSetsInTheWest) {
  EXPECT_NEAR(sun_position(at("2026-03-20T06:07:00Z"), 50.0, 0.0).azimuth_degrees, 90.0, 1.0);
  EXPECT_NEAR(sun_position(at("2026-03-20T18:07:00Z"), 50.0, 0.0).azimuth_degrees, 270.0, 1.0);
}

// Daily irradiation outside the atmosphere at 50° N is 11.6 kWh/m² in June and 2.3 on the horizontal in December; a
// clear sky lets about 0.7 of it through, and a 35° plane sees a December sun that is twice as high above it.
TEST(ClearSky, GivesTheDailyYieldOfACloudlessDay) {
  const Site south = krakow(35, 180);
  EXPECT_NEAR(in_kilowatt_hours(day_energy(south, "2026-06-21T00:00:00Z")) / 5.0, 7.0, 0.8);
  EXPECT_NEAR(in_kilowatt_hours(day_energy(south, "2026-12-21T00:00:00Z")) / 5.0, 2.8, 0.5);
}

TEST(ClearSky, EastPlanePeaksBeforeAWestPlane) {
  const Site east = krakow(35, 90);
  const Site west = krakow(35, 270);
  EXPECT_GT(clear_sky_power(east, at("2026-06-21T06:00:00Z")), clear_sky_power(west, at("2026-06-21T06:00:00Z")));
  EXPECT_LT(clear_sky_power(east, at("2026-06-21T16:00:00Z")), clear_sky_power(west, at("2026-06-21T16:00:00Z")));
}

TEST(ClearSky, IsZeroAtNightAndNeverAboveTheInverter) {
  Site site = krakow(35, 180);
  site.inverter_rating = kilowatts(3);
  for (int minute = 0; minute < 24 * 60; minute += 7) {
    const Instant t = at("2026-06-21T00:00:00Z") + std::chrono::minutes(minute);
    const Power power = clear_sky_power(site, t);
    EXPECT_LE(power, kilowatts(3));
    EXPECT_GE(power, Power{});
    if (sun_position(t, site.latitude_degrees, site.longitude_degrees).elevation_degrees < 0) {
      EXPECT_EQ(power, Power{});
    }
  }
}

TEST(StandardLoad, SumsToTheAnnualConsumptionOverAYear) {
  const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  Energy total;
  const Slot first = Slot::containing(zone.start_of_day(std::chrono::year(2026) / 1 / 1));
  const Slot last = Slot::containing(zone.start_of_day(std::chrono::year(2027) / 1 / 1));
  for (Slot slot = first; slot < last; slot = slot.next()) total += standard_load(kilowatt_hours(4000), zone, slot);
  EXPECT_NEAR(in_kilowatt_hours(total), 4000, 20);
}

}  // namespace
}  // namespace gridpilot::forecast
