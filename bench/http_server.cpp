// A server that answers one kilobyte, for an outside load generator: bench/http.sh.
#include "gridpilot/net/http_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdio>
#include <memory>
#include <string>

using namespace gridpilot;

namespace {

net::Awaitable<void> serve_until_signal(net::HttpServer* server) {
  net::asio::signal_set signals(co_await net::asio::this_coro::executor, SIGINT, SIGTERM);
  co_await signals.async_wait(net::asio::use_awaitable);
  co_await server->stop();
}

}  // namespace

int main() {
  net::asio::io_context io(1);
  auto server = net::HttpServer::create(io, "127.0.0.1", 0);
  if (!server) {
    std::fprintf(stderr, "%s\n", server.error().message.c_str());
    return 1;
  }
  const auto body = std::make_shared<const std::string>(1024, 'x');
  (*server)->serve([&body](net::HttpQuery) -> net::Awaitable<net::HttpReply> {
    net::HttpReply reply;
    reply.body = body;
    co_return reply;
  });
  std::printf("%u\n", static_cast<unsigned>((*server)->port()));
  std::fflush(stdout);
  net::asio::co_spawn(io, serve_until_signal(server->get()), [](const std::exception_ptr&) {});
  io.run();
  return 0;
}
