#include "gridpilot/net/http_client.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <brotli/encode.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <netdb.h>
#include <zlib.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "gridpilot/net/deadline.hpp"
#include "support/http_peer.hpp"
#include "unit/net/run.hpp"

namespace {

/// A name server that is dead for names ending in ".dead.test" until it is let go.
struct DeadNameServer {
  std::mutex mutex;
  std::condition_variable let_go;
  bool dead = true;
  int asked = 0;
};
DeadNameServer name_server;

}  // namespace

/// Stands before the C library's: libcurl calls this one in this program.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  using Real = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const Real real = reinterpret_cast<Real>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node != nullptr && std::string_view(node).ends_with(".dead.test")) {
    std::unique_lock lock(name_server.mutex);
    ++name_server.asked;
    name_server.let_go.notify_all();
    name_server.let_go.wait_for(lock, std::chrono::seconds(20), [] { return !name_server.dead; });
    return EAI_AGAIN;
  }
  return real(node, service, hints, result);
}

namespace gridpilot::net {
namespace {

using gridpilot::test::answer;
using gridpilot::test::HttpPeer;
using gridpilot::test::response;
using gridpilot::test::Script;
using gridpilot::test::Step;
using std::chrono::milliseconds;
using testing::HasSubstr;

std::string gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string brotli(const std::string& text) {
  std::size_t size = BrotliEncoderMaxCompressedSize(text.size());
  std::string packed(size, '\0');
  EXPECT_TRUE(BrotliEncoderCompress(5, BROTLI_DEFAULT_WINDOW, BROTLI_DEFAULT_MODE, text.size(),
                                    reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                                    reinterpret_cast<std::uint8_t*>(packed.data())));
  packed.resize(size);
  return packed;
}

struct Net {
  explicit Net(std::vector<Script> scripts, HttpClientOptions options = {})
      : peer(io, std::move(scripts)), client(std::make_unique<HttpClient>(io.get_executor(), std::move(options))) {}
  asio::io_context io;
  HttpPeer peer;
  std::unique_ptr<HttpClient> client;

  Result<HttpResponse> get(HttpRequest request) {
    Result<HttpResponse> result = failure(ErrorCode::bug, "not asked");
    test::run(io, [](HttpClient* asked, HttpRequest wanted, Result<HttpResponse>* out) -> Awaitable<void> {
      *out = co_await asked->get(std::move(wanted));
    }(client.get(), std::move(request), &result));
    return result;
  }
  Result<HttpResponse> get(HttpLimits limits = {}) { return get({.url = peer.url("/x"), .limits = limits}); }
};

void expect_error(const Result<HttpResponse>& result, ErrorCode code, const std::string& words) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, code) << name_of(result.error().code) << ": " << result.error().message;
  EXPECT_THAT(result.error().message, HasSubstr(words));
  EXPECT_THAT(result.error().message, HasSubstr("127.0.0.1"));
}

TEST(HttpClient, GivesBodyAndHeaders) {
  Net net({answer("{\"a\":1}",
                  "Content-Type: application/json\r\nETag: \"v1\"\r\nlast-modified: Tue, 01 Sep 2026 "
                  "10:00:00 GMT\r\n")});
  const auto result = net.get();
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(result->body, "{\"a\":1}");
  EXPECT_EQ(result->content_type, "application/json");
  EXPECT_EQ(result->etag, "\"v1\"");
  EXPECT_EQ(result->last_modified, "Tue, 01 Sep 2026 10:00:00 GMT");
  EXPECT_THAT(net.peer.requests().at(0), HasSubstr("GET /x HTTP/1.1\r\n"));
  EXPECT_THAT(net.peer.requests().at(0), HasSubstr("Accept-Encoding: gzip, br\r\n"));
  EXPECT_THAT(net.peer.requests().at(0), HasSubstr("Accept: application/json\r\n"));
}

