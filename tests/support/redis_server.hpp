#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

extern char** environ;

namespace gridpilot::test {

/// A port that nobody listens on.
inline std::uint16_t free_port() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = bind(listener, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                     getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(listener);
  return bound ? ntohs(address.sin_port) : 0;
}

/// A real redis-server of the test's own, on loopback and in a temporary folder, that keeps nothing. It may take some
/// moments until it answers.
class RedisServer {
 public:
  explicit RedisServer(std::string password = "") : port_(free_port()), password_(std::move(password)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "gridpilot-redis-XXXXXX").string();
    if (const char* const made = mkdtemp(pattern.data())) folder_ = made;
    start();
  }
  ~RedisServer() {
    kill();
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool is_running() const { return process_ > 0; }
  void start() {
    std::vector<std::string> words{
        "redis-server", "--port",         std::to_string(port_), "--bind", "127.0.0.1", "--save", "",
        "--dir",        folder_.string(), "--appendonly",        "no"};
    if (!password_.empty()) words.insert(words.end(), {"--requirepass", password_});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&process_, "redis-server", &actions, nullptr, arguments.data(), environ) != 0) process_ = -1;
    posix_spawn_file_actions_destroy(&actions);
  }
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }
  /// Takes connections and says nothing more, as a machine that swaps.
  void freeze() const { ::kill(process_, SIGSTOP); }
  void thaw() const { ::kill(process_, SIGCONT); }

 private:
  std::uint16_t port_;
  std::string password_;
  std::filesystem::path folder_;
  pid_t process_ = -1;
};

}  // namespace gridpilot::test
