#include "gridpilot/config/section.hpp"

#include <algorithm>

#include "gridpilot/core/text.hpp"

namespace gridpilot::config {

Section::Section(const YamlNode* node, std::string path, const std::string& file, std::vector<Problem>& problems)
    : node_(node), path_(std::move(path)), file_(file), problems_(problems) {
  if (node_ == nullptr || node_->kind == YamlNode::Kind::map) return;
  if (node_->kind != YamlNode::Kind::null) {
    problems_.push_back({.file = file_,
                         .line = node_->line,
                         .key = path_,
                         .reason = "must hold keys with values ('key: value')",
                         .allowed = {},
                         .nearest = {}});
  }
  node_ = nullptr;
}

std::string Section::full(std::string_view key) const {
  return path_.empty() || key.empty() ? path_ + std::string(key) : path_ + "." + std::string(key);
}

int Section::line_of(std::string_view key) const {
  if (node_ == nullptr) return 0;
  for (const YamlNode::Entry& entry : node_->entries)
    if (entry.key == key) return entry.line;
  return node_->line;
}

const YamlNode* Section::value(std::string_view key) {
  if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.emplace_back(key);
  return node_ == nullptr ? nullptr : node_->find(key);
}

const YamlNode* Section::scalar(std::string_view key) {
  const YamlNode* found = value(key);
  if (found == nullptr) return nullptr;
  if (found->kind == YamlNode::Kind::scalar) return found;
  report(key, found->kind == YamlNode::Kind::null ? "has no value" : "must be one value");
  return nullptr;
}

std::optional<std::size_t> Section::choice(std::string_view key, std::span<const std::string_view> words) {
  const YamlNode* found = scalar(key);
  if (found == nullptr) return std::nullopt;
  const auto word = std::find(words.begin(), words.end(), found->text);
  if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  report(key, "'" + found->text + "' is not allowed", words, found->text);
  return std::nullopt;
}

Section Section::section(std::string_view key) {
  const YamlNode* found = value(key);
  return {found, full(key), file_, problems_};
}

std::vector<const YamlNode*> Section::list(std::string_view key) {
  std::vector<const YamlNode*> items;
  const YamlNode* found = value(key);
  if (found == nullptr) return items;
  if (found->kind != YamlNode::Kind::list) {
    report(key, "must be a list ('- …' on lines of their own, or [a, b])");
    return items;
  }
  for (const YamlNode& item : found->items) items.push_back(&item);
  return items;
}

std::vector<Section> Section::sections(std::string_view key) {
  std::vector<Section> result;
  for (const YamlNode* item : list(key))
    result.emplace_back(item, full(key) + "[" + std::to_string(result.size()) + "]", file_, problems_);
  return result;
}

std::vector<std::string> Section::texts(std::string_view key) {
  std::vector<std::string> result;
  for (const YamlNode* item : list(key)) {
    if (item->kind == YamlNode::Kind::scalar)
      result.push_back(item->text);
    else
      report(key, "must be a list of single values");
  }
  return result;
}

std::vector<const YamlNode::Entry*> Section::all_entries() {
  std::vector<const YamlNode::Entry*> entries;
  if (node_ == nullptr) return entries;
  for (const YamlNode::Entry& entry : node_->entries) {
    entries.push_back(&entry);
    asked_.push_back(entry.key);
  }
  return entries;
}

void Section::report(std::string_view key, std::string reason) {
  report(key, std::move(reason), {}, {});
}

void Section::report(std::string_view key, std::string reason, std::span<const std::string_view> allowed,
                     std::string_view written) {
  // A file that is wrong all over is not listed to its end.
  constexpr std::size_t most_problems = 100;
  if (problems_.size() >= most_problems) return;
  problems_.push_back({.file = file_,
                       .line = line_of(key),
                       .key = full(key),
                       .reason = std::move(reason),
                       .allowed = std::vector<std::string>(allowed.begin(), allowed.end()),
                       .nearest = written.empty() ? std::string() : std::string(nearest(written, allowed))});
}

bool Section::report_missing(std::string_view key) {
  if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.emplace_back(key);
  report(key, "is required and lacking");
  return false;
}

void Section::finish() {
  if (node_ == nullptr) return;
  const std::vector<std::string_view> known(asked_.begin(), asked_.end());
  for (const YamlNode::Entry& entry : node_->entries)
    if (std::find(known.begin(), known.end(), entry.key) == known.end())
      report(entry.key, "unknown key", known, entry.key);
}

}  // namespace gridpilot::config
