#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <string>
#include <tuple>
#include <utility>

#include "gridpilot/net/async.hpp"

namespace gridpilot::net {

/// The clock of everything that must end: sockets, requests, shutting down.
using SteadyClock = std::chrono::steady_clock;
using SteadyDuration = SteadyClock::duration;

/// Runs an operation that must end within `limit` of steady time: timeout with `what` in its sentence where it does
/// not. The operation is then cancelled and has ended before this completes, so what it borrowed may go; an operation
/// that does not react to cancelling is waited for. A value that is there in the last moment counts.
/// Cancelling passes on to the operation. Exceptions of the operation pass through.
template <class T>
[[nodiscard]] Awaitable<Result<T>> with_deadline(Awaitable<Result<T>> operation, SteadyDuration limit,
                                                 std::string what) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, limit);
  auto both = asio::experimental::make_parallel_group(asio::co_spawn(executor, std::move(operation), asio::deferred),
                                                      timer.async_wait(asio::deferred));
  auto ended = co_await both.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  const std::exception_ptr thrown = std::get<1>(ended);
  Result<T>& result = std::get<2>(ended);
  const bool expired = !std::get<3>(ended);
  if (expired && (thrown || (!result && result.error().code == ErrorCode::cancelled))) {
    co_return failure(ErrorCode::timeout,
                      what + " took longer than " +
                          std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(limit).count()) + " ms");
  }
  if (thrown) std::rethrow_exception(thrown);
  co_return std::move(result);
}

}  // namespace gridpilot::net
