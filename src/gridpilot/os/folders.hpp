#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "gridpilot/core/result.hpp"

namespace gridpilot::os {

/// Where gridpilot looks unless it is told otherwise.
struct Folders {
  std::filesystem::path configuration_file;
  std::filesystem::path state;
};

/// For root /etc/gridpilot/gridpilot.yaml and /var/lib/gridpilot; for others the XDG folders. A service manager's
/// STATE_DIRECTORY and CONFIGURATION_DIRECTORY come first. Nothing is created.
[[nodiscard]] Folders default_folders();

/// The same for a given user; `environment` answers "" for what is not set.
[[nodiscard]] Folders folders_for(uid_t user, const std::function<std::string(const char*)>& environment);

/// Creates the folder and what is lacking above it, for the owner alone (0700). A folder that exists is left as it is.
/// Errors: io_failure, which names the path.
[[nodiscard]] Result<void> create_private_folder(const std::filesystem::path& folder);

/// Only one gridpilot works on a state folder. The lock ends with the process, however that ends; its file
/// `gridpilot.lock` stays and holds the process number while the lock is held.
class InstanceLock {
 public:
  /// Errors: busy with the other process's number; io_failure.
  [[nodiscard]] static Result<InstanceLock> take(const std::filesystem::path& state_folder);
  /// The process that holds the lock; absent where none does. Does not disturb one that is just taking it.
  [[nodiscard]] static std::optional<pid_t> holder(const std::filesystem::path& state_folder);

  InstanceLock(InstanceLock&& other) noexcept;
  InstanceLock& operator=(InstanceLock&& other) noexcept;
  ~InstanceLock();

 private:
  explicit InstanceLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace gridpilot::os
