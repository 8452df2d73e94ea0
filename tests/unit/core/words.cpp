// Result, Measured and the helpers for text.
#include <gtest/gtest.h>

#include <set>

#include "gridpilot/core/measured.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return failure(ErrorCode::bad_input, "odd");
  return n / 2;
}

Result<std::string> quarter(int n) {
  auto once = half(n);
  if (!once) return std::move(once).failed();
  auto twice = half(*once);
  if (!twice) return twice.failed();
  return std::to_string(*twice);
}

TEST(Result, CarriesAValueOrAFailureOn) {
  EXPECT_EQ(quarter(12).value(), "3");
  EXPECT_EQ(quarter(6).error().code, ErrorCode::bad_input);
  EXPECT_EQ(Error(quarter(6).error()).in("n").in("file.json").message, "file.json: n: odd");
}

TEST(Error, RemembersWhereItArose) {
  const auto failed = half(3);
  EXPECT_NE(std::string_view(failed.error().where.file_name()).find("words.cpp"), std::string_view::npos);
}

TEST(ErrorCode, HasOneStableNameEach) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::bug); ++code)
    EXPECT_TRUE(names.insert(name_of(static_cast<ErrorCode>(code))).second) << code;
  EXPECT_EQ(group_of(ErrorCode::timeout), ErrorGroup::retryable);
  EXPECT_EQ(group_of(ErrorCode::checksum), ErrorGroup::permanent);
  EXPECT_EQ(group_of(ErrorCode::stale), ErrorGroup::stale);
  EXPECT_EQ(group_of(ErrorCode::bug), ErrorGroup::bug);
}

TEST(Measured, IsAnOptionalQuantityInTheRoomOfItsNumber) {
  static_assert(sizeof(Measured<Power>) == sizeof(float));
  static_assert(sizeof(Measured<Energy, double>) == sizeof(double));
  const Measured<Power> absent;
  const Measured<Power> present = watts(1500);
  EXPECT_FALSE(absent);
  EXPECT_EQ(absent, Measured<Power>());
  EXPECT_NE(absent, present);
  EXPECT_EQ(*present, watts(1500));
  EXPECT_EQ(present.raw(), 1500.0F);
  EXPECT_EQ(absent.value_or(watts(1)), watts(1));
  EXPECT_EQ(std::optional<Power>(absent), std::nullopt);
  EXPECT_EQ(Measured<Power>(std::optional<Power>()), absent);
  EXPECT_EQ(Measured<Power>(std::optional(watts(0))), Measured<Power>(watts(0)));
}

TEST(Nearest, FindsTheWordThatWasMeant) {
  constexpr std::array<std::string_view, 4> words{"charge", "sell", "self_use", "hold"};
  EXPECT_EQ(nearest("chrage", words), "charge");
  EXPECT_EQ(nearest("selfuse", words), "self_use");
  EXPECT_EQ(nearest("sel", words), "sell");
  EXPECT_EQ(nearest("curtailment", words), "");
  EXPECT_EQ(nearest("x", std::array<std::string_view, 1>{"y"}), "");
  EXPECT_EQ(nearest("", words), "");
}

TEST(Numbers, AreReadWholeOrNotAtAll) {
  EXPECT_EQ(parse_number("4.5"), 4.5);
  EXPECT_EQ(parse_number("-1e-3"), -0.001);
  EXPECT_EQ(parse_integer("-42"), -42);
  for (const char* text : {"", "4,5", "4.5 ", "0x10", "nan", "inf", "1e999", "4 kW"}) {
    EXPECT_FALSE(parse_number(text)) << text;
    EXPECT_FALSE(parse_integer(text)) << text;
  }
  EXPECT_FALSE(parse_integer("1.0"));
  EXPECT_FALSE(parse_integer("99999999999999999999"));
}

TEST(Joined, PutsTheSeparatorBetween) {
  constexpr std::array<std::string_view, 3> words{"a", "b", "c"};
  EXPECT_EQ(joined(words), "a, b, c");
  EXPECT_EQ(joined({}), "");
}

}  // namespace
}  // namespace gridpilot
