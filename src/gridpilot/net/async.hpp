#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "gridpilot/core/result.hpp"

namespace gridpilot::net {

namespace asio = boost::asio;

/// Everything asynchronous here is a coroutine on the one io_context thread; expected failures are Results inside it.
template <class T>
using Awaitable = asio::awaitable<T>;

}  // namespace gridpilot::net
