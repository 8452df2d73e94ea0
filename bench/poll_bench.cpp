// One process that polls many inverters every 20 s, as an installer's would: its CPU time as a share of one core. The
// inverters are emulated by another process (bench/poll.sh starts both).
//
// usage: bench_poll FIRST_PORT INVERTERS SECONDS

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <vector>

#include "gridpilot/inverter/goodwe/goodwe_inverter.hpp"
#include "gridpilot/os/clock.hpp"
#include "gridpilot/os/cpu_stopwatch.hpp"

namespace {

using namespace gridpilot;
namespace asio = net::asio;

constexpr std::chrono::seconds cycle{20};

class NothingKept final : public goodwe::SnapshotStore {
 public:
  net::Awaitable<Result<std::optional<std::string>>> load() override { co_return std::optional<std::string>(); }
  net::Awaitable<Result<void>> save(std::string) override { co_return Result<void>(); }
  net::Awaitable<Result<void>> remove() override { co_return Result<void>(); }
};

class Poller {
 public:
  Poller(asio::io_context& io, int first_port, int inverters) : io_(io), pacers_(io.get_executor()) {
    for (int i = 0; i < inverters; ++i) {
      auto inverter = goodwe::GoodweInverter::create(io.get_executor(), pacers_,
                                                     {.link = {.port = static_cast<std::uint16_t>(first_port + i)}},
                                                     clock_, zone_, store_);
      inverters_.push_back(std::move(*inverter));
    }
  }

  /// Each at its own moment of the cycle.
  void start() {
    for (std::size_t i = 0; i < inverters_.size(); ++i)
      asio::co_spawn(io_, poll(inverters_[i].get(), cycle * i / inverters_.size()), [](const std::exception_ptr&) {});
  }

  std::uint64_t connected = 0;
  std::uint64_t readings = 0;
  std::uint64_t failures = 0;

 private:
  net::Awaitable<void> poll(goodwe::GoodweInverter* inverter, std::chrono::nanoseconds offset) {
    asio::steady_timer timer(io_, offset);
    co_await timer.async_wait(asio::use_awaitable);
    while (!co_await inverter->connect()) ++failures;
    ++connected;
    for (;;) {
      timer.expires_at(timer.expiry() + cycle);
      co_await timer.async_wait(asio::use_awaitable);
      const auto reading = co_await inverter->read();
      ++(reading ? readings : failures);
    }
  }

  asio::io_context& io_;
  net::Pacers pacers_;
  os::SystemClock clock_;
  TimeZone zone_ = TimeZone::utc();
  NothingKept store_;
  std::vector<std::unique_ptr<goodwe::GoodweInverter>> inverters_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const int inverters = std::atoi(argv[2]);
  asio::io_context io(1);
  Poller poller(io, std::atoi(argv[1]), inverters);
  poller.start();
  io.run_for(cycle + std::chrono::seconds(5));  // connecting is not polling
  const std::uint64_t before = poller.readings;
  const std::uint64_t failures_before = poller.failures;
  const os::CpuStopwatch watch;
  io.run_for(std::chrono::seconds(std::atoi(argv[3])));
  const double cpu = std::chrono::duration<double>(watch.cpu()).count();
  const double wall = std::chrono::duration<double>(watch.wall()).count();
  const auto readings = static_cast<double>(poller.readings - before);
  std::printf("%llu of %d inverters connected, %.0f readings in %.0f s, %llu failed\n",
              static_cast<unsigned long long>(poller.connected), inverters, readings, wall,
              static_cast<unsigned long long>(poller.failures - failures_before));
  std::printf("CPU %.3f s: %.2f %% of a core, %.0f us a reading\n", cpu, 100.0 * cpu / wall, 1e6 * cpu / readings);
  return poller.connected == static_cast<std::uint64_t>(inverters) ? 0 : 1;
}
