#include "gridpilot/sim/et_device.hpp"

#include <algorithm>
#include <cmath>

#include "gridpilot/sim/et_image.hpp"
#include "gridpilot/sim/et_settings.hpp"

namespace gridpilot::sim {
namespace {

using std::chrono::minutes;

constexpr std::size_t longest_log = 1000;

/// The serial number of the AA55 identification stands at 31, the model at 5, in a payload of 77 bytes.
constexpr std::size_t identification_size = 77;

/// The instant at which the next minute begins on a clock that is ahead by `offset`. Windows open and close there.
Instant next_minute(Instant t, Seconds offset) {
  return std::chrono::floor<minutes>(t + offset) + minutes(1) - offset;
}

/// Year from 2000, month, day, hour, minute, second, a byte each; nullopt for what no clock shows.
std::optional<CivilTime> clock_of(std::span<const std::uint16_t> words) {
  const CivilTime civil{.date = std::chrono::year(2000 + (words[0] >> 8)) / std::chrono::month(words[0] & 0xFFU) /
                                std::chrono::day(static_cast<unsigned>(words[1] >> 8)),
                        .hour = words[1] & 0xFF,
                        .minute = words[2] >> 8,
                        .second = words[2] & 0xFF};
  if (!civil.date.ok() || civil.hour > 23 || civil.minute > 59 || civil.second > 59) return std::nullopt;
  return civil;
}

}  // namespace

std::string_view name_of(EtProfile profile) noexcept {
  switch (profile) {
    case EtProfile::et_v1: return "et-v1";
    case EtProfile::et_v2: return "et-v2";
    case EtProfile::et_745: return "et-745";
  }
  return "et-v2";
}

std::optional<EtProfile> et_profile_named(std::string_view name) noexcept {
  for (const EtProfile profile : all_et_profiles)
    if (name_of(profile) == name) return profile;
  return std::nullopt;
}

Result<EtDevice> EtDevice::create(TimeZone zone, EtOptions options, plant::House& house) {
  if (options.serial.empty()) options.serial = et::default_serial(options.profile, house.options().inverter.rating);
  const bool printable =
      std::all_of(options.serial.begin(), options.serial.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (options.serial.size() != 16 || !printable)
    return failure(ErrorCode::bad_input, "serial number '" + options.serial +
                                             "': expected 16 characters without blanks, as in " +
                                             et::default_serial(options.profile, house.options().inverter.rating));
  return EtDevice(std::move(zone), std::move(options), house);
}

EtDevice::EtDevice(TimeZone zone, EtOptions options, plant::House& house)
    : zone_(std::move(zone)),
      options_(std::move(options)),
      house_(house),
      now_(house.now()),
      offset_(options_.clock_offset) {
  lay_out_registers();
  apply_setting();
  refresh_registers();
}

void EtDevice::lay_out_registers() {
  const Power rating = house_.options().inverter.rating;
  et::add_read_only_areas_below_settings(registers_, options_.profile);
  et::add_setting_areas(registers_, options_.profile);
  et::write_device_info(registers_, options_.profile, rating, options_.serial);
  et::write_factory_settings(registers_, options_.profile, rating, house_.setting().discharge_stop);
}

void EtDevice::advance_to(Instant now) {
  if (now == now_) return;
  while (house_.now() < now) {
    now_ = house_.now();
    apply_setting();
    house_.advance_to(std::min(now, next_minute(now_, offset_)));
  }
  now_ = now;
  apply_setting();
  refresh_registers();
}

std::uint8_t EtDevice::unit() const {
  return static_cast<std::uint8_t>(registers_.u16(et::comm_address));
}

std::optional<goodwe::FrameBuffer> EtDevice::answer(const goodwe::ReceivedRequest& received, goodwe::Framing framing) {
  const goodwe::ModbusRequest& request = received.request;
  if (request.unit != unit()) return std::nullopt;
  const auto refuse = [&](std::uint8_t code) {
    return goodwe::encode_exception(request.unit, static_cast<std::uint8_t>(request.function), code, framing,
                                    received.transaction);
  };
  if (request.function == goodwe::Function::read) {
    const goodwe::Bytes bytes = registers_.read(request.first, request.count);
    if (bytes.empty()) return refuse(goodwe::illegal_address);
    return goodwe::encode_read_answer(request, bytes, framing, received.transaction);
  }
  const std::uint8_t exception = write(request.first, request.values.span());
  for (std::size_t i = 0; i < request.values.size(); ++i)
    ++write_counts_[static_cast<std::uint16_t>(request.first + i)];
  if (write_log_.size() == longest_log) write_log_.pop_front();
  write_log_.push_back({.time = now_, .first = request.first, .values = request.values, .exception = exception});
  if (exception != 0) return refuse(exception);
  ++writes_accepted_;
  refresh_registers();
  return goodwe::encode_write_answer(request, framing, received.transaction);
}

std::optional<goodwe::FrameBuffer> EtDevice::answer(const goodwe::Aa55Command& command) const {
  if (command.control != goodwe::aa55_device_info.control || command.function != goodwe::aa55_device_info.function)
    return std::nullopt;
  std::array<std::uint8_t, identification_size> payload{};
  const auto put = [&payload](std::size_t at, std::string_view text) {
    std::copy(text.begin(), text.end(), payload.begin() + static_cast<std::ptrdiff_t>(at));
  };
  put(0, "02000");
  put(5, et::model_name(house_.options().inverter.rating));
  put(31, options_.serial);
  return goodwe::encode_aa55_answer(command, payload);
}

std::optional<std::uint16_t> EtDevice::value_of(std::uint16_t number) const {
  if (!registers_.has(number)) return std::nullopt;
  return registers_.u16(number);
}

bool EtDevice::set_behind_the_back(std::uint16_t number, std::uint16_t value) {
  if (write(number, std::span(&value, 1)) != 0) return false;
  refresh_registers();
  return true;
}

void EtDevice::jump_clock(Seconds by) {
  offset_ += by;
  apply_setting();
  refresh_registers();
}

void EtDevice::reboot_until(Instant t) {
  reboot_until_ = t;
  apply_setting();
  refresh_registers();
}

std::uint8_t EtDevice::judge_write(std::uint16_t first, std::span<const std::uint16_t> values) const {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::optional<bool> accepted =
        et::accepts(options_.profile, static_cast<std::uint16_t>(first + i), values[i]);
    if (!accepted) return goodwe::illegal_address;
    if (!*accepted) return goodwe::illegal_value;
  }
  // The clock is one value in three registers.
  const int last = first + static_cast<int>(values.size()) - 1;
  if (first < et::clock + 3 && last >= et::clock && (first != et::clock || values.size() != 3 || !clock_of(values)))
    return goodwe::illegal_value;
  // Eco groups are judged as they would stand afterwards.
  const et::EcoGroups groups = et::eco_groups_of(options_.profile);
  const int words = eco_group_words(groups.format);
  for (int group = 0; group < groups.count; ++group) {
    const std::uint16_t begin = groups.register_of(group);
    if (last < begin || first >= begin + words) continue;
    std::array<std::uint16_t, 6> after{};
    for (int i = 0; i < words; ++i) {
      const int number = begin + i;
      after[static_cast<std::size_t>(i)] = number >= first && number <= last
                                               ? values[static_cast<std::size_t>(number - first)]
                                               : registers_.u16(static_cast<std::uint16_t>(number));
    }
    if (!is_valid_eco_group(groups.format, std::span(after).first(static_cast<std::size_t>(words))))
      return goodwe::illegal_value;
  }
  return 0;
}

std::uint8_t EtDevice::write(std::uint16_t first, std::span<const std::uint16_t> values) {
  if (const std::uint8_t refused = judge_write(first, values); refused != 0) return refused;
  const std::uint16_t work_mode_before = registers_.u16(et::work_mode);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto number = static_cast<std::uint16_t>(first + i);
    if (std::find(stuck_.begin(), stuck_.end(), number) == stuck_.end()) registers_.set_u16(number, values[i]);
  }
  take_effect(first, static_cast<std::uint16_t>(values.size()), work_mode_before);
  return 0;
}

