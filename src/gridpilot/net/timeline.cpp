#include "gridpilot/net/timeline.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace gridpilot::net {

Awaitable<void> LiveTimeline::wait_until(Instant t) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (clock_.now() < t) {
    timer.expires_after(std::min<Seconds>(t - clock_.now(), Seconds(60)));
    co_await timer.async_wait(asio::use_awaitable);
  }
}

/// Released by cancelling its timer: the one-shot event of this library's version of Asio.
struct SimulatedTimeline::Waiter {
  explicit Waiter(asio::io_context& io) : timer(io, asio::steady_timer::time_point::max()) {}
  asio::steady_timer timer;
  bool due = false;
};

SimulatedTimeline::SimulatedTimeline(asio::io_context& io, Instant start) : io_(io), clock_(start) {}

SimulatedTimeline::Participant::Participant(SimulatedTimeline& timeline) : timeline_(timeline) {
  ++timeline_.running_;
}

SimulatedTimeline::Participant::~Participant() {
  --timeline_.running_;
  timeline_.step_when_idle();
}

void SimulatedTimeline::set_speed(double simulated_seconds_per_second) {
  speed_ = simulated_seconds_per_second;
}

Awaitable<void> SimulatedTimeline::wait_until(Instant t) {
  if (clock_.now() >= t) co_return;
  const auto waiter = std::make_shared<Waiter>(io_);
  waiters_.emplace(t, waiter);
  --running_;
  step_when_idle();
  boost::system::error_code ended;
  co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
}

void SimulatedTimeline::step_when_idle() {}

}  // namespace gridpilot::net
