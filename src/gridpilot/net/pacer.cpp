#include "gridpilot/net/pacer.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gridpilot::net {

struct PacerState {
  /// One turn() that waits, in its coroutine's frame; leaves the queue with it.
  class Waiter {
   public:
    explicit Waiter(std::shared_ptr<PacerState> state)
        : timer(state->executor), state_(std::move(state)), place_(state_->queue.insert(state_->queue.end(), this)) {}
    ~Waiter() {
      state_->queue.erase(place_);
      state_->wake_first();
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    [[nodiscard]] bool is_first() const { return state_->queue.front() == this; }

    asio::steady_timer timer;

   private:
    std::shared_ptr<PacerState> state_;
    std::list<Waiter*>::iterator place_;
  };

  void wake_first() {
    if (!taken && !queue.empty()) queue.front()->timer.cancel();
  }

  asio::any_io_executor executor;
  SteadyDuration min_gap;
  SteadyClock::time_point free_from = SteadyClock::time_point::min();
  bool taken = false;
  std::list<Waiter*> queue;
};

Pacer::Pacer(asio::any_io_executor executor, SteadyDuration min_gap)
    : state_(
          std::make_shared<PacerState>(PacerState{.executor = std::move(executor), .min_gap = min_gap, .queue = {}})) {}

Pacer::Turn::~Turn() {
  if (!state_) return;
  state_->taken = false;
  state_->free_from = SteadyClock::now() + state_->min_gap;
  state_->wake_first();
}

Awaitable<Pacer::Turn> Pacer::turn() {
  const auto state = state_;
  if (state->taken || !state->queue.empty() || SteadyClock::now() < state->free_from) {
    PacerState::Waiter waiter(state);
    while (state->taken || !waiter.is_first() || SteadyClock::now() < state->free_from) {
      const bool only_the_gap_is_left = !state->taken && waiter.is_first();
      waiter.timer.expires_at(only_the_gap_is_left ? state->free_from : SteadyClock::time_point::max());
      // Woken early or cancelled: the condition tells the first, the next await throws on the second.
      boost::system::error_code ended;
      co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    }
    state->taken = true;
  }
  state->taken = true;
  co_return Turn(state);
}

SteadyDuration Pacer::min_gap() const {
  return state_->min_gap;
}

}  // namespace gridpilot::net
