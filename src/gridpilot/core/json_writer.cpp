#include "gridpilot/core/json_writer.hpp"

#include <charconv>
#include <cmath>
#include <limits>

#include "gridpilot/core/json_reader.hpp"
#include "gridpilot/core/verify.hpp"

namespace gridpilot::json {
namespace {

constexpr std::int64_t power_of_ten(int exponent) {
  std::int64_t power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

template <class Number>
void append_with_to_chars(std::string& out, Number number) {
  char text[40];
  const auto [end, fault] = std::to_chars(text, text + sizeof text, number);
  out.append(text, end);
}

/// magnitude × 10^-decimals without the zeros at its end.
void append_decimal(std::string& out, bool negative, std::uint64_t magnitude, int decimals) {
  char text[48];
  char* at = text;
  if (negative) *at++ = '-';
  const auto scale = static_cast<std::uint64_t>(power_of_ten(decimals));
  at = std::to_chars(at, text + sizeof text, magnitude / scale).ptr;
  std::uint64_t fraction = magnitude % scale;
  if (fraction != 0) {
    *at++ = '.';
    for (int i = decimals - 1; i >= 0; --i) {
      at[i] = static_cast<char>('0' + fraction % 10);
      fraction /= 10;
    }
    at += decimals;
    while (at[-1] == '0') --at;
  }
  out.append(text, at);
}

/// Measured numbers have few decimals: three of them are tried as an integer before the general algorithm. Below
/// `limit` two neighbours of the type are closer than a thousandth, so the text found is the shortest there is.
template <class Number>
bool append_thousandths(std::string& out, Number number, double limit) {
  const auto wide = static_cast<double>(number);
  if (!(std::fabs(wide) < limit)) return false;
  const auto thousandths = static_cast<std::int64_t>(std::nearbyint(wide * 1000.0));
  if (static_cast<Number>(static_cast<double>(thousandths) / 1000.0) != number) return false;
  if (thousandths == 0 && std::signbit(wide)) return false;
  append_decimal(out, thousandths < 0, static_cast<std::uint64_t>(std::abs(thousandths)), 3);
  return true;
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

void append_escaped(std::string& out, unsigned char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    default:
      out += "\\u00";
      out += hex_digit(c >> 4U);
      out += hex_digit(c & 15U);
  }
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
  if (!std::isfinite(number)) {
    out += "null";
  } else if (!append_thousandths(out, number, 0x1p40)) {
    append_with_to_chars(out, number);
  }
}

void append_number(std::string& out, float number) {
  if (!std::isfinite(number)) {
    out += "null";
  } else if (!append_thousandths(out, number, 0x1p13)) {
    append_with_to_chars(out, number);
  }
}

void Writer::new_line() {
  if (style_ == Style::compact) return;
  out_ += '\n';
  out_.append(static_cast<std::size_t>(depth_) * 2, ' ');
}

void Writer::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_ += ',';
  first_ = false;
  if (depth_ > 0) new_line();
}

Writer& Writer::begin(char bracket) {
  before_value();
  out_ += bracket;
  ++depth_;
  first_ = true;
  return *this;
}

Writer& Writer::end(char bracket) {
  GRIDPILOT_VERIFY(depth_ > 0 && !after_key_);
  --depth_;
  if (!first_) new_line();
  out_ += bracket;
  first_ = false;
  return *this;
}

Writer& Writer::key(Name name) {
  before_value();
  out_ += '"';
  out_ += name.text();
  out_ += style_ == Style::compact ? "\":" : "\": ";
  after_key_ = true;
  return *this;
}

Writer& Writer::key_quoted(std::string_view quoted) {
  before_value();
  out_ += quoted;
  if (style_ == Style::pretty) out_ += ' ';
  after_key_ = true;
  return *this;
}

Writer& Writer::key_text(std::string_view name) {
  before_value();
  append_quoted(name);
  out_ += style_ == Style::compact ? ":" : ": ";
  after_key_ = true;
  return *this;
}

Writer& Writer::value(double number) {
  before_value();
  append_number(out_, number);
  return *this;
}

Writer& Writer::value(float number) {
  before_value();
  append_number(out_, number);
  return *this;
}

Writer& Writer::value(std::string_view text) {
  before_value();
  append_quoted(text);
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
  append_with_to_chars(out_, number);
  return *this;
}

Writer& Writer::unsigned_number(std::uint64_t number) {
  before_value();
  append_with_to_chars(out_, number);
  return *this;
}

Writer& Writer::decimal(std::int64_t units, int decimals) {
  GRIDPILOT_VERIFY(decimals >= 0 && decimals <= 18);
  before_value();
  const auto magnitude = units < 0 ? 0 - static_cast<std::uint64_t>(units) : static_cast<std::uint64_t>(units);
  append_decimal(out_, units < 0, magnitude, decimals);
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
  out_ += json;
  return *this;
}

void Writer::append_quoted(std::string_view text) {
  out_ += '"';
  std::size_t run = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      ++i;
      continue;
    }
    const std::size_t length = c < 0x80 ? 0 : utf8_length(text.substr(i));
    if (length > 0) {
      i += length;
      continue;
    }
    out_ += text.substr(run, i - run);
    if (c < 0x80) {
      append_escaped(out_, c);
    } else {
      out_ += "\xef\xbf\xbd";  // U+FFFD in the place of a byte that is no text
    }
    run = ++i;
  }
  out_ += text.substr(run);
  out_ += '"';
}

Result<std::string> pretty(std::string_view text) {
  return rewritten(text, Style::pretty);
}

Result<std::string> compact(std::string_view text) {
  return rewritten(text, Style::compact);
}

}  // namespace gridpilot::json
