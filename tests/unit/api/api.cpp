#include "gridpilot/api/api.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "gridpilot/api/page.hpp"
#include "gridpilot/core/json.hpp"
#include "support/fixed_house.hpp"

namespace gridpilot::api {
namespace {

const Instant now = parse_rfc3339("2026-10-25T12:07:00Z").value();  // a day of 25 hours in Warsaw

class ApiTest : public ::testing::Test {
 protected:
  net::HttpReply ask(std::string_view target, net::HttpMethod method = net::HttpMethod::get,
                     std::vector<net::HttpHeader> headers = {{"Host", "127.0.0.1:8080"}}) {
    auto parsed = net::parse_http_target(target).value();
    net::HttpQuery query{.method = method,
                         .path = parsed.path,
                         .parameters = parsed.parameters,
                         .headers = std::move(headers),
                         .body = {},
                         .remote = "127.0.0.1"};
    net::HttpReply reply;
    std::exception_ptr failed;
    net::asio::co_spawn(io, api.answer(std::move(query)), [&](const std::exception_ptr& e, net::HttpReply r) {
      failed = e;
      reply = std::move(r);
    });
    io.restart();
    io.run();
    if (failed) std::rethrow_exception(failed);
    return reply;
  }
  json::Document ask_json(std::string_view target) {
    const auto reply = ask(target);
    EXPECT_EQ(reply.status, 200) << reply.body.bytes();
    return json::Document::parse(std::string(reply.body.bytes())).value();
  }
  static std::string header(const net::HttpReply& reply, std::string_view name) {
    for (const auto& h : reply.headers)
      if (h.name == name) return h.value;
    return "";
  }

