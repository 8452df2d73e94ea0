#include "gridpilot/net/tcp_exchange.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "unit/net/run.hpp"

namespace gridpilot::net {
namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;
using Bytes = std::vector<std::uint8_t>;

/// Answers of these tests: "=", a tag, and so many bytes as the tag's digit says.
Examine expecting(std::uint8_t digit) {
  return [digit](std::span<const std::uint8_t> bytes) {
    if (bytes[0] != '=') return Examined::not_mine;
    if (bytes.size() < 2) return Examined::need_more;
    if (bytes[1] != digit) return Examined::not_mine;
    return bytes.size() >= 2U + (digit - '0') ? Examined::complete : Examined::need_more;
  };
}

Bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

/// A device that answers the n-th request with the n-th list of pieces; "!" ends the connection, nothing is silence.
class Peer {
 public:
  Peer(asio::io_context& io, std::vector<std::vector<std::string>> script)
      : acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), script_(std::move(script)) {
    accept();
  }
  [[nodiscard]] tcp::endpoint address() const { return acceptor_.local_endpoint(); }

  int connections = 0;
  std::vector<std::string> requests;

 private:
  struct Client {
    explicit Client(tcp::socket s) : socket(std::move(s)) {}
    tcp::socket socket;
    std::array<char, 64> bytes{};
  };
  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& ended, tcp::socket socket) {
      if (ended) return;
      ++connections;
      serve(std::make_shared<Client>(std::move(socket)));
      accept();
    });
  }
  void serve(const std::shared_ptr<Client>& client) {
    client->socket.async_read_some(asio::buffer(client->bytes),
                                   [this, client](const boost::system::error_code& ended, std::size_t size) {
                                     if (ended) return;
                                     requests.emplace_back(client->bytes.data(), size);
                                     answer(*client);
                                     if (client->socket.is_open()) serve(client);
                                   });
  }
  void answer(Client& client) {
    if (requests.size() > script_.size()) return;
    for (const std::string& piece : script_[requests.size() - 1]) {
      if (piece == "!") return client.socket.close();
      asio::write(client.socket, asio::buffer(piece));
    }
  }

  tcp::acceptor acceptor_;
  std::vector<std::vector<std::string>> script_;
};

struct Bench {
  explicit Bench(std::vector<std::vector<std::string>> script) : peer(io, std::move(script)) {}

  Result<Bytes> ask(std::string_view question, char digit, Repeatable repeatable = Repeatable::yes) {
    Result<Bytes> result = failure(ErrorCode::bug, "never ended");
    test::run(io, [](Bench* bench, std::string text, char tag, Repeatable may, Result<Bytes>* out) -> Awaitable<void> {
      *out = co_await bench->exchange.request(
          {.bytes = bytes_of(text), .examine = expecting(static_cast<std::uint8_t>(tag)), .repeatable = may});
    }(this, std::string(question), digit, repeatable, &result));
    return result;
  }

  asio::io_context io;
  Peer peer;
  Pacer pacer{io.get_executor()};
  TcpExchange exchange{io.get_executor(), pacer, {.peer = peer.address(), .timeout = milliseconds(60), .attempts = 3}};
};

TEST(TcpExchange, KeepsItsConnection) {
  Bench bench({{"=2ab"}, {"=3cde"}});
  EXPECT_EQ(bench.ask("one", '2'), bytes_of("=2ab"));
  EXPECT_EQ(bench.ask("two", '3'), bytes_of("=3cde"));
  EXPECT_EQ(bench.peer.connections, 1);
}

TEST(TcpExchange, JoinsPieces) {
  Bench bench({{"=", "4a", "bc", "d"}});
  EXPECT_EQ(bench.ask("one", '4'), bytes_of("=4abcd"));
}

TEST(TcpExchange, ThrowsAwayWhatWasAppendedToTheAnswerBefore) {
  Bench bench({{"=2ab#####"}, {"=2cd"}});
  ASSERT_TRUE(bench.ask("one", '2'));
  EXPECT_EQ(bench.ask("two", '2'), bytes_of("=2cd"));
}

TEST(TcpExchange, PassesOverWhatIsNotMeant) {
  Bench bench({{"=9"}, {"=2ab"}});
  // The other answer comes alone; the request is sent again when nothing else does.
  EXPECT_EQ(bench.ask("one", '2'), bytes_of("=2ab"));
  EXPECT_EQ(bench.peer.requests.size(), 2U);
}

TEST(TcpExchange, ConnectsAnewAfterSilenceAndAfterTheOtherSidesEnd) {
  Bench bench({{}, {"!"}, {"=1x"}});
  EXPECT_EQ(bench.ask("one", '1'), bytes_of("=1x"));
  EXPECT_EQ(bench.peer.connections, 3);
}

TEST(TcpExchange, SendsOnceWhatMayNotBeRepeated) {
  Bench bench({{}, {"=1x"}});
  const auto answer = bench.ask("one", '1', Repeatable::no);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::timeout);
  EXPECT_EQ(bench.peer.requests.size(), 1U);
}

TEST(TcpExchange, SaysWhenNobodyListens) {
  asio::io_context io;
  const tcp::endpoint nobody = [&io] {
    return tcp::acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)).local_endpoint();
  }();
  Pacer pacer(io.get_executor());
  TcpExchange exchange(io.get_executor(), pacer, {.peer = nobody, .attempts = 1});
  test::run(io, [](TcpExchange* e) -> Awaitable<void> {
    const auto answer = co_await e->request({.bytes = {1}, .examine = expecting('1')});
    EXPECT_EQ(answer.error().code, ErrorCode::unreachable);
  }(&exchange));
}

TEST(TcpExchange, EndsWithItsOwner) {
  asio::io_context io;
  Peer peer(io, {});
  Pacer pacer(io.get_executor());
  auto exchange = std::make_unique<TcpExchange>(
      io.get_executor(), pacer, TcpExchangeOptions{.peer = peer.address(), .timeout = milliseconds(9000)});
  asio::steady_timer soon(io, milliseconds(20));
  soon.async_wait([&exchange](const boost::system::error_code&) { exchange.reset(); });
  test::run(io, [](TcpExchange* e) -> Awaitable<void> {
    const auto answer = co_await e->request({.bytes = {1}, .examine = expecting('1')});
    EXPECT_EQ(answer.error().code, ErrorCode::cancelled);
  }(exchange.get()));
}

}  // namespace
}  // namespace gridpilot::net
