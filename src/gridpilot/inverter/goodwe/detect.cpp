#include "gridpilot/inverter/goodwe/detect.hpp"

#include <array>

#include "gridpilot/inverter/goodwe/aa55_access.hpp"
#include "gridpilot/inverter/goodwe/register_access.hpp"

namespace gridpilot::goodwe {
namespace {

constexpr std::uint16_t et_info_register = 35000;
constexpr std::uint16_t et_info_count = 33;
constexpr std::uint16_t dt_info_register = 30001;
constexpr std::uint16_t dt_info_count = 40;
constexpr std::size_t identified_serial_at = 31;
constexpr std::size_t serial_length = 16;

[[nodiscard]] bool is_silence(const Error& error) {
  return error.code == ErrorCode::timeout || error.code == ErrorCode::unreachable ||
         error.code == ErrorCode::connection_lost;
}

}  // namespace

/// The family by the serial number in the identification; absent where that is not answered or has no tag.
net::Awaitable<std::optional<Family>> Detector::identified_family() {
  Aa55Access aa55(exchange_);
  const Result<std::vector<std::uint8_t>> data = co_await aa55.ask(0x01, 0x02, {});
  if (!data || data->size() < identified_serial_at + serial_length) co_return std::nullopt;
  const std::string serial(data->begin() + identified_serial_at, data->begin() + identified_serial_at + serial_length);
  co_return family_of_serial(serial);
}

net::Awaitable<Result<DeviceInfo>> Detector::read_device_info(Family family, std::uint8_t unit) {
  if (family == Family::es) {
    if (transport_ == Transport::tcp)
      co_return failure(ErrorCode::unsupported, "units of the ES family do not speak Modbus TCP");
    Aa55Access aa55(exchange_);
    const Result<std::vector<std::uint8_t>> data = co_await aa55.ask(0x01, 0x02, {});
    if (!data) co_return data.failed();
    co_return parse_device_info(family, *data);
  }
  RegisterAccess registers(exchange_, {.unit = unit, .framing = framing_of(transport_)});
  const bool et = family == Family::et;
  const Result<std::vector<std::uint8_t>> data =
      co_await registers.read_block(et ? et_info_register : dt_info_register, et ? et_info_count : dt_info_count);
  if (!data && data.error().code == ErrorCode::unsupported)
    co_return failure(ErrorCode::unsupported,
                      "no inverter of the " + std::string(name_of(family)) + " family: it has no device information");
  if (!data) co_return data.failed();
  co_return parse_device_info(family, *data);
}

net::Awaitable<Result<Detected>> Detector::detect(DetectionHints hints) {
  std::optional<Family> family = hints.family;
  if (!family && transport_ == Transport::udp) family = co_await identified_family();
  std::optional<Error> silence;
  for (const Family candidate : {Family::et, Family::dt, Family::es}) {
    if (family && candidate != *family) continue;
    const std::uint8_t unit = hints.unit.value_or(usual_unit(candidate));
    Result<DeviceInfo> device = co_await read_device_info(candidate, unit);
    if (device) co_return Detected{.device = std::move(*device), .unit = unit};
    if (family) co_return std::move(device).failed();
    if (is_silence(device.error()) && !silence) silence = device.error();
    if (!is_silence(device.error())) silence.reset();
  }
  if (silence) co_return std::unexpected(std::move(*silence));
  co_return failure(ErrorCode::not_found, "what answers is no GoodWe inverter of the ET, DT or ES family");
}

}  // namespace gridpilot::goodwe
