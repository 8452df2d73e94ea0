#include "gridpilot/sim/goodwe_control.hpp"

#include "gridpilot/core/json.hpp"

namespace gridpilot::sim {
namespace {

std::string error_text(std::string_view sentence) {
  std::string out;
  json::Writer(out).begin_object().member("error", sentence).end_object();
  return out;
}

std::string_view name_of(plant::Rule rule) {
  switch (rule) {
    case plant::Rule::self_use: return "self_use";
    case plant::Rule::charge: return "charge";
    case plant::Rule::discharge: return "discharge";
    case plant::Rule::charge_from_pv: return "charge_from_pv";
    case plant::Rule::discharge_beside_pv: return "discharge_beside_pv";
    case plant::Rule::import_at_ac: return "import_at_ac";
    case plant::Rule::export_at_ac: return "export_at_ac";
    case plant::Rule::conserve: return "conserve";
    case plant::Rule::off_grid: return "off_grid";
    case plant::Rule::standby: return "standby";
    case plant::Rule::peak_shaving: return "peak_shaving";
    case plant::Rule::stopped: return "stopped";
  }
  return "self_use";
}

std::string physics(const GoodweDevice& device) {
  const plant::House& house = device.house();
  const plant::Flows& flows = house.flows();
  const plant::Counters& totals = house.totals();
  std::string out;
  json::Writer writer(out);
  const auto watts_of = [&](json::Name name, Power power) { writer.key(name).rounded(in_watts(power), 1); };
  const auto kwh_of = [&](json::Name name, Energy energy) { writer.key(name).rounded(in_kilowatt_hours(energy), 4); };
  writer.begin_object();
  writer.member("time", to_rfc3339(house.now()));
  writer.member("profile", name_of(device.options().profile));
  writer.member("rule", name_of(house.setting().rule));
  watts_of("power_w", house.setting().power);
  watts_of("pv_w", flows.pv);
  watts_of("pv_available_w", flows.pv_available);
  watts_of("load_w", flows.load);
  watts_of("grid_w", flows.grid);
  watts_of("battery_w", flows.battery);
  watts_of("losses_w", flows.losses);
  if (house.options().has_battery) {
    writer.key("soc_percent").rounded(in_percent(house.pack().soc()), 3);
    kwh_of("stored_kwh", house.pack().stored());
    kwh_of("capacity_kwh", house.pack().options().capacity);
  }
  kwh_of("pv_kwh", totals.pv);
  kwh_of("load_kwh", totals.load);
  kwh_of("import_kwh", totals.grid_import);
  kwh_of("export_kwh", totals.grid_export);
  kwh_of("charge_kwh", totals.charge);
  kwh_of("discharge_kwh", totals.discharge);
  writer.end_object();
  return out;
}

std::string writes(const GoodweDevice& device) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().member("accepted", device.writes_accepted());
  writer.key("counts").begin_object();
  for (const auto& [number, count] : device.write_counts()) writer.key_text(std::to_string(number)).value(count);
  writer.end_object();
  writer.key("log").begin_array();
  for (const WriteRecord& record : device.write_log()) {
    writer.begin_object().member("time", to_rfc3339(record.time)).member("register", record.first);
    writer.key("values").begin_array();
    for (const std::uint16_t value : record.values.span()) writer.value(value);
    writer.end_array().member("exception", record.exception).end_object();
  }
  writer.end_array().end_object();
  return out;
}

Result<std::string> get(GoodweEmulator& emulator, const json::Value& request) {
  const auto what = request.string();
  if (!what) return what.failed();
  if (*what == "physics") return physics(emulator.device());
  if (*what == "writes") return writes(emulator.device());
  return request.objection("allowed: physics, writes");
}

constexpr std::string_view done = R"({"ok":true})";

/// null takes an override away.
Result<std::optional<double>> override_of(const json::Value& member, double lowest, double highest) {
  if (member.is_null()) return std::optional<double>();
  const auto value = member.number();
  if (!value) return value.failed();
  if (*value < lowest || *value > highest)
    return member.objection("from " + std::to_string(static_cast<long long>(lowest)) + " to " +
                            std::to_string(static_cast<long long>(highest)) + ", or null");
  return std::optional<double>(*value);
}

/// What the unit measures, whatever the house does; the state of charge is the house's own.
Result<std::string> override_measurements(GoodweDevice& device, const json::Value& request) {
  MeasuredOverrides overrides = device.overrides();
  std::optional<double> soc_percent;
  for (const json::Value member : request) {
    const std::string_view name = member.name();
    const bool alarm = name == "bms_alarm";
    const auto value = override_of(member, name == "battery_temperature_c" ? -60 : 0, alarm ? 4294967295.0 : 1000);
    if (!value) return value.failed();
    const std::optional<double>& number = *value;
    if (name == "battery_temperature_c")
      overrides.battery_temperature = number ? std::optional(celsius(*number)) : std::nullopt;
    else if (name == "battery_voltage_v")
      overrides.battery_voltage = number ? std::optional(volts(*number)) : std::nullopt;
    else if (name == "grid_voltage_v")
      overrides.grid_voltage = number ? std::optional(volts(*number)) : std::nullopt;
    else if (alarm)
      overrides.battery_alarms = static_cast<std::uint32_t>(number.value_or(0));
    else if (name == "soc_percent" && (!number || *number <= 100))
      soc_percent = number;
    else
      return member.objection(
          "allowed: register with value, or battery_temperature_c, battery_voltage_v, grid_voltage_v, bms_alarm, "
          "soc_percent (0 to 100)");
  }
  if (soc_percent) device.set_soc(percent(*soc_percent));
  device.override_measurements(overrides);
  return std::string(done);
}

Result<std::string> set(GoodweEmulator& emulator, const json::Value& request) {
  if (!request.find("register")) return override_measurements(emulator.device(), request);
  if (auto known = request.only({"register", "value"}); !known) return std::move(known).failed();
  const auto number = request.integer("register");
  if (!number) return number.failed();
  const auto value = request.integer("value");
  if (!value) return value.failed();
  if (*number < 0 || *number > 65535) return request.objection("register: from 0 to 65535");
  if (*value < -32768 || *value > 65535) return request.objection("value: from -32768 to 65535");
  if (!emulator.device().set_behind_the_back(static_cast<std::uint16_t>(*number), static_cast<std::uint16_t>(*value)))
    return request.objection("the device refuses this register or value");
  return std::string(done);
}

Result<std::string> fault(GoodweEmulator& emulator, const json::Value& request) {
  for (const json::Value member : request) {
    const auto value = member.number();
    if (!value) return value.failed();
    if (auto applied = emulator.apply_fault({.name = std::string(member.name()), .value = *value}); !applied)
      return std::move(applied).failed();
  }
  return std::string(done);
}

Result<GoodweEmulator*> chosen(std::span<GoodweEmulator* const> emulators, const json::Value& root) {
  if (!root.find("inverter")) return emulators.front();
  const auto number = root.integer("inverter");
  if (!number) return number.failed();
  if (*number < 1 || *number > static_cast<std::int64_t>(emulators.size()))
    return root.objection("inverter: from 1 to " + std::to_string(emulators.size()));
  return emulators[static_cast<std::size_t>(*number - 1)];
}

Result<std::string> answer(std::span<GoodweEmulator* const> emulators, std::string_view line) {
  const auto document = json::Document::parse(std::string(line));
  if (!document) return document.failed();
  const json::Value root = document->root();
  if (auto known = root.only({"inverter", "get", "set", "fault"}); !known) return std::move(known).failed();
  const auto emulator = chosen(emulators, root);
  if (!emulator) return emulator.failed();
  if (root.size() > (root.find("inverter") ? 2U : 1U)) return root.objection("expected exactly one of get, set, fault");
  if (const auto request = root.find("get")) return get(**emulator, *request);
  if (const auto request = root.find("set")) return set(**emulator, *request);
  if (const auto request = root.find("fault")) return fault(**emulator, *request);
  return root.objection("expected get, set or fault");
}

}  // namespace

std::string answer_control(std::span<GoodweEmulator* const> emulators, std::string_view line) {
  auto answered = answer(emulators, line);
  return answered ? std::move(*answered) : error_text(answered.error().message);
}

std::string answer_control(GoodweEmulator& emulator, std::string_view line) {
  GoodweEmulator* const alone = &emulator;
  return answer_control(std::span(&alone, 1), line);
}

}  // namespace gridpilot::sim
