#include "gridpilot/core/json_reader.hpp"

#include <simdjson.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "gridpilot/core/text.hpp"

namespace gridpilot::json {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr std::uint64_t every_byte(std::uint8_t value) {
  return 0x0101010101010101U * value;
}

/// Marks the bytes of a word that end a plain run of a string: quote, backslash, control characters. Only the lowest
/// mark is exact, which is all that is used.
constexpr std::uint64_t string_stops(std::uint64_t word) {
  const auto zero_bytes = [](std::uint64_t w) { return (w - every_byte(1)) & ~w & every_byte(0x80); };
  return zero_bytes(word ^ every_byte('"')) | zero_bytes(word ^ every_byte('\\')) |
         ((word - every_byte(0x20)) & ~word & every_byte(0x80));
}

/// The end of a string's plain run.
const char* plain_run(const char* at, const char* end) {
#ifdef __SSE2__  // part of every x86-64
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i last_control = _mm_set1_epi8(0x1f);
  while (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    const __m128i stops =
        _mm_or_si128(control, _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
    if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(stops)); mask != 0)
      return at + std::countr_zero(mask);
    at += 16;
  }
#endif
  if constexpr (std::endian::native == std::endian::little) {
    while (end - at >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, 8);
      if (const std::uint64_t stops = string_stops(word); stops != 0) return at + std::countr_zero(stops) / 8;
      at += 8;
    }
  }
  while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
  return at;
}

std::optional<unsigned> hex_quad(const char* at, const char* end) {
  if (end - at < 4) return std::nullopt;
  unsigned value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    unsigned digit = 0;
    if (is_digit(c)) {
      digit = static_cast<unsigned>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<unsigned>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<unsigned>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
    value = value * 16 + digit;
  }
  return value;
}

void append_utf8(std::string& text, unsigned code) {
  const auto byte = [&](unsigned value) { text += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0U | code >> 6U);
    byte(0x80U | (code & 0x3fU));
  } else if (code < 0x10000) {
    byte(0xe0U | code >> 12U);
    byte(0x80U | (code >> 6U & 0x3fU));
    byte(0x80U | (code & 0x3fU));
  } else {
    byte(0xf0U | code >> 18U);
    byte(0x80U | (code >> 12U & 0x3fU));
    byte(0x80U | (code >> 6U & 0x3fU));
    byte(0x80U | (code & 0x3fU));
  }
}

}  // namespace

std::string_view name_of(Kind kind) noexcept {
  switch (kind) {
    case Kind::null: return "null";
    case Kind::boolean: return "a boolean";
    case Kind::number: return "a number";
    case Kind::string: return "a string";
    case Kind::array: return "an array";
    case Kind::object: return "an object";
  }
  return "a value";
}

Reader::Reader(std::string_view text, std::size_t max_bytes)
    : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {
  if (text.size() > max_bytes) {
    fail("longer than " + std::to_string(max_bytes) + " bytes", ErrorCode::too_large);
  } else if (!simdjson::validate_utf8(text.data(), text.size())) {
    fail("not valid UTF-8");
  }
}

Kind Reader::peek() {
  skip_blanks();
  if (at_ == end_) {
    fail("the text ends where a value should stand");
    return Kind::null;
  }
  switch (*at_) {
    case '{': return Kind::object;
    case '[': return Kind::array;
    case '"': return Kind::string;
    case 't':
    case 'f': return Kind::boolean;
    case 'n': return Kind::null;
    default:
      if (*at_ == '-' || is_digit(*at_)) return Kind::number;
      fail("this is not a JSON value");
      return Kind::null;
  }
}

bool Reader::begin_value(Kind kind) {
  if (failed()) return false;
  if (!pending_) {
    fail("read twice: the decoder has a fault", ErrorCode::bug);
    return false;
  }
  const Kind found = peek();
  if (failed()) return false;
  if (found != kind) {
    fail_kind(kind);
    return false;
  }
  pending_ = false;
  return true;
}