  net::asio::io_context io;
  testing::FixedHouse house{now};
  testing::FixedRecord record;
  EventHub events{io.get_executor(), now};
  Api api{
      house, record, events, {.zone = TimeZone::load("Europe/Warsaw").value(), .host_names = {"pi.lan"}, .metrics = [] {
                                return std::string("gridpilot_up 1\n");
                              }}};
};

TEST_F(ApiTest, AnswersEveryDocument) {
  for (const char* path :
       {"/healthz", "/api/v1/status", "/api/v1/plan", "/api/v1/prices", "/api/v1/readings", "/api/v1/decisions"}) {
    const auto reply = ask(path);
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_EQ(reply.content_type, "application/json") << path;
    EXPECT_EQ(header(reply, "Cache-Control"), "no-store") << path;
    EXPECT_TRUE(json::Document::parse(std::string(reply.body.bytes()))) << path;
  }
}

TEST_F(ApiTest, ShowsMetricsAsText) {
  const auto reply = ask("/metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(reply.body.bytes(), "gridpilot_up 1\n");
  EXPECT_EQ(ask("/metrics?x=1").status, 400);
  EXPECT_EQ(ask("/metrics", net::HttpMethod::post).status, 405);
}

TEST_F(ApiTest, SecuresEveryReply) {
  for (const char* path : {"/", "/api/v1/status", "/api/v1/nothing", "/api/v1/readings?resolution=x"}) {
    const auto reply = ask(path);
    EXPECT_TRUE(header(reply, "Content-Security-Policy").starts_with("default-src 'self'")) << path;
    EXPECT_EQ(header(reply, "X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(header(reply, "Referrer-Policy"), "no-referrer") << path;
    EXPECT_EQ(header(reply, "Access-Control-Allow-Origin"), "") << path;
  }
}

TEST_F(ApiTest, IsUnhealthyWithoutDecision) {
  house.snapshot_.decision.reset();
  const auto reply = ask("/healthz");
  EXPECT_EQ(reply.status, 503);
  EXPECT_TRUE(reply.body.bytes().contains("no decision"));
}

TEST_F(ApiTest, RefusesUnknownPathsAsProblem) {
  const auto reply = ask("/api/v1/reading");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.content_type, "application/problem+json");
  EXPECT_TRUE(reply.body.bytes().contains("/api/v1/readings")) << reply.body.bytes();
  EXPECT_EQ(ask("/../etc/passwd").status, 404);
}

TEST_F(ApiTest, RefusesOtherMethodsAndSaysWhichAreAllowed) {
  for (const auto method : {net::HttpMethod::post, net::HttpMethod::put, net::HttpMethod::remove,
                            net::HttpMethod::options, net::HttpMethod::other}) {
    const auto reply = ask("/api/v1/status", method);
    EXPECT_EQ(reply.status, 405);
    EXPECT_EQ(header(reply, "Allow"), "GET, HEAD");
  }
  EXPECT_EQ(ask("/", net::HttpMethod::post).status, 405);
  EXPECT_EQ(ask("/nothing", net::HttpMethod::post).status, 404);
}

TEST_F(ApiTest, AnswersOnlyToItsOwnNames) {
  for (const char* host : {"127.0.0.1", "127.0.0.1:8080", "localhost:1", "LOCALHOST", "[::1]:8080", "[::1]",
                           "192.168.1.20:80", "pi.lan:8080", "PI.LAN"})
    EXPECT_EQ(ask("/healthz", net::HttpMethod::get, {{"host", host}}).status, 200) << host;
  for (const char* host : {"evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example",
                           "pi.lan.evil", "", "[evil", "face.cafe"})
    EXPECT_EQ(ask("/healthz", net::HttpMethod::get, {{"host", host}}).status, 421) << host;
}

TEST_F(ApiTest, ShowsTodayAndTomorrowWhereNoRangeIsGiven) {
  const auto document = ask_json("/api/v1/prices");
  const auto slots = document.root().array("slots").value();
  std::vector<json::Value> all;
  for (const auto& slot : slots) all.push_back(slot);
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all.front().string("start").value(), "2026-10-24T22:00:00Z");  // midnight in Warsaw
}

TEST_F(ApiTest, CutsPricesToTheHalfOpenRange) {
  const auto document = ask_json("/api/v1/prices?from=2026-10-25T00:00Z&to=2026-10-25T01:00Z");
  EXPECT_EQ(document.root().array("slots").value().size(), 4U);
}

TEST_F(ApiTest, PagesThroughReadingsWithoutGapOrRepetition) {
  std::string target = "/api/v1/readings?from=2026-10-25T00:00Z&to=2026-10-25T00:10Z&resolution=20s&limit=7";
  std::string from;
  std::vector<std::string> times;
  for (int page = 0; page < 10; ++page) {
    const auto document = ask_json(from.empty() ? target : target + "&from=" + from);
    const auto readings = document.root().array("readings").value();
    for (const auto& reading : readings) times.emplace_back(reading.string("time").value());
    const auto next = document.root().optional_string("next").value();
    if (!next) break;
    from = *next;
    target = "/api/v1/readings?to=2026-10-25T00:10Z&resolution=20s&limit=7";
  }
  ASSERT_EQ(times.size(), 30U);
  for (std::size_t i = 0; i < times.size(); ++i)
    EXPECT_EQ(times[i], to_rfc3339(parse_rfc3339("2026-10-25T00:00:00Z").value() + Seconds(20) * static_cast<int>(i)));
}

TEST_F(ApiTest, AveragesOverTheResolution) {
  const auto document = ask_json("/api/v1/readings?from=2026-10-24T22:00Z&to=2026-10-25T23:00Z&resolution=15min");
  EXPECT_EQ(document.root().array("readings").value().size(), 100U);
  EXPECT_FALSE(document.root().optional_string("next").value());
}

TEST_F(ApiTest, TakesLocalDaysForDays) {
  (void)ask_json("/api/v1/readings?from=2026-10-24T10:00Z&to=2026-10-27T10:00Z&resolution=1d");
  ASSERT_EQ(record.asked_boundaries.size(), 4U);  // the days that begin in the range, and the end of the last
  EXPECT_EQ(to_rfc3339(record.asked_boundaries[0]), "2026-10-24T22:00:00Z");
  EXPECT_EQ(to_rfc3339(record.asked_boundaries[1]), "2026-10-25T23:00:00Z");  // 25 hours later
  EXPECT_EQ(to_rfc3339(record.asked_boundaries[3]), "2026-10-27T23:00:00Z");
  const auto page = ask_json("/api/v1/readings?from=2026-10-24T10:00Z&to=2026-10-27T10:00Z&resolution=1d&limit=2");
  EXPECT_EQ(page.root().array("readings").value().size(), 2U);
  EXPECT_EQ(page.root().string("next").value(), "2026-10-26T23:00:00Z");
  const auto none = ask_json("/api/v1/readings?from=2026-10-24T10:00Z&to=2026-10-24T11:00Z&resolution=1d");
  EXPECT_EQ(none.root().array("readings").value().size(), 0U);
}

TEST_F(ApiTest, PagesThroughDecisionsNewestFirst) {
  for (int i = 1; i <= 5; ++i) {
    Decision decision{.time = now + Seconds(i), .command = {}, .reason = "r", .bound_by = {}, .alternatives = {}};
    record.kept.push_back({.id = i, .decision = decision});
  }
  const auto first = ask_json("/api/v1/decisions?limit=3");
  EXPECT_EQ(first.root().array("decisions").value().size(), 3U);
  EXPECT_EQ(first.root().string("next").value(), "3");
  const auto second = ask_json("/api/v1/decisions?limit=3&cursor=3");
  EXPECT_EQ(second.root().array("decisions").value().size(), 2U);
  EXPECT_FALSE(second.root().optional_string("next").value());
}

TEST_F(ApiTest, SaysWhenTheRecordCannotBeRead) {
  record.failing = Error{.code = ErrorCode::io_failure, .message = "disk full"};
  for (const char* path :
       {"/api/v1/readings", "/api/v1/readings?resolution=20s", "/api/v1/readings?resolution=1d", "/api/v1/decisions"}) {
    const auto reply = ask(path);
    EXPECT_EQ(reply.status, 503) << path;
    EXPECT_TRUE(reply.body.bytes().contains("disk full")) << path;
  }
}

TEST_F(ApiTest, MakesThePlanDocumentAnewForANewPlanOnly) {
  const auto first = ask("/api/v1/plan");
  EXPECT_EQ(ask("/api/v1/plan").body.bytes().data(), first.body.bytes().data());
  house.move_to(now + Seconds(20));
  EXPECT_NE(ask("/api/v1/plan").body.bytes(), first.body.bytes());
}

TEST_F(ApiTest, OpensAnEventStream) {
  const auto reply = ask("/api/v1/events");
  ASSERT_TRUE(reply.events);
  EXPECT_EQ(events.listeners(), 1U);
  EXPECT_EQ(ask("/api/v1/events?x=1").status, 400);
}

TEST_F(ApiTest, ServesThePageInBothFormsAndKnowsItsTag) {
  const auto reply = ask("/");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "text/html; charset=utf-8");
  EXPECT_TRUE(reply.body.bytes().contains("<html"));
  ASSERT_TRUE(reply.gzip_body);
  EXPECT_EQ(gunzip(reply.gzip_body->bytes()).value(), reply.body.bytes());
  const auto again =
      ask("/", net::HttpMethod::get, {{"Host", "localhost"}, {"If-None-Match", "\"x\", " + header(reply, "ETag")}});
  EXPECT_EQ(again.status, 304);
}

TEST(Gunzip, RefusesWhatIsTorn) {
  EXPECT_FALSE(gunzip(""));
  EXPECT_FALSE(gunzip("no gzip at all"));
}

TEST(EntityTags, CompareWeaklyInLists) {
  EXPECT_TRUE(names_tag("\"a\"", "\"a\""));
  EXPECT_TRUE(names_tag("W/\"a\"", "\"a\""));
  EXPECT_TRUE(names_tag("\"b\" , W/\"a\"", "\"a\""));
  EXPECT_TRUE(names_tag("*", "\"a\""));
  EXPECT_FALSE(names_tag("", "\"a\""));
  EXPECT_FALSE(names_tag("a", "\"a\""));
  EXPECT_FALSE(names_tag("\"ab\"", "\"a\""));
}

}  // namespace
}  // namespace gridpilot::api
