#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/plant/house.hpp"
#include "gridpilot/sim/goodwe_device.hpp"

namespace gridpilot::sim {

inline TimeZone warsaw() {
  return TimeZone::load("Europe/Warsaw").value();
}

/// A Friday in April, midnight in Warsaw: dark for hours.
inline Instant friday_midnight() {
  return warsaw().start_of_day(std::chrono::year(2026) / 4 / 10);
}

inline plant::HouseOptions ten_kilowatts(Soc soc = percent(50)) {
  plant::HouseOptions options;
  options.initial_soc = soc;
  options.pack.capacity = kilowatt_hours(20);
  options.planes = {PvPlane{.peak = kilowatts(4), .azimuth_degrees = 120},
                    PvPlane{.peak = kilowatts(4), .azimuth_degrees = 240}};
  return options;
}

inline plant::House ten_kilowatt_house(Soc soc = percent(50), Instant start = friday_midnight()) {
  return {warsaw(), ten_kilowatts(soc), start};
}

/// An inverter whose clock the test moves.
class BenchInverter {
 public:
  explicit BenchInverter(DeviceOptions options = {}, Soc soc = percent(50), Instant start = friday_midnight())
      : BenchInverter(std::move(options), ten_kilowatts(soc), start) {}
  BenchInverter(DeviceOptions options, const plant::HouseOptions& home, Instant start = friday_midnight())
      : house(warsaw(), home, start),
        owned(GoodweDevice::create(warsaw(), std::move(options), house).value()),
        device(*owned),
        now_(start) {}

  void pass(Seconds time) { device.advance_to(now_ += time); }

  /// The data of a read; empty where it was refused.
  std::vector<std::uint16_t> read(std::uint16_t first, std::uint16_t count) {
    const goodwe::ModbusRequest request = goodwe::read_registers(device.unit(), first, count);
    const auto frame = ask(request);
    const auto answer = goodwe::examine(request, frame, goodwe::Framing::rtu_over_udp);
    std::vector<std::uint16_t> words;
    for (std::size_t i = 0; i + 1 < answer.data.size(); i += 2) words.push_back(goodwe::u16_at(answer.data, i));
    return words;
  }
  std::uint16_t word(std::uint16_t number) { return read(number, 1).at(0); }
  int s16(std::uint16_t number) { return static_cast<std::int16_t>(word(number)); }
  int s32(std::uint16_t number) {
    const auto words = read(number, 2);
    return static_cast<int>((static_cast<std::uint32_t>(words.at(0)) << 16U) | words.at(1));
  }
  /// The exception's code; 0 where the write was taken.
  int write(std::uint16_t first, std::vector<std::uint16_t> values) {
    const goodwe::ModbusRequest request = goodwe::write_registers(device.unit(), first, values);
    const auto frame = ask(request);
    const auto answer = goodwe::examine(request, frame, goodwe::Framing::rtu_over_udp);
    return answer.state == goodwe::AnswerState::complete ? 0 : answer.exception;
  }
  int exception_of_read(std::uint16_t first, std::uint16_t count) {
    const goodwe::ModbusRequest request = goodwe::read_registers(device.unit(), first, count);
    const auto frame = ask(request);
    return goodwe::examine(request, frame, goodwe::Framing::rtu_over_udp).exception;
  }

  /// The data of the answer to an AA55 command; nullopt where there is none.
  std::optional<std::vector<std::uint8_t>> command(std::uint8_t control, std::uint8_t function,
                                                   const std::vector<std::uint8_t>& data = {}) {
    const goodwe::Aa55Command asked{.control = control, .function = function, .data = data};
    const auto frame = device.answer(asked);
    if (!frame) return std::nullopt;
    const auto answer = goodwe::examine(asked, *frame);
    EXPECT_EQ(answer.state, goodwe::AnswerState::complete);
    return std::vector<std::uint8_t>(answer.data.begin(), answer.data.end());
  }
  /// True where the command was acknowledged.
  bool order(std::uint8_t control, std::uint8_t function, const std::vector<std::uint8_t>& data = {}) {
    return command(control, function, data) == std::vector<std::uint8_t>{0x06};
  }

  plant::House house;
  std::unique_ptr<GoodweDevice> owned;
  GoodweDevice& device;

 private:
  goodwe::FrameBuffer ask(const goodwe::ModbusRequest& request) {
    return device.answer({.request = request, .transaction = 0, .frame_size = 0}, goodwe::Framing::rtu_over_udp)
        .value();
  }
  Instant now_;
};

}  // namespace gridpilot::sim
