#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "gridpilot/core/result.hpp"

namespace gridpilot::os {

/// What the service manager (systemd) is told: one datagram of KEY=value lines to the socket it names in the
/// environment, as sd_notify(3) describes. Without such a socket everything succeeds and does nothing.
class ServiceManager {
 public:
  /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, once.
  [[nodiscard]] static ServiceManager from_environment();
  explicit ServiceManager(std::string socket, std::optional<std::chrono::microseconds> watchdog = std::nullopt)
      : socket_(std::move(socket)), watchdog_(watchdog) {}

  /// Started: the first decision can be made.
  [[nodiscard]] Result<void> ready() const { return notify("READY=1"); }
  [[nodiscard]] Result<void> stopping() const { return notify("STOPPING=1"); }
  /// One line for `systemctl status`.
  [[nodiscard]] Result<void> status(std::string_view line) const;
  [[nodiscard]] Result<void> alive() const { return notify("WATCHDOG=1"); }
  /// alive() is to be called at least this often (half of what the manager waits for); absent where it does not watch.
  [[nodiscard]] std::optional<std::chrono::microseconds> alive_interval() const;

 private:
  /// Does not block: a manager that does not listen is an error here, not a wait.
  [[nodiscard]] Result<void> notify(std::string_view message) const;
  std::string socket_;  ///< a path, or "@name" in the abstract name space; empty without a manager
  std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace gridpilot::os
