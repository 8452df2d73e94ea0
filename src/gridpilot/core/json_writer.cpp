#include "gridpilot/core/json_writer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "gridpilot/core/json_reader.hpp"
#include "gridpilot/core/verify.hpp"

namespace gridpilot::json {
namespace {

constexpr std::int64_t power_of_ten(int exponent) {
  std::int64_t power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

constexpr std::array<char, 200> two_digits = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

constexpr std::uint64_t magnitude(std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  return number < 0 ? 0 - bits : bits;
}

/// At most 20 characters. Small numbers, which nearly all are, without a loop.
char* put_unsigned(char* at, std::uint64_t number) {
  if (number >= 10'000) return std::to_chars(at, at + 20, number).ptr;
  const auto low = number % 100;
  const auto high = number / 100;
  if (high >= 10) {
    std::memcpy(at, &two_digits[2 * high], 2);
    at += 2;
  } else if (high > 0) {
    *at++ = static_cast<char>('0' + high);
  }
  if (high > 0 || low >= 10) {
    std::memcpy(at, &two_digits[2 * low], 2);
    return at + 2;
  }
  *at = static_cast<char>('0' + low);
  return at + 1;
}

/// magnitude × 10^-decimals without the zeros at its end; at most 40 characters.
char* put_decimal(char* at, bool negative, std::uint64_t magnitude, int decimals) {
  if (negative) *at++ = '-';
  const auto scale = static_cast<std::uint64_t>(power_of_ten(decimals));
  at = put_unsigned(at, magnitude / scale);
  std::uint64_t fraction = magnitude % scale;
  if (fraction == 0) return at;
  *at++ = '.';
  for (int i = decimals - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + fraction % 10);
    fraction /= 10;
  }
  at += decimals;
  while (at[-1] == '0') --at;
  return at;
}

char* put_thousandths(char* at, std::uint64_t magnitude) {
  at = put_unsigned(at, magnitude / 1000);
  const auto fraction = magnitude % 1000;
  if (fraction == 0) return at;
  *at++ = '.';
  *at++ = static_cast<char>('0' + fraction / 100);
  if (fraction % 100 == 0) return at;
  std::memcpy(at, &two_digits[2 * (fraction % 100)], 2);
  return fraction % 10 == 0 ? at + 1 : at + 2;
}

/// The fewest digits that read back as the same number of this type; at most 40 characters.
///
/// Measured numbers have few decimals: whole ones and thousandths are tried before the general algorithm. Below `limit`
/// two neighbours of the type are closer than a thousandth, so the text found is the shortest there is.
template <class Number>
char* put_number(char* at, Number number) {
  constexpr double limit = std::is_same_v<Number, float> ? 0x1p13 : 0x1p40;
  const auto wide = static_cast<double>(number);
  if (std::fabs(wide) < limit) {
    const auto whole = static_cast<std::int64_t>(wide);
    if (static_cast<double>(whole) == wide && !(whole == 0 && std::signbit(wide))) {
      if (whole < 0) *at++ = '-';
      return put_unsigned(at, static_cast<std::uint64_t>(whole < 0 ? -whole : whole));
    }
    // A guess that was rounded wrongly is noticed in the next line. NOLINTNEXTLINE(bugprone-incorrect-roundings)
    const auto thousandths = static_cast<std::int64_t>(std::fabs(wide) * 1000.0 + 0.5);
    if (thousandths != 0 && static_cast<Number>(static_cast<double>(thousandths) / 1000.0) == std::fabs(number)) {
      if (wide < 0) *at++ = '-';
      return put_thousandths(at, static_cast<std::uint64_t>(thousandths));
    }
  }
  if (!std::isfinite(wide)) {
    return at + std::string_view("null").copy(at, 4);
  }
  return std::to_chars(at, at + 40, number).ptr;
}

constexpr char hex_digit(unsigned value) {
  return static_cast<char>(value < 10 ? '0' + value : 'a' + value - 10);
}

/// Bytes of the UTF-8 character at the front; 0 where there is none (RFC 3629: no overlong forms, no surrogates).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return follows(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    if (!follows(1) || !follows(2)) return 0;
    const bool overlong = lead == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = lead == 0xed && byte(1) >= 0xa0;
    return overlong || surrogate ? 0 : 3;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    const bool overlong = lead == 0xf0 && byte(1) < 0x90;
    const bool beyond = lead == 0xf4 && byte(1) >= 0x90;
    return overlong || beyond ? 0 : 4;
  }
  return 0;
}

/// The escape of a quote, a backslash or a control character; at most 6 characters.
char* put_escape(char* at, unsigned char c) {
  constexpr std::string_view short_ones = "\"\\\n\r\t\b\f";
  constexpr std::string_view letters = "\"\\nrtbf";
  *at++ = '\\';
  if (const std::size_t place = short_ones.find(static_cast<char>(c)); place != std::string_view::npos) {
    *at++ = letters[place];
    return at;
  }
  at += std::string_view("u00").copy(at, 3);
  at[0] = hex_digit(c >> 4U);
  at[1] = hex_digit(c & 15U);
  return at + 2;
}

void copy(Reader& from, Writer& to) {
  switch (from.peek()) {
    case Kind::null:
      static_cast<void>(from.null());
      to.null();
      break;
    case Kind::boolean: to.value(from.boolean()); break;
    case Kind::number: to.raw(from.number_text()); break;
    case Kind::string: to.value(from.string()); break;
    case Kind::array:
      to.begin_array();
      from.array([&] { copy(from, to); });
      to.end_array();
      break;
    case Kind::object:
      to.begin_object();
      from.object([&](std::string_view name) {
        to.key_text(name);
        copy(from, to);
      });
      to.end_object();
      break;
  }
}

Result<std::string> rewritten(std::string_view text, Style style) {
  std::string out;
  Reader from(text);
  Writer to(out, style);
  copy(from, to);
  if (auto done = from.finish(); !done) return std::move(done).failed();
  return out;
}

}  // namespace