void EtDevice::take_effect(std::uint16_t first, std::uint16_t count, std::uint16_t work_mode_before) {
  const auto touches = [&](std::uint16_t number) { return number >= first && number < first + count; };
  if (touches(et::clock)) set_own_clock();
  // Every change of the operation mode resets EMS to auto with power 0.
  if (registers_.u16(et::work_mode) != work_mode_before) {
    registers_.set_u16(et::ems_mode, et::ems_auto);
    registers_.set_u16(et::ems_power, 0);
  }
  if (touches(et::clear_eco) && registers_.u16(et::clear_eco) == 1) clear_eco_groups();
  apply_setting();
}

void EtDevice::set_own_clock() {
  const std::array<std::uint16_t, 3> words{registers_.u16(et::clock), registers_.u16(et::clock + 1),
                                           registers_.u16(et::clock + 2)};
  if (const auto civil = clock_of(words)) offset_ = zone_.instant_of(*civil) - now_;
}

/// Clears the groups and leaves the economic mode; other modes stay as they are.
void EtDevice::clear_eco_groups() {
  const et::EcoGroups groups = et::eco_groups_of(options_.profile);
  for (int group = 0; group < groups.count; ++group) {
    std::uint16_t number = groups.register_of(group);
    for (const std::uint16_t word : unused_eco_group(groups.format, options_.profile == EtProfile::et_745))
      registers_.set_u16(number++, word);
  }
  if (registers_.u16(et::work_mode) == et::eco) registers_.set_u16(et::work_mode, et::general);
  registers_.set_u16(et::clear_eco, 0);
}

