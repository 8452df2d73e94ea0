#include "gridpilot/app/owners_order.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "gridpilot/os/file.hpp"

namespace gridpilot::app {
namespace {

using namespace std::chrono_literals;

class OwnersOrder : public ::testing::Test {
 protected:
  OwnersOrder() { std::filesystem::create_directories(folder_); }
  ~OwnersOrder() override { std::filesystem::remove_all(folder_); }

  const Instant now_ = parse_rfc3339("2026-05-01T10:00:00Z").value();
  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("gridpilot-order-" + std::to_string(::getpid()));
  const Command sale_{.action = Action::sell,
                      .power = kilowatts(2.5),
                      .stop_soc = percent(30),
                      .until = now_ + 30min,
                      .export_limit = kilowatts(1)};
};

TEST_F(OwnersOrder, IsNoneUntilOneIsGivenAndAfterItIsTakenBack) {
  EXPECT_EQ(read_order(folder_, now_).value(), std::nullopt);
  ASSERT_TRUE(write_order(folder_, sale_, now_));
  EXPECT_EQ(read_order(folder_, now_).value(), sale_);
  ASSERT_TRUE(clear_order(folder_));
  EXPECT_EQ(read_order(folder_, now_).value(), std::nullopt);
  EXPECT_TRUE(clear_order(folder_)) << "taking back an order that is none is no failure";
}

TEST_F(OwnersOrder, EndsByItselfWithinADay) {
  ASSERT_TRUE(write_order(folder_, sale_, now_));
  EXPECT_EQ(read_order(folder_, now_ + 30min).value(), std::nullopt);
  EXPECT_EQ(read_order(folder_, now_ - 48h).value(), std::nullopt) << "a clock that went back must not make it longer";
  Command late = sale_;
  late.until = now_ + 25h;
  EXPECT_EQ(write_order(folder_, late, now_).error().code, ErrorCode::bad_input);
  late.until = now_;
  EXPECT_EQ(write_order(folder_, late, now_).error().code, ErrorCode::bad_input);
}

TEST_F(OwnersOrder, SaysWhatItCannotUnderstand) {
  const std::string_view good =
      R"({"action":"sell","power_w":2000,"stop_soc_percent":20,"export_limit_w":null,"until":"2026-05-01T10:30:00Z"})";
  ASSERT_TRUE(os::write_file_atomically(order_file(folder_), std::string(good)));
  ASSERT_TRUE(read_order(folder_, now_).value());
  const std::pair<std::string_view, std::string_view> wrong[] = {{"\"sell\"", "\"steal\""},
                                                                 {"2000", "-1"},
                                                                 {"2000", "\"much\""},
                                                                 {"20,", "101,"},
                                                                 {"\"2026-05", "\"when-"},
                                                                 {"null", "-5"},
                                                                 {"}", ""},
                                                                 {"power_w", "power"}};
  for (const auto& [part, instead] : wrong) {
    std::string text(good);
    text.replace(text.find(part), part.size(), instead);
    ASSERT_TRUE(os::write_file_atomically(order_file(folder_), text));
    const auto read = read_order(folder_, now_);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
    EXPECT_NE(read.error().message.find("inverter-order.json"), std::string::npos) << read.error().message;
  }
}

}  // namespace
}  // namespace gridpilot::app
