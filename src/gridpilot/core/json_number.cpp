// The numbers of the JSON reader.
#include <algorithm>
#include <charconv>
#include <limits>

#include "gridpilot/core/json_reader.hpp"

namespace gridpilot::json {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr std::array<double, 16> powers_of_ten = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                  1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

std::optional<std::int64_t> divided_half_even(std::uint64_t value, std::uint64_t divisor) {
  std::uint64_t quotient = value / divisor;
  const std::uint64_t rest = value % divisor;
  if (rest > divisor - rest || (rest == divisor - rest && quotient % 2 != 0)) ++quotient;
  if (quotient > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  return static_cast<std::int64_t>(quotient);
}

/// The decimal order of a number: exponent of its last digit plus its significant digits.
std::int64_t magnitude_of(std::string_view text, std::int64_t exponent) {
  text = text.substr(0, text.find_first_of("eE"));
  text.remove_prefix(std::min(text.find_first_of("123456789"), text.size()));
  return exponent + std::count_if(text.begin(), text.end(), is_digit);
}

}  // namespace

/// A number taken apart while its grammar is checked: ± digits × 10^exponent.
struct Reader::Decimal {
  std::string_view text;
  std::uint64_t digits = 0;
  std::int64_t exponent = 0;
  bool negative = false;
  bool whole = true;   // no fraction, no exponent
  bool exact = false;  // `digits` holds all of them
};

bool Reader::take_decimal(Decimal& decimal) {
  if (at_ == end_ || !pending_ || !(is_digit(*at_) || *at_ == '-')) {
    if (!begin_value(Kind::number)) return false;
  }
  const char* at = at_;
  if (*at == '-') {
    decimal.negative = true;
    ++at;
  }
  const char* const first = at;
  std::uint64_t digits = 0;
  while (at != end_ && is_digit(*at)) digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
  std::int64_t count = at - first;
  if (count == 0 || (count > 1 && *first == '0')) {
    fail(count == 0 ? "not a number" : "not a number: leading zero");
    return false;
  }
  if (at != end_ && *at == '.') {
    const char* const fraction = ++at;
    while (at != end_ && is_digit(*at)) digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
    if (at == fraction) {
      fail("not a number: a digit must follow the point");
      return false;
    }
    decimal.whole = false;
    decimal.exponent = fraction - at;
    count += at - fraction;
  }
  if (at != end_ && (*at == 'e' || *at == 'E')) {
    decimal.whole = false;
    ++at;
    const bool negative = at != end_ && *at == '-';
    if (at != end_ && (*at == '-' || *at == '+')) ++at;
    std::int64_t exponent = 0;
    const char* const begin = at;
    while (at != end_ && is_digit(*at)) exponent = std::min<std::int64_t>(exponent * 10 + (*at++ - '0'), 100'000'000);
    if (at == begin) {
      fail("not a number: a digit must follow the exponent's sign");
      return false;
    }
    decimal.exponent += negative ? -exponent : exponent;
  }
  decimal.text = {at_, static_cast<std::size_t>(at - at_)};
  decimal.digits = digits;
  // 19 digits always fit; leading zeros of "0.000…" are counted too, which only sends rare texts the slow way.
  decimal.exact = count <= 19;
  at_ = at;
  pending_ = false;
  return true;
}

double Reader::number() {
  if (!pending_ || failed()) return number_slowly();
  if (at_ != end_ && static_cast<unsigned char>(*at_) <= ' ') skip_blanks();
  const char* at = at_;
  const bool negative = at != end_ && *at == '-';
  if (negative) ++at;
  const char* const first = at;
  std::uint64_t digits = 0;
  while (at != end_ && is_digit(*at)) digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
  auto count = at - first;
  if (count == 0 || (count > 1 && *first == '0') || at == end_) return number_slowly();
  double magnitude = 0.0;
  if (*at == '.') {
    const char* const fraction = ++at;
    while (at != end_ && is_digit(*at)) digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
    const auto decimals = at - fraction;
    count += decimals;
    if (decimals == 0 || count > 15) return number_slowly();
    // Both sides are exact and there is one rounding: correct (Clinger).
    magnitude = static_cast<double>(digits) / powers_of_ten[static_cast<std::size_t>(decimals)];
  } else {
    if (count > 15) return number_slowly();
    magnitude = static_cast<double>(digits);
  }
  if (at != end_ && (*at == 'e' || *at == 'E')) return number_slowly();
  at_ = at;
  pending_ = false;
  return negative ? -magnitude : magnitude;
}

/// Everything that is not a short plain decimal, and everything that is wrong.
double Reader::number_slowly() {
  Decimal decimal;
  if (!take_decimal(decimal)) return 0.0;
  double value = 0.0;
  const auto [end, fault] = std::from_chars(decimal.text.data(), decimal.text.data() + decimal.text.size(), value);
  if (fault == std::errc::result_out_of_range) {
    // Too small is zero, as everywhere; too large is not a number that can be worked with.
    if (magnitude_of(decimal.text, decimal.exponent) < 0) return decimal.negative ? -0.0 : 0.0;
    fail("number out of range");
    return 0.0;
  }
  return value;
}

std::int64_t Reader::integer() {
  Decimal decimal;
  if (!take_decimal(decimal)) return 0;
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(decimal.text.data(), decimal.text.data() + decimal.text.size(), value);
  if (!decimal.whole) {
    fail("expected a whole number, found " + std::string(decimal.text));
    return 0;
  }
  if (fault != std::errc{}) fail("whole number out of range");
  return failed() ? 0 : value;
}

std::int64_t Reader::fixed(int decimals) {
  Decimal decimal;
  if (!take_decimal(decimal)) return 0;
  if (!decimal.exact) {
    fail("more than 19 digits");
    return 0;
  }
  std::int64_t shift = decimal.exponent + decimals;
  std::uint64_t digits = decimal.digits;
  std::optional<std::int64_t> value;
  if (digits == 0 || shift < -19) {
    value = 0;  // below half of the last decimal
  } else if (shift < 0) {
    std::uint64_t divisor = 1;
    for (; shift < 0; ++shift) divisor *= 10;
    value = divided_half_even(digits, divisor);
  } else {
    constexpr auto limit = static_cast<std::uint64_t>(INT64_MAX);
    while (shift > 0 && digits <= limit / 10) {
      digits *= 10;
      --shift;
    }
    if (shift == 0 && digits <= limit) value = static_cast<std::int64_t>(digits);
  }
  if (!value) {
    fail("number out of range");
    return 0;
  }
  return decimal.negative ? -*value : *value;
}

std::string_view Reader::number_text() {
  Decimal decimal;
  return take_decimal(decimal) ? decimal.text : std::string_view();
}

}  // namespace gridpilot::json
