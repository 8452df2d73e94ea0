#pragma once

#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gridpilot/config/problems.hpp"
#include "gridpilot/config/yaml_tree.hpp"
#include "gridpilot/core/result.hpp"

namespace gridpilot::config {

/// Reads the keys of one YAML map and remembers which it was asked for: what is left at finish() is an unknown key.
/// Problems are collected and never thrown; a value that is wrong leaves its target as it was.
class Section {
 public:
  /// A null `node` is a section that was left out. Node, file name and problems must outlive it.
  Section(const YamlNode* node, std::string path, const std::string& file, std::vector<Problem>& problems);

  [[nodiscard]] bool given() const { return node_ != nullptr; }
  /// Counts as asking for the key.
  [[nodiscard]] bool has(std::string_view key) { return value(key) != nullptr; }
  [[nodiscard]] int line() const { return node_ == nullptr ? 0 : node_->line; }

  /// Reads a scalar with `parse`, a function from text to Result<T>; true where the key stands there and is right.
  template <class T, class Parse>
  bool read(std::string_view key, T& target, Parse parse) {
    const YamlNode* value = scalar(key);
    if (value == nullptr) return false;
    auto parsed = parse(std::string_view(value->text));
    if (!parsed) {
      report(key, parsed.error().message);
      return false;
    }
    target = std::move(*parsed);
    return true;
  }

  /// As read(), and a problem where the key is absent.
  template <class T, class Parse>
  bool require(std::string_view key, T& target, Parse parse) {
    if (!has(key)) return report_missing(key);
    return read(key, target, parse);
  }

  /// One of the words; its index where the key stands there and is right.
  [[nodiscard]] std::optional<std::size_t> choice(std::string_view key, std::span<const std::string_view> words);

  /// The map under a key; a section that was left out where the key is absent.
  [[nodiscard]] Section section(std::string_view key);
  /// The items of the list under a key; empty where it is absent.
  [[nodiscard]] std::vector<const YamlNode*> list(std::string_view key);
  /// The maps in the list under a key, each with its place in its path: "weather.sources[0]".
  [[nodiscard]] std::vector<Section> sections(std::string_view key);
  /// The texts of a list of scalars.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key);
  /// The entries of this map, each counted as asked for.
  [[nodiscard]] std::vector<const YamlNode::Entry*> all_entries();

  void report(std::string_view key, std::string reason);
  /// Always false, so that a reader can return it.
  bool report_missing(std::string_view key);
  /// Reports every key that was never asked for, with the keys that were.
  void finish();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  [[nodiscard]] const YamlNode* value(std::string_view key);
  [[nodiscard]] const YamlNode* scalar(std::string_view key);
  [[nodiscard]] std::string full(std::string_view key) const;
  [[nodiscard]] int line_of(std::string_view key) const;
  void report(std::string_view key, std::string reason, std::span<const std::string_view> allowed,
              std::string_view written);

  const YamlNode* node_;
  std::string path_;
  const std::string& file_;
  std::vector<Problem>& problems_;
  std::vector<std::string> asked_;
};

/// A parse result that lies between two values, both allowed; bad_input with the range otherwise.
template <class T>
[[nodiscard]] Result<T> between(Result<T> parsed, T least, T most, std::string_view range) {
  if (parsed && (*parsed < least || *parsed > most))
    return failure(ErrorCode::bad_input, "is out of range; allowed: " + std::string(range));
  return parsed;
}

}  // namespace gridpilot::config
