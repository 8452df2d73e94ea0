// The simulator's figures: a house through two days, an answer of the inverter, and datagrams through a real socket on
// one thread that also plays the client.

#include <benchmark/benchmark.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include <array>
#include <memory>
#include <vector>

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

/// What is asked of a unit of each kind, and where.
struct Kind {
  Profile profile = Profile::et_v2;
  Transport transport = Transport::udp;
};

std::vector<std::uint8_t> runtime_request(const Kind& kind) {
  if (family_of(kind.profile) == goodwe::Family::es) {
    const auto frame = goodwe::encode(goodwe::aa55_runtime);
    return {frame.bytes().begin(), frame.bytes().end()};
  }
  const bool dt = family_of(kind.profile) == goodwe::Family::dt;
  const auto request =
      dt ? goodwe::read_registers(goodwe::dt_unit, 30100, 73) : goodwe::read_registers(goodwe::et_unit, 35100, 125);
  const auto framing = kind.transport == Transport::tcp ? goodwe::Framing::tcp : goodwe::Framing::rtu_over_udp;
  const auto frame = goodwe::encode(request, framing);
  return {frame.bytes().begin(), frame.bytes().end()};
}

/// A unit on the network and a client on the same thread, so a request costs both sides.
template <class Protocol>
struct Wire {
  explicit Wire(const Kind& kind)
      : home(house()),
        clock(start),
        emulator(GoodweEmulator::create(io, clock, warsaw(),
                                        {.transport = kind.transport, .device = {.profile = kind.profile}}, home)
                     .value()),
        client(io) {
    const typename Protocol::endpoint endpoint(net::asio::ip::address_v4::loopback(), emulator->port());
    client.open(Protocol::v4());
    client.connect(endpoint);
    client.non_blocking(true);
    io.poll();
  }
  net::asio::io_context io{1};
  plant::House home;
  os::ManualClock clock;
  std::unique_ptr<GoodweEmulator> emulator;
  typename Protocol::socket client;
};

/// `state.range(0)` requests are in flight.
void answer_datagrams(benchmark::State& state, const Kind& kind) {
  Wire<net::asio::ip::udp> wire(kind);
  const auto request = runtime_request(kind);
  std::array<std::uint8_t, 512> answer{};
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i) wire.client.send(net::asio::buffer(request));
    for (std::int64_t i = 0; i < state.range(0);) {
      wire.io.poll_one();
      boost::system::error_code nothing;
      while (i < state.range(0) && wire.client.receive(net::asio::buffer(answer), 0, nothing) > 0) ++i;
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK_CAPTURE(answer_datagrams, et, Kind{})->Arg(1)->Arg(16);
BENCHMARK_CAPTURE(answer_datagrams, dt, Kind{.profile = Profile::dt})->Arg(16);
BENCHMARK_CAPTURE(answer_datagrams, es, Kind{.profile = Profile::es})->Arg(16);

void answer_on_a_connection(benchmark::State& state) {
  const Kind kind{.transport = Transport::tcp};
  Wire<net::asio::ip::tcp> wire(kind);
  std::vector<std::uint8_t> requests;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    const auto request = runtime_request(kind);
    requests.insert(requests.end(), request.begin(), request.end());
  }
  const std::size_t expected = 259U * static_cast<std::size_t>(state.range(0));
  std::array<std::uint8_t, 8192> answers{};
  for (auto _ : state) {
    wire.client.send(net::asio::buffer(requests));
    for (std::size_t received = 0; received < expected;) {
      wire.io.poll_one();
      boost::system::error_code nothing;
      received += wire.client.receive(net::asio::buffer(answers), 0, nothing);
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(answer_on_a_connection)->Arg(1)->Arg(16);

/// A thousand houses, each asked every 20 s of its time: what one poll of them all costs.
void a_thousand_devices_are_polled(benchmark::State& state) {
  std::vector<std::unique_ptr<plant::House>> houses;
  std::vector<std::unique_ptr<GoodweDevice>> devices;
  for (int i = 0; i < 1000; ++i) {
    houses.push_back(std::make_unique<plant::House>(house()));
    devices.push_back(GoodweDevice::create(warsaw(), {}, *houses.back()).value());
  }
  Instant now = start;
  for (auto _ : state) {
    now += 20s;
    for (const auto& device : devices) {
      device->advance_to(now);
      benchmark::DoNotOptimize(device->answer(runtime, goodwe::Framing::rtu_over_udp));
    }
  }
  state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(a_thousand_devices_are_polled)->Unit(benchmark::kMillisecond);

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
