#include "gridpilot/codec/goodwe/device_info.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <initializer_list>

#include "gridpilot/codec/goodwe/values.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::goodwe {
namespace {

/// "Take the digits that are there; a part without any digit is absent."
std::optional<int> digits_of(Bytes text) {
  std::optional<int> out;
  for (const std::uint8_t c : text)
    if (c >= '0' && c <= '9') out = out.value_or(0) * 10 + (c - '0');
  return out;
}

std::optional<int> base_36_digit(std::uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  return std::nullopt;
}

std::string text_at(Bytes data, std::size_t offset, std::size_t size) {
  if (offset + size > data.size()) return {};
  return device_text(data.subspan(offset, size)).value_or(std::string());
}

std::optional<int> number_at(Bytes data, std::size_t offset) {
  if (offset + 2 > data.size() || u16_at(data, offset) == 0xFFFF) return std::nullopt;
  return u16_at(data, offset);
}

/// Sets what the tags in the serial number tell; several may occur in one number.
void apply_tags(DeviceInfo& info) {
  bool three_trackers = false;
  bool four_trackers = false;
  for (const SerialTag& tag : serial_tags()) {
    if (info.serial.find(tag.tag) == std::string::npos) continue;
    if (tag.family && tag.family != info.family) continue;
    if (info.platform == Platform::unknown) info.platform = tag.platform;
    info.single_phase = info.single_phase || tag.single_phase;
    info.second_battery = info.second_battery || tag.second_battery;
    three_trackers = three_trackers || tag.three_trackers;
    four_trackers = four_trackers || tag.four_trackers;
  }
  info.trackers = four_trackers ? 4 : three_trackers ? 3 : 2;
}

bool at_least_kilowatts(const DeviceInfo& info, double kw) {
  return info.rating && *info.rating >= kilowatts(kw);
}

/// protocol.md 5.3: offsets are (register − 35000) × 2.
DeviceInfo parse_et(Bytes data) {
  DeviceInfo info{.family = Family::et};
  if (const auto rating = number_at(data, 2)) info.rating = watts(*rating);
  info.serial = text_at(data, 6, 16);
  info.model = text_at(data, 22, 10);
  info.dsp1_version = number_at(data, 32);
  info.dsp2_version = number_at(data, 34);
  info.arm_version = number_at(data, 38);
  info.firmware = text_at(data, 42, 12);
  info.arm_firmware = text_at(data, 54, 12);
  apply_tags(info);
  info.second_battery = info.second_battery || at_least_kilowatts(info, 25);
  info.extended_meter = info.is_745() || at_least_kilowatts(info, 15);
  return info;
}

/// protocol.md 5.5: offsets are (register − 30001) × 2.
DeviceInfo parse_dt(Bytes data) {
  DeviceInfo info{.family = Family::dt};
  info.serial = text_at(data, 6, 16);
  info.model = text_at(data, 22, 10);
  info.dsp1_version = number_at(data, 66);
  info.dsp2_version = number_at(data, 68);
  info.arm_version = number_at(data, 70);
  if (info.dsp1_version && info.dsp2_version && info.arm_version) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%d.%d.%02x", *info.dsp1_version, *info.dsp2_version,
                  static_cast<unsigned>(*info.arm_version));
    info.firmware = text.data();
  }
  apply_tags(info);
  return info;
}

/// protocol.md 5.4: offsets into the payload.
DeviceInfo parse_es(Bytes data) {
  DeviceInfo info{.family = Family::es};
  info.firmware = text_at(data, 0, 5);
  info.model = text_at(data, 5, 10);
  info.serial = text_at(data, 31, 16);
  info.arm_firmware = text_at(data, 51, 12);
  info.dsp1_version = digits_of(data.subspan(0, 2));
  info.dsp2_version = digits_of(data.subspan(2, 2));
  info.arm_version = base_36_digit(data[4]);
  apply_tags(info);
  return info;
}

}  // namespace

