#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gridpilot/core/json_fields.hpp"
#include "gridpilot/core/result.hpp"

namespace gridpilot::json {

/// Deeper nesting is refused, so that no document can exhaust the stack.
inline constexpr std::size_t max_depth = 64;
/// Longer texts are refused unless the caller names another limit.
inline constexpr std::size_t default_max_bytes = std::size_t{64} << 20U;

enum class Kind { null, boolean, number, string, array, object };
/// "null", "a boolean", "a number", …: as sentences name them.
[[nodiscard]] std::string_view name_of(Kind kind) noexcept;

/// Reads a JSON text from front to back without building anything: the fast way, for records that are many.
///
/// Failures stick: after the first one every read returns a zero value and every loop ends, so a decoder asks once, at
/// the end (`finish`, or `decode` below). The sentence names the path and the reason: "slots[3].pv_kwh: expected a
/// number, found null (line 3, column 14)". Code malformed; too_large past the size limit.
///
/// Strict RFC 8259: valid UTF-8, no trailing text, no comments, no NaN, no leading zeros, no lone surrogates.
/// Each value is read exactly once, inside the callback that it is offered to; a value that an object's callback leaves
/// unread is an unknown field and fails (call skip() to ignore one); reading twice is a bug of the caller and fails.
/// The text must outlive the reader. No allocation but for strings with escapes and for failures.
class Reader {
 public:
  explicit Reader(std::string_view text, std::size_t max_bytes = default_max_bytes);

  /// What comes next; null also after a failure.
  [[nodiscard]] Kind peek();

  // Each of these reads one value; another kind than asked for fails.
  /// Correctly rounded; a magnitude above the range of double fails.
  [[nodiscard]] double number();
  /// Digits only: 5.0 and 1e3 are not whole numbers.
  [[nodiscard]] std::int64_t integer();
  /// The decimal text × 10^decimals, exactly, rounded half to even once where the text has more decimals: a price of
  /// "412.34" per MWh as fixed(6) is 412340000 nanos per kWh. Up to 19 significant digits.
  [[nodiscard]] std::int64_t fixed(int decimals);
  /// The number as it stands in the text.
  [[nodiscard]] std::string_view number_text();
  [[nodiscard]] bool boolean();
  /// Without its escapes. Valid until the next string is read, and as long as the text.
  [[nodiscard]] std::string_view string();
  /// Reads a null and says true; leaves anything else where it is.
  [[nodiscard]] bool null() {
    if (at_ != end_ && *at_ != 'n' && static_cast<unsigned char>(*at_) > ' ') return false;
    return null_slowly();
  }
  [[nodiscard]] std::optional<double> number_or_null() { return null() ? std::nullopt : std::optional(number()); }
  /// Reads a value of any kind, checked as strictly as any other.
  void skip();

  /// Reads an object: on_member(std::string_view name) for each member, reading its value from this reader. The name is
  /// valid until the value is read. Duplicate names are the callback's business.
  template <class OnMember>
  void object(OnMember&& on_member);
  /// Reads an object with a known list of fields: on_field(std::size_t field) reads the value. A field that comes twice
  /// fails. Ask require() for what must be there.
  template <std::size_t N, class OnField>
  [[nodiscard]] Seen record(const Fields<N>& fields, OnField&& on_field, Unknown unknown = Unknown::refuse);
  /// Reads an array: on_element() for each; an element left unread is skipped.
  template <class OnElement>
  void array(OnElement&& on_element);

  /// Fails naming the first of the fields from `first` to before `last` that was not seen.
  template <std::size_t N>
  void require(const Fields<N>& fields, Seen seen, std::size_t first = 0, std::size_t last = N) {
    for (std::size_t i = first; i < last; ++i)
      if (!seen.has(i)) return fail_missing(fields.name(i));
  }
  /// The caller's own objection to the value just read ("must be above 0"); ignored after an earlier failure.
  void fail(std::string_view reason, ErrorCode code = ErrorCode::malformed);
  void fail_missing(std::string_view field);
  [[nodiscard]] bool failed() const { return error_.has_value(); }

  /// "slots[3].pv_kwh": where the reader is; empty at the top.
  [[nodiscard]] std::string path() const;

  /// To be called once all is read: the first failure, or trailing text, or success.
  [[nodiscard]] Result<void> finish();

