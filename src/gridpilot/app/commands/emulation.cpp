#include "gridpilot/app/commands/emulation.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <csignal>
#include <optional>
#include <utility>

#include "gridpilot/core/text.hpp"
#include "gridpilot/os/clock.hpp"

namespace gridpilot::app {
namespace {

namespace asio = net::asio;

constexpr std::chrono::seconds longest_stop{5};
constexpr double fastest = 100'000.0;

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto wrong = [&] {
    return failure(ErrorCode::bad_input, "--listen '" + std::string(text) +
                                             "': expected ADDRESS:PORT with a numeric address, like 127.0.0.1:8899");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  std::string_view address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  const auto port = parse_integer(text.substr(colon + 1));
  if (address.empty() || !port || *port < 0 || *port > 65535) return wrong();
  return ListenAddress{.address = std::string(address), .port = static_cast<std::uint16_t>(*port)};
}

Result<sim::ScaledClock> emulated_clock(const std::string& start, double speed) {
  if (!(speed > 0.0 && speed <= fastest))
    return failure(ErrorCode::bad_input, "--speed: expected a number above 0, at most 100000");
  if (start.empty()) return sim::ScaledClock(os::SystemClock().now(), speed);
  const auto instant = parse_rfc3339(start);
  if (!instant)
    return failure(ErrorCode::bad_input,
                   "--start '" + start + "': expected a time with its offset, like 2026-04-10T12:00:00+02:00");
  return sim::ScaledClock(*instant, speed);
}

void serve_until_signal(asio::io_context& io, net::Awaitable<void> stop) {
  asio::signal_set signals(io, SIGTERM, SIGINT);
  asio::steady_timer watchdog(io);
  // Held here because a handler must be copyable and a coroutine is not.
  std::optional<net::Awaitable<void>> stopping(std::move(stop));
  signals.async_wait([&](const boost::system::error_code& ended, int) {
    if (ended) return;
    watchdog.expires_after(longest_stop);
    watchdog.async_wait([&io](const boost::system::error_code&) { io.stop(); });
    asio::co_spawn(io, std::move(*stopping), [&io](const std::exception_ptr&) { io.stop(); });
  });
  io.run();
}

ExitCode report_failure(const Error& error, const Streams& streams) {
  streams.notices << "gridpilot: " << error.message << '\n';
  const bool callers = error.code == ErrorCode::bad_input || error.code == ErrorCode::busy ||
                       error.code == ErrorCode::malformed || error.code == ErrorCode::not_found ||
                       error.code == ErrorCode::unsupported;
  return callers ? ExitCode::bad_input : ExitCode::failed;
}

}  // namespace gridpilot::app
