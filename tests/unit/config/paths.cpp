#include "gridpilot/config/paths.hpp"

#include <gtest/gtest.h>

namespace gridpilot::config {
namespace {

TEST(DefaultPaths, AreTheSystemsForRoot) {
  const Surroundings root{.is_root = true, .home = "/root", .xdg_config_home = "/x", .xdg_state_home = "/y"};
  EXPECT_EQ(default_configuration_file(root), "/etc/gridpilot/gridpilot.yaml");
  EXPECT_EQ(default_data_folder(root), "/var/lib/gridpilot");
}

TEST(DefaultPaths, AreTheUsersOwnForAnybodyElse) {
  const Surroundings user{.home = "/home/ann"};
  EXPECT_EQ(default_data_folder(user), "/home/ann/.local/state/gridpilot");
  const Surroundings moved{.home = "/home/ann", .xdg_config_home = "/cfg", .xdg_state_home = "/state"};
  EXPECT_EQ(default_data_folder(moved), "/state/gridpilot");
  const Surroundings relative{.home = "/home/ann", .xdg_state_home = "state"};
  EXPECT_EQ(default_data_folder(relative), "/home/ann/.local/state/gridpilot");
}

}  // namespace
}  // namespace gridpilot::config
