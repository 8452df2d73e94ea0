#include "gridpilot/net/timeline.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <map>

namespace gridpilot::net {

namespace {

using std::chrono::steady_clock;
using SimulatedSeconds = std::chrono::duration<double>;

constexpr std::chrono::milliseconds longest_late{1000};

steady_clock::duration real_time_of(SimulatedSeconds simulated, double speed) {
  // A year of real time stands for "never" and keeps the conversion in range.
  const auto real = std::min<SimulatedSeconds>(simulated / speed, std::chrono::hours(24 * 365));
  return std::chrono::duration_cast<steady_clock::duration>(real);
}

}  // namespace

Awaitable<void> LiveTimeline::wait_until(Instant t) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (clock_.now() < t) {
    // The clock shows whole seconds, so the last one is watched in tenths.
    const Seconds left = t - clock_.now();
    if (left > Seconds(1)) {
      timer.expires_after(std::min<Seconds>(left - Seconds(1), Seconds(60)));
    } else {
      timer.expires_after(std::chrono::milliseconds(100));
    }
    co_await timer.async_wait(asio::use_awaitable);
  }
}

/// What participants and waiting coroutines hold on to.
class SimulatedTimeline::State : public std::enable_shared_from_this<State> {
 public:
  class Waiter;
  using Waiters = std::multimap<Instant, Waiter*>;

  State(asio::io_context& io, Instant start) : clock(start), io_(io), pace_timer_(io), paced_from_(start) {}

  void entered() {
    ++running_;
    // Somebody runs now: the step waits until everybody waits again, perhaps for something earlier.
    if (step_scheduled_) unschedule_step();
  }
  void left() {
    GRIDPILOT_VERIFY(running_ > 0);
    --running_;
    step_when_idle();
  }
  void close() {
    closed_ = true;
    unschedule_step();
  }
  void set_speed(double speed);
  [[nodiscard]] double speed() const { return speed_; }

  os::ManualClock clock;

 private:
  void step_when_idle();
  void unschedule_step() {
    ++schedule_;
    step_scheduled_ = false;
    pace_timer_.cancel();
  }
  void step();
  [[nodiscard]] steady_clock::time_point due_at(Instant t) const {
    return paced_at_ + real_time_of((t - paced_from_) - paced_part_, speed_);
  }

  asio::io_context& io_;
  asio::steady_timer pace_timer_;
  Waiters waiters_;
  int running_ = 0;
  bool closed_ = false;
  std::uint64_t schedule_ = 0;  ///< counts scheduled steps, so that a superseded one does nothing
  bool step_scheduled_ = false;
  double speed_ = unlimited;
  // The pace: simulated time stood at paced_from_ + paced_part_ at the steady instant paced_at_.
  Instant paced_from_;
  SimulatedSeconds paced_part_{0};
  steady_clock::time_point paced_at_ = steady_clock::now();
};

/// One wait_until under way, in its coroutine's frame. Woken by cancelling its timer: the one-shot event of this
/// version of Asio. Being woken counts as running at once, before the coroutine gets its turn, so that time stands.
class SimulatedTimeline::State::Waiter {
 public:
  Waiter(std::shared_ptr<State> state, Instant t)
      : timer(state->io_, asio::steady_timer::time_point::max()), state_(std::move(state)) {
    GRIDPILOT_VERIFY(state_->running_ > 0);
    place_ = state_->waiters_.emplace(t, this);
    --state_->running_;
    state_->step_when_idle();
  }
  ~Waiter() {
    if (!due) resume();
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  /// Its participant runs again; takes the waiter out.
  void resume() {
    state_->waiters_.erase(place_);
    state_->entered();
  }

  asio::steady_timer timer;
  bool due = false;

 private:
  std::shared_ptr<State> state_;
  Waiters::iterator place_;
};

void SimulatedTimeline::State::step_when_idle() {
  if (running_ != 0 || waiters_.empty() || closed_ || step_scheduled_) return;
  step_scheduled_ = true;
  const auto scheduled_step = [self = shared_from_this(), number = ++schedule_](boost::system::error_code error = {}) {
    if (error || number != self->schedule_) return;
    self->step_scheduled_ = false;
    self->step();
  };
  if (speed_ == unlimited) {
    asio::post(io_, scheduled_step);
    return;
  }
  pace_timer_.expires_at(due_at(waiters_.begin()->first));
  pace_timer_.async_wait(scheduled_step);
}

void SimulatedTimeline::State::step() {
  const Instant next = waiters_.begin()->first;
  const auto now = steady_clock::now();
  paced_at_ = speed_ == unlimited ? now : std::max(due_at(next), now - longest_late);
  paced_from_ = next;
  paced_part_ = SimulatedSeconds(0);
  clock.advance_to(next);
  while (!waiters_.empty() && waiters_.begin()->first <= next) {
    Waiter* const waiter = waiters_.begin()->second;
    waiter->due = true;
    waiter->resume();
    waiter->timer.cancel();
  }
}

void SimulatedTimeline::State::set_speed(double speed) {
  GRIDPILOT_VERIFY(speed >= 0.0);
  const auto now = steady_clock::now();
  if (speed_ != unlimited) {
    // What has passed at the old speed counts, but never beyond the step that is being waited for.
    paced_part_ += SimulatedSeconds(now - paced_at_) * speed_;
    if (!waiters_.empty()) {
      paced_part_ = std::min<SimulatedSeconds>(paced_part_, waiters_.begin()->first - paced_from_);
    }
  }
  paced_at_ = now;
  speed_ = speed;
  unschedule_step();
  step_when_idle();
}

SimulatedTimeline::SimulatedTimeline(asio::io_context& io, Instant start)
    : state_(std::make_shared<State>(io, start)) {}

SimulatedTimeline::~SimulatedTimeline() {
  state_->close();
}

const os::Clock& SimulatedTimeline::clock() const {
  return state_->clock;
}

std::function<void()> SimulatedTimeline::enter() {
  state_->entered();
  return [state = state_] { state->left(); };
}

void SimulatedTimeline::set_speed(double simulated_seconds_per_second) {
  state_->set_speed(simulated_seconds_per_second);
}

double SimulatedTimeline::speed() const {
  return state_->speed();
}

Awaitable<void> SimulatedTimeline::wait_until(Instant t) {
  if (state_->clock.now() >= t) co_return;
  State::Waiter waiter(state_, t);
  boost::system::error_code ended;
  co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
  if (!waiter.due) throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace gridpilot::net
