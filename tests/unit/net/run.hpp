#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include "gridpilot/net/async.hpp"

namespace gridpilot::net::test {

/// Runs a coroutine to its end on a loop, with a limit so that a hanging test fails instead of standing still.
inline void run(asio::io_context& io, Awaitable<void> task, std::chrono::seconds limit = std::chrono::seconds(20)) {
  io.restart();  // an earlier run may have left the loop without work, and stopped
  bool ended = false;
  std::exception_ptr thrown;
  asio::co_spawn(io, std::move(task), [&](std::exception_ptr error) {
    ended = true;
    thrown = std::move(error);
  });
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!ended && std::chrono::steady_clock::now() < end && io.run_one_until(end) != 0) {
  }
  if (thrown) std::rethrow_exception(thrown);
  ASSERT_TRUE(ended) << "the coroutine did not end";
}

}  // namespace gridpilot::net::test
