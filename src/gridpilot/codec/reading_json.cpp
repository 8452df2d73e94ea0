#include "gridpilot/codec/reading_json.hpp"

#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>

namespace gridpilot::codec {
namespace {

/// Where each quantity of a reading lies, in the order in which they are written. A Quantity's raw number has the unit
/// that its name ends in (units.hpp).
constexpr std::tuple quantities{
    &Reading::soc,
    &Reading::state_of_health,
    &Reading::pv,
    &Reading::load,
    &Reading::grid,
    &Reading::battery,
    &Reading::backup,
    &Reading::grid_l1,
    &Reading::grid_l2,
    &Reading::grid_l3,
    &Reading::grid_voltage_l1,
    &Reading::grid_voltage_l2,
    &Reading::grid_voltage_l3,
    &Reading::battery_voltage,
    &Reading::battery_current,
    &Reading::battery_charge_limit,
    &Reading::battery_discharge_limit,
    &Reading::battery_temperature,
    &Reading::inverter_temperature,
    &Reading::pv_total,
    &Reading::load_total,
    &Reading::import_total,
    &Reading::export_total,
    &Reading::charge_total,
    &Reading::discharge_total,
};
constexpr std::size_t quantity_count = std::tuple_size_v<decltype(quantities)>;

constexpr json::Fields fields{
    "time",
    "soc_percent",
    "state_of_health_percent",
    "pv_w",
    "load_w",
    "grid_w",
    "battery_w",
    "backup_w",
    "grid_l1_w",
    "grid_l2_w",
    "grid_l3_w",
    "grid_voltage_l1_v",
    "grid_voltage_l2_v",
    "grid_voltage_l3_v",
    "battery_voltage_v",
    "battery_current_a",
    "battery_charge_limit_a",
    "battery_discharge_limit_a",
    "battery_temperature_celsius",
    "inverter_temperature_celsius",
    "pv_total_kwh",
    "load_total_kwh",
    "import_total_kwh",
    "export_total_kwh",
    "charge_total_kwh",
    "discharge_total_kwh",
    "battery_alarms",
    "inverter_faults",
    "operation_mode",
};
static_assert(fields.size() == 1 + quantity_count + 3);

template <std::unsigned_integral Code>
Code read_code(json::Reader& in) {
  const std::int64_t code = in.integer();
  if (code < 0 || code > std::numeric_limits<Code>::max()) {
    in.fail("a code lies between 0 and " + std::to_string(std::numeric_limits<Code>::max()));
    return 0;
  }
  return static_cast<Code>(code);
}

Instant read_time(json::Reader& in) {
  const auto time = parse_rfc3339(in.string());
  if (!time) in.fail("expected a time with its offset, as 2026-05-01T12:00:00Z");
  return time.value_or(Instant{});
}

template <std::size_t I>
void read_quantity(json::Reader& in, Reading& reading) {
  using Quantity = std::remove_cvref_t<decltype(*(reading.*std::get<I>(quantities)))>;
  if (!in.null()) reading.*std::get<I>(quantities) = Quantity::from_raw(in.number());
}

template <std::size_t... I>
void read_field(json::Reader& in, Reading& reading, std::size_t field, std::index_sequence<I...>) {
  static_cast<void>(((field == I + 1 && (read_quantity<I>(in, reading), true)) || ...));
}

void read_field(json::Reader& in, Reading& reading, std::size_t field) {
  switch (field) {
    case 0: reading.time = read_time(in); break;
    case quantity_count + 1: reading.battery_alarms = read_code<std::uint32_t>(in); break;
    case quantity_count + 2: reading.inverter_faults = read_code<std::uint32_t>(in); break;
    case quantity_count + 3: reading.operation_mode = read_code<std::uint16_t>(in); break;
    default: read_field(in, reading, field, std::make_index_sequence<quantity_count>());
  }
}

template <std::size_t I>
void write_quantity(json::Writer& out, const Reading& reading) {
  const auto& quantity = reading.*std::get<I>(quantities);
  out.key(fields, I + 1);
  if (quantity) {
    out.value(quantity.raw());
  } else {
    out.null();
  }
}

template <std::size_t... I>
void write_quantities(json::Writer& out, const Reading& reading, std::index_sequence<I...>) {
  (write_quantity<I>(out, reading), ...);
}

}  // namespace

Reading read_reading(json::Reader& in) {
  Reading reading;
  const json::Seen seen = in.record(fields, [&](std::size_t field) { read_field(in, reading, field); });
  in.require(fields, seen, 0, 1);
  return reading;
}

void write_reading(json::Writer& out, const Reading& reading) {
  out.begin_object();
  out.member("time", reading.time);
  write_quantities(out, reading, std::make_index_sequence<quantity_count>());
  out.member("battery_alarms", reading.battery_alarms);
  out.member("inverter_faults", reading.inverter_faults);
  out.member("operation_mode", reading.operation_mode);
  out.end_object();
}

void write_readings(json::Writer& out, std::span<const Reading> readings) {
  constexpr std::size_t usual_size = 640;  // names, and a few digits each
  out.reserve(readings.size() * usual_size);
  out.begin_array();
  for (const Reading& reading : readings) write_reading(out, reading);
  out.end_array();
}

Result<std::vector<Reading>> parse_readings(std::string_view text) {
  return json::decode(text, [](json::Reader& in) {
    std::vector<Reading> readings;
    in.array([&] { readings.push_back(read_reading(in)); });
    return readings;
  });
}

}  // namespace gridpilot::codec
