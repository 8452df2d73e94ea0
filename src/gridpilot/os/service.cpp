#include "gridpilot/os/service.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "gridpilot/core/text.hpp"

namespace gridpilot::os {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace

ServiceManager ServiceManager::from_environment() {
  std::optional<std::chrono::microseconds> watchdog;
  const std::optional<long long> microseconds = parse_integer(environment("WATCHDOG_USEC"));
  const std::optional<long long> process = parse_integer(environment("WATCHDOG_PID"));
  // Meant for this process only where it says so or says nothing.
  if (microseconds && *microseconds > 0 && (!process || *process == getpid()))
    watchdog = std::chrono::microseconds(*microseconds);
  return ServiceManager(std::string(environment("NOTIFY_SOCKET")), watchdog);
}

std::optional<std::chrono::microseconds> ServiceManager::alive_interval() const {
  if (!watchdog_) return std::nullopt;
  return *watchdog_ / 2;
}

Result<void> ServiceManager::status(std::string_view line) const {
  std::string message = "STATUS=" + std::string(line);
  std::ranges::replace(message, '\n', ' ');  // would begin another assignment
  return notify(message);
}

Result<void> ServiceManager::notify(std::string_view message) const {
  if (socket_.empty()) return {};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_.size() >= sizeof address.sun_path)
    return failure(ErrorCode::bad_input, "NOTIFY_SOCKET is too long: " + socket_);
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (socket_.front() == '@') address.sun_path[0] = '\0';  // abstract: the length counts, no zero ends it
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  ssize_t sent = -1;
  if (descriptor >= 0)
    sent = sendto(descriptor, message.data(), message.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
                  length);
  const int cause = errno;
  if (descriptor >= 0) close(descriptor);
  if (sent == static_cast<ssize_t>(message.size())) return {};
  return failure(ErrorCode::io_failure, "telling the service manager at " + socket_ + ": " + std::strerror(cause));
}

}  // namespace gridpilot::os
