#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <type_traits>
#include <utility>

#include "gridpilot/net/async.hpp"

namespace gridpilot::net {

/// Runs a function that blocks (a file, a database) on an executor made for that, and completes on the caller's with
/// what it returned. Cancelling does not interrupt it: the caller is resumed when it has ended, and finds itself
/// cancelled at its next wait. Asio would post the cancellation to the executor, where it may arrive after the
/// function's coroutine is gone.
template <class Function>
[[nodiscard]] Awaitable<std::invoke_result_t<Function&>> run_on(asio::any_io_executor executor, Function function) {
  co_return co_await asio::co_spawn(
      executor,
      [](Function blocking) -> Awaitable<std::invoke_result_t<Function&>> {
        co_return blocking();
      }(std::move(function)),
      asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable));
}

}  // namespace gridpilot::net
