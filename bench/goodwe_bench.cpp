#include <benchmark/benchmark.h>

#include <array>
#include <vector>

#include "gridpilot/codec/goodwe/decode.hpp"
#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/codec/goodwe/reading_codec.hpp"

/// What one sample of an ET costs: its three blocks to a reading, with and without judging the frames they came in,
/// and the long way to every value by id.
namespace gridpilot::goodwe {
namespace {

/// Blocks with plausible numbers everywhere, so that no value is skipped as "not available".
struct Sample {
  Sample() {
    for (std::size_t i = 0; i < runtime.size(); ++i)
      runtime[i] = static_cast<std::uint8_t>(i % 2 == 0 ? 0 : 10 + i % 90);
    for (std::size_t i = 0; i < battery.size(); ++i) battery[i] = static_cast<std::uint8_t>(i % 2 == 0 ? 0 : 40);
    for (std::size_t i = 0; i < meter.size(); ++i) meter[i] = static_cast<std::uint8_t>(i % 2 == 0 ? 0 : 20 + i % 60);
  }
  std::array<std::uint8_t, 2 * et_runtime_count> runtime{};
  std::array<std::uint8_t, 2 * et_battery_count> battery{};
  std::array<std::uint8_t, 2 * et_meter_count> meter{};
};

void decode_reading(benchmark::State& state) {
  const Sample sample;
  const DeviceInfo info{.rating = kilowatts(10)};
  for (auto _ : state) {
    auto reading = decode_et_reading({.runtime = sample.runtime, .battery = sample.battery, .meter = sample.meter},
                                     info, Instant(Seconds(1'790'000'000)));
    benchmark::DoNotOptimize(reading);
  }
}
BENCHMARK(decode_reading);

void examine_and_decode_reading(benchmark::State& state) {
  const Sample sample;
  const DeviceInfo info{.rating = kilowatts(10)};
  const std::array requests{read_registers(et_unit, et_runtime_register, et_runtime_count),
                            read_registers(et_unit, et_battery_register, et_battery_count),
                            read_registers(et_unit, et_meter_register, et_meter_count)};
  const std::array<Bytes, 3> data{sample.runtime, sample.battery, sample.meter};
  std::array<FrameBuffer, 3> frames;
  for (std::size_t i = 0; i < 3; ++i) frames[i] = encode_read_answer(requests[i], data[i], Framing::rtu_over_udp);
  for (auto _ : state) {
    std::array<Bytes, 3> blocks;
    for (std::size_t i = 0; i < 3; ++i) blocks[i] = examine(requests[i], frames[i], Framing::rtu_over_udp).data;
    auto reading = decode_et_reading({.runtime = blocks[0], .battery = blocks[1], .meter = blocks[2]}, info,
                                     Instant(Seconds(1'790'000'000)));
    benchmark::DoNotOptimize(reading);
  }
}
BENCHMARK(examine_and_decode_reading);

void decode_every_value_of_the_runtime_block(benchmark::State& state) {
  const Sample sample;
  const BlockTable& block = *block_named(Family::et, "runtime");
  for (auto _ : state) {
    auto decoded = decode_block(
        Family::et, block, {.addressing = Addressing::modbus, .first = block.first, .data = sample.runtime}, nullptr);
    benchmark::DoNotOptimize(decoded);
  }
}
BENCHMARK(decode_every_value_of_the_runtime_block);

}  // namespace
}  // namespace gridpilot::goodwe
