// Eight sources that answer after 300 ms each, asked at once through eight doors (deadline, breaker, limit, cache) on
// one loop, as the daemon does: bench_fetch ORIGIN [ROUNDS]. Prints the wall time until all are fresh and the longest
// handler of the loop by its thread's processor time. The first round, which makes the connections, is told apart.
#include <boost/asio/thread_pool.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gridpilot/net/fetcher.hpp"
#include "gridpilot/net/loop_monitor.hpp"
#include "gridpilot/net/task_group.hpp"

namespace {

using namespace gridpilot;

constexpr int source_count = 8;

double in_ms(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

net::Awaitable<void> ask(net::Fetcher* door, std::string url, int* good) {
  const auto document = co_await door->fetch({.key = "document", .url = std::move(url)});
  if (document)
    ++*good;
  else
    fmt::print(stderr, "{}: {}\n", door->source(), document.error().message);
}

int run(const std::string& origin, int rounds) {
  net::asio::io_context io(1);
  net::LoopMonitor monitor(io);
  const os::SystemClock clock;
  net::LiveTimeline timeline(clock);
  net::HttpClient http(io.get_executor());
  net::asio::thread_pool blocking(1);
  std::string pattern = (std::filesystem::temp_directory_path() / "gridpilot-bench-XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(pattern.data());
  const net::DocumentCache cache({.folder = folder}, io.get_executor(), blocking.get_executor());
  std::vector<std::unique_ptr<net::Fetcher>> doors;
  for (int n = 0; n < source_count; ++n)
    doors.push_back(
        std::make_unique<net::Fetcher>(net::Fetcher::Parts{.http = http, .timeline = timeline, .cache = &cache},
                                       net::FetcherOptions{.source = "source-" + std::to_string(n)}));
  int good = 0;
  std::vector<double> times;
  double first = 0.0;
  double longest_of_first = 0.0;
  for (int round = 0; round <= rounds; ++round) {
    net::TaskGroup tasks(io.get_executor(), [](std::string_view, const std::exception_ptr& thrown) {
      fmt::print(stderr, "{}\n", net::describe(thrown));
    });
    io.restart();
    const auto begun = net::SteadyClock::now();
    for (const auto& door : doors) tasks.spawn("ask", ask(door.get(), origin + "/" + door->source(), &good));
    monitor.run();
    const double took = in_ms(net::SteadyClock::now() - begun);
    if (round > 0) {
      times.push_back(took);
      continue;
    }
    first = took;
    longest_of_first = in_ms(monitor.handler_cpu_times().longest());
    monitor.reset();
  }
  blocking.join();
  std::filesystem::remove_all(folder);
  std::ranges::sort(times);
  fmt::print("gridpilot: first round {:.1f} ms, median {:.1f} ms, worst {:.1f} ms; {} of {} fresh; longest handler ",
             first, times[times.size() / 2], times.back(), good, (rounds + 1) * source_count);
  fmt::print("{:.2f} ms of CPU in the first round, {:.2f} ms in the others\n", longest_of_first,
             in_ms(monitor.handler_cpu_times().longest()));
  return good == (rounds + 1) * source_count ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    fmt::print(stderr, "usage: bench_fetch ORIGIN [ROUNDS]\n");
    return 2;
  }
  return run(arguments[1], count > 2 ? std::max(std::atoi(arguments[2]), 1) : 20);
}
