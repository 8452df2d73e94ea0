#include "gridpilot/app/inverter_pause.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "gridpilot/os/file.hpp"

namespace gridpilot::app {
namespace {

using namespace std::chrono_literals;

class InverterPause : public ::testing::Test {
 protected:
  InverterPause() { std::filesystem::create_directories(folder_); }
  ~InverterPause() override { std::filesystem::remove_all(folder_); }

  const Instant now_ = parse_rfc3339("2026-05-01T10:00:00Z").value();
  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("gridpilot-pause-" + std::to_string(::getpid()));
};

TEST_F(InverterPause, IsNoneUntilOneIsBegunAndAfterItIsEnded) {
  EXPECT_EQ(read_pause(folder_, now_).value(), std::nullopt);
  ASSERT_TRUE(write_pause(folder_, now_ + 30min, now_));
  EXPECT_EQ(read_pause(folder_, now_).value(), now_ + 30min);
  ASSERT_TRUE(clear_pause(folder_));
  EXPECT_EQ(read_pause(folder_, now_).value(), std::nullopt);
  EXPECT_TRUE(clear_pause(folder_)) << "ending a pause that is none is no failure";
}

TEST_F(InverterPause, EndsByItself) {
  ASSERT_TRUE(write_pause(folder_, now_ + 30min, now_));
  EXPECT_EQ(read_pause(folder_, now_ + 30min).value(), std::nullopt);
}

TEST_F(InverterPause, IsNeverLongerThanADay) {
  EXPECT_EQ(write_pause(folder_, now_ + 25h, now_).error().code, ErrorCode::bad_input);
  EXPECT_EQ(write_pause(folder_, now_, now_).error().code, ErrorCode::bad_input);
  ASSERT_TRUE(write_pause(folder_, now_ + 24h, now_));
  EXPECT_EQ(read_pause(folder_, now_ - 48h).value(), std::nullopt) << "a clock that went back must not make it longer";
}

TEST_F(InverterPause, SaysWhatItCannotUnderstand) {
  for (const char* const text : {"", "{}", R"({"until":"soon"})", "{\"until\":"}) {
    ASSERT_TRUE(os::write_file_atomically(pause_file(folder_), text));
    const auto read = read_pause(folder_, now_);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
    EXPECT_NE(read.error().message.find("inverter-pause.json"), std::string::npos) << read.error().message;
  }
}

}  // namespace
}  // namespace gridpilot::app
