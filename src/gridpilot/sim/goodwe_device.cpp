#include "gridpilot/sim/goodwe_device.hpp"

#include <algorithm>
#include <utility>

#include "gridpilot/sim/dt_device.hpp"
#include "gridpilot/sim/es_device.hpp"
#include "gridpilot/sim/et_device.hpp"

namespace gridpilot::sim {
namespace {

using std::chrono::minutes;

constexpr std::size_t longest_log = 1000;

/// The instant at which the next minute begins on a clock that is ahead by `offset`. Windows open and close there.
Instant next_minute(Instant t, Seconds offset) {
  return std::chrono::floor<minutes>(t + offset) + minutes(1) - offset;
}

std::string usual_serial(Profile profile, Power rating) {
  switch (family_of(profile)) {
    case goodwe::Family::et: return EtDevice::usual_serial(profile, rating);
    case goodwe::Family::dt: return DtDevice::usual_serial(profile, rating);
    case goodwe::Family::es: return EsDevice::usual_serial(profile, rating);
  }
  return {};
}

}  // namespace

std::string_view name_of(Profile profile) noexcept {
  switch (profile) {
    case Profile::et_v1: return "et-v1";
    case Profile::et_v2: return "et-v2";
    case Profile::et_745: return "et-745";
    case Profile::dt: return "dt";
    case Profile::dt_1ph: return "dt-1ph";
    case Profile::es: return "es";
    case Profile::es_v1: return "es-v1";
    case Profile::es_old: return "es-old";
  }
  return "et-v2";
}

std::optional<Profile> profile_named(std::string_view name) noexcept {
  for (const Profile profile : all_profiles)
    if (name_of(profile) == name) return profile;
  return std::nullopt;
}

goodwe::Family family_of(Profile profile) noexcept {
  switch (profile) {
    case Profile::et_v1:
    case Profile::et_v2:
    case Profile::et_745: return goodwe::Family::et;
    case Profile::dt:
    case Profile::dt_1ph: return goodwe::Family::dt;
    case Profile::es:
    case Profile::es_v1:
    case Profile::es_old: return goodwe::Family::es;
  }
  return goodwe::Family::et;
}

Profile usual_profile(goodwe::Family family) noexcept {
  switch (family) {
    case goodwe::Family::et: return Profile::et_v2;
    case goodwe::Family::dt: return Profile::dt;
    case goodwe::Family::es: return Profile::es;
  }
  return Profile::et_v2;
}

Result<std::unique_ptr<GoodweDevice>> GoodweDevice::create(TimeZone zone, DeviceOptions options, plant::House& house) {
  const std::string usual = usual_serial(options.profile, house.options().inverter.rating);
  if (options.serial.empty()) options.serial = usual;
  const bool printable =
      std::all_of(options.serial.begin(), options.serial.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (options.serial.size() != 16 || !printable)
    return failure(ErrorCode::bad_input,
                   "serial number '" + options.serial + "': expected 16 characters without blanks, as in " + usual);
  switch (family_of(options.profile)) {
    case goodwe::Family::et: return std::make_unique<EtDevice>(std::move(zone), std::move(options), house);
    case goodwe::Family::dt: return std::make_unique<DtDevice>(std::move(zone), std::move(options), house);
    case goodwe::Family::es: return std::make_unique<EsDevice>(std::move(zone), std::move(options), house);
  }
  return failure(ErrorCode::bug, "a family without an emulator");
}

GoodweDevice::GoodweDevice(TimeZone zone, DeviceOptions options, plant::House& house)
    : zone_(std::move(zone)),
      options_(std::move(options)),
      house_(house),
      now_(house.now()),
      offset_(options_.clock_offset) {}

void GoodweDevice::begin() {
  apply_setting();
  refresh_registers();
}

void GoodweDevice::advance_to(Instant now) {
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

std::optional<goodwe::FrameBuffer> GoodweDevice::answer(const goodwe::ReceivedRequest& received,
                                                        goodwe::Framing framing) {
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
  log_write(request.first, request.values, exception);
  if (exception != 0) return refuse(exception);
  refresh_registers();
  return goodwe::encode_write_answer(request, framing, received.transaction);
}

std::optional<goodwe::FrameBuffer> GoodweDevice::answer(const goodwe::Aa55Command& command) {
  const bool identifies = command.control == goodwe::aa55_device_info.control &&
                          command.function == goodwe::aa55_device_info.function && command.data.empty();
  if (identifies) return goodwe::encode_aa55_answer(command, identification());
  const auto data = answer_aa55(command);
  if (!data) return std::nullopt;
  return goodwe::encode_aa55_answer(command, *data);
}

std::optional<std::vector<std::uint8_t>> GoodweDevice::answer_aa55(const goodwe::Aa55Command&) {
  return std::nullopt;
}

std::optional<goodwe::FrameBuffer> GoodweDevice::answer_for_somebody_else(goodwe::Framing framing) {
  if (registers_.empty()) return goodwe::encode_aa55_answer(goodwe::aa55_device_info, identification());
  const std::uint16_t number = registers_.first();
  const auto request = goodwe::read_registers(unit(), number, 2);
  const goodwe::Bytes bytes = registers_.read(number, 2);
  if (bytes.empty()) return std::nullopt;
  return goodwe::encode_read_answer(request, bytes, framing, 0);
}

std::optional<std::uint16_t> GoodweDevice::value_of(std::uint16_t number) const {
  if (!registers_.has(number)) return std::nullopt;
  return registers_.u16(number);
}

bool GoodweDevice::set_behind_the_back(std::uint16_t number, std::uint16_t value) {
  if (write(number, std::span(&value, 1)) != 0) return false;
  refresh_registers();
  return true;
}

void GoodweDevice::jump_clock(Seconds by) {
  offset_ += by;
  begin();
}

void GoodweDevice::reboot_until(Instant t) {
  reboot_until_ = t;
  begin();
}

void GoodweDevice::set_hearing(Hearing hearing) {
  kept_.reset();
  if (hearing == Hearing::deaf) kept_ = setting_now();
  begin();
}

void GoodweDevice::override_measurements(const MeasuredOverrides& overrides) {
  overrides_ = overrides;
  refresh_registers();
}

void GoodweDevice::set_soc(Soc soc) {
  house_.set_soc(soc);
  begin();
}

bool GoodweDevice::is_stuck(std::uint16_t number) const {
  return std::find(stuck_.begin(), stuck_.end(), number) != stuck_.end();
}

std::uint8_t GoodweDevice::write(std::uint16_t first, std::span<const std::uint16_t> values) {
  if (const std::uint8_t refused = judge_write(first, values); refused != 0) return refused;
  std::array<std::uint16_t, goodwe::max_registers_write> before{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto number = static_cast<std::uint16_t>(first + i);
    before[i] = registers_.u16(number);
    if (!is_stuck(number)) registers_.set_u16(number, values[i]);
  }
  take_effect(first, std::span(before).first(values.size()));
  apply_setting();
  return 0;
}

void GoodweDevice::log_write(std::uint16_t first, const goodwe::Words& values, std::uint8_t exception) {
  for (std::size_t i = 1; i < values.size(); ++i) ++write_counts_[static_cast<std::uint16_t>(first + i)];
  log_command(first, values, exception);
}

void GoodweDevice::log_command(std::uint16_t code, const goodwe::Words& values, std::uint8_t exception) {
  ++write_counts_[code];
  if (write_log_.size() == longest_log) write_log_.pop_front();
  write_log_.push_back({.time = now_, .first = code, .values = values, .exception = exception});
  if (exception == 0) ++writes_accepted_;
}

void GoodweDevice::apply_setting() {
  plant::InverterSetting setting = setting_now();
  if (kept_ && !rebooting()) setting = *kept_;
  if (setting != house_.setting()) house_.set(setting);
}

std::optional<CivilTime> clock_in(std::span<const std::uint16_t> words) {
  const CivilTime civil{.date = std::chrono::year(2000 + (words[0] >> 8)) / std::chrono::month(words[0] & 0xFFU) /
                                std::chrono::day(static_cast<unsigned>(words[1] >> 8)),
                        .hour = words[1] & 0xFF,
                        .minute = words[2] >> 8,
                        .second = words[2] & 0xFF};
  if (!civil.date.ok() || civil.hour > 23 || civil.minute > 59 || civil.second > 59) return std::nullopt;
  return civil;
}

void write_clock(RegisterMap& map, std::uint16_t first, const CivilTime& time) {
  const auto pair = [](unsigned high, unsigned low) {
    return static_cast<std::uint16_t>((high << 8U) | (low & 0xFFU));
  };
  const auto year = static_cast<unsigned>(std::clamp(static_cast<int>(time.date.year()) - 2000, 0, 255));
  map.set_u16(first, pair(year, static_cast<unsigned>(time.date.month())));
  map.set_u16(static_cast<std::uint16_t>(first + 1),
              pair(static_cast<unsigned>(time.date.day()), static_cast<unsigned>(time.hour)));
  map.set_u16(static_cast<std::uint16_t>(first + 2),
              pair(static_cast<unsigned>(time.minute), static_cast<unsigned>(time.second)));
}

}  // namespace gridpilot::sim
