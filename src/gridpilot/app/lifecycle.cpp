#include "gridpilot/app/lifecycle.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unistd.h>

#include <chrono>
#include <csignal>

#include "gridpilot/net/task_group.hpp"

namespace gridpilot::app {
namespace {

// An inverter may take 5 s to say nothing; after this the process ends whatever hangs.
constexpr std::chrono::seconds longest_end{10};

}  // namespace

void Lifecycle::give_up() {
  gave_up_ = true;
  if (wake_) wake_();
}

ExitCode Lifecycle::run(std::function<net::Awaitable<Result<void>>()> stop) {
  net::asio::co_spawn(io_, wait_and_stop(std::move(stop)), [this](const std::exception_ptr& thrown) {
    if (thrown) {
      log_.error("stop.failed", {{"reason", net::describe(thrown)}});
      exit_code_ = ExitCode::failed;
    }
    io_.stop();
  });
  monitor_.run();
  return exit_code_;
}

net::Awaitable<void> Lifecycle::wait_and_stop(std::function<net::Awaitable<Result<void>>()> stop) {
  net::asio::signal_set signals(io_, SIGTERM, SIGINT);
  wake_ = [&signals] { signals.cancel(); };
  boost::system::error_code ended;
  if (!gave_up_) co_await signals.async_wait(net::asio::redirect_error(net::asio::use_awaitable, ended));
  wake_ = nullptr;
  log_.info("stopping");
  // From here on a signal ends the process by its default: somebody is in a hurry.
  signals.clear();
  ::alarm(static_cast<unsigned>(longest_end.count()));
  const Result<void> outcome = co_await stop();
  if (!outcome || gave_up_) exit_code_ = ExitCode::failed;
  const auto milliseconds = [](std::chrono::nanoseconds duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
  };
  log_.info("stopped", {{"loop_handlers", monitor_.handler_cpu_times().count()},
                        {"loop_longest_handler_cpu_ms", milliseconds(monitor_.handler_cpu_times().longest())},
                        {"loop_late_p999_ms", milliseconds(monitor_.lateness().quantile(0.999))}});
}

}  // namespace gridpilot::app
