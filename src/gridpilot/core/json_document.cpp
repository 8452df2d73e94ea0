#include "gridpilot/core/json_document.hpp"

#include <algorithm>
#include <deque>
#include <span>
#include <unordered_set>
#include <vector>

#include "gridpilot/core/text.hpp"

namespace gridpilot::json {

/// Nodes in the order of the text; links are indices, 0 is the root and therefore "none" everywhere but in `parent`.
struct Tree {
  struct Node {
    Kind kind = Kind::null;
    std::uint32_t parent = 0;
    std::uint32_t next = 0;   // next element or member of the same parent
    std::uint32_t first = 0;  // first element or member
    std::uint32_t size = 0;   // elements or members
    std::uint32_t index = 0;  // place among the parent's
    std::string_view name;
    std::string_view text;  // of a number as written, of a string without escapes, of a boolean its word
  };
  std::string source;
  std::deque<std::string> unescaped;  // a deque: views into its strings stay
  std::vector<Node> nodes;

  /// A view that lives as long as the tree: into the source where there are no escapes.
  std::string_view kept(std::string_view text) {
    const bool in_source = text.data() >= source.data() && text.data() + text.size() <= source.data() + source.size();
    return in_source ? text : std::string_view(unescaped.emplace_back(text));
  }
  void read_value(Reader& reader, std::uint32_t node);
  void read_object(Reader& reader, std::uint32_t node);
  std::uint32_t append(std::uint32_t parent, std::uint32_t previous);
};

std::uint32_t Tree::append(std::uint32_t parent, std::uint32_t previous) {
  const auto node = static_cast<std::uint32_t>(nodes.size());
  Node& added = nodes.emplace_back();
  added.parent = parent;
  added.index = nodes[parent].size++;
  if (previous == 0) {
    nodes[parent].first = node;
  } else {
    nodes[previous].next = node;
  }
  return node;
}

void Tree::read_value(Reader& reader, std::uint32_t node) {
  const Kind kind = reader.peek();
  nodes[node].kind = kind;
  switch (kind) {
    case Kind::null: static_cast<void>(reader.null()); break;
    case Kind::boolean: nodes[node].text = reader.boolean() ? "true" : "false"; break;
    case Kind::number: nodes[node].text = reader.number_text(); break;
    case Kind::string: nodes[node].text = kept(reader.string()); break;
    case Kind::array: {
      std::uint32_t previous = 0;
      reader.array([&] {
        previous = append(node, previous);
        read_value(reader, previous);
      });
      break;
    }
    case Kind::object: read_object(reader, node); break;
  }
}

void Tree::read_object(Reader& reader, std::uint32_t node) {
  std::uint32_t previous = 0;
  std::unordered_set<std::string_view> names;
  reader.object([&](std::string_view found) {
    const std::string_view name = kept(found);
    if (!names.insert(name).second) return reader.fail("this field comes twice");
    previous = append(node, previous);
    nodes[previous].name = name;
    read_value(reader, previous);
  });
}

Result<Document> Document::parse(std::string text, std::size_t max_bytes) {
  auto tree = std::make_unique<Tree>();
  tree->source = std::move(text);
  tree->nodes.emplace_back();
  Reader reader(tree->source, max_bytes);
  tree->read_value(reader, 0);
  if (auto done = reader.finish(); !done) return std::move(done).failed();
  return Document(std::move(tree));
}

Document::Document(std::unique_ptr<const Tree> tree) : tree_(std::move(tree)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Value Document::root() const {
  return {tree_.get(), 0};
}

Value::Iterator& Value::Iterator::operator++() {
  node_ = tree_->nodes[node_].next;
  if (node_ == 0) tree_ = nullptr;
  return *this;
}

Value::Iterator Value::begin() const {
  const std::uint32_t first = tree_->nodes[node_].first;
  return first == 0 ? Iterator() : Iterator(tree_, first);
}

Value::Iterator Value::end() const {
  return {};
}

Kind Value::kind() const {
  return tree_->nodes[node_].kind;
}

std::size_t Value::size() const {
  return tree_->nodes[node_].size;
}

std::string_view Value::name() const {
  return tree_->nodes[node_].name;
}

std::string Value::path() const {
  if (node_ == 0) return {};
  const Tree::Node& node = tree_->nodes[node_];
  std::string path = Value(tree_, node.parent).path();
  if (tree_->nodes[node.parent].kind == Kind::array) return path + "[" + std::to_string(node.index) + "]";
  if (!path.empty()) path += '.';
  return path.append(node.name);
}

std::unexpected<Error> Value::objection(std::string_view reason, ErrorCode code) const {
  std::string sentence = path();
  if (!sentence.empty()) sentence += ": ";
  return failure(code, sentence.append(reason));
}

std::unexpected<Error> Value::wrong_kind(Kind wanted) const {
  return objection("expected " + std::string(name_of(wanted)) + ", found " + std::string(name_of(kind())));
}

/// Numbers are kept as text and read by the reader, so that there is one way of reading them.
template <class T, class Read>
Result<T> Value::read(Kind wanted, Read&& read) const {
  if (kind() != wanted) return wrong_kind(wanted);
  Reader reader(tree_->nodes[node_].text);
  const T value = read(reader);
  if (auto done = reader.finish(); !done) {
    const std::string& reason = done.error().message;
    return objection(reason.substr(0, reason.rfind(" (line")));
  }
  return value;
}

Result<double> Value::number() const {
  return read<double>(Kind::number, [](Reader& reader) { return reader.number(); });
}

Result<std::int64_t> Value::integer() const {
  return read<std::int64_t>(Kind::number, [](Reader& reader) { return reader.integer(); });
}

Result<std::int64_t> Value::fixed(int decimals) const {
  return read<std::int64_t>(Kind::number, [decimals](Reader& reader) { return reader.fixed(decimals); });
}

Result<bool> Value::boolean() const {
  if (kind() != Kind::boolean) return wrong_kind(Kind::boolean);
  return tree_->nodes[node_].text == "true";
}

Result<std::string_view> Value::string() const {
  if (kind() != Kind::string) return wrong_kind(Kind::string);
  return tree_->nodes[node_].text;
}

std::optional<Value> Value::find(std::string_view name) const {
  if (kind() != Kind::object) return std::nullopt;
  for (const Value member : *this)
    if (member.name() == name) return member;
  return std::nullopt;
}

Result<Value> Value::at(std::string_view name) const {
  if (kind() != Kind::object) return wrong_kind(Kind::object);
  if (const auto member = find(name)) return *member;
  return objection("field '" + std::string(name) + "' is missing");
}

Result<double> Value::number(std::string_view name) const {
  const auto member = at(name);
  return member ? member->number() : member.failed();
}

Result<std::int64_t> Value::integer(std::string_view name) const {
  const auto member = at(name);
  return member ? member->integer() : member.failed();
}

Result<bool> Value::boolean(std::string_view name) const {
  const auto member = at(name);
  return member ? member->boolean() : member.failed();
}

Result<std::string_view> Value::string(std::string_view name) const {
  const auto member = at(name);
  return member ? member->string() : member.failed();
}

Result<Value> Value::array(std::string_view name) const {
  const auto member = at(name);
  return member && member->kind() != Kind::array ? member->wrong_kind(Kind::array) : member;
}

Result<Value> Value::object(std::string_view name) const {
  const auto member = at(name);
  return member && member->kind() != Kind::object ? member->wrong_kind(Kind::object) : member;
}

namespace {

template <class T>
Result<std::optional<T>> optional(std::optional<Value> member, Result<T> (Value::*read)() const) {
  if (!member || member->is_null()) return std::optional<T>();
  auto value = ((*member).*read)();
  if (!value) return std::move(value).failed();
  return std::optional<T>(*value);
}

}  // namespace

Result<std::optional<double>> Value::optional_number(std::string_view name) const {
  return optional<double>(find(name), &Value::number);
}

Result<std::optional<std::int64_t>> Value::optional_integer(std::string_view name) const {
  return optional<std::int64_t>(find(name), &Value::integer);
}

Result<std::optional<bool>> Value::optional_boolean(std::string_view name) const {
  return optional<bool>(find(name), &Value::boolean);
}

Result<std::optional<std::string_view>> Value::optional_string(std::string_view name) const {
  return optional<std::string_view>(find(name), &Value::string);
}

Result<void> Value::only(std::initializer_list<std::string_view> names) const {
  if (kind() != Kind::object) return wrong_kind(Kind::object);
  const std::span<const std::string_view> known(names.begin(), names.size());
  for (const Value member : *this) {
    if (std::ranges::find(known, member.name()) != known.end()) continue;
    std::string reason = "unknown field '" + std::string(member.name()) + "'";
    const std::string_view near = nearest(member.name(), known);
    if (!near.empty()) reason += ", did you mean '" + std::string(near) + "'?";
    return objection(reason);
  }
  return {};
}

}  // namespace gridpilot::json