Result<DeviceInfo> parse_device_info(Family family, Bytes data) {
  constexpr std::size_t serial_end_modbus = 22;
  constexpr std::size_t serial_end_es = 47;
  if (data.size() < (family == Family::es ? serial_end_es : serial_end_modbus))
    return failure(ErrorCode::short_frame, "short frame: no serial number in the device information");
  switch (family) {
    case Family::et: return parse_et(data);
    case Family::dt: return parse_dt(data);
    case Family::es: break;
  }
  return parse_es(data);
}

bool shown_on(const RegisterRow& row, const DeviceInfo& info) noexcept {
  switch (row.only_on) {
    case OnlyOn::all: return true;
    case OnlyOn::single_phase: return info.single_phase;
    case OnlyOn::three_phase: return !info.single_phase;
    case OnlyOn::three_trackers: return info.trackers >= 3;
    case OnlyOn::four_trackers: return info.trackers >= 4;
    case OnlyOn::four_trackers_or_15_kw: return info.trackers >= 4 || at_least_kilowatts(info, 15);
  }
  return true;
}

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// "010K" is 10 kW, "29K9" 29.9 kW, "3K68" 3.68 kW.
std::optional<Power> power_of_serial(std::string_view serial) {
  if (serial.size() < 5) return std::nullopt;
  std::string number;
  bool has_unit = false;
  for (const char c : serial.substr(1, 4)) {
    if (c == 'K' && !has_unit) {
      number += '.';
      has_unit = true;
    } else if (is_digit(c)) {
      number += c;
    } else {
      return std::nullopt;
    }
  }
  const auto kilowatts_told = has_unit ? parse_number(number + "0") : std::nullopt;
  if (!kilowatts_told || *kilowatts_told <= 0.0) return std::nullopt;
  return kilowatts(*kilowatts_told);
}

/// "GW6000-ES-20" is 6 kW; four digits that end in 48 are hundreds of watts and the battery's voltage. "GW10K-MS" 10
/// kW.
std::optional<Power> power_of_model(std::string_view model) {
  if (!model.starts_with("GW")) return std::nullopt;
  std::size_t end = 2;
  while (end < model.size() && (is_digit(model[end]) || model[end] == '.')) ++end;
  const auto number = parse_number(model.substr(2, end - 2));
  if (!number || *number <= 0.0) return std::nullopt;
  if (end < model.size() && model[end] == 'K') return kilowatts(*number);
  if (end - 2 == 4 && model.substr(4, 2) == "48") return watts((*number - 48.0));
  return *number >= 500.0 ? std::optional(watts(*number)) : std::nullopt;
}

bool has_tag(const DeviceInfo& info, std::initializer_list<std::string_view> tags) {
  return std::ranges::any_of(tags,
                             [&info](std::string_view tag) { return info.serial.find(tag) != std::string::npos; });
}

}  // namespace

std::optional<Power> rated_power(const DeviceInfo& info) {
  if (info.rating) return info.rating;
  if (const auto told = power_of_serial(info.serial)) return told;
  return power_of_model(info.model);
}

bool has_es_groups_v2(const DeviceInfo& info) noexcept {
  constexpr int least_arm = 14;
  const int dsp1 = info.dsp1_version.value_or(0);
  if (info.arm_version.value_or(0) < least_arm) return false;
  return (has_tag(info, {"EMU", "EMJ"}) && dsp1 >= 11) || (has_tag(info, {"ESU", "ESA"}) && dsp1 >= 22) ||
         (has_tag(info, {"BPS", "BPU"}) && dsp1 >= 10);
}

bool obeys_es_groups(const DeviceInfo& info) noexcept {
  constexpr int obedient_dsp1 = 24;
  return has_es_groups_v2(info) || info.dsp1_version.value_or(0) >= obedient_dsp1;
}

std::optional<Family> family_of_serial(std::string_view serial) noexcept {
  for (const SerialTag& tag : serial_tags())
    if (tag.family && serial.find(tag.tag) != std::string_view::npos) return tag.family;
  return std::nullopt;
}

}  // namespace gridpilot::goodwe
