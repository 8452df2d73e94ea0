#pragma once

#include <functional>

#include "gridpilot/app/commands/exit_code.hpp"
#include "gridpilot/app/daemon.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/net/async.hpp"
#include "gridpilot/net/loop_monitor.hpp"
#include "gridpilot/obs/log.hpp"

namespace gridpilot::app {

/// From the start of the loop to the end of the process: SIGTERM and SIGINT, a fault that cannot be lived with, and the
/// orderly end that follows either. A second signal, or an end that takes too long, ends at once.
class Lifecycle {
 public:
  Lifecycle(net::asio::io_context& io, obs::Log& log) : io_(io), log_(log), monitor_(io) {}

  /// Asks for the end because of a fault: the exit code will be `failed`.
  void give_up();

  /// How the loop is doing, while it runs.
  [[nodiscard]] net::LoopMonitor& monitor() { return monitor_; }

  /// Runs the loop. `stop` is the orderly end; called once, on the loop. Returns when it is through.
  [[nodiscard]] ExitCode run(std::function<net::Awaitable<Result<void>>()> stop);

 private:
  [[nodiscard]] net::Awaitable<void> wait_and_stop(std::function<net::Awaitable<Result<void>>()> stop);

  net::asio::io_context& io_;
  obs::Log& log_;
  net::LoopMonitor monitor_;
  std::function<void()> wake_;
  bool gave_up_ = false;
  ExitCode exit_code_ = ExitCode::done;
};

}  // namespace gridpilot::app
