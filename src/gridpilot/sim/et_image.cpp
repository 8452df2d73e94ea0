#include "gridpilot/sim/et_image.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "gridpilot/codec/goodwe/registers.hpp"
#include "gridpilot/sim/measured.hpp"

namespace gridpilot::sim::et {
namespace {

constexpr std::uint16_t filler = 0xFFFF;

/// Whole watts per phase whose sum is the whole total: a client that adds them up finds no difference.
Phases split(double total, const Phases& shares) {
  const double whole = std::round(total);
  const double first = std::round(whole * shares[0]);
  const double second = std::round(whole * shares[1]);
  return {first, second, whole - first - second};
}

constexpr Phases even{1.0 / 3, 1.0 / 3, 1.0 / 3};
constexpr Phases first_alone{1.0, 0.0, 0.0};

// protocol.md 5.3: what a unit's rating and serial number promise.
bool has_long_blocks(Profile profile, Power rating) {
  return profile == Profile::et_745 || rating >= kilowatts(15);
}

double reactive_of(double active_w) {
  return std::round(-40.0 - 0.03 * std::abs(active_w));
}
double apparent_of(double active_w) {
  return std::round(std::hypot(active_w, reactive_of(active_w)));
}

/// Flows in GoodWe's signs and whole watts.
struct Wire {
  std::array<double, 2> pv;  ///< by tracker
  double ac, meter, battery, load, backup;
  Phases ac_phases, load_phases, backup_phases, meter_phases;
};

Wire wire_of(const plant::House& house, const Mains& mains, bool single_phase) {
  const plant::Flows& f = house.flows();
  Wire w{};
  w.pv = tracker_watts(house);
  w.ac = std::round(in_watts(f.ac));
  w.meter = std::round(-in_watts(f.grid));
  w.battery = std::round(-in_watts(f.battery));
  w.backup = std::round(in_watts(house.backup()));
  // Meter = inverter's port - house, also in whole watts.
  w.load = w.ac - w.meter - w.backup;
  w.ac_phases = split(w.ac, single_phase ? first_alone : even);
  w.load_phases = split(w.load, single_phase ? first_alone : mains.load_shares);
  w.backup_phases = split(w.backup, single_phase ? first_alone : even);
  for (std::size_t i = 0; i < 3; ++i) w.meter_phases[i] = w.ac_phases[i] - w.load_phases[i] - w.backup_phases[i];
  return w;
}

void write_pv(RegisterMap& map, const plant::House& house, const Wire& w) {
  const std::array<double, 2>& powers = w.pv;
  double mode_bits = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    const double volts = in_volts(house.pv_output().voltages[i]);
    const auto first = static_cast<std::uint16_t>(35103 + 4 * i);
    map.put_u16(first, volts * 10.0);
    map.put_u16(static_cast<std::uint16_t>(first + 1), volts > 0 ? powers[i] / volts * 10.0 : 0.0);
    map.put_u32(static_cast<std::uint16_t>(first + 2), powers[i]);
    const double mode = powers[i] > 0 ? 2 : volts > 0 ? 1 : 0;
    mode_bits += i == 0 ? mode : mode * 256;
    map.put_u16(static_cast<std::uint16_t>(35337 + i), powers[i]);
    map.put_u16(static_cast<std::uint16_t>(35345 + i), volts > 0 ? powers[i] / volts * 10.0 : 0.0);
  }
  for (std::uint16_t number = 35111; number <= 35118; ++number) map.set_u16(number, filler);
  map.put_u16(35120, mode_bits);
  map.put_u32(35301, powers[0] + powers[1]);
  map.put_u16(35303, 2);
  // Strings 5 to 16 and trackers 3 to 8 are not there.
  for (std::uint16_t number = 35304; number <= 35327; ++number) map.put_u16(number, filler);
  for (std::uint16_t number = 35339; number <= 35344; ++number) map.put_u16(number, filler);
  for (std::uint16_t number = 35347; number <= 35352; ++number) map.put_u16(number, filler);
}

void write_ac(RegisterMap& map, const plant::House& house, const Wire& w, const Mains& mains,
              const ImageContext& context) {
  for (std::size_t i = 0; i < 3; ++i) {
    const auto grid = static_cast<std::uint16_t>(35121 + 5 * i);
    map.put_u16(grid, mains.volts[i] * 10.0);
    map.put_u16(static_cast<std::uint16_t>(grid + 1), std::abs(w.ac_phases[i]) / std::max(mains.volts[i], 1.0) * 10.0);
    map.put_s16(static_cast<std::uint16_t>(grid + 2), mains.hertz * 100.0);
    map.put_s32(static_cast<std::uint16_t>(grid + 3), w.ac_phases[i]);
    const auto backup = static_cast<std::uint16_t>(35145 + 6 * i);
    map.put_u16(backup, mains.volts[i] * 10.0);
    map.put_u16(static_cast<std::uint16_t>(backup + 1), w.backup_phases[i] / std::max(mains.volts[i], 1.0) * 10.0);
    map.put_s16(static_cast<std::uint16_t>(backup + 2), mains.hertz * 100.0);
    map.put_u16(static_cast<std::uint16_t>(backup + 3), 1);
    map.put_s32(static_cast<std::uint16_t>(backup + 4), w.backup_phases[i]);
    map.put_s32(static_cast<std::uint16_t>(35163 + 2 * i), w.load_phases[i]);
    map.put_s32(static_cast<std::uint16_t>(35353 + 2 * i), reactive_of(w.ac_phases[i]));
    map.put_s32(static_cast<std::uint16_t>(35359 + 2 * i), apparent_of(w.ac_phases[i]));
  }
  map.put_u16(35136, context.off_grid ? 0 : 1);
  map.put_s32(35137, w.ac);
  map.put_s32(35139, w.meter);
  map.put_s32(35141, reactive_of(w.meter));
  map.put_s32(35143, apparent_of(w.meter));
  map.put_s32(35169, w.backup);
  map.put_s32(35171, w.load);
  map.put_u16(35173, 100.0 * w.backup / in_watts(house.options().inverter.rating));
  const double warm = in_celsius(house.inverter_temperature());
  map.put_s16(35174, (warm * 0.8 + in_celsius(house.air_temperature()) * 0.2) * 10.0);
  map.put_s16(35175, warm * 10.0);
  map.put_s16(35176, (warm + 2.0) * 10.0);
  map.put_u16(35177, 2);
  map.put_u16(35178, 6900.0);
  map.put_u16(35179, 3450.0);
}

/// One pack, or the half of it that a unit with two batteries shows under each.
struct Half {
  double volts, amperes, power, mode;
  double charge_limit, discharge_limit, degrees, soc, modules, cells;
  std::uint32_t alarms;
};

Half half_of(const plant::House& house, const Wire& w, const ImageContext& context, double share) {
  const plant::Pack& pack = house.pack();
  const plant::PackLimits limits = pack.limits();
  const MeasuredOverrides& o = context.overrides;
  Half half{};
  half.volts = in_volts(o.battery_voltage.value_or(pack.voltage_at(house.flows().battery)));
  half.power = std::round(w.battery * share);
  half.amperes = half.volts > 0.0 ? half.power / half.volts : 0.0;
  half.mode = half.power > 30.0 ? 2 : half.power < -30.0 ? 3 : 1;
  half.charge_limit = std::floor(in_amperes(limits.charge) * share);
  half.discharge_limit = std::floor(in_amperes(limits.discharge) * share);
  half.degrees = in_celsius(o.battery_temperature.value_or(pack.temperature()));
  half.soc = in_percent(pack.soc());
  half.modules = std::max(1.0, std::round(in_kilowatt_hours(pack.options().capacity) * share / 2.5));
  half.cells = pack.options().cells_in_series;
  half.alarms = o.battery_alarms;
  return half;
}

/// The second battery's block at 39000 lacks the first two registers of 37000, so it is the same from 38998 on.
void write_pack_block(RegisterMap& map, std::uint16_t first, const Half& half) {
  const auto at = [first](int offset) { return static_cast<std::uint16_t>(first + offset); };
  map.put_u16(at(0), 0x00FF);
  map.put_u16(at(1), 1);
  map.put_u16(at(2), 1);
  map.put_s16(at(3), half.degrees * 10.0);
  map.put_u16(at(4), half.charge_limit);
  map.put_u16(at(5), half.discharge_limit);
  map.put_u16(at(6), half.alarms & 0xFFFFU);
  map.put_u16(at(7), half.soc);
  map.put_u16(at(8), 99);
  map.put_u16(at(9), half.modules);
  map.put_u16(at(11), 290);
  map.put_u16(at(12), half.alarms >> 16U);
  map.put_u16(at(14), 0x0102);
  map.put_u16(at(15), 0x0001);
  for (int i = 16; i <= 19; ++i) map.put_u16(at(i), 0x0101);
  map.put_s16(at(20), (half.degrees + 0.6) * 10.0);
  map.put_s16(at(21), (half.degrees - 0.4) * 10.0);
  map.put_u16(at(22), half.volts / half.cells * 1000.0 + 4.0);
  map.put_u16(at(23), half.volts / half.cells * 1000.0 - 5.0);
}

void write_battery(RegisterMap& map, const plant::House& house, const Wire& w, const ImageContext& context) {
  if (!house.options().has_battery) return;  // all 0, as units without one show: mode 0 is "no battery"
  const bool two = map.has(35262);
  const Half half = half_of(house, w, context, two ? 0.5 : 1.0);
  map.put_u16(35180, half.volts * 10.0);
  map.put_s16(35181, half.amperes * 10.0);
  map.put_s32(35182, half.power);
  map.put_u16(35184, half.mode);
  map.put_u16(35212, 1);
  write_pack_block(map, 37000, half);
  if (!two) return;
  Half other = half;
  other.power = w.battery - half.power;
  other.alarms = 0;
  map.put_u16(35262, other.volts * 10.0);
  map.put_s16(35263, other.amperes * 10.0);
  map.put_s32(35264, other.power);
  map.put_u16(35266, other.mode);
  write_pack_block(map, 38998, other);
}

void write_counters(RegisterMap& map, const plant::House& house, const ImageContext& context) {
  const plant::Counters& all = house.totals();
  const plant::Counters& day = house.today();
  map.put_u32(35191, tenths_of_kwh(all.pv));
  map.put_u32(35193, tenths_of_kwh(day.pv));
  map.put_u32(35195, tenths_of_kwh(all.ac_out));
  map.put_u32(35197, hours_in_service(context.now));
  map.put_u16(35199, tenths_of_kwh(day.ac_out));
  map.put_u32(35200, tenths_of_kwh(all.ac_in));
  map.put_u16(35202, tenths_of_kwh(day.ac_in));
  map.put_u32(35203, tenths_of_kwh(all.load));
  map.put_u16(35205, tenths_of_kwh(day.load));
  map.put_u32(35206, tenths_of_kwh(all.charge));
  map.put_u16(35208, tenths_of_kwh(day.charge));
  map.put_u32(35209, tenths_of_kwh(all.discharge));
  map.put_u16(35211, tenths_of_kwh(day.discharge));
}

void write_state(RegisterMap& map, const plant::House& house, const ImageContext& context) {
  map.put_u16(35186, 128);  // Poland
  map.put_u16(35187, context.stopped ? 0 : context.off_grid ? 2 : 1);
  map.put_u16(35188, context.stopped ? 1 : context.off_grid ? 4 : 2);
  const bool empty = house.options().has_battery && house.pack().soc() <= house.setting().discharge_stop;
  map.put_u32(35220, (empty ? 1U << 1U : 0U) | (context.export_limited ? 1U << 24U : 0U));
  map.put_u16(36900, 1);
  map.put_u32(36901, 3);  // the program, since the unit left its maker
  map.put_u16(36903, 1);
  map.put_u32(36904, context.written.system);
  map.put_u16(36906, 1);
  map.put_u32(36907, context.written.battery);
  map.put_u16(36909, 1);
  map.put_u32(36910, context.written.system + context.written.battery);
}

void write_meter(RegisterMap& map, const plant::House& house, const Wire& w, const Mains& mains, bool single_phase) {
  const double exported = in_kilowatt_hours(house.totals().grid_export) * 100.0;
  const double imported = in_kilowatt_hours(house.totals().grid_import) * 100.0;
  map.put_u16(36000, 1);
  map.put_u16(36001, 60);
  map.put_u16(36002, 10);
  map.put_u16(36003, 0x0111);
  map.put_u16(36004, 1);
  map.put_s16(36008, w.meter);
  map.put_s16(36009, reactive_of(w.meter));
  map.put_s16(36013, 1000.0 * w.meter / apparent_of(w.meter));
  map.put_s16(36014, mains.hertz * 100.0);
  map.put_s32(36025, w.meter);
  map.put_s32(36033, reactive_of(w.meter));
  map.put_s32(36041, apparent_of(w.meter));
  map.put_u16(36043, 2);
  map.put_u16(36044, 3);
  for (std::uint16_t i = 0; i < 3; ++i) {
    const double power = w.meter_phases[i];
    const auto wide = static_cast<std::uint16_t>(2 * i);
    map.put_s16(static_cast<std::uint16_t>(36005 + i), power);
    map.put_s16(static_cast<std::uint16_t>(36010 + i), 1000.0 * power / apparent_of(power));
    map.put_s32(static_cast<std::uint16_t>(36019 + wide), power);
    map.put_s32(static_cast<std::uint16_t>(36027 + wide), reactive_of(power));
    map.put_s32(static_cast<std::uint16_t>(36035 + wide), apparent_of(power));
    map.put_u16(static_cast<std::uint16_t>(36052 + i), mains.volts[i] * 10.0);
    map.put_u16(static_cast<std::uint16_t>(36055 + i), apparent_of(power) / std::max(mains.volts[i], 1.0) * 10.0);
    const double share = single_phase ? first_alone[i] : even[i];
    map.put_u64(static_cast<std::uint16_t>(36092 + 4 * i), exported * share);
    map.put_u64(static_cast<std::uint16_t>(36108 + 4 * i), imported * share);
  }
  const bool extended = map.has(36092);
  // The floats stay 0 where the long counters exist (protocol, 7.5).
  map.put_float(36015, extended ? 0.0F : static_cast<float>(in_watt_hours(house.totals().grid_export)));
  map.put_float(36017, extended ? 0.0F : static_cast<float>(in_watt_hours(house.totals().grid_import)));
  map.put_u64(36104, exported);
  map.put_u64(36120, imported);
}

/// Values of phases that a single-phase unit has not.
void blank_other_phases(RegisterMap& map) {
  constexpr std::pair<std::uint16_t, std::uint16_t> runs[] = {
      {35126, 10}, {35151, 12}, {35165, 4}, {35355, 4}, {35361, 4}, {36006, 2}, {36011, 2},
      {36021, 4},  {36029, 4},  {36037, 4}, {36053, 2}, {36056, 2}, {36096, 8}, {36112, 8}};
  for (const auto& [first, count] : runs)
    for (std::uint16_t i = 0; i < count; ++i) map.put_u16(static_cast<std::uint16_t>(first + i), filler);
}

}  // namespace

