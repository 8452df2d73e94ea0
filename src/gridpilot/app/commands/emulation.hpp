#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "gridpilot/app/commands/exit_code.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/net/async.hpp"
#include "gridpilot/sim/scaled_clock.hpp"

/// What `gridpilot emulate …` has in common.
namespace gridpilot::app {

struct ListenAddress {
  std::string address;  ///< numeric, without brackets
  std::uint16_t port = 0;
};

/// "127.0.0.1:8899", "[::1]:8899"; port 0 takes a free one. bad_input with what is expected.
[[nodiscard]] Result<ListenAddress> parse_listen_address(std::string_view text);

/// The emulator's clock: from `start` (RFC 3339; empty: now) on, `speed` times faster than real time. bad_input names
/// the option.
[[nodiscard]] Result<sim::ScaledClock> emulated_clock(const std::string& start, double speed);

/// Runs the loop until SIGTERM or SIGINT; `stop` then runs to its end, five seconds at most.
void serve_until_signal(net::asio::io_context& io, net::Awaitable<void> stop);

/// Prints the sentence; bad_input for whatever the caller got wrong (a port that is taken, too), else failed.
[[nodiscard]] ExitCode report_failure(const Error& error, const Streams& streams);

}  // namespace gridpilot::app