TEST(HttpClient, SendsConditionsAndPasses304On) {
  Net net({{{.send = "HTTP/1.1 304 Not Modified\r\n\r\n"}}});
  const auto result = net.get({.url = net.peer.url("/x"), .if_none_match = "\"v1\"", .if_modified_since = "yesterday"});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->status, 304);
  EXPECT_THAT(net.peer.requests().at(0), HasSubstr("If-None-Match: \"v1\"\r\n"));
  EXPECT_THAT(net.peer.requests().at(0), HasSubstr("If-Modified-Since: yesterday\r\n"));
}

TEST(HttpClient, UnpacksGzipAndBrotli) {
  const std::string text(20'000, 'p');
  Net net({answer(gzip(text), "Content-Encoding: gzip\r\n"), answer(brotli(text), "Content-Encoding: br\r\n")});
  for (int n = 0; n < 2; ++n) {
    const auto result = net.get();
    ASSERT_TRUE(result.has_value()) << result.error().message;
    EXPECT_EQ(result->body, text);
  }
}

TEST(HttpClient, UsesAConnectionAgain) {
  Net net({answer("{}")});
  for (int n = 0; n < 5; ++n) ASSERT_TRUE(net.get().has_value());
  EXPECT_EQ(net.peer.connections(), 1);
}

TEST(HttpClient, DoesNotFollowRedirects) {
  Net net({{{.send = response("302 Found", "Location: http://127.0.0.1:1/elsewhere\r\n", "")}}});
  const auto result = net.get();
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->status, 302);
  EXPECT_EQ(net.peer.requests().size(), 1U);
  const auto refused = require_success(*result, "host");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::rejected);
}

TEST(HttpClient, ASlowAnswerIsAnAnswer) {
  Net net({{{.pause = milliseconds(300)}, {.send = response("200 OK", "", "{}")}}});
  EXPECT_TRUE(net.get().has_value());
}

TEST(HttpClient, ASilentServerIsATimeout) {
  Net net({{{.then = Step::Then::hang}}});
  expect_error(net.get({.total = milliseconds(100)}), ErrorCode::timeout, "timed out");
}

