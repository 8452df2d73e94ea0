// How long the loop is held up while sources of prices answer slowly, never, or with far too much: a daemon's loop with
// two price sources and a 1 ms tick, against servers on a thread of their own. Prints one line a scenario; the longest
// handler is by the loop thread's processor time, lateness of the tick by the wall clock.
#include <boost/asio/executor_work_guard.hpp>
#include <fmt/core.h>
#include <zlib.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "gridpilot/market/price_sources.hpp"
#include "gridpilot/net/http_client.hpp"
#include "gridpilot/net/loop_monitor.hpp"
#include "gridpilot/net/task_group.hpp"
#include "gridpilot/net/udp_exchange.hpp"
#include "support/http_peer.hpp"
#include "support/tls_peer.hpp"

namespace {

using namespace gridpilot;
using namespace std::chrono_literals;
using gridpilot::test::Script;
using gridpilot::test::Step;
using net::Awaitable;

constexpr auto duration_of_a_scenario = 3s;
const auto day = std::chrono::year(2026) / 9 / 7;

std::string document(const char* price_name) {
  std::string text = "{\"value\":[";
  const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  const SlotRange slots = zone.slots_of(day);
  for (Slot slot = slots.first; slot < slots.last; slot = slot.next()) {
    const auto time = [](Instant t) {
      std::string whole = to_rfc3339(t).substr(0, 19);
      whole[10] = ' ';
      return whole;
    };
    const Instant local_end = slot.end() + zone.offset_at(slot.start());
    if (text.back() == '}') text += ',';
    text += fmt::format(
        R"({{"dtime":"{}","period":"{} - {}","{}":{}.{:02},"dtime_utc":"{}","period_utc":"{} - {}","business_date":"{}","publication_ts":"2026-09-06 14:22:24.403","publication_ts_utc":"2026-09-06 12:22:24.403"}})",
        time(local_end), time(local_end - slot_length).substr(11, 5), time(local_end).substr(11, 5), price_name,
        200 + slot.index() % 97, slot.index() % 100, time(slot.end()), time(slot.start()).substr(11, 5),
        time(slot.end()).substr(11, 5), to_iso(day));
  }
  return text + "]}";
}

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string resident_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return line.substr(6);
  return "?";
}

/// Servers on a thread of their own, so that their work is not the loop's.
class ServerThread {
 public:
  ServerThread() : thread_([this] { io.run(); }) {}
  ~ServerThread() {
    io.stop();
    thread_.join();
  }
  ServerThread(const ServerThread&) = delete;
  ServerThread& operator=(const ServerThread&) = delete;
  net::asio::io_context io;

 private:
  net::asio::executor_work_guard<net::asio::io_context::executor_type> work_ = net::asio::make_work_guard(io);
  std::thread thread_;
};

/// Asks the client and nothing else: no pause or breaker hides what a bad server costs the loop.
class PlainDoor final : public net::DocumentDoor {
 public:
  PlainDoor(net::HttpClient& client, const os::Clock& clock) : client_(client), clock_(clock) {}
  [[nodiscard]] Awaitable<Result<net::Document>> fetch(net::DocumentRequest request) override {
    auto response = co_await client_.get({.url = request.url, .limits = {.max_body_bytes = request.max_body_bytes}});
    if (!response) co_return std::move(response).failed();
    if (auto good = net::require_success(*response, "the server"); !good) co_return std::move(good).failed();
    co_return net::Document{.body = std::move(response->body),
                            .content_type = std::move(response->content_type),
                            .received_at = clock_.now(),
                            .confirmed_at = clock_.now()};
  }

 private:
  net::HttpClient& client_;
  const os::Clock& clock_;
};

struct Counts {
  int good = 0;
  int failed = 0;
  std::string last_error;
};

Awaitable<void> ask_again_and_again(ports::PriceSource* source, Counts* counts) {
  net::asio::steady_timer pause(co_await net::asio::this_coro::executor);
  while (true) {
    const auto prices = co_await source->fetch_day(day);
    prices ? ++counts->good : ++counts->failed;
    if (!prices) counts->last_error = prices.error().message;
    pause.expires_after(5ms);
    co_await pause.async_wait(net::asio::use_awaitable);
  }
}

