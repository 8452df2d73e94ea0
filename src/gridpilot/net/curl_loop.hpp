#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <curl/curl.h>

#include <map>
#include <memory>
#include <string>

#include "gridpilot/net/async.hpp"

namespace gridpilot::net {

/// Drives a libcurl multi handle by the sockets and the timer of the loop: curl says what it waits for, the loop waits,
/// and curl does its next step inside a handler. For HttpClient only.
class CurlLoop : public std::enable_shared_from_this<CurlLoop> {
 public:
  /// Called when a transfer has ended, inside one of curl's steps: it may wake coroutines but not add or remove.
  using OnEnded = void (*)(CURL* easy, CURLcode code);

  /// Starts libcurl in this process where it has not been started. unsupported where its build would resolve names on
  /// the calling thread: that would stop the loop.
  [[nodiscard]] static Result<std::shared_ptr<CurlLoop>> create(const asio::any_io_executor& executor,
                                                                OnEnded on_ended);
  ~CurlLoop();
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;

  [[nodiscard]] CURLM* multi() const { return multi_; }
  /// From now on nothing new is waited for.
  void stop() { stopped_ = true; }
  /// Closes all connections. No transfer may be added any more.
  void close();

 private:
  struct Watch;
  CurlLoop(const asio::any_io_executor& executor, OnEnded on_ended);

  void on_socket(curl_socket_t socket, int wanted);
  void on_timer(long timeout_ms);
  void wait(const std::shared_ptr<Watch>& watch);
  void step(curl_socket_t socket, int events);

  asio::any_io_executor executor_;
  OnEnded on_ended_;
  CURLM* multi_ = nullptr;
  asio::steady_timer timer_;
  std::map<curl_socket_t, std::shared_ptr<Watch>> watches_;
  bool stopped_ = false;
};

/// The folder of the system's certificates, where it is one that OpenSSL can look a single certificate up in; empty
/// otherwise. Reading the one that is needed takes microseconds; the usual bundle file is parsed whole, which takes
/// 27 ms on the loop (on a Raspberry Pi several times that) and a megabyte.
[[nodiscard]] std::string hashed_certificate_folder();

}  // namespace gridpilot::net
