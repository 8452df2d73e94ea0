// Whatever datagrams come, the emulated inverter stays a battery within its bounds and answers frames that fit a
// datagram. The input is a profile and a sequence of requests: a length byte, then so many bytes that get their frame
// here.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gridpilot/core/verify.hpp"
#include "gridpilot/plant/house.hpp"
#include "gridpilot/sim/goodwe_device.hpp"

namespace {

using namespace gridpilot;

void ask_modbus(sim::GoodweDevice& device, goodwe::Bytes body) {
  std::vector<std::uint8_t> frame(body.begin(), body.end());
  const std::uint16_t crc = goodwe::crc16(frame);
  frame.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
  frame.push_back(static_cast<std::uint8_t>(crc >> 8U));
  const auto received = goodwe::parse_request(frame, goodwe::Framing::rtu_over_udp);
  if (!received) return;
  const auto answer = device.answer(*received, goodwe::Framing::rtu_over_udp);
  if (answer) GRIDPILOT_VERIFY(answer->size() >= 7 && answer->size() <= 257);
}

void ask_aa55(sim::GoodweDevice& device, goodwe::Bytes body) {
  if (body.size() < 2) return;
  const auto answer = device.answer({.control = body[0], .function = body[1], .data = body.subspan(2)});
  if (answer) GRIDPILOT_VERIFY(answer->size() >= 9 && answer->size() <= 264);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Instant start = std::chrono::sys_days(std::chrono::year(2026) / 4 / 10);
  if (size < 2) return 0;
  plant::House house(TimeZone::utc(), {}, start);
  auto device = sim::GoodweDevice::create(TimeZone::utc(),
                                          {.profile = sim::all_profiles[data[0] % sim::all_profiles.size()]}, house)
                    .value();
  Instant now = start;
  goodwe::Bytes rest(data + 1, size - 1);
  for (int requests = 0; requests < 32 && rest.size() > 1; ++requests) {
    const std::size_t length = std::min<std::size_t>(rest[0], rest.size() - 1);
    // A body that begins with a control code of AA55 is a command of that kind.
    const goodwe::Bytes body = rest.subspan(1, length);
    if (!body.empty() && body[0] >= 1 && body[0] <= 3)
      ask_aa55(*device, body);
    else
      ask_modbus(*device, body);
    rest = rest.subspan(1 + length);
    device->advance_to(now += std::chrono::minutes(7));
    const plant::Flows& flows = house.flows();
    GRIDPILOT_VERIFY(house.pack().soc() >= percent(0) && house.pack().soc() <= percent(100));
    GRIDPILOT_VERIFY(flows.battery <= plant::charge_taper(house.pack().soc(), kilowatts(10.8)) + watts(1e-6));
    GRIDPILOT_VERIFY(flows.ac <= kilowatts(10) + watts(1e-6));
    GRIDPILOT_VERIFY(flows.losses >= watts(-1e-6));
  }
  return 0;
}