bool Reader::open(char bracket, Kind kind) {
  if (at_ == end_ || *at_ != bracket || !pending_) {
    if (!begin_value(kind)) return false;
  }
  pending_ = false;
  if (depth_ == max_depth) {
    fail("nested deeper than " + std::to_string(max_depth) + " levels");
    return false;
  }
  frames_[depth_++] = Frame{};
  ++at_;
  return true;
}

bool Reader::first_item(char close) {
  if (failed()) return false;
  skip_blanks();
  if (at_ != end_ && *at_ == close) {
    ++at_;
    --depth_;
    return false;
  }
  return true;
}

bool Reader::next_item_slowly(char close) {
  if (failed()) return false;
  skip_blanks();
  if (at_ != end_ && *at_ == ',') {
    ++at_;
    skip_blanks();
    return true;
  }
  if (at_ != end_ && *at_ == close) {
    ++at_;
    --depth_;
    pending_ = false;
    return false;
  }
  if (at_ == end_) {
    fail(std::string("the text ends before its closing '") + close + "'");
  } else {
    fail(std::string("expected ',' or '") + close + "'");
  }
  return false;
}

std::string_view Reader::member_name() {
  Frame& frame = frames_[depth_ - 1];
  if (at_ == end_ || *at_ != '"') {
    frame.name = nullptr;
    fail(at_ == end_ ? "the text ends before its closing '}'" : "expected a field name in quotes");
    return {};
  }
  frame.name = at_ + 1;
  frame.name_size = 0;
  const std::string_view name = take_string(name_scratch_);
  if (failed()) return {};
  frame.name_size = static_cast<std::size_t>(at_ - 1 - frame.name);
  skip_blanks();
  if (at_ == end_ || *at_ != ':') {
    fail("expected ':' after the field name");
    return {};
  }
  ++at_;
  return name;
}

bool Reader::take_word(std::string_view word, Kind kind) {
  if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word)) {
    at_ += word.size();
    pending_ = false;
    return true;
  }
  fail(kind == Kind::null ? "expected null" : "expected true or false");
  return false;
}

bool Reader::boolean() {
  if (!begin_value(Kind::boolean)) return false;
  const bool value = *at_ == 't';
  return take_word(value ? "true" : "false", Kind::boolean) && value;
}

bool Reader::null_slowly() {
  if (failed() || peek() != Kind::null || failed()) return failed();
  return begin_value(Kind::null) && take_word("null", Kind::null);
}

std::string_view Reader::string() {
  if (at_ != end_ && *at_ == '"' && pending_) {
    pending_ = false;
  } else if (!begin_value(Kind::string)) {
    return {};
  }
  return take_string(string_scratch_);
}

/// At an opening quote; moves past the closing one.
std::string_view Reader::take_string(std::string& scratch) {
  const char* run = at_ + 1;
  const char* at = plain_run(run, end_);
  if (at != end_ && *at == '"') {
    at_ = at + 1;
    return {run, static_cast<std::size_t>(at - run)};
  }
  return take_escaped_string(run, at, scratch);
}

/// The rest of a string whose plain run from `run` ends at `at`, and not by its closing quote.
std::string_view Reader::take_escaped_string(const char* run, const char* at, std::string& scratch) {
  scratch.clear();
  while (at != end_ && *at != '"') {
    scratch.append(run, at);
    at_ = at;
    if (*at != '\\') {
      fail("a control character must be escaped in a string");
      return {};
    }
    if (!unescape(at, scratch)) {
      fail("not a valid escape in a string");
      return {};
    }
    run = at;
    at = plain_run(run, end_);
  }
  if (at == end_) {
    fail("the text ends inside a string");
    return {};
  }
  scratch.append(run, at);
  at_ = at + 1;
  return scratch;
}

