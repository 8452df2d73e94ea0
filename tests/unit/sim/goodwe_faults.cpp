#include "gridpilot/sim/goodwe_faults.hpp"

#include <gtest/gtest.h>

namespace gridpilot::sim {
namespace {

TEST(FaultText, IsReadItemByItem) {
  const auto orders = parse_faults("loss=0.2,duplicate=0.1,clock_jump_s=-3600");
  ASSERT_TRUE(orders);
  ASSERT_EQ(orders->size(), 3U);
  EXPECT_EQ((*orders)[0].name, "loss");
  EXPECT_DOUBLE_EQ((*orders)[2].value, -3600.0);
  EXPECT_TRUE(parse_faults("")->empty());
}

TEST(FaultText, NamesWhatIsWrongAndWhatIsAllowed) {
  const auto unknown = parse_faults("los=0.2");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::bad_input);
  EXPECT_NE(unknown.error().message.find("allowed: loss, delay"), std::string::npos);
  EXPECT_NE(unknown.error().message.find("did you mean 'loss'"), std::string::npos);
  EXPECT_FALSE(parse_faults("loss=1.5"));
  EXPECT_FALSE(parse_faults("loss"));
  EXPECT_FALSE(parse_faults("loss=often"));
}

}  // namespace
}  // namespace gridpilot::sim
