#include "gridpilot/net/http_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

#include "gridpilot/net/task_group.hpp"

namespace gridpilot::net {
namespace {

using asio::ip::tcp;
using namespace std::chrono_literals;

/// A raw client: what is sent is exactly what the test wrote.
class Client {
 public:
  Client(asio::io_context& io, std::uint16_t port) : socket_(io) {
    socket_.connect(tcp::endpoint(asio::ip::make_address("127.0.0.1"), port));
  }
  Awaitable<void> send(std::string text) {
    boost::system::error_code ec;
    co_await asio::async_write(socket_, asio::buffer(text), asio::redirect_error(asio::use_awaitable, ec));
  }
  /// Everything until the server closes.
  Awaitable<std::string> read_to_end() {
    std::string text;
    boost::system::error_code ec;
    co_await asio::async_read(socket_, asio::dynamic_buffer(text), asio::redirect_error(asio::use_awaitable, ec));
    co_return text;
  }
  /// At least `count` bytes more.
  Awaitable<std::string> read_some(std::size_t count) {
    std::string text;
    boost::system::error_code ec;
    co_await asio::async_read(socket_, asio::dynamic_buffer(text), asio::transfer_at_least(count),
                              asio::redirect_error(asio::use_awaitable, ec));
    co_return text;
  }
  void close() { socket_.close(); }
  tcp::socket& socket() { return socket_; }

 private:
  tcp::socket socket_;
};

HttpServerLimits hasty() {
  HttpServerLimits limits;
  limits.request_within = 60ms;
  limits.idle = 60ms;
  limits.reply_within = 60ms;
  limits.event_keep_alive = 20ms;
  limits.drain = 200ms;
  return limits;
}

/// Lets everything else that is ready run once; waits for state, never for time.
Awaitable<void> yield() {
  return asio::post(asio::use_awaitable);
}

class HttpServerOnLoopback : public ::testing::Test {
 protected:
  void start(HttpServer::Handler handler, HttpServerLimits limits = {}, HttpServer::Report report = {}) {
    auto made = HttpServer::create(io, "127.0.0.1", 0, limits);
    ASSERT_TRUE(made) << made.error().message;
    server = std::move(*made);
    server->serve(std::move(handler), std::move(report));
  }
  /// Runs the test's own coroutine, then stops the server; the loop must then run dry by itself.
  void run(std::function<Awaitable<void>()> body) {
    std::exception_ptr failed;
    bool ended = false;
    asio::co_spawn(
        io, [&]() -> Awaitable<void> { return scenario(body); },
        [&](const std::exception_ptr& e) {
          failed = e;
          ended = true;
        });
    io.run_for(20s);
    ASSERT_TRUE(ended) << "the scenario did not end";
    if (failed) std::rethrow_exception(failed);
    EXPECT_TRUE(io.stopped()) << "something still runs after stop()";
    EXPECT_EQ(server->connections(), 0U);
  }
  std::string exchange(const std::string& request) {
    std::string answer;
    run([&]() -> Awaitable<void> {
      Client client(io, server->port());
      co_await client.send(request);
      answer = co_await client.read_to_end();
    });
    return answer;
  }
  asio::io_context io;
  std::unique_ptr<HttpServer> server;