/// At a backslash; moves past its escape.
bool Reader::unescape(const char*& from, std::string& into) {
  if (end_ - from < 2) return false;
  const char kind = from[1];
  from += 2;
  switch (kind) {
    case '"':
    case '\\':
    case '/': into += kind; return true;
    case 'b': into += '\b'; return true;
    case 'f': into += '\f'; return true;
    case 'n': into += '\n'; return true;
    case 'r': into += '\r'; return true;
    case 't': into += '\t'; return true;
    case 'u': break;
    default: return false;
  }
  const auto first = hex_quad(from, end_);
  if (!first) return false;
  from += 4;
  if (*first < 0xd800 || *first > 0xdfff) {
    append_utf8(into, *first);
    return true;
  }
  // A pair of surrogates is one character; half of one is none.
  if (*first > 0xdbff || end_ - from < 6 || from[0] != '\\' || from[1] != 'u') return false;
  const auto second = hex_quad(from + 2, end_);
  if (!second || *second < 0xdc00 || *second > 0xdfff) return false;
  from += 6;
  append_utf8(into, 0x10000 + ((*first - 0xd800) << 10U) + (*second - 0xdc00));
  return true;
}

void Reader::skip() {
  switch (peek()) {
    case Kind::null: static_cast<void>(null()); break;
    case Kind::boolean: static_cast<void>(boolean()); break;
    case Kind::number: static_cast<void>(number_text()); break;
    case Kind::string: static_cast<void>(string()); break;
    case Kind::array: array([] {}); break;
    case Kind::object: object([this](std::string_view) { skip(); }); break;
  }
}

void Reader::fail(std::string_view reason, ErrorCode code) {
  if (failed()) return;
  std::string sentence = path();
  if (!sentence.empty()) sentence += ": ";
  sentence += reason;
  const auto line = 1 + std::count(begin_, at_, '\n');
  const char* line_begin = at_;
  while (line_begin != begin_ && line_begin[-1] != '\n') --line_begin;
  sentence += " (line " + std::to_string(line) + ", column " + std::to_string(at_ - line_begin + 1) + ")";
  error_ = Error{.code = code, .message = std::move(sentence)};
  at_ = end_;  // so that every loop ends
}

void Reader::fail_kind(Kind wanted) {
  const Kind found = peek();
  fail("expected " + std::string(name_of(wanted)) + ", found " + std::string(name_of(found)));
}

void Reader::fail_missing(std::string_view field) {
  fail("field '" + std::string(field) + "' is missing");
}

void Reader::fail_duplicate(std::string_view name) {
  frames_[depth_ - 1].name = nullptr;  // the path is the object's
  fail("field '" + std::string(name) + "' comes twice");
}

void Reader::fail_unknown(std::string_view name, const std::string_view* known, std::size_t count) {
  if (failed()) return;
  frames_[depth_ - 1].name = nullptr;  // the path is the object's
  std::string reason = "unknown field '" + std::string(name) + "'";
  const std::string_view near = nearest(name, {known, count});
  if (!near.empty()) reason += ", did you mean '" + std::string(near) + "'?";
  fail(reason);
}

std::string Reader::path() const {
  std::string path;
  for (std::size_t i = 0; i < depth_; ++i) {
    const Frame& frame = frames_[i];
    if (frame.index >= 0) {
      path += "[" + std::to_string(frame.index) + "]";
    } else if (frame.name != nullptr && frame.name_size > 0) {
      if (!path.empty()) path += '.';
      path.append(frame.name, frame.name_size);
    }
  }
  return path;
}

Result<void> Reader::finish() {
  if (!failed() && pending_) fail("nothing was read: the decoder has a fault", ErrorCode::bug);
  if (!failed()) {
    skip_blanks();
    if (at_ != end_) fail("text after the end of the document");
  }
  if (error_) return std::unexpected<Error>(*error_);
  return {};
}

}  // namespace gridpilot::json