TEST(HttpClient, ADrippingServerIsATimeout) {
  Script drip{{.send = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"},
              {.send = "x", .pause = milliseconds(50), .times = 1000}};
  Net net({drip});
  const auto begin = SteadyClock::now();
  expect_error(net.get({.low_speed_bytes_per_s = 1000, .low_speed_time = std::chrono::seconds(1)}), ErrorCode::timeout,
               "too slow");
  EXPECT_LT(SteadyClock::now() - begin, std::chrono::seconds(8));
}

TEST(HttpClient, AnnouncedBytesAboveTheLimitAreNotRead) {
  const std::string chunk(1 << 16, 'x');
  Script big{{.send = "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n"}, {.send = chunk, .times = 1600}};
  Net net({big});
  expect_error(net.get({.max_body_bytes = 100'000}), ErrorCode::too_large, "larger than 100000 bytes");
}

TEST(HttpClient, StopsAtTheLimitOfABodyWithoutLength) {
  const std::string chunk(1 << 16, 'x');
  Script big{{.send = "HTTP/1.1 200 OK\r\n\r\n"}, {.send = chunk, .times = 800}, {.then = Step::Then::close}};
  Net net({big});
  expect_error(net.get({.max_body_bytes = 1'000'000}), ErrorCode::too_large, "larger than");
  // What the two sockets' buffers hold is on top of the limit, not 50 MB.
  EXPECT_LT(net.peer.bytes_sent(), 16'000'000U);
}

TEST(HttpClient, StopsAtTheLimitOfAPackedBodyToo) {
  const std::string bomb = gzip(std::string(50'000'000, '0'));
  ASSERT_LT(bomb.size(), 100'000U);
  Net net({answer(bomb, "Content-Encoding: gzip\r\n")});
  expect_error(net.get({.max_body_bytes = 1'000'000}), ErrorCode::too_large, "larger than");
}

TEST(HttpClient, StopsAtEndlessHeaders) {
  Script script{{.send = "HTTP/1.1 200 OK\r\n"}, {.send = "X: " + std::string(1000, 'h') + "\r\n", .times = 100'000}};
  Net net({script});
  expect_error(net.get(), ErrorCode::too_large, "larger than");
}

TEST(HttpClient, ATruncatedBodyIsALostConnection) {
  Net net({{{.send = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"value\":[", .then = Step::Then::close}}});
  expect_error(net.get(), ErrorCode::connection_lost, "bytes remaining to read");
}

TEST(HttpClient, AClosedConnectionIsALostConnection) {
  Net net({{{.then = Step::Then::close}}});
  expect_error(net.get(), ErrorCode::connection_lost, "Empty reply");
}

TEST(HttpClient, TakesOnlyTheAnnouncedLength) {
  Net net({{{.send = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}trailing", .then = Step::Then::close}}});
  const auto result = net.get();
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->body, "{}");
}

TEST(HttpClient, DamagedEncodingIsMalformed) {
  std::string damaged = gzip(std::string(20'000, 'p'));
  for (std::size_t at = 12; at < damaged.size(); ++at) damaged[at] = static_cast<char>(damaged[at] ^ 0x5a);
  Net net({answer(damaged, "Content-Encoding: gzip\r\n")});
  expect_error(net.get(), ErrorCode::malformed, "");
}

TEST(HttpClient, WhatIsNotHttpIsMalformed) {
  Net net({{{.send = "220 mail.example ESMTP\r\n\r\n", .then = Step::Then::close}}});
  const auto result = net.get();
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(result.error().code, testing::AnyOf(ErrorCode::malformed, ErrorCode::bad_input));
}

TEST(HttpClient, AClosedPortIsUnreachable) {
  Net net({answer("")});
  const std::string url = net.peer.url("/");
  asio::io_context other;
  {
    const HttpPeer gone(other, std::vector<Script>{answer("")});
    const std::string dead = gone.url("/");
    (void)url;
  }
  asio::ip::tcp::acceptor closed(net.io, {asio::ip::address_v4::loopback(), 0});
  const auto port = closed.local_endpoint().port();
  closed.close();
  expect_error(net.get({.url = "http://127.0.0.1:" + std::to_string(port) + "/"}), ErrorCode::unreachable, "connect");
}

TEST(HttpClient, RefusesOtherSchemes) {
  Net net({answer("")});
  for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1/", "", "http://"}) {
    const auto result = net.get({.url = url});
    ASSERT_FALSE(result.has_value()) << url;
    EXPECT_EQ(result.error().code, ErrorCode::bad_input) << url;
  }
  EXPECT_TRUE(net.peer.requests().empty());
}

TEST(HttpClient, SaysNoSecretOfTheUrl) {
  Net net({{{.then = Step::Then::close}}});
  const std::string url = "http://user:geheim@" + net.peer.origin().substr(7) + "/x?token=geheim";
  const auto result = net.get({.url = url});
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(result.error().message, testing::Not(HasSubstr("geheim")));
}

TEST(HttpClient, CarriesManyRequestsAtOnce) {
  Net net({{{.pause = milliseconds(50)}, {.send = response("200 OK", "", "{}")}}}, {.max_connections = 4});
  int ended = 0;
  for (int n = 0; n < 12; ++n) {
    asio::co_spawn(net.io, net.client->get({.url = net.peer.url("/x")}),
                   [&](const std::exception_ptr&, const Result<HttpResponse>& result) {
                     EXPECT_TRUE(result.has_value());
                     ++ended;
                   });
  }
  const auto begin = SteadyClock::now();
  while (ended < 12) net.io.run_one();
  EXPECT_LE(net.peer.connections(), 4);
  EXPECT_LT(SteadyClock::now() - begin, milliseconds(550)) << "one after the other would take 600 ms";
}

TEST(HttpClient, CancellingClosesTheConnection) {
  Net net({{{.then = Step::Then::hang}}, answer("{}")});
  asio::cancellation_signal cancel;
  bool ended = false;
  asio::co_spawn(
      net.io, net.client->get({.url = net.peer.url("/x")}),
      asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr&, const Result<HttpResponse>& result) {
        ended = true;
        ASSERT_FALSE(result.has_value());
        EXPECT_EQ(result.error().code, ErrorCode::cancelled);
      }));
  while (net.peer.requests().empty()) net.io.run_one();
  EXPECT_EQ(net.client->in_flight(), 1);
  cancel.emit(asio::cancellation_type::terminal);
  while (!ended) net.io.run_one();
  EXPECT_EQ(net.client->in_flight(), 0);
  EXPECT_TRUE(net.get().has_value()) << "the client must work on";
}

TEST(HttpClient, MayGoWithRequestsUnderWay) {
  Net net({{{.then = Step::Then::hang}}});
  bool ended = false;
  asio::co_spawn(net.io, net.client->get({.url = net.peer.url("/x")}),
                 [&](const std::exception_ptr&, const Result<HttpResponse>& result) {
                   ended = true;
                   EXPECT_EQ(result.error().code, ErrorCode::cancelled);
                 });
  while (net.peer.requests().empty()) net.io.run_one();
  net.client.reset();
  while (!ended) net.io.run_one();
}

TEST(HttpClient, TheLoopMayGoWithRequestsUnderWay) {
  auto io = std::make_unique<asio::io_context>();
  auto peer = std::make_unique<HttpPeer>(*io, std::vector<Script>{{{.then = Step::Then::hang}}});
  auto client = std::make_unique<HttpClient>(io->get_executor());
  asio::co_spawn(*io, client->get({.url = peer->url("/x")}),
                 [](const std::exception_ptr&, const Result<HttpResponse>&) { FAIL() << "must not be called"; });
  while (peer->requests().empty()) io->run_one();
  client.reset();
  peer.reset();
  io.reset();
}

TEST(HttpClient, LeavesNothingThatKeepsTheLoopRunning) {
  Net net({answer("{}")});
  ASSERT_TRUE(net.get().has_value());
  net.client.reset();
  EXPECT_EQ(net.client, nullptr);
}

TEST(HttpClient, ResolvesNamesOnAThreadOfCurls) {
  const auto* build = curl_version_info(CURLVERSION_NOW);
  EXPECT_NE(build->features & CURL_VERSION_ASYNCHDNS, 0);
}

TEST(HttpClient, ADeadNameServerHoldsNothingUp) {
  Net net({answer("{}")});
  const auto begin = SteadyClock::now();
  const auto result = net.get({.url = "http://prices.dead.test/", .limits = {.connect = milliseconds(100)}});
  const auto took = SteadyClock::now() - begin;
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::timeout);
  EXPECT_THAT(result.error().message, HasSubstr("prices.dead.test"));
  EXPECT_LT(took, std::chrono::seconds(2)) << "giving up must not wait for the look-up";
  EXPECT_TRUE(net.get().has_value());
  {
    // On a loaded machine the look-up's thread may come to its turn only after it has been given up.
    std::unique_lock lock(name_server.mutex);
    EXPECT_TRUE(name_server.let_go.wait_for(lock, std::chrono::seconds(10), [] { return name_server.asked > 0; }))
        << "the look-up must have been this program's";
    name_server.dead = false;
  }
  name_server.let_go.notify_all();
}

TEST(RequireSuccess, TellsWhatTheStatusMeans) {
  const auto code_of = [](int status) {
    HttpResponse response;
    response.status = status;
    return require_success(response, "h").error().code;
  };
  EXPECT_EQ(code_of(404), ErrorCode::not_found);
  EXPECT_EQ(code_of(429), ErrorCode::busy);
  EXPECT_EQ(code_of(503), ErrorCode::busy);
  EXPECT_EQ(code_of(500), ErrorCode::unreachable);
  EXPECT_EQ(code_of(403), ErrorCode::rejected);
}

}  // namespace
}  // namespace gridpilot::net
