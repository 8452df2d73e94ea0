#include "gridpilot/os/service.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace gridpilot::os {
namespace {

/// A service manager's end of the socket.
class Manager {
 public:
  explicit Manager(const std::string& name) : descriptor_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), length), 0);
  }
  ~Manager() { close(descriptor_); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;
  std::string next() {
    std::array<char, 256> text{};
    const ssize_t n = recv(descriptor_, text.data(), text.size(), MSG_DONTWAIT);
    return {text.data(), static_cast<std::size_t>(n > 0 ? n : 0)};
  }

 private:
  int descriptor_;
};

TEST(ServiceManager, IsToldThroughAnAbstractSocket) {
  const std::string name = "@gridpilot-test-" + std::to_string(getpid());
  Manager manager(name);
  const ServiceManager service(name);
  EXPECT_TRUE(service.ready());
  EXPECT_TRUE(service.status("two\nlines"));
  EXPECT_TRUE(service.alive());
  EXPECT_TRUE(service.stopping());
  EXPECT_EQ(manager.next(), "READY=1");
  EXPECT_EQ(manager.next(), "STATUS=two lines");
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  EXPECT_EQ(manager.next(), "STOPPING=1");
}

TEST(ServiceManager, IsToldThroughASocketInTheFileSystem) {
  const std::string name = "/tmp/gridpilot-notify-" + std::to_string(getpid());
  {
    Manager manager(name);
    EXPECT_TRUE(ServiceManager(name).ready());
    EXPECT_EQ(manager.next(), "READY=1");
  }
  unlink(name.c_str());
}

TEST(ServiceManager, IsNotNeeded) {
  const ServiceManager none("");
  EXPECT_TRUE(none.ready());
  EXPECT_EQ(none.alive_interval(), std::nullopt);
}

TEST(ServiceManager, IsAnErrorWhenItDoesNotListen) {
  EXPECT_FALSE(ServiceManager("/nowhere/at/all").ready());
  EXPECT_FALSE(ServiceManager(std::string(200, 'x')).ready());
}

TEST(ServiceManager, IsToldTwiceAsOftenAsItWatches) {
  setenv("NOTIFY_SOCKET", "/run/notify", 1);
  setenv("WATCHDOG_USEC", "30000000", 1);
  unsetenv("WATCHDOG_PID");
  EXPECT_EQ(ServiceManager::from_environment().alive_interval(), std::chrono::seconds(15));
  setenv("WATCHDOG_PID", "1", 1);  // another process is watched
  EXPECT_EQ(ServiceManager::from_environment().alive_interval(), std::nullopt);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_EQ(ServiceManager::from_environment().alive_interval(), std::chrono::seconds(15));
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
}

}  // namespace
}  // namespace gridpilot::os
