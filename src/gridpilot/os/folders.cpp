#include "gridpilot/os/folders.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "gridpilot/core/text.hpp"

namespace gridpilot::os {
namespace fs = std::filesystem;

namespace {

/// An absolute path, as the XDG specification demands; other values are ignored.
std::optional<fs::path> absolute(const std::string& value) {
  if (value.empty() || value.front() != '/') return std::nullopt;
  return value;
}

/// systemd separates several folders by colons; the first is the main one.
std::optional<fs::path> first_of(const std::string& value) {
  return absolute(value.substr(0, value.find(':')));
}

fs::path home_of(uid_t user, const std::string& from_environment) {
  if (const std::optional<fs::path> home = absolute(from_environment)) return *home;
  std::array<char, 4096> text{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(user, &entry, text.data(), text.size(), &found) == 0 && found != nullptr) return found->pw_dir;
  return "/";
}

std::unexpected<Error> failed(const fs::path& path, int cause) {
  return failure(ErrorCode::io_failure, path.native() + ": " + std::strerror(cause));
}

fs::path lock_file(const fs::path& state_folder) {
  return state_folder / "gridpilot.lock";
}

/// The whole file, owned by the open file and not by the process: what F_OFD_GETLK can ask for without taking it.
struct flock whole_file() {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::optional<pid_t> process_in(int descriptor) {
  std::array<char, 32> text{};
  const ssize_t n = pread(descriptor, text.data(), text.size(), 0);
  if (n <= 0) return std::nullopt;
  std::string_view number(text.data(), static_cast<std::size_t>(n));
  number = number.substr(0, number.find('\n'));
  const std::optional<long long> process = parse_integer(number);
  return process ? std::optional(static_cast<pid_t>(*process)) : std::nullopt;
}

}  // namespace

Folders folders_for(uid_t user, const std::function<std::string(const char*)>& environment) {
  Folders folders;
  if (user == 0) {
    folders = {.configuration_file = "/etc/gridpilot/gridpilot.yaml", .state = "/var/lib/gridpilot"};
  } else {
    const fs::path home = home_of(user, environment("HOME"));
    const fs::path configuration = absolute(environment("XDG_CONFIG_HOME")).value_or(home / ".config");
    const fs::path state = absolute(environment("XDG_STATE_HOME")).value_or(home / ".local/state");
    folders = {.configuration_file = configuration / "gridpilot/gridpilot.yaml", .state = state / "gridpilot"};
  }
  if (const auto state = first_of(environment("STATE_DIRECTORY"))) folders.state = *state;
  if (const auto configuration = first_of(environment("CONFIGURATION_DIRECTORY")))
    folders.configuration_file = *configuration / "gridpilot.yaml";
  return folders;
}

Folders default_folders() {
  return folders_for(geteuid(), [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value != nullptr ? value : "");
  });
}

Result<void> create_private_folder(const fs::path& folder) {
  std::vector<fs::path> lacking;
  struct stat status{};
  for (fs::path path = fs::absolute(folder).lexically_normal(); stat(path.c_str(), &status) != 0;
       path = path.parent_path()) {
    if (errno != ENOENT) return failed(path, errno);
    if (path.has_filename()) lacking.push_back(path);
  }
  for (auto path = lacking.rbegin(); path != lacking.rend(); ++path)
    if (mkdir(path->c_str(), 0700) != 0 && errno != EEXIST) return failed(*path, errno);
  if (stat(folder.c_str(), &status) != 0) return failed(folder, errno);
  if (!S_ISDIR(status.st_mode)) return failed(folder, ENOTDIR);
  return {};
}

Result<InstanceLock> InstanceLock::take(const fs::path& state_folder) {
  const fs::path path = lock_file(state_folder);
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return failed(path, errno);
  InstanceLock lock(descriptor);
  struct flock whole = whole_file();
  if (fcntl(descriptor, F_OFD_SETLK, &whole) != 0) {
    const int cause = errno;
    const std::optional<pid_t> other = process_in(descriptor);
    std::exchange(lock.descriptor_, -1);  // its file is the other's
    close(descriptor);
    if (cause != EAGAIN && cause != EACCES) return failed(path, cause);
    return failure(ErrorCode::busy, path.native() + ": another gridpilot works on this folder" +
                                        (other ? " (process " + std::to_string(*other) + ")" : ""));
  }
  const std::string number = std::to_string(getpid()) + "\n";
  if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, number.data(), number.size(), 0) < 0)
    return failed(path, errno);
  return lock;
}

std::optional<pid_t> InstanceLock::holder(const fs::path& state_folder) {
  // For reading and writing: a write lock cannot be asked about otherwise.
  const int descriptor = open(lock_file(state_folder).c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  struct flock whole = whole_file();
  std::optional<pid_t> process;
  if (fcntl(descriptor, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK) process = process_in(descriptor);
  close(descriptor);
  return process;
}

InstanceLock::InstanceLock(InstanceLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

InstanceLock& InstanceLock::operator=(InstanceLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

InstanceLock::~InstanceLock() {
  if (descriptor_ < 0) return;
  static_cast<void>(ftruncate(descriptor_, 0));
  close(descriptor_);
}

}  // namespace gridpilot::os
