#include "gridpilot/domain/slot_meter.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gridpilot {
namespace {

using namespace std::chrono_literals;

const Instant quarter = parse_rfc3339("2026-05-01T10:00:00Z").value();

Reading reading_at(Instant t, double load_w, double pv_w, double battery_w) {
  Reading reading;
  reading.time = t;
  reading.soc = percent(50);
  reading.load = watts(load_w);
  reading.pv = watts(pv_w);
  reading.battery = watts(battery_w);
  reading.grid = watts(load_w + battery_w - pv_w);
  return reading;
}

TEST(SlotMeter, GivesTheSlotsEnergyOnceItsEndHasPassed) {
  SlotMeter meter;
  for (Seconds s = 0s; s < 900s; s += 20s) EXPECT_FALSE(meter.add(reading_at(quarter + s, 1000, 0, 0)));
  const auto slot = meter.add(reading_at(quarter + 900s, 1000, 0, 0));
  ASSERT_TRUE(slot);
  EXPECT_EQ(slot->slot, Slot::containing(quarter));
  EXPECT_NEAR(in_watt_hours(slot->load), 250.0, 1e-6);
  EXPECT_NEAR(in_watt_hours(slot->grid_import), 250.0, 1e-6);
  EXPECT_NEAR(slot->coverage, 1.0, 1e-9);
}

TEST(SlotMeter, SplitsAStretchAtTheBoundary) {
  SlotMeter meter;
  static_cast<void>(meter.add(reading_at(quarter + 890s, 3600, 0, 0)));
  const auto slot = meter.add(reading_at(quarter + 910s, 3600, 0, 0));
  ASSERT_TRUE(slot);
  EXPECT_NEAR(in_watt_hours(slot->load), 10.0, 1e-6);
  EXPECT_NEAR(in_watt_hours(meter.current().load), 10.0, 1e-6);
}

TEST(SlotMeter, LeavesLongGapsUnmeasured) {
  SlotMeter meter;
  static_cast<void>(meter.add(reading_at(quarter, 1000, 0, 0)));
  static_cast<void>(meter.add(reading_at(quarter + 60s, 1000, 0, 0)));
  static_cast<void>(meter.add(reading_at(quarter + 400s, 1000, 0, 0)));
  EXPECT_NEAR(meter.current().coverage, 60.0 / 900.0, 1e-9);
  EXPECT_NEAR(in_watt_hours(meter.current().load), 1000.0 / 60.0, 1e-6);
}

TEST(SlotMeter, TreatsAnIncompleteReadingAsAGap) {
  SlotMeter meter;
  Reading torn = reading_at(quarter + 20s, 1000, 0, 0);
  torn.grid = std::nullopt;
  static_cast<void>(meter.add(reading_at(quarter, 1000, 0, 0)));
  static_cast<void>(meter.add(torn));
  static_cast<void>(meter.add(reading_at(quarter + 40s, 1000, 0, 0)));
  EXPECT_EQ(meter.current().coverage, 0.0);
}

TEST(SlotMeter, KeepsImportAndExportApartWhenTheSignTurns) {
  SlotMeter meter;
  static_cast<void>(meter.add(reading_at(quarter, 1000, 0, 0)));
  static_cast<void>(meter.add(reading_at(quarter + 36s, 0, 1000, 0)));
  EXPECT_NEAR(in_watt_hours(meter.current().grid_import), 2.5, 1e-6);
  EXPECT_NEAR(in_watt_hours(meter.current().grid_export), 2.5, 1e-6);
}

RC_GTEST_PROP(SlotMeter, BalancesEverySlotWhateverIsMeasured, ()) {
  SlotMeter meter;
  Instant t = quarter;
  const auto check = [](const SlotEnergy& slot) {
    const Energy in = slot.grid_import - slot.grid_export + slot.pv;
    const Energy out = slot.load + slot.charge - slot.discharge;
    RC_ASSERT(std::abs(in_watt_hours(in - out)) < 1e-3);
    RC_ASSERT(slot.coverage <= 1.0);
    RC_ASSERT(slot.grid_import >= Energy{} && slot.grid_export >= Energy{} && slot.charge >= Energy{});
  };
  for (int i = 0; i < 100; ++i) {
    t += Seconds(*rc::gen::inRange(0, 90));
    const auto slot = meter.add(
        reading_at(t, *rc::gen::inRange(0, 9000), *rc::gen::inRange(0, 9000), *rc::gen::inRange(-5000, 5000)));
    if (slot) check(*slot);
    check(meter.current());
  }
}

}  // namespace
}  // namespace gridpilot