void add_read_only_areas_below_settings(RegisterMap& map, Profile profile, Power rating, std::string_view serial) {
  const bool extended = has_long_blocks(profile, rating);
  map.add_area(35000, 33);
  map.add_area(35100, 125);
  const bool two = has_second_battery(rating, serial);
  if (two) map.add_area(35262, 6);
  if (extended) map.add_area(35301, 64);
  map.add_area(36000, extended ? 125 : 45);
  if (profile != Profile::et_745) map.add_area(36900, 14);  // the write counters of the 205 platform
  map.add_area(37000, 24);
  if (two) map.add_area(39000, 22);
}

bool has_second_battery(Power rating, std::string_view serial) {
  return rating >= kilowatts(25) || std::ranges::any_of(goodwe::serial_tags(), [serial](const goodwe::SerialTag& tag) {
           return tag.second_battery && serial.find(tag.tag) != std::string_view::npos;
         });
}

bool is_single_phase(std::string_view serial) {
  return std::ranges::any_of(goodwe::serial_tags(), [serial](const goodwe::SerialTag& tag) {
    return tag.single_phase && tag.family == goodwe::Family::et && serial.find(tag.tag) != std::string_view::npos;
  });
}

std::string model_name(Power rating) {
  char text[24];
  std::snprintf(text, sizeof text, "GW%.0fK-ET", std::round(in_kilowatts(rating)));
  return text;
}

