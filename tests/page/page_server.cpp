// Serves the API and the page over a fixed house, to be looked at and to be held against the schemas:
//   page_server [--port P] [--at TIME] [--state normal|empty|filling|trouble] [--still]
// Prints the port. Without --still twenty seconds pass in each second.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

#include "gridpilot/api/api.hpp"
#include "gridpilot/net/http_server.hpp"
#include "support/fixed_house.hpp"

using namespace gridpilot;

namespace {

struct Options {
  std::uint16_t port = 0;
  Instant at = parse_rfc3339("2026-03-25T09:07:20Z").value();
  std::string_view state = "normal";
  std::string_view still;
};

Options options_of(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = arguments[i];
    if (name == "--still") options.still = name;
    if (i + 1 >= count) continue;
    const std::string_view value = arguments[i + 1];
    if (name == "--port") std::from_chars(value.data(), value.data() + value.size(), options.port);
    if (name == "--at") options.at = parse_rfc3339(value).value_or(options.at);
    if (name == "--state") options.state = value;
  }
  return options;
}

/// Turns the house's state into one of those that a page must be able to show.
void arrange(testing::FixedHouse& house, std::string_view state) {
  api::Snapshot& s = house.snapshot_;
  if (state == "empty") {
    const Instant now = s.time;
    s = api::Snapshot{};
    s.time = now;
    s.mode = "live";
    s.sources = {{.name = "inverter"}, {.name = "csdac-pln"}};
  } else if (state == "filling") {
    s.progress = api::Progress{.phase = "Living through two days of history", .done = 0.37};
  } else if (state == "trouble") {
    s.control = ControlMode::active;
    s.reading->time -= Seconds(1100);
    s.reading->pv = std::nullopt;
    s.sources[0] = {.name = "inverter",
                    .condition = api::SourceCondition::stale,
                    .age = Seconds(1100),
                    .failures = 55,
                    .detail = "192.168.1.14:8899: no answer within 2 s"};
    s.decision->command = {.action = Action::self_use, .power = Power(), .until = s.time + Seconds(60)};
    s.decision->reason = "The inverter has been silent for 18 min: self-use until it answers.";
    s.decision->bound_by = "age of the reading";
    s.decision->verdict = Verdict::pending;
    s.decision->alternatives.clear();
    s.unhealthy = {"the inverter has not answered for 18 min"};
  }
}

net::Awaitable<void> live(testing::FixedHouse* house, api::EventHub* events, std::string_view state) {
  net::asio::steady_timer timer(co_await net::asio::this_coro::executor);
  for (bool first = true;; first = false) {
    if (!first) house->move_to(house->snapshot_.time + Seconds(20));
    arrange(*house, state);
    if (house->snapshot_.reading) events->publish(*house->snapshot_.reading);
    if (house->snapshot_.decision) events->publish(*house->snapshot_.decision);
    if (house->snapshot_.plan) events->publish(*house->snapshot_.plan, house->snapshot_.currency);
    timer.expires_after(std::chrono::seconds(1));
    co_await timer.async_wait(net::asio::use_awaitable);
  }
}

net::Awaitable<void> until_signal() {
  net::asio::signal_set signals(co_await net::asio::this_coro::executor, SIGINT, SIGTERM);
  co_await signals.async_wait(net::asio::use_awaitable);
}

net::Awaitable<void> serve(net::HttpServer* server, testing::FixedHouse* house, api::EventHub* events,
                           Options options) {
  using namespace net::asio::experimental::awaitable_operators;
  if (options.still.empty()) {
    co_await (live(house, events, options.state) || until_signal());
  } else {
    arrange(*house, options.state);
    co_await until_signal();
  }
  events->close();
  co_await server->stop();
}

}  // namespace

int main(int count, char** arguments) {
  const Options options = options_of(count, arguments);
  net::asio::io_context io(1);
  auto server = net::HttpServer::create(io, "127.0.0.1", options.port);
  auto zone = TimeZone::load("Europe/Warsaw");
  if (!server || !zone) {
    std::fprintf(stderr, "%s\n", (server ? zone.error() : server.error()).message.c_str());
    return 1;
  }
  testing::FixedHouse house(options.at);
  testing::FixedRecord record;
  for (int i = 0; i < 250; ++i) record.kept.push_back({.id = i + 1, .decision = *house.snapshot_.decision});
  if (options.state == "empty") record.begins = options.at;
  api::EventHub events(io.get_executor(), options.at);
  api::Api api(house, record, events, {.zone = *zone});
  (*server)->serve([&api](net::HttpQuery query) { return api.answer(std::move(query)); });
  std::printf("%u\n", static_cast<unsigned>((*server)->port()));
  std::fflush(stdout);
  net::asio::co_spawn(io, serve(server->get(), &house, &events, options), [](const std::exception_ptr&) {});
  io.run();
  return 0;
}
