#include "gridpilot/sim/es_image.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "gridpilot/sim/measured.hpp"

namespace gridpilot::sim::es {
namespace {

// As captured units send them; what lies behind the known values is 0.
constexpr std::size_t runtime_size = 133;
constexpr std::size_t settings_size = 86;
constexpr double nominal_cell_volts = 3.2;
constexpr double full_cell_volts = 3.55;
constexpr double empty_cell_volts = 2.75;

/// Numbers at offsets of an answer's data, big-endian and clamped to their type.
class Data {
 public:
  explicit Data(std::size_t size) : bytes_(size, 0) {}
  void u8(std::size_t at, double value) {
    bytes_[at] = static_cast<std::uint8_t>(std::clamp(std::round(value), 0.0, 255.0));
  }
  void u16(std::size_t at, double value) {
    put(at, static_cast<std::uint16_t>(std::clamp(std::round(value), 0.0, 65535.0)));
  }
  void s16(std::size_t at, double value) {
    put(at, static_cast<std::uint16_t>(static_cast<std::int16_t>(std::clamp(std::round(value), -32768.0, 32767.0))));
  }
  void u32(std::size_t at, double value) {
    const auto whole = static_cast<std::uint32_t>(std::clamp(std::round(value), 0.0, 4294967295.0));
    put(at, static_cast<std::uint16_t>(whole >> 16U));
    put(at + 2, static_cast<std::uint16_t>(whole & 0xFFFFU));
  }
  [[nodiscard]] std::vector<std::uint8_t> take() && { return std::move(bytes_); }

 private:
  void put(std::size_t at, std::uint16_t value) {
    bytes_[at] = static_cast<std::uint8_t>(value >> 8U);
    bytes_[at + 1] = static_cast<std::uint8_t>(value & 0xFFU);
  }
  std::vector<std::uint8_t> bytes_;
};

void write_strings(Data& data, const plant::House& house) {
  const std::array<double, 2> strings = tracker_watts(house);
  for (std::size_t i = 0; i < strings.size(); ++i) {
    const double volts = in_volts(house.pv_output().voltages[i]);
    data.u16(5 * i, volts * 10.0);
    data.u16(5 * i + 2, volts > 0.0 ? strings[i] / volts * 10.0 : 0.0);
    data.u8(5 * i + 4, strings[i] > 0.0 ? 2 : volts > 0.0 ? 1 : 0);
  }
}

void write_battery(Data& data, const plant::House& house, const MeasuredOverrides& overrides) {
  if (!house.options().has_battery) return;  // all 0, as units without one send: mode 0 is "no battery"
  const plant::Pack& pack = house.pack();
  const plant::PackLimits limits = pack.limits();
  const double charging = in_watts(house.flows().battery);
  const double volts = in_volts(overrides.battery_voltage.value_or(pack.voltage_at(house.flows().battery)));
  const double tenths_of_ampere = volts > 0.0 ? std::round(std::abs(charging) / volts * 10.0) : 0.0;
  data.u16(10, volts * 10.0);
  data.u16(14, 80);
  data.s16(16, in_celsius(overrides.battery_temperature.value_or(pack.temperature())) * 10.0);
  data.u16(18, tenths_of_ampere);
  data.u16(20, in_amperes(limits.charge));
  data.u16(22, in_amperes(limits.discharge));
  data.u16(24, overrides.battery_alarms & 0xFFFFU);
  data.u8(26, in_percent(pack.soc()));
  data.u8(29, 99);
  // The current's direction stands here alone: standby is where none flows.
  data.u8(30, tenths_of_ampere == 0.0 ? 1 : charging > 0.0 ? 3 : 2);
}

void write_ac(Data& data, const plant::House& house, const ImageContext& context) {
  const plant::Flows& f = house.flows();
  const Mains mains = mains_at(context.now, context.overrides.grid_voltage);
  const double volts = mains.volts[0];
  const auto amperes_of = [volts](double watts) { return std::abs(watts) / std::max(volts, 1.0); };
  const double grid = std::round(in_watts(f.grid));
  const double backup = std::round(in_watts(house.backup()));
  const bool off_grid = house.setting().rule == plant::Rule::off_grid;
  const bool stopped = house.setting().rule == plant::Rule::stopped;
  data.u8(33, 1);
  data.u16(34, volts * 10.0);
  data.u16(36, amperes_of(in_watts(f.ac)) * 10.0);
  data.s16(38, std::abs(grid));
  data.s16(40, mains.hertz * 100.0);
  data.u8(42, stopped ? 0 : 1);
  data.u16(43, volts * 10.0);
  data.u16(45, amperes_of(backup) * 10.0);
  data.u16(47, std::round(in_watts(f.load)) - backup);
  data.s16(49, mains.hertz * 100.0);
  data.u8(51, stopped ? 0 : 1);
  data.u8(52, stopped ? 1 : off_grid ? 4 : 2);
  data.s16(75, in_watts(f.ac));
  data.u8(80, grid < 0.0 ? 1 : grid > 0.0 ? 2 : 0);
  data.u16(81, backup);
  data.s16(83, 1000.0);
}

}  // namespace

std::vector<std::uint8_t> runtime_data(const plant::House& house, const ImageContext& context) {
  Data data(runtime_size);
  write_strings(data, house);
  write_battery(data, house, context.overrides);
  write_ac(data, house, context);
  data.s16(53, in_celsius(house.inverter_temperature()) * 10.0);
  data.u32(59, tenths_of_kwh(house.totals().pv));
  data.u32(63, hours_in_service(context.now));
  data.u16(67, tenths_of_kwh(house.today().pv));
  data.u16(69, tenths_of_kwh(house.today().load));
  data.u32(71, tenths_of_kwh(house.totals().load));
  data.u8(77, static_cast<double>(context.mode));
  data.u16(78, context.relay);
  return std::move(data).take();
}

std::vector<std::uint8_t> settings_data(const plant::House& house, const ImageContext& context) {
  Data data(settings_size);
  const plant::PackOptions& pack = house.pack().options();
  const plant::PackLimits limits = house.pack().limits();
  data.u16(12, 1);  // back-up supply
  data.u16(18, 1);  // the export limit is on, and nothing in these frames switches it
  data.u16(22, in_watt_hours(pack.capacity) / (pack.cells_in_series * nominal_cell_volts));
  data.u16(24, pack.cells_in_series * full_cell_volts * 10.0);
  data.u16(26, in_amperes(limits.charge));
  data.u16(28, in_amperes(limits.discharge));
  data.u16(30, pack.cells_in_series * empty_cell_volts * 10.0);
  data.u16(32, context.lowest_soc_percent);
  data.u16(34, 1);    // battery activated
  data.u16(42, 100);  // power factor
  data.u16(52, context.export_limit_w);
  data.u16(56, 1);  // battery SoC protection
  data.u16(66, static_cast<double>(context.mode));
  return std::move(data).take();
}

}  // namespace gridpilot::sim::es
