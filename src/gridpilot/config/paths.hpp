#pragma once

#include <filesystem>
#include <string>

namespace gridpilot::config {

/// What of the process's surroundings decides where files lie by default.
struct Surroundings {
  bool is_root = false;
  std::string home;
  std::string xdg_config_home;
  std::string xdg_state_home;
  /// From the process itself.
  [[nodiscard]] static Surroundings of_process();
};

/// /etc/gridpilot/gridpilot.yaml; for an ordinary user the same below $XDG_CONFIG_HOME (~/.config), where that exists
/// or the one in /etc does not.
[[nodiscard]] std::filesystem::path default_configuration_file(const Surroundings& surroundings);
/// /var/lib/gridpilot; for an ordinary user $XDG_STATE_HOME/gridpilot (~/.local/state/gridpilot).
[[nodiscard]] std::filesystem::path default_data_folder(const Surroundings& surroundings);

}  // namespace gridpilot::config
