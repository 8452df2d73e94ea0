#include "gridpilot/net/redis_documents.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "gridpilot/net/fetcher.hpp"
#include "gridpilot/net/redis_reader.hpp"
#include "gridpilot/net/task_group.hpp"
#include "support/http_peer.hpp"
#include "support/redis_server.hpp"
#include "unit/net/run.hpp"

namespace gridpilot::net {
namespace {

using namespace std::chrono_literals;
using gridpilot::test::answer;
using gridpilot::test::HttpPeer;
using gridpilot::test::RedisServer;
using gridpilot::test::Script;
using testing::HasSubstr;

using Tcp = asio::ip::tcp;
const Instant start{Seconds(1'800'000'000)};

/// A TCP server that takes connections and says what it is told to, whatever it hears.
class RudePeer {
 public:
  RudePeer(asio::io_context& io, std::string words) : acceptor_(io, {asio::ip::address_v4::loopback(), 0}) {
    asio::co_spawn(io, serve(&acceptor_, std::move(words), &connections_), [](const std::exception_ptr&) {});
  }
  ~RudePeer() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
  }
  RudePeer(const RudePeer&) = delete;
  RudePeer& operator=(const RudePeer&) = delete;
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  static Awaitable<void> serve(Tcp::acceptor* acceptor, std::string words, int* connections) {
    std::vector<Tcp::socket> sockets;
    while (true) {
      sockets.push_back(co_await acceptor->async_accept(asio::use_awaitable));
      ++*connections;
      boost::system::error_code ignored;
      co_await asio::async_write(sockets.back(), asio::buffer(words),
                                 asio::redirect_error(asio::use_awaitable, ignored));
    }
  }
  Tcp::acceptor acceptor_;
  int connections_ = 0;
};

/// A process as far as Redis is concerned: a connection of its own.
class Client {
 public:
  Client(asio::io_context& io, RedisOptions options) : io_(io), documents(io.get_executor(), std::move(options)) {
    group_.spawn("redis", documents.run());
  }
  ~Client() {
    group_.cancel();
    test::run(io_, group_.join());
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] bool until(const std::function<bool()>& holds, std::chrono::seconds limit = 10s) {
    const auto end = SteadyClock::now() + limit;
    io_.restart();
    while (SteadyClock::now() < end) {
      if (holds()) return true;
      io_.run_one_for(5ms);
    }
    return false;
  }
  [[nodiscard]] bool connect() {
    return until([this] { return documents.state().connected; });
  }
  std::optional<StoredDocument> find(const std::string& key) {
    std::optional<StoredDocument> found;
    test::run(io_, [](RedisDocuments* asked, std::string name, std::optional<StoredDocument>* out) -> Awaitable<void> {
      *out = co_await asked->find("source", std::move(name));
    }(&documents, key, &found));
    return found;
  }
  /// How long a question that nobody answers holds its caller up.
  std::chrono::milliseconds time_to_find(const std::string& key) {
    const auto begun = SteadyClock::now();
    EXPECT_FALSE(find(key).has_value());
    return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - begun);
  }

 private:
  asio::io_context& io_;
  TaskGroup group_{io_.get_executor(),
                   [](std::string_view, const std::exception_ptr& thrown) { FAIL() << describe(thrown); }};

 public:
  RedisDocuments documents;
};

StoredDocument some_document(std::string body = "{\"a\":1}") {
  return {.document = {.body = std::move(body), .content_type = {}, .received_at = start, .confirmed_at = start},
          .etag = "e",
          .last_modified = {},
          .asked_as = "0123"};
}

RedisOptions options_for(std::uint16_t port) {
  return {.address = "127.0.0.1",
          .port = port,
          .answer_within = 200ms,
          .connect_within = 500ms,
          .reconnect = {.first = 20ms, .cap = 100ms}};
}

class SharedRedis : public testing::Test {
 protected:
  asio::io_context io_;
};

TEST_F(SharedRedis, WhatOneProcessKeepsAnotherFinds) {
  RedisServer server;
  ASSERT_TRUE(server.is_running()) << "redis-server is not installed";
  Client one(io_, options_for(server.port()));
  Client other(io_, options_for(server.port()));
  ASSERT_TRUE(one.connect() && other.connect());
  EXPECT_FALSE(other.find("day-1").has_value());
  // Larger than one read, with bytes that are no text.
  const std::string body = std::string(300'000, 'x') + std::string("\0\r\n$3\r\n", 8);
  one.documents.keep("source", "day-1", some_document(body), 60s);
  std::optional<StoredDocument> found;
  ASSERT_TRUE(other.until([&] { return (found = other.find("day-1")).has_value(); }));
  EXPECT_EQ(found->document.body, body);
  EXPECT_EQ(found->asked_as, "0123");
  EXPECT_EQ(other.documents.state().found, 1U);
}

TEST_F(SharedRedis, ADocumentExpires) {
  RedisServer server;
  Client client(io_, options_for(server.port()));
  ASSERT_TRUE(client.connect());
  client.documents.keep("source", "day-1", some_document(), 1s);
  ASSERT_TRUE(client.find("day-1").has_value());
  EXPECT_TRUE(client.until([&] { return !client.find("day-1").has_value(); }, 5s));
}

TEST_F(SharedRedis, APasswordIsGivenAndAWrongOneNamed) {
  RedisServer server("open sesame");
  RedisOptions options = options_for(server.port());
  options.password = "open sesame";
  Client right(io_, options);
  ASSERT_TRUE(right.connect());
  options.password = "wrong";
  Client wrong(io_, options);
  EXPECT_TRUE(wrong.until([&] {
    const auto& error = wrong.documents.state().last_error;
    return error && error->code == ErrorCode::rejected;
  }));
  EXPECT_THAT(wrong.documents.state().last_error->message, HasSubstr("it refuses"));
}

TEST_F(SharedRedis, AKilledServerCostsNothingAndIsFoundAgain) {
  RedisServer server;
  Client client(io_, options_for(server.port()));
  ASSERT_TRUE(client.connect());
  client.documents.keep("source", "day-1", some_document(), 60s);
  ASSERT_TRUE(client.find("day-1").has_value());
  server.kill();
  ASSERT_TRUE(client.until([&] { return !client.documents.state().connected; }));
  EXPECT_LT(client.time_to_find("day-1"), 5ms);
  client.documents.keep("source", "day-1", some_document(), 60s);
  server.start();
  ASSERT_TRUE(client.connect());
  EXPECT_GE(client.documents.state().failures, 1U);
}

TEST_F(SharedRedis, AFrozenServerIsWaitedForBrieflyAndThenLeft) {
  RedisServer server;
  RedisOptions options = options_for(server.port());
  options.answer_within = 10ms;
  Client client(io_, options);
  ASSERT_TRUE(client.connect());
  server.freeze();
  for (int n = 0; n < 3; ++n) EXPECT_LT(client.time_to_find("day-1"), 60ms);
  ASSERT_TRUE(client.until([&] { return !client.documents.state().connected; }));
  EXPECT_LT(client.time_to_find("day-1"), 5ms);
  EXPECT_EQ(client.documents.state().late, 3U);
  EXPECT_THAT(client.documents.state().last_error->message, HasSubstr("too late"));
  server.thaw();
  EXPECT_TRUE(client.connect());
}

TEST_F(SharedRedis, AnAbsentServerCostsNothing) {
  Client client(io_, options_for(gridpilot::test::free_port()));
  ASSERT_TRUE(client.until([&] { return client.documents.state().failures > 0; }));
  EXPECT_LT(client.time_to_find("day-1"), 5ms);
  EXPECT_EQ(client.documents.state().last_error->code, ErrorCode::unreachable);
}

TEST_F(SharedRedis, ASilentPeerIsNoRedis) {
  RudePeer peer(io_, "");
  RedisOptions options = options_for(peer.port());
  options.answer_within = 10ms;
  options.connect_within = 50ms;
  Client client(io_, options);
  // The program has just begun: the first question waits for the connection, and no longer than allowed.
  EXPECT_LT(client.time_to_find("day-1"), 40ms);
  EXPECT_LT(client.time_to_find("day-1"), 5ms);
  ASSERT_TRUE(client.until([&] { return client.documents.state().failures > 0; }));
  EXPECT_EQ(client.documents.state().last_error->code, ErrorCode::timeout);
  EXPECT_FALSE(client.documents.state().connected);
}

TEST_F(SharedRedis, APeerThatTalksNonsenseIsLeft) {
  const struct {
    const char* words;
    ErrorCode code;
  } rows[] = {{"HTTP/1.1 400 Bad Request\r\n\r\n", ErrorCode::malformed},
              {"*1000000000\r\n", ErrorCode::malformed},
              {"$-5\r\n", ErrorCode::malformed},
              {"-LOADING wait\r\n", ErrorCode::rejected},
              {":1\r\n", ErrorCode::wrong_answer}};
  for (const auto& row : rows) {
    RudePeer peer(io_, row.words);
    Client client(io_, options_for(peer.port()));
    ASSERT_TRUE(client.until([&] { return client.documents.state().failures > 0; })) << row.words;
    EXPECT_EQ(name_of(client.documents.state().last_error->code), name_of(row.code)) << row.words;
    EXPECT_FALSE(client.documents.state().connected);
  }
}

TEST_F(SharedRedis, AnswersThatNobodyAskedForEndTheConnection) {
  RudePeer peer(io_, "+PONG\r\n+AGAIN\r\n+AND\r\n+AGAIN\r\n");
  Client client(io_, options_for(peer.port()));
  ASSERT_TRUE(client.until([&] { return client.documents.state().failures > 0; }));
  EXPECT_EQ(client.documents.state().last_error->code, ErrorCode::wrong_answer);
}

TEST_F(SharedRedis, AnEndlessAnswerIsCutOff) {
  RudePeer peer(io_, "+PONG\r\n$2000000000\r\n" + std::string(4 << 20U, 'x'));
  RedisOptions options = options_for(peer.port());
  options.max_bytes = 1 << 20U;
  Client client(io_, options);
  ASSERT_TRUE(client.until([&] { return client.documents.state().failures > 0; }));
  EXPECT_EQ(client.documents.state().last_error->code, ErrorCode::too_large);
}

TEST_F(SharedRedis, WhatSomebodyElsePutThereIsNoDocument) {
  RedisServer server;
  Client client(io_, options_for(server.port()));
  ASSERT_TRUE(client.connect());
  Tcp::socket somebody(io_);
  somebody.connect({asio::ip::address_v4::loopback(), server.port()});
  const std::string_view words[] = {"SET", "gridpilot:1:source:day-1", "hello"};
  asio::write(somebody, asio::buffer(redis_command(words)));
  std::array<char, 5> done{};
  asio::read(somebody, asio::buffer(done));
  EXPECT_FALSE(client.find("day-1").has_value());
  EXPECT_TRUE(client.documents.state().connected);
  EXPECT_EQ(client.documents.state().not_found, 1U);
}

/// Two programs with caches of their own and one Redis between them.
class TwoProcesses : public SharedRedis {
 protected:
  struct Process {
    Process(asio::io_context& io, SimulatedTimeline& timeline, std::uint16_t redis_port)
        : redis(io, options_for(redis_port)), http(io.get_executor()), pool(1) {
      std::string pattern = (std::filesystem::temp_directory_path() / "gridpilot-two-XXXXXX").string();
      folder = mkdtemp(pattern.data());
      cache = std::make_unique<DocumentCache>(DocumentCache::Options{.folder = folder}, io.get_executor(),
                                              pool.get_executor());
      fetcher = std::make_unique<Fetcher>(
          Fetcher::Parts{.http = http, .timeline = timeline, .cache = cache.get(), .shared = &redis.documents},
          FetcherOptions{.source = "scripted", .fresh_for = 300s});
    }
    ~Process() {
      pool.join();
      std::filesystem::remove_all(folder);
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    Client redis;
    HttpClient http;
    asio::thread_pool pool;
    std::filesystem::path folder;
    std::unique_ptr<DocumentCache> cache;
    std::unique_ptr<Fetcher> fetcher;
  };
  Result<Document> fetch(Process& process, const std::string& url) {
    Result<Document> result = failure(ErrorCode::bug, "not asked");
    test::run(io_,
              [](Timeline* timeline, Fetcher* fetcher, std::string where, Result<Document>* out) -> Awaitable<void> {
                const Timeline::Participant inside(*timeline);
                *out = co_await fetcher->fetch({.key = "document", .url = std::move(where)});
              }(&timeline_, process.fetcher.get(), url, &result));
    return result;
  }
  SimulatedTimeline timeline_{io_, start};
};

TEST_F(TwoProcesses, AskTheSourceOnce) {
  RedisServer server;
  HttpPeer source(io_, std::vector<Script>{answer("{\"v\":1}"), answer("{\"v\":2}")});
  Process one(io_, timeline_, server.port());
  Process other(io_, timeline_, server.port());
  ASSERT_TRUE(one.redis.connect() && other.redis.connect());
  const auto first = fetch(one, source.url("/document"));
  ASSERT_TRUE(first.has_value()) << first.error().message;
  EXPECT_FALSE(first->from_cache);
  // Answers come in order, so what was kept has arrived when this one is answered.
  (void)one.redis.find("anything");
  const auto second = fetch(other, source.url("/document"));
  ASSERT_TRUE(second.has_value()) << second.error().message;
  EXPECT_TRUE(second->from_cache);
  EXPECT_EQ(second->body, "{\"v\":1}");
  EXPECT_EQ(source.requests().size(), 1U);
  // An answer to another question is not used.
  const auto third = fetch(other, source.url("/other"));
  ASSERT_TRUE(third.has_value());
  EXPECT_EQ(third->body, "{\"v\":2}");
}

TEST_F(TwoProcesses, ASilentRedisDoesNotDelayTheSource) {
  RudePeer silent(io_, "");
  HttpPeer source(io_, std::vector<Script>{answer("{\"v\":1}")});
  Process process(io_, timeline_, silent.port());
  ASSERT_TRUE(process.redis.until([&] { return silent.connections() > 0; }));
  const auto begun = SteadyClock::now();
  ASSERT_TRUE(fetch(process, source.url("/document")).has_value());
  EXPECT_LT(SteadyClock::now() - begun, 400ms) << "it may take answer_within, 200 ms here, once";
}

}  // namespace
}  // namespace gridpilot::net
