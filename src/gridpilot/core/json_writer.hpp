#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "gridpilot/core/json_fields.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/core/time.hpp"

namespace gridpilot::json {

enum class Style { compact, pretty };

/// The name of a member, written in the source: plain ASCII that needs no escaping, which the compiler checks.
class Name {
 public:
  consteval Name(const char* text) : text_(text) {
    if (text_.empty()) throw "a member has a name";
    for (const char c : text_)
      if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') throw "a name in the source is plain ASCII";
  }
  [[nodiscard]] constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// Appends one JSON text to a string. What it appends is valid JSON as long as begins and ends are balanced and every
/// member of an object has a name: GRIDPILOT_VERIFY holds callers to the balance.
///
/// Numbers come back as they went in: doubles in the fewest digits that read back equal. What is no number (NaN,
/// infinity) and what is absent becomes null. Text is expected in UTF-8; bytes that are not become U+FFFD.
/// Pretty style: two blanks a level, one member a line.
///
/// Pieces are gathered in a small buffer of its own: the string is to be looked at once the outermost object or array
/// is ended, or the writer is gone, not in between.
class Writer {
 public:
  explicit Writer(std::string& out, Style style = Style::compact) : out_(out), style_(style) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { flush(); }

  /// Memory for so many bytes more at once: worth it before some megabytes.
  Writer& reserve(std::size_t bytes) {
    out_.reserve(out_.size() + bytes);
    return *this;
  }

  Writer& begin_object() { return begin('{'); }
  Writer& end_object() { return end('}'); }
  Writer& begin_array() { return begin('['); }
  Writer& end_array() { return end(']'); }

  /// A member's name; its value or begin_… follows.
  Writer& key(Name name);
  /// The same from the list of fields that the record is read by.
  template <std::size_t N>
  Writer& key(const Fields<N>& fields, std::size_t field) {
    before_value();
    const std::string_view quoted = fields.quoted(field);
    std::memcpy(at_, quoted.data(), quoted_room);  // a fixed size is two instructions, the right one a call
    at_ += quoted.size();
    if (style_ == Style::pretty) *at_++ = ' ';
    after_key_ = true;
    return *this;
  }
  /// The same for a name that is only known at run time; it is escaped where needed.
  Writer& key_text(std::string_view name);

  Writer& value(double number);
  /// In the fewest digits that read back as the same float.
  Writer& value(float number);
  Writer& value(std::string_view text);
  /// RFC 3339 in UTC.
  Writer& value(Instant time);
  Writer& value(const char* text) { return value(std::string_view(text)); }
  Writer& value(const std::string& text) { return value(std::string_view(text)); }
  Writer& value(std::nullopt_t) { return null(); }
  template <std::integral Integer>
  Writer& value(Integer number) {
    if constexpr (std::same_as<Integer, bool>) {
      return boolean(number);
    } else if constexpr (std::unsigned_integral<Integer>) {
      return unsigned_number(number);
    } else {
      return signed_number(number);
    }
  }
  /// null where absent.
  template <class T>
  Writer& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : null();
  }
  template <class T>
    requires(!std::convertible_to<T*, const char*>)
  Writer& value(T*) = delete;  // a pointer is not true
  Writer& null();

  /// `units` × 10^-decimals, exactly: 41234 with 2 decimals is 412.34. Zeros at the end are dropped. At most 18
  /// decimals.
  Writer& decimal(std::int64_t units, int decimals);
  /// Rounded to so many decimals (half to even; at most 9), zeros at the end dropped: for display figures.
  Writer& rounded(double number, int decimals);
  Writer& rounded(std::optional<double> number, int decimals) { return number ? rounded(*number, decimals) : null(); }

  /// key and value in one.
  template <class T>
  Writer& member(Name name, const T& of) {
    return key(name).value(of);
  }
  /// A JSON text made elsewhere, taken over as it is. Style is the maker's.
  Writer& raw(std::string_view json);

 private:
  Writer& begin(char bracket);
  Writer& end(char bracket);
  Writer& boolean(bool value);
  Writer& signed_number(std::int64_t number);
  Writer& unsigned_number(std::uint64_t number);
  template <class Number>
  Writer& floating(Number number);
  void before_value() {
    make_room();
    if (after_key_) {
      after_key_ = false;
      return;
    }
    if (!first_) *at_++ = ',';
    first_ = false;
    if (style_ == Style::pretty && depth_ > 0) new_line();
  }
  void after_value() {
    if (depth_ == 0) flush();
  }
  void new_line();
  void append(std::string_view text);
  void append_quoted(std::string_view text);
  void append_escaped(std::string_view text);
  /// Makes sure that 64 bytes fit behind at_.
  void make_room() {
    if (at_ > buffer_.data() + buffer_.size() - 64) [[unlikely]]
      flush();
  }
  void flush();

  std::string& out_;
  Style style_;
  int depth_ = 0;
  bool first_ = true;              // nothing stands in this object or array yet
  bool after_key_ = false;         // a value is due: no comma, no new line
  std::array<char, 1024> buffer_;  // not zeroed: only what lies before at_ is ever read
  char* at_ = buffer_.data();
};

/// The shortest JSON number that reads back as the same double; "null" for what is no number.
void append_number(std::string& out, double number);
/// The same for a float.
void append_number(std::string& out, float number);

/// The same document, one member a line; fails like Document::parse where the text is not JSON.
[[nodiscard]] Result<std::string> pretty(std::string_view text);
/// The same document without blanks.
[[nodiscard]] Result<std::string> compact(std::string_view text);

}  // namespace gridpilot::json