plant::InverterSetting EtDevice::common_setting() const {
  plant::InverterSetting setting;
  setting.charge_stop = percent(registers_.u16(et::soc_upper_limit));
  setting.discharge_stop = percent(registers_.u16(et::lowest_soc));
  setting.charge_limit = amperes(registers_.u16(et::charge_current) / 10.0);
  setting.discharge_limit = amperes(registers_.u16(et::discharge_current) / 10.0);
  if (registers_.u16(et::export_limited) == 1) setting.export_limit = watts(registers_.u16(et::export_limit));
  // Negative shifts the balance towards import.
  setting.meter_target = watts(-static_cast<double>(static_cast<std::int16_t>(registers_.u16(et::meter_offset))));
  // The back-up stage draws about 30 W while it is on.
  if (registers_.u16(et::backup_supply) == 1) setting.standing_extra = watts(30);
  return setting;
}

plant::InverterSetting EtDevice::ems_setting(plant::InverterSetting common) const {
  using plant::Rule;
  plant::InverterSetting setting = common;
  setting.power = watts(registers_.u16(et::ems_power));
  if (options_.assumptions.ems_floor == EcoAssumptions::EmsFloor::soc_protection)
    setting.discharge_stop = percent(registers_.u16(et::soc_protection));
  switch (registers_.u16(et::ems_mode)) {
    case 2: setting.rule = Rule::charge_from_pv; break;
    case 3: setting.rule = Rule::discharge_beside_pv; break;
    case 4: setting.rule = Rule::import_at_ac; break;
    case 5: setting.rule = Rule::export_at_ac; break;
    case 6: setting.rule = Rule::conserve; break;
    case 7: setting.rule = Rule::off_grid; break;
    case 8: setting.rule = Rule::standby; break;
    case 9: setting.meter_target = setting.power; break;
    case 10: setting.meter_target = -setting.power; break;
    case 11: setting.rule = Rule::charge; break;
    case 12: setting.rule = Rule::discharge; break;
    default: setting.rule = Rule::stopped; break;
  }
  return setting;
}

