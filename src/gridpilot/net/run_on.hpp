#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <type_traits>
#include <utility>

#include "gridpilot/net/async.hpp"

namespace gridpilot::net {

/// Runs a function that blocks (a file, a database) on an executor made for that, and completes on the caller's with
/// what it returned. A function that has begun is not interrupted by cancelling; its result is dropped then.
template <class Function>
[[nodiscard]] Awaitable<std::invoke_result_t<Function&>> run_on(asio::any_io_executor executor, Function function) {
  co_return co_await asio::co_spawn(
      executor,
      [](Function blocking) -> Awaitable<std::invoke_result_t<Function&>> {
        co_return blocking();
      }(std::move(function)),
      asio::use_awaitable);
}

}  // namespace gridpilot::net
