#include "gridpilot/net/http_query.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace gridpilot::net {
namespace {

TEST(HttpTargetParser, DecodesPathAndParametersInOrder) {
  const auto target = parse_http_target("/api/v1/a%20b+c?from=2026-11-25T01%3A00%3A00%2B01:00&x=a+b&flag&x=&&y=%C5%82");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/api/v1/a b+c");
  ASSERT_EQ(target->parameters.size(), 5U);
  EXPECT_EQ(target->parameters[0].name, "from");
  EXPECT_EQ(target->parameters[0].value, "2026-11-25T01:00:00+01:00");
  EXPECT_EQ(target->parameters[1].value, "a b");
  EXPECT_EQ(target->parameters[2].name, "flag");
  EXPECT_EQ(target->parameters[2].value, "");
  EXPECT_EQ(target->parameters[3].name, "x");
  EXPECT_EQ(target->parameters[4].value, "ł");
}

TEST(HttpTargetParser, RefusesWhatIsNotATarget) {
  for (const char* text : {"", "*", "status", "/a%2", "/a%", "/a%zz", "/a%00", "/a%0d%0aX", "/?a=%1f", "/?%7f=1"}) {
    const auto target = parse_http_target(text);
    ASSERT_FALSE(target) << text;
    EXPECT_EQ(target.error().code, ErrorCode::bad_input) << text;
  }
}

TEST(HttpTargetParser, TakesTheAbsoluteFormOfProxies) {
  const auto target = parse_http_target("http://localhost:8080/healthz?a=1");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/healthz");
  EXPECT_EQ(target->parameters.size(), 1U);
  EXPECT_EQ(parse_http_target("http://localhost").value().path, "/");
}

TEST(HttpTargetParser, BoundsTheNumberOfParameters) {
  std::string text = "/?";
  for (int i = 0; i < 64; ++i) text += "a=1&";
  EXPECT_TRUE(parse_http_target(text));
  EXPECT_FALSE(parse_http_target(text + "a=1"));
}

RC_GTEST_PROP(HttpTargetParser, GivesBackWhatWasEscaped, ()) {
  const auto printable = rc::gen::suchThat(rc::gen::inRange(0x20, 0x100), [](int c) { return c != 0x7f; });
  const auto text = rc::gen::container<std::string>(rc::gen::cast<char>(printable));
  const std::string name = *rc::gen::nonEmpty(text);
  const std::string value = *text;
  const auto escaped = [](const std::string& plain) {
    static constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    for (const char c : plain) {
      const auto code = static_cast<unsigned char>(c);
      out.append("%").push_back(hex[code >> 4]);
      out.push_back(hex[code & 15]);
    }
    return out;
  };
  const auto target = parse_http_target("/p?" + escaped(name) + "=" + escaped(value));
  RC_ASSERT(target.has_value());
  RC_ASSERT(target->parameters.size() == 1U);
  RC_ASSERT(target->parameters[0].name == name);
  RC_ASSERT(target->parameters[0].value == value);
}

TEST(HttpHeaderLookup, IgnoresCase) {
  HttpQuery query;
  query.headers = {{"HOST", "a"}, {"Host", "b"}};
  EXPECT_EQ(query.header("host"), "a");
  EXPECT_FALSE(query.header("hos"));
}

TEST(AcceptEncoding, AdmitsGzipOnlyWhereTheClientSaysSo) {
  for (const char* text : {"gzip", "deflate, gzip;q=1.0, *;q=0.5", "GZIP", "br,gzip", "*", "gzip;q=0.001", "x-gzip"})
    EXPECT_TRUE(accepts_gzip(text)) << text;
  for (const char* text : {"", "br", "gzip;q=0", "gzip; q=0.0, *", "identity", "*;q=0", "gzipped", "gzip;q=x"})
    EXPECT_FALSE(accepts_gzip(text)) << text;
}

}  // namespace
}  // namespace gridpilot::net
