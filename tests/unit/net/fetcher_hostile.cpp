// Sources that are out of order, slow, or mean harm: each is a named error, within its time and memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>

#include "gridpilot/net/fetcher.hpp"
#include "gridpilot/net/task_group.hpp"
#include "support/http_peer.hpp"
#include "support/tls_peer.hpp"
#include "unit/net/run.hpp"

namespace gridpilot::net {
namespace {

using namespace std::chrono_literals;
using gridpilot::test::answer;
using gridpilot::test::HttpPeer;
using gridpilot::test::response;
using gridpilot::test::Script;
using gridpilot::test::self_signed_certificate;
using gridpilot::test::Step;
using gridpilot::test::TlsPeer;
using testing::HasSubstr;

constexpr std::size_t megabyte = std::size_t{1} << 20U;

class HostileSource : public testing::Test {
 protected:
  HostileSource() {
    options_.retry.max_attempts = 1;
    options_.limits.total = 2s;
  }
  Result<Document> ask(const std::string& url, HttpClient& client, const std::string& accept = "application/json") {
    Fetcher fetcher({.http = client, .timeline = timeline_}, options_);
    Result<Document> result = failure(ErrorCode::bug, "not asked");
    test::run(io_, [](Fetcher* door, DocumentRequest request, Result<Document>* out) -> Awaitable<void> {
      *out = co_await door->fetch(std::move(request));
    }(&fetcher, {.key = "document", .url = url, .accept = accept}, &result));
    return result;
  }
  void expect(const Script& script, ErrorCode code, const std::string& words) {
    HttpPeer peer(io_, std::vector<Script>{script});
    HttpClient client(io_.get_executor());
    const auto result = ask(peer.url("/"), client);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(name_of(result.error().code), name_of(code)) << result.error().message;
    EXPECT_THAT(result.error().message, HasSubstr(words));
    sent_ = peer.bytes_sent();
  }

  asio::io_context io_;
  os::ManualClock clock_{Instant{Seconds(1'800'000'000)}};
  LiveTimeline timeline_{clock_};
  FetcherOptions options_{.source = "hostile"};
  std::size_t sent_ = 0;
};

TEST_F(HostileSource, AWebPageIsNoDocumentWhateverItSaysItIs) {
  expect(answer("<!DOCTYPE html><html><h1>Maintenance</h1></html>", "Content-Type: text/html\r\n"),
         ErrorCode::malformed, "web page instead of a document");
  expect(answer("\xef\xbb\xbf \n<html></html>"), ErrorCode::malformed, "web page");
  HttpPeer peer(io_,
                std::vector<Script>{answer("<!doctype HTML><html></html>"), answer("<?xml version=\"1.0\"?><a/>")});
  HttpClient client(io_.get_executor());
  EXPECT_EQ(ask(peer.url("/"), client, "application/xml").error().code, ErrorCode::malformed);
  EXPECT_TRUE(ask(peer.url("/"), client, "application/xml").has_value());
}

TEST_F(HostileSource, AHundredMegabytesAreNotRead) {
  const std::string chunk(std::size_t{1} << 16U, ' ');
  const std::size_t chunks = 100 * megabyte / chunk.size();
  expect({{.send = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(100 * megabyte) + "\r\n\r\n"},
          {.send = chunk, .times = chunks}},
         ErrorCode::too_large, "larger than 4194304 bytes");
  EXPECT_LT(sent_, 12 * megabyte);
  expect({{.send = "HTTP/1.1 200 OK\r\n\r\n"}, {.send = chunk, .times = chunks}, {.then = Step::Then::close}},
         ErrorCode::too_large, "larger than 4194304 bytes");
  EXPECT_LT(sent_, 12 * megabyte);
}

TEST_F(HostileSource, ASlowDripEndsWithTheDeadline) {
  options_.limits.total = 300ms;
  const auto begun = SteadyClock::now();
  expect({{.send = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"}, {.send = "x", .pause = 20ms, .times = 1000}},
         ErrorCode::timeout, "127.0.0.1");
  EXPECT_LT(SteadyClock::now() - begun, 1s);
}

TEST_F(HostileSource, ATornAnswerIsALostConnection) {
  expect({{.send = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":", .then = Step::Then::close}},
         ErrorCode::connection_lost, "127.0.0.1");
}

TEST_F(HostileSource, TruncatedTlsIsALostConnection) {
  const auto certificate = self_signed_certificate();
  const std::string file = testing::TempDir() + "/gridpilot-hostile.pem";
  std::ofstream(file) << certificate.certificate;
  HttpClient client(io_.get_executor(), {.ca_file = file});
  {
    TlsPeer peer(io_, certificate, "{\"a\":1,\"b\":2}", 60);
    const auto result = ask(peer.url("/"), client);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(name_of(result.error().code), "connection_lost") << result.error().message;
    EXPECT_EQ(peer.requests(), 1);
  }
  std::remove(file.c_str());
}

TEST_F(HostileSource, AForeignCertificateIsRefused) {
  TlsPeer peer(io_, self_signed_certificate(), "{}");
  HttpClient client(io_.get_executor());
  EXPECT_EQ(ask(peer.url("/"), client).error().code, ErrorCode::rejected);
}

TEST_F(HostileSource, NothingNewWhereNothingWasKnownIsAWrongAnswer) {
  expect({{.send = "HTTP/1.1 304 Not Modified\r\n\r\n", .then = Step::Then::close}}, ErrorCode::wrong_answer,
         "nothing was known");
}

TEST_F(HostileSource, AnEmptyOrPartialAnswerIsMalformed) {
  expect(answer(""), ErrorCode::malformed, "empty document");
  expect({{.send = "HTTP/1.1 204 No Content\r\n\r\n", .then = Step::Then::close}}, ErrorCode::malformed,
         "empty document");
  expect({{.send = response("206 Partial Content", "", "{\"a\":")}}, ErrorCode::malformed, "a part of the document");
}

TEST_F(HostileSource, ARedirectIsNotFollowed) {
  expect({{.send = response("302 Found", "Location: http://169.254.169.254/\r\n", "")}}, ErrorCode::rejected,
         "redirects are not followed");
}

TEST_F(HostileSource, EightSlowSourcesTakeTheTimeOfOne) {
  HttpPeer peer(io_, std::vector<Script>{{{.pause = 200ms}, {.send = response("200 OK", "", "{}")}}});
  HttpClient client(io_.get_executor());
  std::vector<std::unique_ptr<Fetcher>> doors;
  TaskGroup group(io_.get_executor(),
                  [](std::string_view, const std::exception_ptr& thrown) { FAIL() << describe(thrown); });
  int good = 0;
  const auto begun = SteadyClock::now();
  for (int n = 0; n < 8; ++n) {
    doors.push_back(std::make_unique<Fetcher>(Fetcher::Parts{.http = client, .timeline = timeline_}, options_));
    group.spawn("ask", [](Fetcher* door, std::string url, int* count) -> Awaitable<void> {
      const auto document = co_await door->fetch({.key = "document", .url = std::move(url)});
      *count += document.has_value() ? 1 : 0;
    }(doors.back().get(), peer.url("/"), &good));
  }
  test::run(io_, group.join());
  EXPECT_EQ(good, 8);
  EXPECT_LT(SteadyClock::now() - begun, 800ms);
}

}  // namespace
}  // namespace gridpilot::net