void write_device_info(RegisterMap& map, Profile profile, Power rating, std::string_view serial) {
  map.put_u16(35000, 2);
  map.put_u16(35001, in_watts(rating));
  map.put_u16(35002, 1);
  map.put_text(35003, 16, serial, ' ');
  map.put_text(35011, 10, model_name(rating), ' ');
  struct Versions {
    double dsp, svn, arm, arm_svn;
    std::string_view firmware, arm_firmware;
  };
  const Versions versions = profile == Profile::et_v1   ? Versions{6, 152, 17, 192, "04029-06-S11", "02041-17-S00"}
                            : profile == Profile::et_v2 ? Versions{10, 167, 23, 237, "04029-10-S11", "02041-23-S00"}
                                                        : Versions{5, 3527, 9, 264, "20320-05-S00", "20320-09-S01"};
  map.put_u16(35016, versions.dsp);
  map.put_u16(35017, versions.dsp);
  map.put_u16(35018, versions.svn);
  map.put_u16(35019, versions.arm);
  map.put_u16(35020, versions.arm_svn);
  map.put_text(35021, 12, versions.firmware, ' ');
  map.put_text(35027, 12, versions.arm_firmware, ' ');
}

void write_measurements(RegisterMap& map, const plant::House& house, const ImageContext& context) {
  const Mains mains = mains_at(context.now, context.overrides.grid_voltage);
  const Wire wire = wire_of(house, mains, context.single_phase);
  write_clock(map, 35100, context.own_clock);
  write_pv(map, house, wire);
  write_ac(map, house, wire, mains, context);
  write_battery(map, house, wire, context);
  write_counters(map, house, context);
  write_state(map, house, context);
  write_meter(map, house, wire, mains, context.single_phase);
  if (context.single_phase) blank_other_phases(map);
}

}  // namespace gridpilot::sim::et
