#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "gridpilot/core/json.hpp"
#include "gridpilot/core/rounding.hpp"

namespace gridpilot::json {
namespace {

std::string text_of(auto number) {
  std::string text;
  append_number(text, number);
  return text;
}

double number_of(std::string_view text) {
  return decode(text, [](Reader& in) { return in.number(); }).value();
}

/// The digits that a number's text spends, without the zeros that only hold places.
std::size_t digits_in(std::string text) {
  text = text.substr(0, text.find('e'));
  std::erase_if(text, [](char c) { return c < '0' || c > '9'; });
  const std::size_t first = text.find_first_not_of('0');
  return first == std::string::npos ? 0 : text.find_last_not_of('0') - first + 1;
}

template <class Number>
std::size_t fewest_digits(Number number) {
  char text[64];
  return digits_in(std::string(text, std::to_chars(text, text + sizeof text, number).ptr));
}

RC_GTEST_PROP(JsonNumbers, AnyDoubleReadsBackEqualFromTheFewestDigits, (std::uint64_t bits)) {
  const auto number = std::bit_cast<double>(bits);
  RC_PRE(std::isfinite(number));
  const std::string text = text_of(number);
  RC_ASSERT(std::bit_cast<std::uint64_t>(number_of(text)) == bits);
  RC_ASSERT(digits_in(text) <= fewest_digits(number));
}

RC_GTEST_PROP(JsonNumbers, AnyFloatReadsBackEqualFromTheFewestDigits, (std::uint32_t bits)) {
  const auto number = std::bit_cast<float>(bits);
  RC_PRE(std::isfinite(number));
  const std::string text = text_of(number);
  RC_ASSERT(std::bit_cast<std::uint32_t>(static_cast<float>(number_of(text))) == bits);
  RC_ASSERT(digits_in(text) <= fewest_digits(number));
}

RC_GTEST_PROP(JsonNumbers, MeasuredNumbersReadBackEqual, ()) {
  const auto units = *rc::gen::inRange<std::int64_t>(-100'000'000, 100'000'000);
  for (const double scale : {1.0, 10.0, 100.0, 1000.0, 10'000.0, 7.0}) {
    const double number = static_cast<double>(units) / scale;
    RC_ASSERT(number_of(text_of(number)) == number);
    RC_ASSERT(digits_in(text_of(number)) <= fewest_digits(number));
    const auto single = static_cast<float>(number);
    RC_ASSERT(static_cast<float>(number_of(text_of(single))) == single);
    RC_ASSERT(digits_in(text_of(single)) <= fewest_digits(single));
  }
}

RC_GTEST_PROP(JsonNumbers, AreReadAsTheLibraryReadsThem, ()) {
  // Digits, a point somewhere, an exponent: correctly rounded whatever way the reader takes.
  const auto digit = rc::gen::inRange<char>('0', '9' + 1);
  std::string text = *rc::gen::arbitrary<bool>() ? "-" : "";
  text += *rc::gen::inRange<char>('1', '9' + 1);
  text += *rc::gen::container<std::string>(digit);
  if (*rc::gen::arbitrary<bool>()) text += "." + *rc::gen::nonEmpty(rc::gen::container<std::string>(digit));
  if (*rc::gen::arbitrary<bool>()) text += "e" + std::to_string(*rc::gen::inRange(-30, 30));
  double expected = 0.0;
  std::from_chars(text.data(), text.data() + text.size(), expected);
  RC_ASSERT(number_of(text) == expected);
  RC_ASSERT(number_of(text + " ") == expected);
}

RC_GTEST_PROP(JsonNumbers, FixedIsTheNearestUnitOfTheDigits, ()) {
  const auto digits = *rc::gen::inRange<std::int64_t>(-1'000'000'000'000, 1'000'000'000'000);
  const auto written_decimals = *rc::gen::inRange(0, 9);
  const auto wanted_decimals = *rc::gen::inRange(0, 7);
  std::string text;
  Writer(text).decimal(digits, written_decimals);
  const std::int64_t fixed = decode(text, [&](Reader& in) { return in.fixed(wanted_decimals); }).value();
  Wide numerator = digits;
  Wide divisor = 1;
  for (int i = 0; i < wanted_decimals; ++i) numerator *= 10;
  for (int i = 0; i < written_decimals; ++i) divisor *= 10;
  RC_ASSERT(fixed == divide_half_even(numerator, divisor));
}

TEST(JsonNumbers, AtTheEdgesAreExactOrRefused) {
  EXPECT_EQ(number_of("9007199254740993"), 9007199254740992.0);
  EXPECT_EQ(number_of("123456789012345678901234567890"), 123456789012345678901234567890.0);
  EXPECT_EQ(number_of("1e-400"), 0.0);
  EXPECT_EQ(number_of("0." + std::string(400, '0') + "1"), 0.0);
  EXPECT_TRUE(std::signbit(number_of("-0")));
  EXPECT_EQ(number_of("2.2250738585072014e-308"), std::numeric_limits<double>::min());
  for (const char* text :
       {"1e309", "-1e309", "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "Infinity", "NaN", "1 2"})
    EXPECT_FALSE(decode(text, [](Reader& in) { return in.number(); })) << text;
  const auto integer = [](std::string_view text) { return decode(text, [](Reader& in) { return in.integer(); }); };
  EXPECT_EQ(integer("-9223372036854775808").value(), INT64_MIN);
  EXPECT_EQ(integer("9223372036854775807").value(), INT64_MAX);
  for (const char* text : {"9223372036854775808", "5.0", "1e3", "\"5\"", "null"}) EXPECT_FALSE(integer(text)) << text;
  const auto fixed = [](std::string_view text) { return decode(text, [](Reader& in) { return in.fixed(6); }); };
  EXPECT_EQ(fixed("1e3").value(), 1'000'000'000);
  EXPECT_EQ(fixed("1e-400").value(), 0);
  EXPECT_EQ(fixed("9223372036854.775807").value(), INT64_MAX);
  for (const char* text : {"9223372036854.775808", "1e99", "1.2345678901234567890"}) EXPECT_FALSE(fixed(text)) << text;
}

RC_GTEST_PROP(JsonStrings, AnyTextComesBackWhateverItsCharacters, ()) {
  std::string text;
  for (const std::uint32_t code : *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange(0U, 0x110000U))) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    char escape[24];
    // Through our own reader of escapes, which gives UTF-8; the plane's characters as pairs.
    if (code < 0x10000) {
      std::snprintf(escape, sizeof escape, "\"\\u%04x\"", code);
    } else {
      std::snprintf(escape, sizeof escape, "\"\\u%04x\\u%04x\"", 0xd800 + ((code - 0x10000) >> 10U),
                    0xdc00 + ((code - 0x10000) & 0x3ffU));
    }
    text += decode(escape, [](Reader& in) { return std::string(in.string()); }).value();
  }
  std::string written;
  Writer(written).begin_array().value(text).key_text(text).value(1).end_array();
  written = written.substr(0, written.size() - std::string_view(":1]").size());  // a name is written as a string is
  written += "]";
  std::vector<std::string> read;
  const auto done = decode(written, [&](Reader& in) {
    in.array([&] { read.emplace_back(in.string()); });
    return 0;
  });
  RC_ASSERT(done.has_value());
  RC_ASSERT(read == (std::vector<std::string>{text, text}));
}

TEST(JsonStrings, GiveWhatIsNoUtf8AsReplacementCharacters) {
  std::string out;
  Writer(out).value("a\xff\xc0\x80\xed\xa0\x80z");
  const std::string r = "\xef\xbf\xbd";
  EXPECT_EQ(out, "\"a" + r + r + r + r + r + r + "z\"");
  EXPECT_TRUE(Document::parse(out));
  EXPECT_FALSE(Document::parse("\"\xff\""));
}

RC_GTEST_PROP(JsonReader, RefusesEveryTornText, ()) {
  const std::string whole = R"({"a":[1,-2.5e3,"x\u0105",{"b":null}],"c":true})";
  const auto length = *rc::gen::inRange<std::size_t>(0, whole.size());
  RC_ASSERT(!Document::parse(whole.substr(0, length)).has_value());
}

TEST(JsonReader, RefusesTextsThatAreTooLongOrTooDeep) {
  EXPECT_EQ(Document::parse("[1,2,3]", 6).error().code, ErrorCode::too_large);
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_TRUE(Document::parse(nested(max_depth)));
  EXPECT_FALSE(Document::parse(nested(max_depth + 1)));
}

TEST(JsonReader, NamesTheDecodersOwnFaults) {
  const auto twice = decode("[1,2]", [](Reader& in) {
    in.array([&] {
      static_cast<void>(in.number());
      static_cast<void>(in.number());
    });
    return 0;
  });
  EXPECT_EQ(twice.error().code, ErrorCode::bug);
  EXPECT_EQ(decode("[1,2]", [](Reader&) { return 0; }).error().code, ErrorCode::bug);
}

TEST(JsonReader, TakesAValueLeftUnreadForAnUnknownField) {
  const auto read = [](std::string_view text) {
    return decode(text, [](Reader& in) {
      double sum = 0.0;
      in.object([&](std::string_view name) {
        if (name == "a") sum += in.number();
      });
      return sum;
    });
  };
  EXPECT_EQ(read(R"({"a":1,"a":2})").value(), 3.0);
  EXPECT_EQ(read(R"({"a":1,"b":{}})").error().message, "unknown field 'b' (line 1, column 12)");
}

TEST(JsonReader, SkipsUnknownFieldsWhereItIsTold) {
  const auto a = decode(R"({"x":[{"y":"z"},1],"a":7,"u":null})", [](Reader& in) {
    std::int64_t value = 0;
    static_cast<void>(in.record(Fields{"a"}, [&](std::size_t) { value = in.integer(); }, Unknown::skip));
    return value;
  });
  EXPECT_EQ(a.value(), 7);
}

TEST(JsonWriter, LaysOutPrettily) {
  EXPECT_EQ(pretty(R"({"a":[1,{}],"b":{"c":[]}})").value(),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {\n    \"c\": []\n  }\n}");
  EXPECT_FALSE(pretty("{"));
}

TEST(JsonWriter, KeepsTextsLongerThanItsBuffer) {
  const std::string text(5'000, 'x');
  std::string out;
  Writer writer(out);
  writer.begin_array();
  for (int i = 0; i < 3; ++i) writer.value(text).value(std::string(700, '"'));
  writer.end_array();
  const auto document = Document::parse(out).value();
  std::size_t total = 0;
  for (const Value value : document.root()) total += value.string().value().size();
  EXPECT_EQ(total, 3 * 5'700);
}

TEST(JsonWriter, RoundsForDisplayHalfToEven) {
  std::string out;
  Writer(out).begin_array().rounded(0.125, 2).rounded(-2.5, 0).rounded(1e300, 2).rounded(std::nullopt, 1).end_array();
  EXPECT_EQ(out, "[0.12,-2,1e+300,null]");
}

}  // namespace
}  // namespace gridpilot::json