 private:
  Awaitable<void> scenario(std::function<Awaitable<void>()> body) {
    co_await body();
    co_await server->stop();
  }
};

Awaitable<HttpReply> echo(HttpQuery query) {
  HttpReply reply;
  std::string body = query.path;
  for (const auto& p : query.parameters) body += "|" + p.name + "=" + p.value;
  body += "|" + query.body;
  reply.body = HttpBody(body);
  reply.content_type = "text/plain";
  co_return reply;
}

std::string body_of(const std::string& answer) {
  const auto at = answer.find("\r\n\r\n");
  return at == std::string::npos ? "" : answer.substr(at + 4);
}

int count(const std::string& text, const std::string& part) {
  int n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST_F(HttpServerOnLoopback, AnswersAGet) {
  start(echo);
  const auto answer = exchange("GET /a?b=c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << answer;
  EXPECT_TRUE(answer.contains("\r\nContent-Type: text/plain\r\nContent-Length: 7\r\nConnection: close\r\n")) << answer;
  EXPECT_EQ(body_of(answer), "/a|b=c|");
}

TEST_F(HttpServerOnLoopback, AnswersHeadWithTheLengthAndNoBody) {
  start(echo);
  const auto answer = exchange("HEAD /abc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.contains("Content-Length: 5\r\n")) << answer;
  EXPECT_EQ(body_of(answer), "");
}

TEST_F(HttpServerOnLoopback, AnswersPipelinedRequestsInOrder) {
  start(echo);
  const auto answer = exchange(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nxyz"
      "GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /4 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(count(answer, "HTTP/1.1 200"), 3) << answer;
  EXPECT_LT(answer.find("/1|"), answer.find("/2|xyz"));
  EXPECT_LT(answer.find("/2|xyz"), answer.find("/3|"));
  EXPECT_FALSE(answer.contains("/4"));
}

TEST_F(HttpServerOnLoopback, ReadsARequestThatComesByteByByte) {
  start(echo);
  run([this]() -> Awaitable<void> {
    Client client(io, server->port());
    for (const char c : std::string("POST /slow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                                    "Connection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
      co_await client.send(std::string(1, c));
    EXPECT_EQ(body_of(co_await client.read_to_end()), "/slow|abc");
  });
}

TEST_F(HttpServerOnLoopback, SpeaksHttp10AndClosesAfterwards) {
  start(echo);
  const auto answer = exchange("GET /old HTTP/1.0\r\n\r\n");
  EXPECT_EQ(body_of(answer), "/old|");
}

TEST_F(HttpServerOnLoopback, SaysContinueBeforeItTakesABody) {
  start(echo);
  run([this]() -> Awaitable<void> {
    Client client(io, server->port());
    co_await client.send("PUT /c HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(co_await client.read_some(25), "HTTP/1.1 100 Continue\r\n\r\n");
    co_await client.send("ok");
    EXPECT_TRUE((co_await client.read_some(60)).contains("/c|ok"));
    client.close();
  });
}

struct BadRequest {
  const char* name;
  std::string text;
  int status;
};

class HttpServerRefuses : public HttpServerOnLoopback, public ::testing::WithParamInterface<BadRequest> {};

TEST_P(HttpServerRefuses, WithAProblemDocumentAndCloses) {
  bool asked = false;
  start([&asked](HttpQuery query) -> Awaitable<HttpReply> {
    asked = true;
    return echo(std::move(query));
  });
  const auto answer = exchange(GetParam().text);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::to_string(GetParam().status) + " ")) << answer.substr(0, 200);
  EXPECT_TRUE(answer.contains("Content-Type: application/problem+json\r\n")) << answer;
  EXPECT_TRUE(answer.contains("\"status\":" + std::to_string(GetParam().status))) << answer;
  EXPECT_FALSE(asked);
}

INSTANTIATE_TEST_SUITE_P(
    Each, HttpServerRefuses,
    ::testing::Values(
        BadRequest{"Garbage", "\x16\x03\x01\x02\x05 what is this\r\n\r\n", 400},
        BadRequest{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
        BadRequest{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        BadRequest{"BadEscape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        BadRequest{"LengthAndChunks",
                   "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", 400},
        BadRequest{"TwoLengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                   400},
        BadRequest{"OtherVersion", "GET / HTTP/3.7\r\nHost: a\r\n\r\n", 505},
        BadRequest{"LongTarget", "GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
        BadRequest{"EndlessTarget", "GET /" + std::string(20000, 'a'), 414},
        BadRequest{"LargeHeader", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20000, 'a') + "\r\n\r\n", 431},
        BadRequest{"LargeBody", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n", 413},
        BadRequest{"LargeChunks",
                   "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1ffff\r\n" +
                       std::string(0x1ffff, 'b') + "\r\n0\r\n\r\n",
                   413}),
    [](const auto& instance) { return instance.param.name; });

TEST_F(HttpServerOnLoopback, EndsARequestThatDripsInTooSlowly) {
  start(echo, hasty());
  const auto answer = exchange("GET / HTTP/1.1\r\nHost: x\r\nX-Never: ends");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 ")) << answer;
}

TEST_F(HttpServerOnLoopback, ClosesSilentConnectionsWithoutAWord) {
  start(echo, hasty());
  EXPECT_EQ(exchange(""), "");
}

TEST_F(HttpServerOnLoopback, ClosesAnIdleKeptConnection) {
  start(echo, hasty());
  const auto answer = exchange("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(answer.contains("Connection: keep-alive")) << answer;
  EXPECT_EQ(body_of(answer), "/1|");
}

TEST_F(HttpServerOnLoopback, CancelsAHandlerThatTakesTooLongAndServesOn) {
  start(
      [](HttpQuery query) -> Awaitable<HttpReply> {
        if (query.path == "/never") {
          asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
          co_await timer.async_wait(asio::use_awaitable);
        }
        co_return co_await echo(query);
      },
      hasty());
  const auto answer =
      exchange("GET /never HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
  EXPECT_TRUE(answer.ends_with("/next|")) << answer;
}

TEST_F(HttpServerOnLoopback, TurnsAnExceptionIntoA500ThatOnlyTheOwnerReadsAbout) {
  std::string reported;
  start([](HttpQuery) -> Awaitable<HttpReply> { throw std::runtime_error("secret"); }, {},
        [&reported](std::string_view path, const std::exception_ptr& thrown) {
          reported = std::string(path) + ": " + describe(thrown);
        });
  const auto answer = exchange("GET /broken HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
  EXPECT_FALSE(answer.contains("secret"));
  EXPECT_EQ(reported, "/broken: secret");
}

TEST_F(HttpServerOnLoopback, DropsAClientThatDoesNotTakeItsReply) {
  start(
      [](HttpQuery) -> Awaitable<HttpReply> {
        HttpReply reply;
        reply.body = HttpBody(std::string(64U << 20U, 'x'));
        co_return reply;
      },
      hasty());
  run([this]() -> Awaitable<void> {
    Client client(io, server->port());
    co_await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    while (server->connections() == 0) co_await yield();
    while (server->connections() != 0) co_await yield();
    client.close();
  });
}

TEST_F(HttpServerOnLoopback, SendsGzipOnlyToThoseWhoTakeIt) {
  const auto handler = [](HttpQuery) -> Awaitable<HttpReply> {
    HttpReply reply;
    reply.body = HttpBody(std::string("plain"));
    reply.gzip_body = HttpBody(std::string("zipped"));
    co_return reply;
  };
  start(handler);
  const auto answer = exchange(
      "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: "
      "close\r\n\r\n");
  EXPECT_EQ(count(answer, "Vary: Accept-Encoding"), 2);
  EXPECT_EQ(count(answer, "Content-Encoding: gzip"), 1);
  EXPECT_LT(answer.find("zipped"), answer.find("plain"));
}

TEST_F(HttpServerOnLoopback, TurnsConnectionsAboveItsLimitAway) {
  HttpServerLimits limits;
  limits.connections = 1;
  start(echo, limits);
  run([this]() -> Awaitable<void> {
    Client first(io, server->port());
    co_await first.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE((co_await first.read_some(50)).contains("/1|"));
    Client second(io, server->port());
    EXPECT_TRUE((co_await second.read_to_end()).starts_with("HTTP/1.1 503 "));
    first.close();
  });
}

TEST_F(HttpServerOnLoopback, NamesAPortThatIsTaken) {
  start(echo);
  const auto second = HttpServer::create(io, "127.0.0.1", server->port());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::busy);
  EXPECT_TRUE(second.error().message.contains(std::to_string(server->port()))) << second.error().message;
  run([]() -> Awaitable<void> { co_return; });
}

TEST_F(HttpServerOnLoopback, RefusesAnAddressThatIsNone) {
  const auto made = HttpServer::create(io, "localhost!", 0);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::bad_input);
}

TEST_F(HttpServerOnLoopback, LetsARequestUnderWayFinishWhenItStops) {
  asio::steady_timer gate(io, asio::steady_timer::time_point::max());
  start([&gate](HttpQuery query) -> Awaitable<HttpReply> {
    boost::system::error_code ec;
    co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    co_return co_await echo(query);
  });
  run([&]() -> Awaitable<void> {
    Client busy(io, server->port());
    Client idle(io, server->port());
    co_await busy.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
    while (server->connections() != 2) co_await yield();
    bool stopped = false;
    asio::co_spawn(io, server->stop(), [&stopped](const std::exception_ptr&) { stopped = true; });
    EXPECT_EQ(co_await idle.read_to_end(), "");
    EXPECT_FALSE(stopped);
    gate.cancel();
    EXPECT_EQ(body_of(co_await busy.read_to_end()), "/1|");
    while (!stopped) co_await yield();
  });
}

TEST_F(HttpServerOnLoopback, StopsInTimeThoughAHandlerNeverAnswers) {
  bool asked = false;
  start(
      [&asked](HttpQuery) -> Awaitable<HttpReply> {
        asked = true;
        asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
        co_await timer.async_wait(asio::use_awaitable);
        co_return HttpReply{};
      },
      [] {
        HttpServerLimits limits;
        limits.drain = 30ms;
        return limits;
      }());
  run([&]() -> Awaitable<void> {
    Client client(io, server->port());
    co_await client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
    while (!asked) co_await yield();
    const auto begin = std::chrono::steady_clock::now();
    co_await server->stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
    client.close();
  });
}

class HttpEvents : public HttpServerOnLoopback {
 protected:
  void start_events(HttpServerLimits limits, EventStream::Limits queue = {}) {
    start(
        [this, queue](HttpQuery) -> Awaitable<HttpReply> {
          HttpReply reply;
          reply.events = stream = std::make_shared<EventStream>(io.get_executor(), queue);
          co_return reply;
        },
        limits);
  }
  std::shared_ptr<EventStream> stream;
};

TEST_F(HttpEvents, ReachTheClientInOrderAndEndWithTheServer) {
  start_events({});
  run([this]() -> Awaitable<void> {
    Client client(io, server->port());
    co_await client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    std::string seen = co_await client.read_some(20);
    EXPECT_TRUE(seen.contains("Content-Type: text/event-stream\r\n")) << seen;
    EXPECT_FALSE(seen.contains("Content-Length"));
    EXPECT_TRUE(stream->push(event_text(7, "reading", R"({"a":1})")));
    EXPECT_TRUE(stream->push(event_text(8, "note", "two\nlines")));
    while (!seen.ends_with("lines\n\n")) seen += co_await client.read_some(1);
    EXPECT_EQ(body_of(seen),
              "id: 7\nevent: reading\ndata: {\"a\":1}\n\nid: 8\nevent: note\ndata: two\ndata: lines\n\n");
    co_await server->stop();
    EXPECT_EQ(co_await client.read_to_end(), "");
    EXPECT_TRUE(stream->closed());
  });
}

TEST_F(HttpEvents, KeepAQuietStreamAliveByComments) {
  start_events(hasty());
  run([this]() -> Awaitable<void> {
    Client client(io, server->port());
    co_await client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    std::string seen;
    while (count(seen, ":\n\n") < 6) seen += co_await client.read_some(1);  // well past every limit of a plain reply
    client.close();
  });
}

TEST_F(HttpEvents, AreClosedWhenTheClientLeaves) {
  start_events({});
  run([this]() -> Awaitable<void> {
    Client client(io, server->port());
    co_await client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    co_await client.read_some(20);
    client.close();
    while (!stream->closed()) co_await yield();
    EXPECT_FALSE(stream->push(event_text(1, "reading", "{}")));
  });
}

TEST_F(HttpEvents, DropAClientThatDoesNotRead) {
  start_events({}, {.events = 16, .bytes = 1U << 20U});
  run([this]() -> Awaitable<void> {
    Client client(io, server->port());
    co_await client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    co_await client.read_some(20);
    const EventText event = event_text(1, "reading", std::string(60000, 'x'));
    int pushed = 0;
    for (; stream->push(event) && pushed < 10000; ++pushed) co_await yield();
    EXPECT_LT(pushed, 10000);
    EXPECT_TRUE(stream->closed());
    while (server->connections() != 0) co_await yield();
    client.close();
  });
}

}  // namespace
}  // namespace gridpilot::net
