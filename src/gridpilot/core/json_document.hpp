#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gridpilot/core/json_reader.hpp"
#include "gridpilot/core/result.hpp"

namespace gridpilot::json {

struct Tree;

/// A value of a Document: a small handle, valid as long as its document. Values may be read in any order and as often
/// as wanted. Failures are malformed and name the path: "slots[3].pv_kwh: expected a number, found null".
class Value {
 public:
  [[nodiscard]] Kind kind() const;
  [[nodiscard]] bool is_null() const { return kind() == Kind::null; }
  /// "slots[3].pv_kwh"; empty for the document itself.
  [[nodiscard]] std::string path() const;
  /// The name under which an object holds this value; empty for elements of arrays.
  [[nodiscard]] std::string_view name() const;

  // As the reader's functions of the same names.
  [[nodiscard]] Result<double> number() const;
  [[nodiscard]] Result<std::int64_t> integer() const;
  [[nodiscard]] Result<std::int64_t> fixed(int decimals) const;
  [[nodiscard]] Result<bool> boolean() const;
  [[nodiscard]] Result<std::string_view> string() const;

  /// Elements of an array, members of an object; 0 for everything else.
  [[nodiscard]] std::size_t size() const;
  class Iterator;
  /// The elements or members in the order of the text; none for everything else.
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const;

  /// The member, which may be null; nullopt where it is absent or this is no object. Linear in the members.
  [[nodiscard]] std::optional<Value> find(std::string_view name) const;
  /// The member; fails where this is no object or the member is absent.
  [[nodiscard]] Result<Value> at(std::string_view name) const;

  // A member of a kind; fails where it is absent, null or of another kind.
  [[nodiscard]] Result<double> number(std::string_view name) const;
  [[nodiscard]] Result<std::int64_t> integer(std::string_view name) const;
  [[nodiscard]] Result<bool> boolean(std::string_view name) const;
  [[nodiscard]] Result<std::string_view> string(std::string_view name) const;
  /// The member, checked to be an array or an object.
  [[nodiscard]] Result<Value> array(std::string_view name) const;
  [[nodiscard]] Result<Value> object(std::string_view name) const;

  // A member that need not be there: nullopt where it is absent or null, a failure where it is of another kind.
  [[nodiscard]] Result<std::optional<double>> optional_number(std::string_view name) const;
  [[nodiscard]] Result<std::optional<std::int64_t>> optional_integer(std::string_view name) const;
  [[nodiscard]] Result<std::optional<bool>> optional_boolean(std::string_view name) const;
  [[nodiscard]] Result<std::optional<std::string_view>> optional_string(std::string_view name) const;

  /// Fails where this is no object or has a member that is not named here, with the nearest name that is.
  [[nodiscard]] Result<void> only(std::initializer_list<std::string_view> names) const;
  /// A caller's own objection to this value, in the same form as all others: "slots[3].hours: must be above 0".
  [[nodiscard]] std::unexpected<Error> objection(std::string_view reason, ErrorCode code = ErrorCode::malformed) const;

 private:
  friend class Document;
  friend class Iterator;
  Value(const Tree* tree, std::uint32_t node) : tree_(tree), node_(node) {}
  [[nodiscard]] std::unexpected<Error> wrong_kind(Kind wanted) const;
  template <class T, class Read>
  [[nodiscard]] Result<T> read(Kind wanted, Read&& read) const;
  const Tree* tree_;
  std::uint32_t node_;
};

class Value::Iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = Value;
  using difference_type = std::ptrdiff_t;
  using pointer = const Value*;
  using reference = Value;

  Iterator() = default;
  [[nodiscard]] Value operator*() const { return {tree_, node_}; }
  Iterator& operator++();
  Iterator operator++(int) {
    Iterator before = *this;
    ++*this;
    return before;
  }
  [[nodiscard]] friend bool operator==(const Iterator&, const Iterator&) = default;

 private:
  friend class Value;
  Iterator(const Tree* tree, std::uint32_t node) : tree_(tree), node_(node) {}
  const Tree* tree_ = nullptr;
  std::uint32_t node_ = 0;
};

/// A whole JSON text as a tree, for small documents: settings, problem files, requests. Owns its text. Strict as the
/// reader is, and a name that comes twice in an object is refused.
class Document {
 public:
  [[nodiscard]] static Result<Document> parse(std::string text, std::size_t max_bytes = default_max_bytes);
  [[nodiscard]] Value root() const;

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

 private:
  explicit Document(std::unique_ptr<const Tree> tree);
  std::unique_ptr<const Tree> tree_;
};

}  // namespace gridpilot::json
