#include "gridpilot/net/url.hpp"

#include <gtest/gtest.h>

#include "gridpilot/core/text.hpp"

namespace gridpilot::net {
namespace {

TEST(Url, OriginHasTheSchemesPort) {
  EXPECT_EQ(origin_of("https://api.raporty.pse.pl/api/rce-pln?$filter=a").value(),
            (Origin{.scheme = "https", .host = "api.raporty.pse.pl", .port = "443"}));
  EXPECT_EQ(origin_of("http://127.0.0.1:8080").value(),
            (Origin{.scheme = "http", .host = "127.0.0.1", .port = "8080"}));
}

TEST(Url, RefusesWhatIsNoHttpUrl) {
  for (const char* text : {"", "x", "ftp://host/", "http://", "file:///etc/passwd", "http://a b/"})
    EXPECT_FALSE(origin_of(text).has_value()) << text;
}

TEST(Url, ResolvesLinksFromTheDocumentTheyStandIn) {
  const std::string base = "https://host/api/rce-pln?$filter=x";
  EXPECT_EQ(resolve_link(base, "https://other/api?p=2").value(), "https://other/api?p=2");
  EXPECT_EQ(resolve_link(base, "/api/rce-pln?$after=abc").value(), "https://host/api/rce-pln?$after=abc");
  EXPECT_EQ(resolve_link(base, "?$after=abc").value(), "https://host/api/rce-pln?$after=abc");
  EXPECT_FALSE(resolve_link(base, "file:///etc/passwd").has_value());
  EXPECT_FALSE(resolve_link("nonsense", "?a").has_value());
}

TEST(Url, KnowsThisMachinesLoopback) {
  for (const char* host : {"127.0.0.1", "127.1.2.3", "localhost", "[::1]"}) EXPECT_TRUE(is_loopback(host)) << host;
  for (const char* host : {"127.0.0.1.example.org", "192.168.1.1", "[::2]", "localhost.example.org", ""})
    EXPECT_FALSE(is_loopback(host)) << host;
}

TEST(Url, EncodesAQuerysText) {
  EXPECT_EQ(percent_encoded("business_date eq '2026-09-01'"), "business_date%20eq%20%272026-09-01%27");
}

}  // namespace
}  // namespace gridpilot::net
