#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "gridpilot/net/async.hpp"

namespace gridpilot::store {

/// The answer of another thread to a coroutine of the loop. Everything but deliver() happens on the loop's thread.
template <class T>
class Outcome {
 public:
  /// Called once, by any thread.
  using Deliver = std::move_only_function<void(Result<T>)>;
  static constexpr std::chrono::steady_clock::time_point no_deadline = std::chrono::steady_clock::time_point::max();

  explicit Outcome(const net::asio::any_io_executor& loop) : arrived_(loop) {}

  [[nodiscard]] static Deliver deliver(std::shared_ptr<Outcome> outcome) {
    return [outcome = std::move(outcome)](Result<T> result) mutable {
      // Moved on as a whole, so that the last owner is always the loop.
      const net::asio::any_io_executor loop = outcome->arrived_.get_executor();
      net::asio::post(loop, [outcome = std::move(outcome), result = std::move(result)]() mutable {
        outcome->result_.emplace(std::move(result));
        outcome->arrived_.cancel();
      });
    };
  }

  /// Cancelling ends the wait with `cancelled`, the deadline with `timeout`; the other thread goes on.
  [[nodiscard]] static net::Awaitable<Result<T>> wait(std::shared_ptr<Outcome> outcome,
                                                      std::chrono::steady_clock::time_point deadline = no_deadline) {
    boost::system::error_code ended;
    if (!outcome->result_) {
      outcome->arrived_.expires_at(deadline);
      co_await outcome->arrived_.async_wait(net::asio::redirect_error(net::asio::use_awaitable, ended));
    }
    std::optional<Result<T>>& result = outcome->result_;
    if (result) co_return std::move(*result);
    if (ended) co_return failure(ErrorCode::cancelled, "the wait for the record was cancelled");
    co_return failure(ErrorCode::timeout, "the record did not answer in time");
  }

 private:
  net::asio::steady_timer arrived_;
  std::optional<Result<T>> result_;
};

}  // namespace gridpilot::store
