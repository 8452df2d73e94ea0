#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gridpilot/net/async.hpp"

namespace gridpilot::test {

/// What a scripted server does with one request, step by step.
struct Step {
  std::string send = {};               ///< these bytes
  std::chrono::milliseconds pause{0};  ///< then waits
  std::size_t times = 1;               ///< so often
  enum class Then { go_on, close, hang } then = Then::go_on;
};
using Script = std::vector<Step>;

inline std::string response(const std::string& status, const std::string& headers, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
}
inline Script answer(const std::string& body, const std::string& headers = "Content-Type: application/json\r\n") {
  return {{.send = response("200 OK", headers, body)}};
}

/// A TCP server on loopback, on the test's own loop, that answers requests by a script.
class HttpPeer {
 public:
  /// Called with the text of each request, up to and with its empty line.
  using Handler = std::function<Script(const std::string& request)>;

  HttpPeer(net::asio::io_context& io, Handler handler) : state_(std::make_shared<State>(io, std::move(handler))) {
    net::asio::co_spawn(io, accept(state_), [](const std::exception_ptr&) {});
  }
  /// The n-th request gets the n-th script, further ones the last.
  HttpPeer(net::asio::io_context& io, std::vector<Script> scripts)
      : HttpPeer(io, [scripts = std::move(scripts), n = std::size_t{0}](const std::string&) mutable {
          const std::size_t chosen = std::min(n++, scripts.size() - 1);
          return scripts[chosen];
        }) {}
  ~HttpPeer() { state_->close(); }
  HttpPeer(const HttpPeer&) = delete;
  HttpPeer& operator=(const HttpPeer&) = delete;

  [[nodiscard]] std::string origin() const {
    return "http://127.0.0.1:" + std::to_string(state_->acceptor.local_endpoint().port());
  }
  [[nodiscard]] std::string url(const std::string& path) const { return origin() + path; }
  [[nodiscard]] const std::vector<std::string>& requests() const { return state_->requests; }
  [[nodiscard]] int connections() const { return static_cast<int>(state_->sockets.size()); }
  /// Bytes that the kernel has taken for sending.
  [[nodiscard]] std::size_t bytes_sent() const { return state_->bytes_sent; }

 private:
  using Tcp = net::asio::ip::tcp;
  struct State {
    State(net::asio::io_context& io, Handler answer_with)
        : acceptor(io, {net::asio::ip::address_v4::loopback(), 0}), handler(std::move(answer_with)) {}
    void close() {
      boost::system::error_code ignored;
      acceptor.close(ignored);
      for (auto& socket : sockets) socket->close(ignored);
    }
    Tcp::acceptor acceptor;
    Handler handler;
    std::vector<std::shared_ptr<Tcp::socket>> sockets;
    std::vector<std::string> requests;
    std::size_t bytes_sent = 0;
  };

  static net::Awaitable<void> accept(std::shared_ptr<State> state) {
    const auto executor = co_await net::asio::this_coro::executor;
    while (state->acceptor.is_open()) {
      auto socket = std::make_shared<Tcp::socket>(co_await state->acceptor.async_accept(net::asio::use_awaitable));
      state->sockets.push_back(socket);
      net::asio::co_spawn(executor, serve(state, socket), [](const std::exception_ptr&) {});
    }
  }

  static net::Awaitable<void> serve(std::shared_ptr<State> state, std::shared_ptr<Tcp::socket> socket) {
    std::string text;
    std::vector<char> buffer(4096);
    while (true) {
      const auto end = text.find("\r\n\r\n");
      if (end == std::string::npos) {
        const std::size_t size = co_await socket->async_read_some(net::asio::buffer(buffer), net::asio::use_awaitable);
        text.append(buffer.data(), size);
        continue;
      }
      state->requests.push_back(text.substr(0, end + 4));
      text.erase(0, end + 4);
      const Script script = state->handler(state->requests.back());
      for (const Step& step : script) {
        for (std::size_t n = 0; n < step.times; ++n) {
          if (!step.send.empty()) {
            state->bytes_sent +=
                co_await net::asio::async_write(*socket, net::asio::buffer(step.send), net::asio::use_awaitable);
          }
          if (step.pause.count() > 0) {
            net::asio::steady_timer timer(socket->get_executor(), step.pause);
            co_await timer.async_wait(net::asio::use_awaitable);
          }
        }
        if (step.then == Step::Then::close) {
          socket->close();
          co_return;
        }
        if (step.then == Step::Then::hang) {
          (void)co_await socket->async_read_some(net::asio::buffer(buffer), net::asio::use_awaitable);
          co_return;
        }
      }
    }
  }

  std::shared_ptr<State> state_;
};

}  // namespace gridpilot::test