void append_number(std::string& out, double number) {
  char text[40];
  out.append(text, put_number(text, number));
}

void append_number(std::string& out, float number) {
  char text[40];
  out.append(text, put_number(text, number));
}

void Writer::flush() {
  out_.append(buffer_.data(), at_);
  at_ = buffer_.data();
}

void Writer::append(std::string_view text) {
  if (text.empty()) return;  // an empty view may point nowhere, which memcpy must not be given
  if (text.size() > static_cast<std::size_t>(buffer_.data() + buffer_.size() - at_)) {
    flush();
    if (text.size() > buffer_.size()) {
      out_ += text;
      return;
    }
  }
  std::memcpy(at_, text.data(), text.size());
  at_ += text.size();
}

void Writer::new_line() {
  if (style_ == Style::compact) return;
  append("\n");
  for (int i = 0; i < depth_; ++i) append("  ");
  make_room();
}

Writer& Writer::begin(char bracket) {
  before_value();
  *at_++ = bracket;
  ++depth_;
  first_ = true;
  return *this;
}

Writer& Writer::end(char bracket) {
  GRIDPILOT_VERIFY(depth_ > 0 && !after_key_);
  --depth_;
  make_room();
  if (!first_) new_line();
  *at_++ = bracket;
  first_ = false;
  after_value();
  return *this;
}

Writer& Writer::key(Name name) {
  before_value();
  append("\"");
  append(name.text());
  append(style_ == Style::compact ? "\":" : "\": ");
  after_key_ = true;
  return *this;
}

Writer& Writer::key_text(std::string_view name) {
  before_value();
  append_quoted(name);
  append(style_ == Style::compact ? ":" : ": ");
  after_key_ = true;
  return *this;
}

template <class Number>
Writer& Writer::floating(Number number) {
  before_value();
  at_ = put_number(at_, number);
  after_value();
  return *this;
}

Writer& Writer::value(double number) {
  return floating(number);
}

Writer& Writer::value(float number) {
  return floating(number);
}

Writer& Writer::value(std::string_view text) {
  before_value();
  append_quoted(text);
  after_value();
  return *this;
}

Writer& Writer::value(Instant time) {
  std::array<char, rfc3339_room> room;
  before_value();
  append("\"");
  append(format_rfc3339(time, room));
  append("\"");
  after_value();
  return *this;
}

Writer& Writer::null() {
  return raw("null");
}

Writer& Writer::boolean(bool value) {
  return raw(value ? "true" : "false");
}

Writer& Writer::signed_number(std::int64_t number) {
  before_value();
  if (number < 0) *at_++ = '-';
  at_ = put_unsigned(at_, magnitude(number));
  after_value();
  return *this;
}

Writer& Writer::unsigned_number(std::uint64_t number) {
  before_value();
  at_ = put_unsigned(at_, number);
  after_value();
  return *this;
}

Writer& Writer::decimal(std::int64_t units, int decimals) {
  GRIDPILOT_VERIFY(decimals >= 0 && decimals <= 18);
  before_value();
  at_ = put_decimal(at_, units < 0, magnitude(units), decimals);
  after_value();
  return *this;
}

Writer& Writer::rounded(double number, int decimals) {
  GRIDPILOT_VERIFY(decimals >= 0 && decimals <= 9);
  const double scaled = number * static_cast<double>(power_of_ten(decimals));
  // Past 2^53 a double has no decimals left to round.
  if (!(std::fabs(scaled) < 0x1p53)) return value(number);
  return decimal(static_cast<std::int64_t>(std::nearbyint(scaled)), decimals);
}

Writer& Writer::raw(std::string_view json) {
  before_value();
  append(json);
  after_value();
  return *this;
}

void Writer::append_quoted(std::string_view text) {
  append("\"");
  const auto plain = [](char letter) {
    const auto c = static_cast<unsigned char>(letter);
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
  };
  if (std::all_of(text.begin(), text.end(), plain)) {
    append(text);
  } else {
    append_escaped(text);
  }
  append("\"");
}

void Writer::append_escaped(std::string_view text) {
  while (!text.empty()) {
    make_room();
    const auto c = static_cast<unsigned char>(text.front());
    std::size_t length = 1;
    if (c == '"' || c == '\\' || c < 0x20) {
      at_ = put_escape(at_, c);
    } else if (length = utf8_length(text); length > 0) {
      append(text.substr(0, length));
    } else {
      length = 1;
      append("\xef\xbf\xbd");  // U+FFFD in the place of a byte that is no text
    }
    text.remove_prefix(length);
  }
}

Result<std::string> pretty(std::string_view text) {
  return rewritten(text, Style::pretty);
}

Result<std::string> compact(std::string_view text) {
  return rewritten(text, Style::compact);
}

}  // namespace gridpilot::json
