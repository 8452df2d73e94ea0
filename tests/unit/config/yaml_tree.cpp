#include "gridpilot/config/yaml_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gridpilot::config {
namespace {

using testing::HasSubstr;

TEST(YamlTree, KeepsTextsAndLinesAsWritten) {
  std::vector<Problem> problems;
  const YamlNode root = parse_yaml("a: on\nb:\n  - 010\n  - 1_000\nc: {d: \"x\"}\n", "t.yaml", problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(root.find("a")->text, "on");
  EXPECT_EQ(root.find("b")->items.at(1).text, "1_000");
  EXPECT_EQ(root.find("b")->items.at(1).line, 4);
  EXPECT_EQ(root.find("c")->find("d")->text, "x");
}

TEST(YamlTree, AnEmptyTextIsAnEmptyMap) {
  std::vector<Problem> problems;
  for (const char* text : {"", "# nothing\n", "---\n"}) {
    const YamlNode root = parse_yaml(text, "t.yaml", problems);
    EXPECT_EQ(root.kind, YamlNode::Kind::map);
  }
  EXPECT_TRUE(problems.empty());
}

TEST(YamlTree, RefusesWhatCouldBeReadInTwoWays) {
  const struct {
    const char* text;
    int line;
    const char* reason;
  } rows[] = {
      {"a: 1\na: 2\n", 2, "stands twice"}, {"a: &x 1\n", 1, "anchor"},    {"a: &x 1\nb: *x\n", 1, "anchor"},
      {"a: !!str 1\n", 1, "tag"},          {"a: [1, 2\n", 2, "not YAML"}, {"? [a, b]\n: 1\n", 1, "must be a word"},
      {"a: b: c\n", 1, "not YAML"},
  };
  for (const auto& row : rows) {
    std::vector<Problem> problems;
    static_cast<void>(parse_yaml(row.text, "t.yaml", problems));
    ASSERT_FALSE(problems.empty()) << row.text;
    EXPECT_THAT(problems.front().reason, HasSubstr(row.reason)) << row.text;
    EXPECT_EQ(problems.front().line, row.line) << row.text;
  }
}

TEST(YamlTree, RefusesTextsThatAreTooLargeOrTooDeep) {
  std::vector<Problem> problems;
  static_cast<void>(parse_yaml(std::string(2'000'000, '#'), "t.yaml", problems));
  EXPECT_EQ(problems.size(), 1U);
  static_cast<void>(parse_yaml(std::string(100'000, '['), "t.yaml", problems));
  EXPECT_EQ(problems.size(), 2U);
}

}  // namespace
}  // namespace gridpilot::config
