// The simulator's figures: a house through two days, an answer of the inverter, and datagrams through a real socket on
// one thread that also plays the client.

#include <benchmark/benchmark.h>
#include <boost/asio/ip/udp.hpp>

#include <array>

#include "gridpilot/plant/house.hpp"
#include "gridpilot/sim/goodwe_emulator.hpp"
#include "gridpilot/sim/market_prices.hpp"
#include "gridpilot/sim/pse_documents.hpp"

namespace gridpilot::sim {
namespace {

using namespace std::chrono_literals;

const Instant start = std::chrono::sys_days(2026y / 4 / 10);

TimeZone warsaw() {
  return TimeZone::load("Europe/Warsaw").value();
}

plant::House house() {
  plant::HouseOptions options;
  options.planes = {PvPlane{.azimuth_degrees = 110}, PvPlane{.azimuth_degrees = 250}};
  return {warsaw(), options, start};
}

void house_lives_two_days(benchmark::State& state) {
  for (auto _ : state) {
    plant::House home = house();
    home.advance_to(start + 48h);
    benchmark::DoNotOptimize(home.totals());
  }
}
BENCHMARK(house_lives_two_days)->Unit(benchmark::kMillisecond);

const goodwe::ReceivedRequest runtime{.request = goodwe::read_registers(goodwe::et_unit, 35100, 125)};

void device_answers_at_one_time(benchmark::State& state) {
  plant::House home = house();
  auto device = GoodweDevice::create(warsaw(), {}, home).value();
  for (auto _ : state) benchmark::DoNotOptimize(device->answer(runtime, goodwe::Framing::rtu_over_udp));
}
BENCHMARK(device_answers_at_one_time);

void device_answers_after_each_step(benchmark::State& state) {
  plant::House home = house();
  auto device = GoodweDevice::create(warsaw(), {}, home).value();
  Instant now = start;
  for (auto _ : state) {
    device->advance_to(now += 20s);
    benchmark::DoNotOptimize(device->answer(runtime, goodwe::Framing::rtu_over_udp));
  }
}
BENCHMARK(device_answers_after_each_step);

/// `state.range(0)` requests are in flight; client and emulator share one thread, so a request costs both sides.
void emulator_answers_datagrams(benchmark::State& state) {
  using net::asio::ip::udp;
  net::asio::io_context io(1);
  plant::House home = house();
  const os::ManualClock clock(start);
  const auto emulator = GoodweEmulator::create(io, clock, warsaw(), {}, home).value();
  udp::socket client(io, udp::endpoint(net::asio::ip::address_v4::loopback(), 0));
  client.connect(udp::endpoint(net::asio::ip::address_v4::loopback(), emulator->port()));
  const auto frame = goodwe::encode(runtime.request, goodwe::Framing::rtu_over_udp);
  std::array<std::uint8_t, 512> answer{};
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i)
      client.send(net::asio::buffer(frame.bytes().data(), frame.size()));
    for (std::int64_t i = 0; i < state.range(0);) {
      io.poll_one();
      boost::system::error_code nothing;
      client.non_blocking(true);
      while (i < state.range(0) && client.receive(net::asio::buffer(answer), 0, nothing) > 0) ++i;
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(emulator_answers_datagrams)->Arg(1)->Arg(16);

void market_writes_a_day(benchmark::State& state) {
  const PseDocuments documents(warsaw(), std::make_shared<GeneratedPrices>(warsaw(), 1), 1);
  const std::vector<net::HttpParameter> parameters{{"$filter", "business_date eq '2026-04-10'"}};
  for (auto _ : state)
    benchmark::DoNotOptimize(
        documents.answer({.series = PriceSeries::rce_15min, .parameters = parameters}, start + 24h));
}
BENCHMARK(market_writes_a_day)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace gridpilot::sim
