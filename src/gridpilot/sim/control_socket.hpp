#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gridpilot/core/result.hpp"
#include "gridpilot/net/async.hpp"

namespace gridpilot::sim {

/// A Unix socket on which each line is answered by a line. For whoever steers an emulator from outside: tests, scripts.
class ControlSocket {
 public:
  /// Called on the loop with a line without its end; returns the answer without a line end.
  using Answer = std::function<std::string(std::string_view line)>;

  /// A socket file that nobody listens on any more is replaced; busy where somebody does, io_failure where the path
  /// cannot be used. Only the owner may connect.
  [[nodiscard]] static Result<std::unique_ptr<ControlSocket>> create(net::asio::io_context& io, std::string path,
                                                                     Answer answer);
  /// Closes all connections and removes the file.
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  class Core;
  explicit ControlSocket(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace gridpilot::sim
