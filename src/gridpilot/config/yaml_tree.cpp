#include "gridpilot/config/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <set>
#include <sstream>
#include <utility>

namespace gridpilot::config {
namespace {

constexpr std::size_t largest_text = std::size_t{1024} * 1024;

/// Builds the tree from the parser's events. The parser's own guard limits the depth.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string file, std::vector<Problem>& problems) : file_(std::move(file)), problems_(problems) {}

  [[nodiscard]] YamlNode take() && { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add({.kind = YamlNode::Kind::null, .line = mark.line + 1, .text = {}, .items = {}, .entries = {}});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    report(mark, "an alias (*name) is not understood here: write the value out");
    add({.kind = YamlNode::Kind::null, .line = mark.line + 1, .text = {}, .items = {}, .entries = {}});
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    add({.kind = YamlNode::Kind::scalar, .line = mark.line + 1, .text = value, .items = {}, .entries = {}});
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  /// A collection not yet closed, and in a map the key whose value comes next.
  struct Open {
    YamlNode node;
    std::set<std::string> keys;
    std::string key;
    int key_line = 0;
    bool has_key = false;
  };

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    Open opened;
    opened.node.kind = kind;
    opened.node.line = mark.line + 1;
    stack_.push_back(std::move(opened));
  }

  void close() {
    YamlNode node = std::move(stack_.back().node);
    stack_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = stack_.back();
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.has_key) {
      if (node.kind != YamlNode::Kind::scalar) report_line(node.line, "", "a key must be a word");
      parent.key = node.text;
      parent.key_line = node.line;
      parent.has_key = true;
    } else {
      if (!parent.keys.insert(parent.key).second) report_line(parent.key_line, parent.key, "stands twice");
      // A map or list is told by the line of its key and not by that of its first item.
      if (node.kind == YamlNode::Kind::map || node.kind == YamlNode::Kind::list) node.line = parent.key_line;
      parent.node.entries.push_back({.key = std::move(parent.key), .line = parent.key_line, .value = std::move(node)});
      parent.key.clear();
      parent.has_key = false;
    }
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) report(mark, "an anchor (&name) is not understood here");
  }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    // "?" is a plain value, "!" a quoted one; everything else was written as a tag.
    if (!tag.empty() && tag != "?" && tag != "!") report(mark, "a tag (" + tag + ") is not understood here");
  }
  void report(const YAML::Mark& mark, std::string reason) { report_line(mark.line + 1, "", std::move(reason)); }
  void report_line(int line, std::string key, std::string reason) {
    problems_.push_back({.file = file_,
                         .line = line,
                         .key = std::move(key),
                         .reason = std::move(reason),
                         .allowed = {},
                         .nearest = {}});
  }

  std::string file_;
  std::vector<Problem>& problems_;
  std::vector<Open> stack_;
  YamlNode root_;
};

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const Entry& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

YamlNode parse_yaml(std::string_view text, const std::string& file, std::vector<Problem>& problems) {
  YamlNode empty;
  empty.kind = YamlNode::Kind::map;
  empty.line = 1;
  const auto refused = [&](int line, std::string reason) {
    problems.push_back(
        {.file = file, .line = line, .key = {}, .reason = std::move(reason), .allowed = {}, .nearest = {}});
    return empty;
  };
  if (text.size() > largest_text) return refused(0, "is larger than one megabyte");
  TreeBuilder builder(file, problems);
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return empty;
  } catch (const YAML::Exception& wrong) {
    return refused(wrong.mark.line + 1, "not YAML: " + wrong.msg);
  }
  YamlNode root = std::move(builder).take();
  return root.kind == YamlNode::Kind::null ? empty : root;
}

}  // namespace gridpilot::config