 private:
  struct Frame {
    const char* name = nullptr;  // as in the text, escapes and all; nullptr in an array
    std::size_t name_size = 0;
    std::int64_t index = -1;
  };
  struct Decimal;
  /// A comparison without the call into the library that a length known at run time would cost; the name is not short
  /// of four characters with its quotes and colon.
  static bool starts_with_quoted(const char* text, std::string_view quoted) {
    const auto same = [&](auto word, std::size_t at) {
      auto other = word;
      std::memcpy(&word, text + at, sizeof word);
      std::memcpy(&other, quoted.data() + at, sizeof other);
      return word == other;
    };
    const std::size_t size = quoted.size();
    if (size < 8) return same(std::uint32_t{}, 0) && same(std::uint32_t{}, size - 4);
    for (std::size_t at = 0; at + 8 < size; at += 8)
      if (!same(std::uint64_t{}, at)) return false;
    return same(std::uint64_t{}, size - 8);
  }

  void skip_blanks() {
    while (at_ != end_ && static_cast<unsigned char>(*at_) <= ' ' &&
           (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r'))
      ++at_;
  }
  // Each says true where there is something to read; the slow halves fail or pop.
  bool open(char bracket, Kind kind);
  bool first_item(char close);
  bool next_item(char close) {
    if (at_ != end_ && *at_ == ',') {
      ++at_;
      if (at_ != end_ && static_cast<unsigned char>(*at_) <= ' ') skip_blanks();
      return true;
    }
    return next_item_slowly(close);
  }
  bool next_item_slowly(char close);
  std::string_view member_name();
  bool begin_value(Kind kind);
  double number_slowly();
  bool null_slowly();
  bool take_decimal(Decimal& decimal);
  bool take_word(std::string_view word, Kind kind);
  std::string_view take_string(std::string& scratch);
  std::string_view take_escaped_string(const char* run, const char* at, std::string& scratch);
  bool unescape(const char*& from, std::string& into);
  void fail_unknown(std::string_view name, const std::string_view* known, std::size_t count);
  void fail_duplicate(std::string_view name);
  void fail_kind(Kind wanted);

  const char* begin_;
  const char* at_;
  const char* end_;
  std::size_t depth_ = 0;
  bool pending_ = true;  // a value is offered and not yet read
  std::optional<Error> error_;
  std::string string_scratch_;
  std::string name_scratch_;
  std::array<Frame, max_depth> frames_;
};

/// Decodes a whole text: `decoder(Reader&)` returns the value; failures and trailing text become the Error.
template <class Decoder>
[[nodiscard]] auto decode(std::string_view text, Decoder&& decoder, std::size_t max_bytes = default_max_bytes)
    -> Result<decltype(decoder(std::declval<Reader&>()))> {
  Reader reader(text, max_bytes);
  auto value = decoder(reader);
  if (auto done = reader.finish(); !done) return std::move(done).failed();
  return value;
}

template <class OnMember>
void Reader::object(OnMember&& on_member) {
  if (!open('{', Kind::object)) return;
  for (bool more = first_item('}'); more; more = next_item('}')) {
    const std::string_view name = member_name();
    if (failed()) return;
    pending_ = true;
    on_member(name);
    if (pending_) return fail_unknown(name, nullptr, 0);
  }
}

template <std::size_t N, class OnField>
Seen Reader::record(const Fields<N>& fields, OnField&& on_field, Unknown unknown) {
  Seen seen;
  if (!open('{', Kind::object)) return seen;
  std::size_t expected = 0;
  for (bool more = first_item('}'); more; more = next_item('}')) {
    std::size_t field = expected;
    const std::string_view quoted = expected < N ? fields.quoted(expected) : std::string_view();
    if (expected<N&& static_cast<std::size_t>(end_ - at_)> quoted.size() &&
        std::memcmp(at_, quoted.data(), quoted.size()) == 0) {
      frames_[depth_ - 1].name = at_ + 1;
      frames_[depth_ - 1].name_size = quoted.size() - 3;
      at_ += quoted.size();
    } else {
      const std::string_view name = member_name();
      if (failed()) return seen;
      field = fields.find(name);
      if (field == N) {
        if (unknown == Unknown::refuse) {
          fail_unknown(name, fields.names().data(), N);
          return seen;
        }
        pending_ = true;
        skip();
        continue;
      }
    }
    if (seen.has(field)) {
      fail_duplicate(fields.name(field));
      return seen;
    }
    pending_ = true;
    on_field(field);
    if (pending_) skip();
    seen.bits |= std::uint64_t{1} << field;
    expected = field + 1;
  }
  return seen;
}

template <class OnElement>
void Reader::array(OnElement&& on_element) {
  if (!open('[', Kind::array)) return;
  for (bool more = first_item(']'); more; more = next_item(']')) {
    ++frames_[depth_ - 1].index;
    pending_ = true;
    on_element();
    if (pending_) skip();
  }
}

}  // namespace gridpilot::json