std::optional<EcoOrder> EtDevice::eco_order() const {
  if (options_.profile == EtProfile::et_745 && registers_.u16(et::eco_enabled) == 0) return std::nullopt;
  const et::EcoGroups groups = et::eco_groups_of(options_.profile);
  const CivilTime local = own_clock();
  const auto words = eco_group_words(groups.format);
  for (int group = 0; group < groups.count; ++group) {
    std::array<std::uint16_t, 6> values{};
    for (std::uint16_t i = 0; i < words; ++i)
      values[i] = registers_.u16(static_cast<std::uint16_t>(groups.register_of(group) + i));
    if (const auto order = eco_order_at(groups.format, std::span(values).first(words), local)) return order;
  }
  return std::nullopt;
}

/// Outside every window, and at 0 %, the inverter behaves as in general mode.
plant::InverterSetting EtDevice::eco_setting(plant::InverterSetting common) const {
  plant::InverterSetting setting = common;
  const std::optional<EcoOrder> order = eco_order();
  if (!order || order->power_percent == 0.0) return setting;
  setting.power = house_.options().inverter.rating * (std::abs(order->power_percent) / 100.0);
  if (order->power_percent < 0.0) {
    setting.rule = plant::Rule::charge;
    setting.charge_stop = std::min(setting.charge_stop, order->soc);
    return setting;
  }
  setting.rule = plant::Rule::discharge;
  if (options_.assumptions.discharge_soc == EcoAssumptions::DischargeSoc::floor)
    setting.discharge_stop = std::max(setting.discharge_stop, order->soc);
  return setting;
}

/// Fast charging switches itself off when its state of charge is reached.
bool EtDevice::fast_charges(Soc& stop) {
  if (!registers_.has(et::fast_charging) || registers_.u16(et::fast_charging) == 0) return false;
  stop = percent(registers_.u16(et::fast_charging_soc));
  if (house_.pack().soc() < stop - percent(0.5)) return true;
  registers_.set_u16(et::fast_charging, 0);
  return false;
}

plant::InverterSetting EtDevice::setting_now() {
  plant::InverterSetting setting = common_setting();
  if (rebooting() || registers_.u16(et::remote_stop) == 1) {
    setting.rule = plant::Rule::stopped;
    return setting;
  }
  if (Soc stop; fast_charges(stop)) {
    setting.rule = plant::Rule::charge;
    setting.power = house_.options().inverter.rating * (registers_.u16(et::fast_charging_power) / 100.0);
    setting.charge_stop = stop;
    return setting;
  }
  if (registers_.u16(et::ems_mode) != et::ems_auto) return ems_setting(setting);
  switch (registers_.u16(et::work_mode)) {
    case et::off_grid: setting.rule = plant::Rule::off_grid; break;
    case et::backup: setting.rule = plant::Rule::charge_from_pv; break;
    case et::eco: return eco_setting(setting);
    case et::peak_shaving:
      setting.rule = plant::Rule::peak_shaving;
      setting.power =
          watts(registers_.u16(et::peak_shaving_power) * 65536.0 + registers_.u16(et::peak_shaving_power + 1));
      break;
    default: break;
  }
  return setting;
}

void EtDevice::apply_setting() {
  const plant::InverterSetting setting = setting_now();
  if (setting != house_.setting()) house_.set(setting);
}

void EtDevice::refresh_registers() {
  const plant::Rule rule = house_.setting().rule;
  et::write_clock(registers_, et::clock, own_clock());
  et::write_measurements(registers_, house_,
                         {.now = now_,
                          .own_clock = own_clock(),
                          .off_grid = rule == plant::Rule::off_grid,
                          .stopped = rule == plant::Rule::stopped,
                          .export_limited = house_.setting().export_limit.has_value(),
                          .writes_accepted = writes_accepted_});
}

}  // namespace gridpilot::sim
