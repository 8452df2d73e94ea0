#include "gridpilot/config/paths.hpp"

#include <unistd.h>

#include <cstdlib>
#include <system_error>

namespace gridpilot::config {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read at start, before any thread
  return value == nullptr ? std::string() : std::string(value);
}

/// The XDG rule: an empty or relative folder counts as not set.
std::filesystem::path xdg_folder(const std::string& set, const std::string& home, const char* below_home) {
  const std::filesystem::path folder(set);
  return folder.is_absolute() ? folder : std::filesystem::path(home) / below_home;
}

}  // namespace

Surroundings Surroundings::of_process() {
  return {.is_root = geteuid() == 0,
          .home = environment("HOME"),
          .xdg_config_home = environment("XDG_CONFIG_HOME"),
          .xdg_state_home = environment("XDG_STATE_HOME")};
}

std::filesystem::path default_configuration_file(const Surroundings& surroundings) {
  std::filesystem::path system = "/etc/gridpilot/gridpilot.yaml";
  if (surroundings.is_root) return system;
  std::filesystem::path own =
      xdg_folder(surroundings.xdg_config_home, surroundings.home, ".config") / "gridpilot" / "gridpilot.yaml";
  std::error_code ignored;
  return std::filesystem::exists(system, ignored) && !std::filesystem::exists(own, ignored) ? system : own;
}

std::filesystem::path default_data_folder(const Surroundings& surroundings) {
  if (surroundings.is_root) return "/var/lib/gridpilot";
  return xdg_folder(surroundings.xdg_state_home, surroundings.home, ".local/state") / "gridpilot";
}

}  // namespace gridpilot::config