double in_ms(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

void run_scenario(const std::string& name, const std::string& base_url) {
  net::asio::io_context io;
  net::LoopMonitor monitor(io, {.beat = 1ms});
  net::HttpClient client(io.get_executor());
  os::ManualClock clock(Instant(1'780'000'000s));
  const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  PlainDoor door(client, clock);
  const auto sources = market::make_price_sources(
      {.kind = "pse", .url = base_url}, {.door = door, .clock = clock, .zone = zone, .currency = Currency::pln()});
  Counts counts;
  net::TaskGroup tasks(io.get_executor(), [](std::string_view task, const std::exception_ptr& thrown) {
    fmt::print(stderr, "{}: {}\n", task, net::describe(thrown));
  });
  tasks.spawn("beat", monitor.beat());
  tasks.spawn("sdac", ask_again_and_again(sources->at(0).get(), &counts));
  tasks.spawn("rce", ask_again_and_again(sources->at(1).get(), &counts));
  net::asio::steady_timer end(io, duration_of_a_scenario);
  end.async_wait([&](boost::system::error_code) { tasks.cancel(); });
  monitor.run();
  fmt::print("| {} | {} / {} | {} | {:.2f} | {:.3f} | {:.2f} | {:.2f} |\n", name, counts.good, counts.failed,
             monitor.handler_cpu_times().count(), in_ms(monitor.handler_cpu_times().longest()),
             in_ms(monitor.handler_cpu_times().quantile(0.999)), in_ms(monitor.lateness().quantile(0.999)),
             in_ms(monitor.lateness().longest()));
  if (counts.failed > 0) fmt::print(stderr, "  {}: {}\n", name, counts.last_error);
}

/// Exchanges as a simulated day makes them, one after the other on one loop with the device's side.
void run_exchanges() {
  using Udp = net::asio::ip::udp;
  net::asio::io_context io;
  Udp::socket device(io, Udp::endpoint(net::asio::ip::address_v4::loopback(), 0));
  std::array<std::uint8_t, 2048> received{};
  const std::vector<std::uint8_t> reply(257, 1);
  Udp::endpoint from;
  std::function<void()> serve = [&] {
    device.async_receive_from(net::asio::buffer(received), from, [&](boost::system::error_code error, std::size_t) {
      if (error) return;
      device.send_to(net::asio::buffer(reply), from);
      serve();
    });
  };
  serve();
  net::Pacer pacer(io.get_executor());
  net::UdpExchange exchange(io.get_executor(), pacer, {.peer = device.local_endpoint()});
  net::TaskGroup tasks(io.get_executor(), [](std::string_view, const std::exception_ptr&) {});
  constexpr int exchanges = 26'000;
  const auto begin = net::SteadyClock::now();
  tasks.spawn("exchanges", [](net::UdpExchange* asked, Udp::socket* served) -> Awaitable<void> {
    for (int n = 0; n < exchanges; ++n) {
      const auto answer = co_await asked->request(
          {.bytes = {0xf7, 3, 0x89, 0x1c, 0, 0x7d, 0x7a, 0xe7},
           .examine = [](auto bytes) { return bytes.size() == 257 ? net::Examined::complete : net::Examined::invalid; },
           .repeatable = net::Repeatable::yes});
      if (!answer) fmt::print(stderr, "{}\n", answer.error().message);
    }
    served->close();
  }(&exchange, &device));
  io.run();
  const double seconds = std::chrono::duration<double>(net::SteadyClock::now() - begin).count();
  fmt::print("{} UDP exchanges, each on a new socket: {:.2f} s, {:.1f} µs each\n", exchanges, seconds,
             seconds / exchanges * 1e6);
}

Script with_length(std::size_t bytes) {
  const std::string chunk(1U << 16U, ' ');
  return {{.send = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n"},
          {.send = chunk, .times = bytes / chunk.size()}};
}

Script without_length(std::size_t bytes) {
  const std::string chunk(1U << 16U, ' ');
  return {
      {.send = "HTTP/1.1 200 OK\r\n\r\n"}, {.send = chunk, .times = bytes / chunk.size()}, {.then = Step::Then::close}};
}

}  // namespace

int main() {
  constexpr std::size_t big = std::size_t{50} << 20U;
  const std::string sdac = document("csdac_pln");
  const std::string rce = document("rce_pln");
  const auto good = [&](std::chrono::milliseconds delay) {
    return [=](const std::string& request) {
      const bool is_sdac = request.find("csdac") != std::string::npos;
      return Script{{.pause = delay}, {.send = gridpilot::test::response("200 OK", "", is_sdac ? sdac : rce)}};
    };
  };
  const auto always = [](Script script) { return [script](const std::string&) { return script; }; };
  ServerThread server;
  gridpilot::test::HttpPeer at_once(server.io, good(0ms));
  gridpilot::test::HttpPeer slow(server.io, good(300ms));
  gridpilot::test::HttpPeer never(server.io, always({{.then = Step::Then::hang}}));
  gridpilot::test::HttpPeer announced(server.io, always(with_length(big)));
  gridpilot::test::HttpPeer unannounced(server.io, always(without_length(big)));
  gridpilot::test::HttpPeer bomb(
      server.io, always(gridpilot::test::answer(gzip(std::string(big, ' ')), "Content-Encoding: gzip\r\n")));
  gridpilot::test::TlsPeer tls(server.io, gridpilot::test::self_signed_certificate(), sdac);

  fmt::print(stderr, "  resident before the first request: {}\n", resident_memory());
  fmt::print(
      "| sources | days read / failed | handlers | longest handler, CPU ms | p99.9, CPU ms | p99.9 late, wall ms "
      "| latest, wall ms |\n|---|---|---|---|---|---|---|\n");
  run_scenario("TLS, certificate refused (with start of the library)", tls.url(""));
  fmt::print(stderr, "  resident after the first requests: {}\n", resident_memory());
  run_scenario("answer at once", at_once.origin());
  run_scenario("answer after 300 ms", slow.origin());
  run_scenario("never answer", never.origin());
  run_scenario("50 MB, announced", announced.origin());
  run_scenario("50 MB, not announced", unannounced.origin());
  run_scenario("50 MB packed in gzip", bomb.origin());
  run_exchanges();
  return 0;
}
