#include "gridpilot/os/folders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>

namespace gridpilot::os {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

Folders folders_with(uid_t user, const std::map<std::string, std::string>& environment) {
  return folders_for(user, [&](const char* name) {
    const auto found = environment.find(name);
    return found != environment.end() ? found->second : std::string();
  });
}

TEST(DefaultFolders, AreTheSystemsForRoot) {
  const Folders folders = folders_with(0, {{"HOME", "/root"}, {"XDG_STATE_HOME", "/elsewhere"}});
  EXPECT_EQ(folders.configuration_file, "/etc/gridpilot/gridpilot.yaml");
  EXPECT_EQ(folders.state, "/var/lib/gridpilot");
}

TEST(DefaultFolders, AreTheXdgFoldersForOthers) {
  const Folders plain = folders_with(1000, {{"HOME", "/home/anna"}});
  EXPECT_EQ(plain.configuration_file, "/home/anna/.config/gridpilot/gridpilot.yaml");
  EXPECT_EQ(plain.state, "/home/anna/.local/state/gridpilot");
  const Folders moved =
      folders_with(1000, {{"HOME", "/home/anna"}, {"XDG_CONFIG_HOME", "/c"}, {"XDG_STATE_HOME", "/s"}});
  EXPECT_EQ(moved.configuration_file, "/c/gridpilot/gridpilot.yaml");
  EXPECT_EQ(moved.state, "/s/gridpilot");
}

TEST(DefaultFolders, IgnoreRelativePathsInTheEnvironment) {
  EXPECT_EQ(folders_with(1000, {{"HOME", "/home/anna"}, {"XDG_STATE_HOME", "state"}}).state,
            "/home/anna/.local/state/gridpilot");
}

TEST(DefaultFolders, AreWhatTheServiceManagerSays) {
  const Folders folders = folders_with(
      998, {{"HOME", "/"}, {"STATE_DIRECTORY", "/var/lib/one:/var/lib/two"}, {"CONFIGURATION_DIRECTORY", "/etc/one"}});
  EXPECT_EQ(folders.state, "/var/lib/one");
  EXPECT_EQ(folders.configuration_file, "/etc/one/gridpilot.yaml");
}

class StateFolder : public testing::Test {
 protected:
  StateFolder() {
    std::string name = (fs::temp_directory_path() / "gridpilot-os-XXXXXX").native();
    root = mkdtemp(name.data());
  }
  ~StateFolder() override {
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }
  fs::path root;
};

unsigned mode_of(const fs::path& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0;
}

TEST_F(StateFolder, IsCreatedWithWhatLacksAboveItForTheOwnerAlone) {
  ASSERT_TRUE(create_private_folder(root / "a" / "b" / ""));
  EXPECT_EQ(mode_of(root / "a"), 0700U);
  EXPECT_EQ(mode_of(root / "a" / "b"), 0700U);
}

TEST_F(StateFolder, IsLeftAsItIsWhenItExists) {
  ASSERT_EQ(mkdir((root / "shared").c_str(), 0755), 0);
  ASSERT_EQ(chmod((root / "shared").c_str(), 0755), 0);
  ASSERT_TRUE(create_private_folder(root / "shared"));
  EXPECT_EQ(mode_of(root / "shared"), 0755U);
}

TEST_F(StateFolder, CannotBeAFileOrBelowOne) {
  std::ofstream(root / "file") << "x";
  for (const fs::path& path : {root / "file", root / "file" / "below"}) {
    const Result<void> created = create_private_folder(path);
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().code, ErrorCode::io_failure);
    EXPECT_THAT(created.error().message, HasSubstr((root / "file").native()));
  }
}

TEST_F(StateFolder, IsLockedByOneProcessAtATime) {
  EXPECT_EQ(InstanceLock::holder(root), std::nullopt);
  {
    const Result<InstanceLock> lock = InstanceLock::take(root);
    ASSERT_TRUE(lock) << lock.error().message;
    EXPECT_EQ(InstanceLock::holder(root), getpid());
    const Result<InstanceLock> second = InstanceLock::take(root);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::busy);
    EXPECT_THAT(second.error().message, HasSubstr(std::to_string(getpid())));
    EXPECT_EQ(InstanceLock::holder(root), getpid());  // the attempt has not disturbed it
  }
  EXPECT_EQ(InstanceLock::holder(root), std::nullopt);
  EXPECT_TRUE(InstanceLock::take(root));
}

TEST_F(StateFolder, IsFreeAgainAfterItsProcessWasKilled) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const Result<InstanceLock> lock = InstanceLock::take(root);
    static_cast<void>(!write(ready[1], lock ? "y" : "n", 1));
    for (;;) pause();
  }
  char answer = 'n';
  ASSERT_EQ(read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_EQ(InstanceLock::holder(root), child);
  EXPECT_FALSE(InstanceLock::take(root));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
  EXPECT_EQ(InstanceLock::holder(root), std::nullopt);
  EXPECT_TRUE(InstanceLock::take(root));
}

TEST_F(StateFolder, CannotBeLockedWhereItIsNot) {
  const Result<InstanceLock> lock = InstanceLock::take(root / "nowhere");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, ErrorCode::io_failure);
  EXPECT_EQ(InstanceLock::holder(root / "nowhere"), std::nullopt);
}

}  // namespace
}  // namespace gridpilot::os
