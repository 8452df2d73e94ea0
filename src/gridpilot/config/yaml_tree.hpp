#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/config/problems.hpp"

namespace gridpilot::config {

/// A YAML document as text and lines, with nothing guessed: `on`, `1_000` and `010` stay what was written, and the
/// reader of each key decides. Anchors, aliases, tags and repeated keys are problems.
struct YamlNode {
  enum class Kind { null, scalar, list, map };
  struct Entry;

  Kind kind = Kind::null;
  int line = 0;  ///< from 1
  std::string text;
  std::vector<YamlNode> items;
  std::vector<Entry> entries;

  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

struct YamlNode::Entry {
  std::string key;
  int line = 0;
  YamlNode value;
};

/// Reads the first document of a text; an empty text is an empty map. What cannot be read is added to `problems`.
/// Texts above one megabyte are refused. `file` is the name that problems carry.
[[nodiscard]] YamlNode parse_yaml(std::string_view text, const std::string& file, std::vector<Problem>& problems);

}  // namespace gridpilot::config
