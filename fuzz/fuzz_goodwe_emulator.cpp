// Whatever comes, an emulated inverter of any kind stays a battery within its bounds and answers frames that fit a
// datagram. The input is a byte for kind and size of the unit, then records: a length, so many bytes. The first of them
// says what the record is: 0 a piece of a Modbus TCP stream, 1 to 3 an AA55 command that gets its frame here, 4
// measurements that are set from outside, AA a datagram as it is, anything else a Modbus request that gets its checksum
// here.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gridpilot/core/verify.hpp"
#include "gridpilot/plant/house.hpp"
#include "gridpilot/sim/goodwe_device.hpp"
#include "gridpilot/sim/request_stream.hpp"

namespace {

using namespace gridpilot;

plant::HouseOptions house_of(goodwe::Family family, Power rating) {
  plant::HouseOptions options;
  options.inverter.rating = rating;
  options.inverter.max_pv = rating * 1.5;
  options.pack.max_charge = options.pack.max_discharge = rating * 1.08;
  options.has_battery = family != goodwe::Family::dt;
  if (family == goodwe::Family::es) options.pack.cells_in_series = 16;
  return options;
}

void ask_modbus(sim::GoodweDevice& device, goodwe::Bytes datagram) {
  const auto received = goodwe::parse_request(datagram, goodwe::Framing::rtu_over_udp);
  if (!received) return;
  const auto answer = device.answer(*received, goodwe::Framing::rtu_over_udp);
  if (answer) GRIDPILOT_VERIFY(answer->size() >= 7 && answer->size() <= 257);
}

void ask_aa55(sim::GoodweDevice& device, goodwe::Bytes datagram) {
  const auto command = goodwe::parse_aa55_request(datagram);
  if (!command) return;
  const auto answer = device.answer(*command);
  if (!answer) return;
  GRIDPILOT_VERIFY(answer->size() >= 9 && answer->size() <= 264);
  GRIDPILOT_VERIFY(goodwe::examine(*command, *answer).state == goodwe::AnswerState::complete);
}

void ask_over_tcp(sim::GoodweDevice& device, sim::RequestStream& stream, goodwe::Bytes piece) {
  stream.append(piece);
  for (;;) {
    const sim::RequestStream::Next next = stream.next();
    if (next.state == sim::RequestStream::Next::State::needs_more) return;
    if (next.state == sim::RequestStream::Next::State::no_modbus) {
      stream = {};  // the server ends the connection
      return;
    }
    GRIDPILOT_VERIFY(next.frame.size() >= 8 && next.frame.size() <= 260);
    if (*next.received) {
      const auto answer = device.answer(**next.received, goodwe::Framing::tcp);
      if (answer) GRIDPILOT_VERIFY(answer->size() >= 9 && answer->size() <= 259);
    }
    stream.drop(next.frame.size());
  }
}

void override_measurements(sim::GoodweDevice& device, goodwe::Bytes bytes) {
  sim::MeasuredOverrides overrides;
  if (bytes.size() >= 2) overrides.battery_temperature = celsius(goodwe::u16_at(bytes, 0) / 50.0 - 60.0);
  if (bytes.size() >= 4) overrides.battery_voltage = volts(goodwe::u16_at(bytes, 2) / 60.0);
  if (bytes.size() >= 6) overrides.grid_voltage = volts(goodwe::u16_at(bytes, 4) / 60.0);
  if (bytes.size() >= 8) overrides.battery_alarms = goodwe::u16_at(bytes, 6) * 65537U;
  device.override_measurements(overrides);
}

void take(sim::GoodweDevice& device, sim::RequestStream& stream, goodwe::Bytes record) {
  if (record.empty()) return;
  const std::uint8_t kind = record[0];
  if (kind == 0) {
    ask_over_tcp(device, stream, record.subspan(1));
  } else if (kind <= 3) {
    if (record.size() >= 2)
      ask_aa55(device, goodwe::encode({.control = kind, .function = record[1], .data = record.subspan(2)}));
  } else if (kind == 4) {
    override_measurements(device, record.subspan(1));
  } else if (kind == 0xAA) {
    ask_aa55(device, record);
    ask_modbus(device, record);
  } else {
    std::vector<std::uint8_t> frame(record.begin(), record.end());
    const std::uint16_t crc = goodwe::crc16(frame);
    frame.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
    frame.push_back(static_cast<std::uint8_t>(crc >> 8U));
    ask_modbus(device, frame);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Instant start = std::chrono::sys_days(std::chrono::year(2026) / 4 / 10);
  if (size < 2) return 0;
  const sim::Profile profile = sim::all_profiles[data[0] % sim::all_profiles.size()];
  const Power rating = kilowatts((data[0] / sim::all_profiles.size()) % 2 == 0 ? 10 : 30);
  plant::House house(TimeZone::utc(), house_of(sim::family_of(profile), rating), start);
  auto device = sim::GoodweDevice::create(TimeZone::utc(), {.profile = profile}, house).value();
  sim::RequestStream stream;
  Instant now = start;
  goodwe::Bytes rest(data + 1, size - 1);
  for (int requests = 0; requests < 32 && rest.size() > 1; ++requests) {
    const std::size_t length = std::min<std::size_t>(rest[0], rest.size() - 1);
    take(*device, stream, rest.subspan(1, length));
    rest = rest.subspan(1 + length);
    device->advance_to(now += std::chrono::minutes(7));
    const plant::Flows& flows = house.flows();
    const Soc soc = house.pack().soc();
    GRIDPILOT_VERIFY(soc >= percent(0) && soc <= percent(100));
    GRIDPILOT_VERIFY(flows.battery <= plant::charge_taper(soc, rating * 1.08) + watts(1e-6));
    GRIDPILOT_VERIFY(flows.ac <= rating + watts(1e-6));
    GRIDPILOT_VERIFY(flows.losses >= watts(-1e-6));
  }
  return 0;
}
